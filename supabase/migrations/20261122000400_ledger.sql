-- Ledger: one operation per booked message or form, one signed line per product it moves, and the
-- balance those lines add up to. Lines are never changed; a mistake is reversed by another
-- operation.

create type public.movement_kind as enum (
    'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer', 'opening',
    -- Lines that follow from others: the undoing of one, the answer of a later count to a line
    -- dated before it, and a change of average cost without a movement.
    'reversal', 'adjustment', 'revaluation',
    -- Operations alone: of several kinds; two products that became one; a change of the catalogue,
    -- which moves nothing.
    'mixed', 'merge', 'add_product', 'set_price', 'set_reorder_level', 'set_pack'
);
create type public.operation_source as enum ('chat', 'app', 'import');
create type public.write_off_reason as enum (
    'expired', 'damaged', 'stolen', 'lost', 'own_use', 'other'
);


-- What is on hand. Changed by delta in the transaction that writes the line, so it always equals
-- the sum of the lines. `average_cost` is per base unit, and what the lines give when they are
-- replayed in the order they happened.
create table public.inventory (
    company_id uuid not null references public.companies (id),
    product_id uuid not null,
    location_id uuid not null,
    quantity numeric(14, 3) not null,
    average_cost numeric(14, 6),
    last_seq bigint not null,
    primary key (company_id, product_id, location_id),
    constraint inventory_product_fkey foreign key (company_id, product_id)
    references public.products (company_id, id),
    constraint inventory_location_fkey foreign key (company_id, location_id)
    references public.locations (company_id, id)
) with (fillfactor = 80);
-- The product too: who looks for one stock may be given this index instead of the primary key.
create index inventory_location_idx
on public.inventory (company_id, location_id, product_id);
alter table public.inventory enable row level security;


-- `id` is the digest of where the request came from and its idempotency key, so the primary key
-- itself keeps a request from being booked twice. No foreign keys: each would cost every sale a
-- lookup and a lock, and what they point to is never deleted and has just been read by the one
-- function that writes here (`db verify` looks again). Words, in `messages`, are erasable.
create table public.operations (
    company_id uuid not null,
    id uuid not null,
    kind public.movement_kind not null,
    source public.operation_source not null,
    request_digest uuid not null,
    member_id uuid,
    message_id uuid,
    reverses_id uuid,
    replaces_id uuid,
    occurred_at timestamptz not null,
    created_at timestamptz not null,
    primary key (company_id, id),
    check ((kind = 'reversal') = (reverses_id is not null))
);
create index operations_created_idx on public.operations (company_id, created_at desc);
-- At most one reversal of an operation, whoever asks and however often.
create unique index operations_reverses_key on public.operations (company_id, reverses_id)
where reverses_id is not null;
create index operations_replaces_idx on public.operations (company_id, replaces_id)
where replaces_id is not null;
alter table public.operations enable row level security;


-- The stock ledger. `quantity` is signed and in base units; `typed_…` is what was written. `seq`
-- has no gaps per product and location; `balance_after` is the balance when the line was booked. No
-- foreign keys here either: the only writer writes the operation, the stock and the line together,
-- and a stock has its product and location. Columns stand in the order of their width, which leaves
-- no gaps between them on disk.
create table public.transactions (
    company_id uuid not null,
    operation_id uuid not null,
    product_id uuid not null,
    location_id uuid not null,
    occurred_at timestamptz not null,
    created_at timestamptz not null,
    seq bigint not null,
    kind public.movement_kind not null check (kind < 'mixed'),
    reason public.write_off_reason,
    line_no smallint not null,
    quantity numeric(14, 3) not null,
    typed_quantity numeric(14, 3) not null,
    typed_unit text,
    factor numeric(14, 3) not null,
    -- Per base unit: the selling price going out, the buying price coming in.
    unit_price numeric(14, 6),
    -- The whole line, exact: what `unit_price` is derived from. Of a revaluation: by how much it
    -- changes the margin of its day's sales.
    amount numeric(14, 2),
    -- The average cost once this line was booked; stock value is `balance_after` at this cost.
    unit_cost numeric(14, 6),
    balance_after numeric(14, 3) not null,
    -- Of an adjustment: the count that had seen the shelf already.
    count_operation_id uuid,
    primary key (company_id, operation_id, line_no)
);
create unique index transactions_seq_key
on public.transactions (company_id, product_id, location_id, seq);
-- The counts of a product and what is pinned to them: few lines, asked for by every backdated one.
create index transactions_count_idx
on public.transactions (company_id, product_id, location_id, occurred_at)
where kind in ('count', 'adjustment');
alter table public.transactions enable row level security;


-- Low stock, told once: what a booking took from above a product's reorder level to it or below,
-- over all its places. Going above arms it again, for only a booking that begins above writes one.
-- `quantity` is what was left, `reorder_level` the level it was held against.
create table public.low_stock_notices (
    company_id uuid not null,
    operation_id uuid not null,
    product_id uuid not null,
    quantity numeric(14, 3) not null,
    reorder_level numeric(14, 3) not null check (quantity <= reorder_level),
    created_at timestamptz not null,
    primary key (company_id, operation_id, product_id),
    constraint low_stock_notices_operation_fkey foreign key (company_id, operation_id)
    references public.operations (company_id, id),
    constraint low_stock_notices_product_fkey foreign key (company_id, product_id)
    references public.products (company_id, id)
);
create index low_stock_notices_product_idx
on public.low_stock_notices (company_id, product_id, created_at);
create index low_stock_notices_created_idx
on public.low_stock_notices (company_id, created_at desc);
alter table public.low_stock_notices enable row level security;

-- What the planner cannot see. Every query names a company first, so what counts is how many
-- operations one company has: of those of all, a join within one would seem to find next to
-- nothing. And row security hides how often each kind comes: two of them are most lines.
alter table public.operations alter column id set (n_distinct = 1000);
alter table public.transactions
alter column operation_id set (n_distinct = 1000),
alter column kind set (n_distinct = 2);


create policy "Stock is viewable by members" on public.inventory
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.inventory from public, anon, authenticated;
grant select on table public.inventory to authenticated;

create policy "Operations are viewable by members" on public.operations
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.operations from public, anon, authenticated;
grant select on table public.operations to authenticated;

create policy "Ledger lines are viewable by members" on public.transactions
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.transactions from public, anon, authenticated;
grant select on table public.transactions to authenticated;

create policy "Low stock notices are viewable by members" on public.low_stock_notices
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.low_stock_notices from public, anon, authenticated;
grant select on table public.low_stock_notices to authenticated;


-- History is added to, never edited, by anyone; `always` so that no session setting turns it off.
-- It raises by itself: a helper would need rights of whoever tries.
create function private.forbid_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'PT405',
        message = format('Rows of %s are never changed; book a correction instead.', tg_table_name),
        hint = 'append_only';
end;
$$;

create trigger operations_append_only
before update or delete on public.operations
for each row execute function private.forbid_change();
create trigger operations_no_truncate
before truncate on public.operations
for each statement execute function private.forbid_change();
create trigger transactions_append_only
before update or delete on public.transactions
for each row execute function private.forbid_change();
create trigger transactions_no_truncate
before truncate on public.transactions
for each statement execute function private.forbid_change();
create trigger low_stock_notices_append_only
before update or delete on public.low_stock_notices
for each row execute function private.forbid_change();
create trigger low_stock_notices_no_truncate
before truncate on public.low_stock_notices
for each statement execute function private.forbid_change();
alter table public.operations enable always trigger operations_append_only;
alter table public.operations enable always trigger operations_no_truncate;
alter table public.transactions enable always trigger transactions_append_only;
alter table public.transactions enable always trigger transactions_no_truncate;
alter table public.low_stock_notices enable always trigger low_stock_notices_append_only;
alter table public.low_stock_notices enable always trigger low_stock_notices_no_truncate;


-- --- cost ----------------------------------------------------------------------------------------

create type private.stock_level as (quantity numeric, average_cost numeric);


-- Weighted average cost: stock that comes in at a known cost moves the average, all else leaves it.
-- Stock that comes in where nothing was left, or less, brings its own cost.
create function private.blend(p_level private.stock_level, p_quantity numeric, p_cost numeric)
returns private.stock_level
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return row(
        coalesce(p_level.quantity, 0) + p_quantity,
        case
            when p_cost is null or p_quantity <= 0 then p_level.average_cost
            when p_level.average_cost is null or p_level.quantity <= 0 then p_cost
            else round(
                (p_level.quantity * p_level.average_cost + p_quantity * p_cost)
                / (p_level.quantity + p_quantity), 6
            )
        end
    )::private.stock_level;
end;
$$;

-- What may have passed cost to one another: the given products and all they were merged with.
create function private.merged_products(p_company_id uuid, p_product_ids uuid[])
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kept constant uuid[] := array(
        select coalesce(product.merged_into, product.id)
        from public.products as product
        where product.company_id = p_company_id and product.id = any(p_product_ids)
    );
begin
    return array(
        select product.id
        from public.products as product
        where product.company_id = p_company_id
            and (product.id = any(v_kept) or product.merged_into = any(v_kept))
    );
end;
$$;


-- A line in a replay: `quantity` and `average_cost` are what it left at its place; `moved`,
-- `amount` and `unit_cost` are the line's own.
create type private.replayed_line as (
    product_id uuid,
    location_id uuid,
    kind public.movement_kind,
    occurred_at timestamptz,
    moved numeric,
    amount numeric,
    unit_cost numeric,
    quantity numeric,
    average_cost numeric
);


-- The lines of products when all that stands is replayed in the order it happened: a count sets
-- the shelf, all else moves it. A line and its reversal are left out together, and so is what only
-- follows from others. What a transfer brings costs what it does where it left; a merge takes all
-- there is.
create function private.replayed_lines(p_company_id uuid, p_product_ids uuid[])
returns private.replayed_line[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_replayed private.replayed_line[] := '{}';
    v_levels private.stock_level[];
    v_level private.stock_level;
    v_line record;
    v_moved numeric;
    v_merged numeric;
begin
    for v_line in
        with standing as (
            select
                line.*,
                coalesce(moving.kind = 'merge', false) as is_merge,
                dense_rank() over (order by line.product_id, line.location_id)::integer as stock
            from public.transactions as line
            left join public.operations as moving
                on line.kind = 'transfer'
                and line.company_id = moving.company_id
                and line.operation_id = moving.id
            where line.company_id = p_company_id
                and line.product_id = any(p_product_ids)
                and line.kind not in ('reversal', 'adjustment', 'revaluation')
                and moving.kind is distinct from 'reversal'
                and not exists (
                    select from public.operations as reversal
                    where reversal.company_id = line.company_id
                        and reversal.reverses_id = line.operation_id
                )
        )

        select
            standing.product_id,
            standing.location_id,
            standing.stock,
            standing.kind,
            standing.occurred_at,
            standing.quantity,
            standing.unit_price,
            standing.amount,
            standing.unit_cost,
            standing.typed_quantity * standing.factor as counted,
            standing.is_merge,
            -- Transfers come in pairs, the second being what arrives.
            case
                when standing.kind = 'transfer' and mod(row_number() over leg, 2) = 0
                    then lag(standing.stock) over leg
            end as left_stock
        from standing
        window leg as (
            partition by standing.operation_id, standing.kind order by standing.line_no
        )
        order by
            standing.occurred_at, standing.created_at, standing.line_no, standing.seq
    loop
        v_level := v_levels[v_line.stock];
        v_moved := case
            when v_line.kind = 'count' then v_line.counted - coalesce(v_level.quantity, 0)
            when not v_line.is_merge then v_line.quantity
            when v_line.left_stock is null then -coalesce(v_level.quantity, 0)
            else -v_merged
        end;
        v_merged := v_moved;
        v_level := private.blend(
            v_level,
            v_moved,
            case
                when v_line.kind in ('receive', 'opening') then v_line.unit_price
                when v_line.left_stock is not null then (v_levels[v_line.left_stock]).average_cost
            end
        );
        v_levels[v_line.stock] := v_level;
        v_replayed := v_replayed || row(
            v_line.product_id, v_line.location_id, v_line.kind, v_line.occurred_at,
            v_line.quantity, v_line.amount, v_line.unit_cost,
            v_level.quantity, v_level.average_cost
        )::private.replayed_line;
    end loop;
    return v_replayed;
end;
$$;


-- What each stock comes to in a replay; nothing of one without lines that stand.
create function private.replayed_stocks(p_replayed private.replayed_line[])
returns table (product_id uuid, location_id uuid, quantity numeric, average_cost numeric)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (line.product_id, line.location_id)
        line.product_id,
        line.location_id,
        line.quantity,
        line.average_cost
    from unnest(p_replayed) with ordinality as line
    order by line.product_id, line.location_id, line.ordinality desc;
$$;


-- By how much the margin of a day's sales is more in a replay than it was when they were booked,
-- and how much of that the `amount` of revaluations says already, by stock. A sale whose cost is
-- not known counts for nothing. A day is one where the shop is.
create function private.restated_margins(
    p_company_id uuid,
    p_product_ids uuid[],
    p_replayed private.replayed_line[]
)
returns table (
    product_id uuid,
    location_id uuid,
    day date,
    at timestamptz,
    restated numeric,
    recorded numeric
)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with told as (
        select
            line.product_id,
            line.location_id,
            line.occurred_at,
            coalesce(-sign(line.moved) * line.amount + line.moved * line.average_cost, 0)
            - coalesce(-sign(line.moved) * line.amount + line.moved * line.unit_cost, 0)
                as restated,
            0 as recorded
        from unnest(p_replayed) as line
        where
            line.kind in ('sell', 'return_in')
            and line.unit_cost is distinct from line.average_cost
        union all
        select
            line.product_id,
            line.location_id,
            line.occurred_at,
            0 as restated,
            line.amount as recorded
        from public.transactions as line
        where
            line.company_id = p_company_id
            and line.product_id = any(p_product_ids)
            and line.kind = 'revaluation'
            and line.amount is not null
    )

    select
        told.product_id,
        told.location_id,
        (told.occurred_at at time zone company.timezone)::date as day,
        max(told.occurred_at) as at,
        round(sum(told.restated), 2) as restated,
        sum(told.recorded) as recorded
    from told
    inner join public.companies as company on company.id = p_company_id
    group by told.product_id, told.location_id, day;
$$;


-- --- the past ------------------------------------------------------------------------------------

-- What was on hand at a moment, by when things happened.
create function private.balance_at(
    p_company_id uuid,
    p_product_id uuid,
    p_location_id uuid,
    p_at timestamptz
)
returns numeric
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(sum(line.quantity), 0)
    from public.transactions as line
    where
        line.company_id = p_company_id
        and line.product_id = p_product_id
        and line.location_id = p_location_id
        and line.occurred_at <= p_at;
$$;


-- The next count after a moment that still stands: it saw the shelf as it was, so what is booked
-- for an earlier moment was in it already. Null when there is none. `p_after_seq` is the place
-- within the moment, null for its end: whoever says "yesterday" says noon.
create function private.next_count(
    p_company_id uuid,
    p_product_id uuid,
    p_location_id uuid,
    p_after timestamptz,
    p_after_seq bigint
)
returns public.transactions
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select line.*
    from public.transactions as line
    where
        line.company_id = p_company_id
        and line.product_id = p_product_id
        and line.location_id = p_location_id
        and line.occurred_at >= p_after
        and (line.occurred_at > p_after or line.seq > p_after_seq)
        and line.kind = 'count'
        and not exists (
            select from public.operations as reversal
            where
                reversal.company_id = line.company_id
                and reversal.reverses_id = line.operation_id
        )
    order by line.occurred_at, line.seq
    limit 1;
$$;


-- --- writing -------------------------------------------------------------------------------------

-- One line to be booked. `quantity` is the signed movement in base units; null for a count, which
-- moves the stock to what was typed. `cost` is what a unit that comes in cost, where that is known.
-- `product` and `unit` are for the answer; `reorder_level` is the product's, null where it was not
-- looked up, and `is_only_place` whether the company has no other location. `occurred_at` is null
-- where that is when the operation did; the operation's is the earliest of its lines, and what lies
-- ahead is when it is booked.
create type private.ledger_line as (
    line_no integer,
    product_id uuid,
    product text,
    unit text,
    location_id uuid,
    kind public.movement_kind,
    reason public.write_off_reason,
    quantity numeric,
    typed_quantity numeric,
    typed_unit text,
    factor numeric,
    unit_price numeric,
    amount numeric,
    cost numeric,
    count_operation_id uuid,
    reorder_level numeric,
    is_only_place boolean,
    occurred_at timestamptz
);


-- What a line leaves of a stock.
create type private.left_stock as (balance numeric, unit_cost numeric, seq bigint);


-- Writes lines and their balances: the only writer of quantities. Each stock is in `p_lines` once,
-- and the caller holds the company's lock, so later balances follow from earlier ones. Answers the
-- lines as callers hear them, whether one that went out left its stock below zero, and whether one
-- left its product at its reorder level or below, as far as the lines bear the levels.
create function private.write_lines(
    p_operation public.operations,
    p_lines private.ledger_line[],
    out answers jsonb,
    out is_short boolean,
    out is_low boolean
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_line private.ledger_line;
    v_left private.left_stock;
    v_stocks private.left_stock[];
    v_answers jsonb[];
    v_written integer := 0;
begin
    -- Step 1: the balances, each changed by its line, and what to say of the two.
    is_short := false;
    is_low := false;
    for v_left in
        insert into public.inventory as stock (
            company_id, product_id, location_id, quantity, average_cost, last_seq
        )
        select
            p_operation.company_id, line.product_id, line.location_id, line.quantity, line.cost, 1
        from unnest(p_lines) as line
        on conflict (company_id, product_id, location_id) do update
        set
            quantity = stock.quantity + excluded.quantity,
            average_cost = case
                when excluded.average_cost is null then stock.average_cost
                else (
                    private.blend(
                        row(stock.quantity, stock.average_cost)::private.stock_level,
                        excluded.quantity, excluded.average_cost
                    )
                ).average_cost
            end,
            last_seq = stock.last_seq + 1
        where abs(stock.quantity + excluded.quantity) < 100000000000
        returning stock.quantity, stock.average_cost, stock.last_seq
    loop
        v_written := v_written + 1;
        v_stocks := v_stocks || v_left;
        v_line := p_lines[v_written];
        if v_line.kind not in ('adjustment', 'revaluation') then
            v_answers := v_answers || private.line_answer(v_line, v_left.balance);
        end if;
        is_short := is_short or (
            v_left.balance < 0
            and v_line.quantity < 0
            and v_line.kind in ('sell', 'write_off', 'return_out', 'transfer')
        );
        if v_line.reorder_level is not null and v_line.quantity < 0 then
            is_low := is_low or v_line.reorder_level >= case
                when v_line.is_only_place then v_left.balance
                else private.on_hand(p_operation.company_id, v_line.product_id)
            end;
        end if;
    end loop;
    if v_written < cardinality(p_lines) then
        perform private.refuse(422, 'bad_quantity', 'The balance would become too large.');
    end if;
    answers := to_jsonb(v_answers);

    -- Step 2: the lines.
    insert into public.transactions (
        company_id, operation_id, line_no, product_id, location_id, kind, reason, quantity,
        typed_quantity, typed_unit, factor, unit_price, amount, unit_cost, count_operation_id,
        seq, balance_after, occurred_at, created_at
    )
    select
        p_operation.company_id, p_operation.id, line.line_no, line.product_id, line.location_id,
        line.kind, line.reason, line.quantity, line.typed_quantity, line.typed_unit, line.factor,
        line.unit_price, line.amount, line.unit_cost, line.count_operation_id,
        line.seq, line.balance, p_operation.occurred_at, p_operation.created_at
    from unnest(p_lines, v_stocks) as line;
end;
$$;


-- A line as callers hear it, numbers as text.
create function private.line_answer(p_line private.ledger_line, p_balance numeric)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_object(
        array[
            'product_id', 'product', 'unit', 'kind', 'reason', 'quantity', 'typed_quantity',
            'typed_unit', 'unit_price', 'amount', 'balance'
        ],
        array[
            p_line.product_id::text,
            p_line.product,
            p_line.unit,
            p_line.kind::text,
            p_line.reason::text,
            trim_scale(p_line.quantity)::text,
            trim_scale(p_line.typed_quantity)::text,
            p_line.typed_unit,
            p_line.unit_price::text,
            p_line.amount::text,
            trim_scale(p_balance)::text
        ]
    );
end;
$$;


-- An operation as callers hear it; `low_stock` is there only where something runs low by it.
create function private.operation_answer(
    p_operation public.operations,
    p_lines jsonb,
    p_low_stock jsonb
)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'id', p_operation.id,
        'kind', p_operation.kind,
        'reverses', p_operation.reverses_id,
        'replaces', p_operation.replaces_id,
        'occurred_at', p_operation.occurred_at,
        'lines', coalesce(p_lines, '[]')
    )
    || case
        when p_low_stock is null then '{}'
        else jsonb_build_object('low_stock', p_low_stock)
    end;
end;
$$;


-- Books an operation: its row, its lines, their balances, and what follows from them. The caller
-- has checked who asks and holds the company's lock. An `occurred_at` of null is now; a kind of
-- null is that of the lines; `created_at` is always now. Answers {id, kind, reverses, replaces,
-- occurred_at, lines: [as `private.line_answer`], low_stock?: [as `private.noted_low_stock`]}, the
-- same again for an id that was booked before.
create function private.book(p_operation public.operations, p_lines private.ledger_line[])
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_is_plain boolean := p_operation.occurred_at is null;
    v_written record;
    v_low_stock jsonb;
begin
    -- Step 1: when. The clock is read under the company's lock, so later bookings have later times.
    -- A caller's clock that runs ahead means now.
    v_operation.created_at := clock_timestamp();
    v_operation.occurred_at := least(p_operation.occurred_at, v_operation.created_at);

    -- Step 2: what the lines are together, and whether they depend on nothing but the stock at
    -- hand.
    if cardinality(p_lines) = 1 then
        v_operation.kind := coalesce(v_operation.kind, p_lines[1].kind);
        v_is_plain := v_is_plain and p_lines[1].quantity is not null;
    else
        select
            coalesce(
                v_operation.kind,
                case when count(distinct line.kind) = 1 then min(line.kind) else 'mixed' end
            ),
            v_is_plain
            and count(*) = count(distinct (line.product_id, line.location_id))
            and bool_and(line.kind <> 'transfer' and line.quantity is not null)
        into v_operation.kind, v_is_plain
        from unnest(p_lines) as line;
    end if;

    -- Step 3: the operation, whose key books once: what was booked before its day was locked is
    -- answered again. Then its lines, all at once or in turn.
    insert into public.operations
    select v_operation.*
    on conflict (company_id, id) do nothing;
    if not found then
        return private.replay(v_operation);
    end if;
    if p_operation.occurred_at is not null then
        perform private.check_moment(v_operation, p_operation.occurred_at);
    end if;
    if v_is_plain then
        v_written := private.write_lines(v_operation, p_lines);
    else
        v_written := private.write_in_turn(v_operation, p_lines);
    end if;
    if v_written.is_short and v_operation.kind <> 'merge' then
        perform private.check_stock(v_operation);
    end if;

    -- Step 4: what runs low by it.
    if v_written.is_low and private.note_low_stock(v_operation) then
        v_low_stock := private.noted_low_stock(v_operation.company_id, v_operation.id);
    end if;
    return private.operation_answer(v_operation, v_written.answers, v_low_stock);
end;
$$;


-- Writes lines that depend on one another or on what came after them, one by one. Answers as
-- `private.write_lines`; what runs low by all of them is for the end to tell.
create function private.write_in_turn(
    p_operation public.operations,
    p_lines private.ledger_line[],
    out answers jsonb,
    out is_short boolean,
    out is_low boolean
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_is_past boolean;
    v_line private.ledger_line;
    v_left private.ledger_line;
    v_line_no integer := 0;
    v_products uuid[];
    v_written record;
begin
    is_short := false;
    is_low := true;
    foreach v_line in array p_lines loop
        v_operation.occurred_at := least(
            coalesce(v_line.occurred_at, p_operation.occurred_at), p_operation.created_at
        );
        v_is_past := v_operation.occurred_at <> p_operation.created_at;

        -- Step 1: what arrives costs what it did where it left, in the line before; a count meets
        -- the balance of its moment.
        if v_line.kind = 'transfer' and v_left.product_id is null then
            v_left := v_line;
        elsif v_line.kind = 'transfer' then
            if v_line.quantity > 0 then
                select stock.average_cost, stock.average_cost into v_line.cost, v_line.unit_price
                from public.inventory as stock
                where stock.company_id = p_operation.company_id
                    and stock.product_id = v_left.product_id
                    and stock.location_id = v_left.location_id;
            end if;
            v_left := null;
        elsif v_line.quantity is null then
            v_line.quantity := v_line.typed_quantity * v_line.factor - case
                when v_is_past then private.balance_at(
                    p_operation.company_id, v_line.product_id, v_line.location_id,
                    v_operation.occurred_at
                )
                else coalesce((
                    select stock.quantity
                    from public.inventory as stock
                    where stock.company_id = p_operation.company_id
                        and stock.product_id = v_line.product_id
                        and stock.location_id = v_line.location_id
                ), 0)
            end;
        end if;

        -- Step 2: the line and its balance.
        v_line_no := v_line_no + 1;
        v_line.line_no := v_line_no;
        v_written := private.write_lines(v_operation, array[v_line]);
        answers := coalesce(answers, '[]') || coalesce(v_written.answers, '[]');
        is_short := is_short or v_written.is_short;

        -- Step 3: a later count saw the shelf already; it takes back what this line changed.
        if v_is_past and v_line.quantity <> 0 then
            v_line_no := private.answer_count(v_operation, v_line);
        end if;
    end loop;

    -- Step 4: what comes back to a product that has become another goes on to that one; and what
    -- was booked into the past may have changed the average cost since.
    v_is_past := p_operation.occurred_at <> p_operation.created_at;
    if v_is_past or p_operation.reverses_id is not null then
        v_products := private.merged_products(
            p_operation.company_id, array(select line.product_id from unnest(p_lines) as line)
        );
    end if;
    if p_operation.reverses_id is not null then
        v_line_no := private.follow_merges(p_operation, v_line_no, v_products);
    end if;
    if v_is_past then
        perform private.revalue(p_operation, v_line_no, v_products);
    end if;
end;
$$;


-- What is on hand of a product, over all its places.
create function private.on_hand(p_company_id uuid, p_product_id uuid)
returns numeric
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select sum(stock.quantity)
        from public.inventory as stock
        where stock.company_id = p_company_id and stock.product_id = p_product_id
    );
end;
$$;


-- Writes down each product that an operation, taken as a whole, has brought from above its reorder
-- level to it or below; answers whether there is one. What is no longer kept cannot run low.
create function private.note_low_stock(p_operation public.operations)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.low_stock_notices (
        company_id, operation_id, product_id, quantity, reorder_level, created_at
    )
    select
        p_operation.company_id,
        p_operation.id,
        product.id,
        stock.quantity,
        product.reorder_level,
        p_operation.created_at
    from (
        select line.product_id, sum(line.quantity) as quantity
        from public.transactions as line
        where line.company_id = p_operation.company_id and line.operation_id = p_operation.id
        group by line.product_id
    ) as moved
    inner join public.products as product
        on product.company_id = p_operation.company_id and moved.product_id = product.id
    cross join lateral (
        select private.on_hand(p_operation.company_id, product.id) as quantity
    ) as stock
    where product.archived_at is null
        and stock.quantity <= product.reorder_level
        and stock.quantity - moved.quantity > product.reorder_level;
    return found;
end;
$$;


-- What ran low by an operation, null for nothing: [{product_id, product, unit, quantity,
-- reorder_level}], numbers as text.
create function private.noted_low_stock(p_company_id uuid, p_operation_id uuid)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select
            jsonb_agg(
                jsonb_build_object(
                    'product_id', product.id,
                    'product', product.name,
                    'unit', product.unit,
                    'quantity', trim_scale(notice.quantity)::text,
                    'reorder_level', trim_scale(notice.reorder_level)::text
                )
                order by product.name, product.id
            )
        from public.low_stock_notices as notice
        inner join public.products as product
            on notice.company_id = product.company_id and notice.product_id = product.id
        where notice.company_id = p_company_id and notice.operation_id = p_operation_id
    );
end;
$$;


-- Refuses an operation that took out more than there was, where the company blocks that. Details:
-- {products: [{product_id, product, missing}]}.
create function private.check_stock(p_operation public.operations)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_products jsonb;
begin
    select
        jsonb_agg(
            distinct jsonb_build_object(
                'product_id', product.id,
                'product', product.name,
                'missing', trim_scale(-stock.quantity)::text
            )
        )
    into v_products
    from public.companies as company
    inner join public.transactions as line on company.id = line.company_id
    inner join public.inventory as stock
        on line.company_id = stock.company_id
        and line.product_id = stock.product_id
        and line.location_id = stock.location_id
    inner join public.products as product
        on line.company_id = product.company_id and line.product_id = product.id
    where company.id = p_operation.company_id
        and company.negative_stock = 'block'
        and line.operation_id = p_operation.id
        and line.kind in ('sell', 'write_off', 'return_out', 'transfer')
        and line.quantity < 0
        and stock.quantity < 0;
    if v_products is not null then
        perform private.refuse(
            422,
            'not_enough_stock',
            'There is not that much in stock, and this shop blocks that.',
            jsonb_build_object('products', v_products)
        );
    end if;
end;
$$;


-- Refuses a moment that has not come, that nobody remembers, or that the company has locked.
create function private.check_moment(p_operation public.operations, p_said timestamptz)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_locked_before date;
    v_role public.member_role;
begin
    if p_said > p_operation.created_at + interval '5 minutes' then
        perform private.refuse(422, 'in_the_future', 'That moment has not come yet.');
    end if;
    if p_operation.reverses_id is null
        and p_said < p_operation.created_at - interval '10 years'
    then
        perform private.refuse(422, 'too_long_ago', 'That is more than ten years ago.');
    end if;

    select company.locked_before, member.role into v_locked_before, v_role
    from public.companies as company
    left join public.members as member
        on company.id = member.company_id and member.id = p_operation.member_id
    where company.id = p_operation.company_id
        and (p_operation.occurred_at at time zone company.timezone)::date < company.locked_before;
    if v_role <> 'owner' then
        perform private.refuse(
            423,
            'period_locked',
            format('Everything before %s is locked; ask an owner.', v_locked_before)
        );
    end if;
end;
$$;


-- Where a later count stands, a line dated at that count, opposite to one dated before it. A
-- reversal stands where its original did. Answers the number of the last line.
create function private.answer_count(p_operation public.operations, p_line private.ledger_line)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_count constant public.transactions := private.next_count(
        p_operation.company_id, p_line.product_id, p_line.location_id, p_operation.occurred_at,
        (
            select min(original.seq)
            from public.transactions as original
            where original.company_id = p_operation.company_id
                and original.operation_id = p_operation.reverses_id
                and original.product_id = p_line.product_id
                and original.location_id = p_line.location_id
        )
    );
    v_operation public.operations := p_operation;
    v_line private.ledger_line;
begin
    if v_count.operation_id is null then
        return p_line.line_no;
    end if;
    v_operation.occurred_at := v_count.occurred_at;
    v_line.line_no := p_line.line_no + 1;
    v_line.product_id := p_line.product_id;
    v_line.location_id := p_line.location_id;
    v_line.kind := 'adjustment';
    v_line.quantity := -p_line.quantity;
    v_line.typed_quantity := abs(p_line.quantity);
    v_line.factor := 1;
    v_line.count_operation_id := v_count.operation_id;
    perform private.write_lines(v_operation, array[v_line]);
    return v_line.line_no;
end;
$$;


-- Moves what a reversal has left on any of these products that was merged away to the one it
-- became, when and where it was merged: as the merge would have, had it been known. Answers the
-- number of the last line.
create function private.follow_merges(
    p_operation public.operations,
    p_line_no integer,
    p_product_ids uuid[]
)
returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_line private.ledger_line;
    v_line_no integer := p_line_no;
    v_merged record;
begin
    v_operation.reverses_id := null;
    loop
        -- Step 1: a stock that is not empty though it was merged away, and how that was done.
        select
            leaving.product_id,
            leaving.location_id,
            leaving.occurred_at,
            arriving.product_id as into_id,
            stock.quantity,
            stock.average_cost
        into v_merged
        from public.products as product
        inner join public.inventory as stock
            on product.company_id = stock.company_id and product.id = stock.product_id
        inner join public.transactions as leaving
            on stock.company_id = leaving.company_id
            and stock.product_id = leaving.product_id
            and stock.location_id = leaving.location_id
        inner join public.transactions as arriving
            on leaving.company_id = arriving.company_id
            and leaving.operation_id = arriving.operation_id
            and leaving.line_no + 1 = arriving.line_no
        inner join public.operations as operation
            on leaving.company_id = operation.company_id
            and leaving.operation_id = operation.id
        where product.company_id = p_operation.company_id
            and product.id = any(p_product_ids)
            and product.merged_into is not null
            and stock.quantity <> 0
            and operation.kind = 'merge'
            and mod(leaving.line_no, 2) = 1
        limit 1;
        exit when v_merged.product_id is null;

        -- Step 2: out of it and into the one it became, whose later counts have seen it.
        v_operation.occurred_at := v_merged.occurred_at;
        v_line.kind := 'transfer';
        v_line.location_id := v_merged.location_id;
        v_line.typed_quantity := abs(v_merged.quantity);
        v_line.factor := 1;
        v_line.line_no := v_line_no + 1;
        v_line.product_id := v_merged.product_id;
        v_line.quantity := -v_merged.quantity;
        perform private.write_lines(v_operation, array[v_line]);
        v_line.line_no := v_line_no + 2;
        v_line.product_id := v_merged.into_id;
        v_line.quantity := v_merged.quantity;
        perform private.write_lines(v_operation, array[v_line]);
        v_line_no := private.answer_count(v_operation, v_line);
    end loop;
    return v_line_no;
end;
$$;


-- Where replaying the past gives another average cost than the one at hand, a line of no quantity
-- says so: at every place, for cost travels. Written now: it is a correction of the books, not an
-- event on the shelf. Where it gives sales another margin than they were booked with, one on their
-- day says by how much.
create function private.revalue(
    p_operation public.operations,
    p_line_no integer,
    p_product_ids uuid[]
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_replayed private.replayed_line[];
    v_line private.ledger_line;
    v_line_no integer := p_line_no;
    v_change record;
begin
    -- Step 1: where nothing at that moment or later brings a cost, none has changed.
    if not exists (
        select from public.transactions as line
        where line.company_id = p_operation.company_id
            and line.product_id = any(p_product_ids)
            and line.occurred_at >= p_operation.occurred_at
            and (
                line.kind in ('receive', 'opening', 'transfer')
                or line.kind = 'revaluation' and line.amount is not null
            )
    ) then
        return;
    end if;

    -- Step 2: else all is replayed, and what differs is written down.
    v_replayed := private.replayed_lines(p_operation.company_id, p_product_ids);
    v_line.kind := 'revaluation';
    v_line.quantity := 0;
    v_line.typed_quantity := 0;
    v_line.factor := 1;
    for v_change in
        select
            stock.product_id,
            stock.location_id,
            replayed.average_cost,
            p_operation.created_at as at,
            null::numeric as amount
        from public.inventory as stock
        left join private.replayed_stocks(v_replayed) as replayed
            on stock.product_id = replayed.product_id
            and stock.location_id = replayed.location_id
        where stock.company_id = p_operation.company_id
            and stock.product_id = any(p_product_ids)
            and stock.average_cost is distinct from replayed.average_cost
        union all
        select
            margin.product_id,
            margin.location_id,
            null,
            margin.at,
            margin.restated - margin.recorded
        from private.restated_margins(
            p_operation.company_id, p_product_ids, v_replayed
        ) as margin
        where margin.restated <> margin.recorded
    loop
        v_line_no := v_line_no + 1;
        if v_change.amount is null then
            update public.inventory
            set average_cost = v_change.average_cost
            where company_id = p_operation.company_id
                and product_id = v_change.product_id
                and location_id = v_change.location_id;
        end if;
        v_operation.occurred_at := v_change.at;
        v_line.line_no := v_line_no;
        v_line.product_id := v_change.product_id;
        v_line.location_id := v_change.location_id;
        v_line.amount := v_change.amount;
        perform private.write_lines(v_operation, array[v_line]);
    end loop;
end;
$$;


-- Says the margins of past days anew where a shop's days are others than they were, since it has
-- moved to another time zone: one operation for each group of products that pass cost to one
-- another. Only what was booked into the past has margins that were restated.
create function private.restate_days(p_member public.members)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations;
    v_products uuid[];
begin
    for v_products in
        select array_agg(product.id)
        from public.products as product
        where product.company_id = p_member.company_id
        group by coalesce(product.merged_into, product.id)
    loop
        continue when not exists (
            select from public.transactions as line
            where line.company_id = p_member.company_id
                and line.product_id = any(v_products)
                and line.occurred_at < line.created_at
        );
        continue when not exists (
            select from private.restated_margins(
                p_member.company_id,
                v_products,
                private.replayed_lines(p_member.company_id, v_products)
            ) as margin
            where margin.restated <> margin.recorded
        );
        v_operation := private.new_operation(
            p_member.company_id, 'app', gen_random_uuid()::text, 'restate', p_member.id,
            clock_timestamp()
        );
        v_operation.kind := 'revaluation';
        v_operation.created_at := v_operation.occurred_at;
        insert into public.operations
        select v_operation.*;
        v_operation.occurred_at := '-infinity';
        perform private.revalue(v_operation, 0, v_products);
    end loop;
end;
$$;


-- The lines that undo an operation: each of its own movements negated, and, where it was a count,
-- the adjustments that later lines pinned to it.
create function private.opposite_lines(p_company_id uuid, p_operation_id uuid)
returns private.ledger_line[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with own as (
        select
            line.line_no as place,
            row(
                null, line.product_id, product.name, product.unit, line.location_id, 'reversal',
                null, -line.quantity, line.typed_quantity, line.typed_unit, line.factor,
                line.unit_price, -line.amount, null, null, null, null, line.occurred_at
            )::private.ledger_line as opposite
        from public.transactions as line
        inner join public.products as product
            on line.company_id = product.company_id and line.product_id = product.id
        where
            line.company_id = p_company_id
            and line.operation_id = p_operation_id
            and line.kind not in ('adjustment', 'revaluation')
    ),

    pinned as (
        select
            32767 as place,
            row(
                null, line.product_id, null, null, line.location_id, 'adjustment',
                null, -sum(line.quantity), abs(sum(line.quantity)), null, 1,
                null, null, null, p_operation_id, null, null, line.occurred_at
            )::private.ledger_line as opposite
        from public.transactions as line
        where
            line.company_id = p_company_id
            and line.kind = 'adjustment'
            and line.count_operation_id = p_operation_id
            and (line.product_id, line.location_id, line.occurred_at) in (
                select count_line.product_id, count_line.location_id, count_line.occurred_at
                from public.transactions as count_line
                where
                    count_line.company_id = p_company_id
                    and count_line.operation_id = p_operation_id
                    and count_line.kind = 'count'
            )
        group by line.product_id, line.location_id, line.occurred_at
        having sum(line.quantity) <> 0
    )

    select array_agg(undoing.opposite order by undoing.place)
    from (
        select own.place, own.opposite
        from own
        union all
        select pinned.place, pinned.opposite
        from pinned
    ) as undoing;
$$;
