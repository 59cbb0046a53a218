-- Ledger: one operation per booked message or form, one signed line per product it moves, and the
-- balance those lines add up to. Lines are never changed; a mistake is reversed by another
-- operation.

create type public.movement_kind as enum (
    'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer', 'opening',
    -- Lines that follow from others: the undoing of one, the answer of a later count to a line
    -- dated before it, and a change of average cost without a movement.
    'reversal', 'adjustment', 'revaluation',
    'mixed'
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
create index inventory_location_idx on public.inventory (company_id, location_id);
alter table public.inventory enable row level security;


-- `id` is the digest of where the request came from and its idempotency key, so the primary key
-- itself keeps a request from being booked twice. `message_id` has no foreign key: words are
-- erasable, operations are not.
create table public.operations (
    company_id uuid not null references public.companies (id),
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
    constraint operations_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id),
    constraint operations_reverses_fkey foreign key (company_id, reverses_id)
    references public.operations (company_id, id),
    constraint operations_replaces_fkey foreign key (company_id, replaces_id)
    references public.operations (company_id, id),
    check ((kind = 'reversal') = (reverses_id is not null))
);
create index operations_created_idx on public.operations (company_id, created_at desc);
create index operations_member_idx on public.operations (company_id, member_id, created_at desc);
-- At most one reversal of an operation, whoever asks and however often.
create unique index operations_reverses_key on public.operations (company_id, reverses_id)
where reverses_id is not null;
create index operations_replaces_idx on public.operations (company_id, replaces_id)
where replaces_id is not null;
alter table public.operations enable row level security;


-- The stock ledger. `quantity` is signed and in base units; `typed_…` is what was written. `seq`
-- has no gaps per product and location; `balance_after` is the balance when the line was booked.
create table public.transactions (
    company_id uuid not null,
    operation_id uuid not null,
    line_no smallint not null,
    product_id uuid not null,
    location_id uuid not null,
    kind public.movement_kind not null check (kind <> 'mixed'),
    reason public.write_off_reason,
    quantity numeric(14, 3) not null,
    typed_quantity numeric(14, 3) not null,
    typed_unit text,
    factor numeric(14, 3) not null,
    -- Per base unit: the selling price going out, the buying price coming in.
    unit_price numeric(14, 6),
    -- The whole line, exact: what `unit_price` is derived from.
    amount numeric(14, 2),
    -- The average cost once this line was booked; stock value is `balance_after` at this cost.
    unit_cost numeric(14, 6),
    -- Of an adjustment: the count that had seen the shelf already.
    count_operation_id uuid,
    seq bigint not null,
    balance_after numeric(14, 3) not null,
    occurred_at timestamptz not null,
    created_at timestamptz not null,
    primary key (company_id, operation_id, line_no),
    constraint transactions_operation_fkey foreign key (company_id, operation_id)
    references public.operations (company_id, id),
    constraint transactions_inventory_fkey foreign key (company_id, product_id, location_id)
    references public.inventory (company_id, product_id, location_id)
);
create unique index transactions_seq_key
on public.transactions (company_id, product_id, location_id, seq);
-- The counts of a product and what is pinned to them: few lines, asked for by every backdated one.
create index transactions_count_idx
on public.transactions (company_id, product_id, location_id, occurred_at)
where kind in ('count', 'adjustment');
alter table public.transactions enable row level security;


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


-- History is added to, never edited, by anyone; `always` so that no session setting turns it off.
create function private.forbid_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.refuse(
        405,
        'append_only',
        format('Rows of %s are never changed; book a correction instead.', tg_table_name)
    );
    return null;
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
alter table public.operations enable always trigger operations_append_only;
alter table public.operations enable always trigger operations_no_truncate;
alter table public.transactions enable always trigger transactions_append_only;
alter table public.transactions enable always trigger transactions_no_truncate;


-- --- cost ----------------------------------------------------------------------------------------

create type private.stock_level as (quantity numeric, average_cost numeric);


-- Weighted average cost: stock that comes in at a known cost moves the average, all else leaves it.
-- Stock that comes in where nothing was left, or less, brings its own cost.
create function private.blend(p_level private.stock_level, p_quantity numeric, p_cost numeric)
returns private.stock_level
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select row(
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
$$;

create aggregate private.average_cost(numeric, numeric) ( -- noqa: LT01
    sfunc = private.blend,
    stype = private.stock_level
);


-- The average cost of a product at a location when all that stands is replayed in the order it
-- happened. A line and its reversal are left out together.
create function private.replayed_cost(
    p_company_id uuid,
    p_product_id uuid,
    p_location_id uuid
)
returns numeric
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select (private.average_cost(
        line.quantity,
        case when line.kind in ('receive', 'opening', 'transfer') then line.unit_price end
        order by line.occurred_at, line.seq
    )).average_cost
    from public.transactions as line
    where
        line.company_id = p_company_id
        and line.product_id = p_product_id
        and line.location_id = p_location_id
        and line.kind not in ('reversal', 'revaluation')
        and (
            line.kind = 'adjustment'
            or not exists (
                select from public.operations as reversal
                where
                    reversal.company_id = line.company_id
                    and reversal.reverses_id = line.operation_id
            )
        );
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
-- for an earlier moment was in it already. Null when there is none.
create function private.next_count(
    p_company_id uuid,
    p_product_id uuid,
    p_location_id uuid,
    p_after timestamptz
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
        and line.occurred_at > p_after
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


-- --- booking -------------------------------------------------------------------------------------

-- One line to be booked. `quantity` is in base units: what was counted for a count, signed for a
-- transfer, a reversal and an adjustment, unsigned for the rest.
create type private.ledger_line as (
    product_id uuid,
    location_id uuid,
    kind public.movement_kind,
    reason public.write_off_reason,
    typed_quantity numeric,
    typed_unit text,
    factor numeric,
    quantity numeric,
    unit_price numeric,
    amount numeric,
    count_operation_id uuid
);


-- Writes one line and its balance, in one statement. The only writer of both tables; answers the
-- stock as it is now. `p_quantity` is signed; `p_cost` is what a unit of it cost, where that is
-- known.
create function private.write_line(
    p_operation public.operations,
    p_line_no integer,
    p_line private.ledger_line,
    p_quantity numeric,
    p_cost numeric
)
returns public.inventory
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stock public.inventory;
begin
    with stock as (
        insert into public.inventory as stock (
            company_id, product_id, location_id, quantity, average_cost, last_seq
        )
        values (
            p_operation.company_id, p_line.product_id, p_line.location_id, p_quantity,
            case when p_line.kind = 'revaluation' or p_quantity > 0 then p_cost end, 1
        )
        on conflict (company_id, product_id, location_id) do update
        set
            quantity = stock.quantity + excluded.quantity,
            last_seq = stock.last_seq + 1,
            average_cost = case
                when p_line.kind = 'revaluation' then p_cost
                when p_cost is null then stock.average_cost
                else (
                    private.blend(
                        row(stock.quantity, stock.average_cost)::private.stock_level,
                        p_quantity, p_cost
                    )
                ).average_cost
            end
        returning *
    ),

    line as (
        insert into public.transactions (
            company_id, operation_id, line_no, product_id, location_id, kind, reason, quantity,
            typed_quantity, typed_unit, factor, unit_price, amount, unit_cost,
            count_operation_id, seq, balance_after, occurred_at, created_at
        )
        select
            stock.company_id,
            p_operation.id,
            p_line_no,
            stock.product_id,
            stock.location_id,
            p_line.kind,
            p_line.reason,
            p_quantity,
            p_line.typed_quantity,
            p_line.typed_unit,
            p_line.factor,
            p_line.unit_price,
            p_line.amount,
            stock.average_cost,
            p_line.count_operation_id,
            stock.last_seq,
            stock.quantity,
            p_operation.occurred_at,
            p_operation.created_at
        from stock
    )

    select stock.* into v_stock
    from stock;
    return v_stock;
end;
$$;


-- Writes an operation: lines, balances, and what follows from them. The caller has checked who asks
-- and holds the company's lock. An `occurred_at` of null is now; `created_at` is always now.
create function private.book(p_operation public.operations, p_lines private.ledger_line[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_past constant boolean := p_operation.occurred_at is not null;
    v_company public.companies;
    v_line private.ledger_line;
    v_stock public.inventory;
    v_count public.transactions;
    v_quantity numeric;
    v_cost numeric;
    v_line_no integer := 0;
begin
    -- Step 1: when. The clock is read under the company's lock, so later bookings have later times.
    v_operation.created_at := clock_timestamp();
    v_operation.occurred_at := coalesce(p_operation.occurred_at, v_operation.created_at);
    select company.* into strict v_company
    from public.companies as company
    where company.id = v_operation.company_id;
    if v_past then
        perform private.check_moment(v_company, v_operation);
    end if;

    -- Step 2: the operation; its lines refer to it.
    insert into public.operations select v_operation.*;

    foreach v_line in array p_lines loop
        -- Step 3: the signed movement and what a unit of it cost. A count moves the stock to what
        -- was seen on the shelf; what arrives from elsewhere costs what it did there.
        v_cost := case when v_line.kind in ('receive', 'opening') then v_line.unit_price end;
        case
            when v_line.kind = 'count' then
                v_quantity := v_line.quantity - private.balance_before(v_operation, v_line, v_past);
            when v_line.kind in ('transfer', 'reversal', 'adjustment') then
                v_quantity := v_line.quantity;
                if v_line.kind = 'transfer' and v_quantity > 0 then
                    v_cost := v_stock.average_cost;
                    v_line.unit_price := v_cost;
                end if;
            else
                v_quantity := private.direction(v_line.kind) * v_line.quantity;
        end case;

        -- Step 4: the line and its balance.
        v_line_no := v_line_no + 1;
        v_stock := private.write_line(v_operation, v_line_no, v_line, v_quantity, v_cost);
        if abs(v_stock.quantity) >= 100000000000 then
            perform private.refuse(422, 'bad_quantity', 'The balance would become too large.');
        end if;

        -- Step 5: a later count saw the shelf already; it takes back what this line changed.
        if v_past then
            v_count := private.next_count(
                v_operation.company_id, v_line.product_id, v_line.location_id,
                v_operation.occurred_at
            );
            if v_count.operation_id is not null and v_quantity <> 0 then
                v_line_no := v_line_no + 1;
                v_stock := private.write_adjustment(
                    v_operation, v_line_no, v_line, v_count, -v_quantity
                );
            end if;
        end if;
        if v_company.negative_stock = 'block'
            and v_line.kind in ('sell', 'write_off', 'return_out', 'transfer')
            and v_quantity < 0
            and v_stock.quantity < 0
        then
            perform private.refuse(
                422,
                'not_enough_stock',
                'There is not that much in stock, and this shop blocks that.'
            );
        end if;
    end loop;

    -- Step 6: what was booked into the past may have changed the average cost since.
    if v_past then
        perform private.revalue(v_operation, v_line_no, p_lines);
    end if;
end;
$$;


-- Refuses a moment that has not come, that nobody remembers, or that the company has locked.
create function private.check_moment(p_company public.companies, p_operation public.operations)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role public.member_role;
begin
    if p_operation.occurred_at > p_operation.created_at + interval '5 minutes' then
        perform private.refuse(422, 'in_the_future', 'That moment has not come yet.');
    end if;
    if p_operation.reverses_id is null
        and p_operation.occurred_at < p_operation.created_at - interval '10 years'
    then
        perform private.refuse(422, 'too_long_ago', 'That is more than ten years ago.');
    end if;
    if (p_operation.occurred_at at time zone p_company.timezone)::date
        < p_company.locked_before
    then
        select member.role into v_role
        from public.members as member
        where member.company_id = p_operation.company_id and member.id = p_operation.member_id;
        if v_role <> 'owner' then
            perform private.refuse(
                423,
                'period_locked',
                format('Everything before %s is locked; ask an owner.', p_company.locked_before)
            );
        end if;
    end if;
end;
$$;


-- The balance a count compares with: at its moment, its own operation's earlier lines included.
create function private.balance_before(
    p_operation public.operations,
    p_line private.ledger_line,
    p_past boolean
)
returns numeric
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_quantity numeric;
begin
    if p_past then
        return private.balance_at(
            p_operation.company_id, p_line.product_id, p_line.location_id, p_operation.occurred_at
        );
    end if;
    select stock.quantity into v_quantity
    from public.inventory as stock
    where stock.company_id = p_operation.company_id
        and stock.product_id = p_line.product_id
        and stock.location_id = p_line.location_id;
    return coalesce(v_quantity, 0);
end;
$$;


-- A line dated at a count, opposite to one dated before it.
create function private.write_adjustment(
    p_operation public.operations,
    p_line_no integer,
    p_line private.ledger_line,
    p_count public.transactions,
    p_quantity numeric
)
returns public.inventory
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_line private.ledger_line;
begin
    v_operation.occurred_at := p_count.occurred_at;
    v_line.product_id := p_line.product_id;
    v_line.location_id := p_line.location_id;
    v_line.kind := 'adjustment';
    v_line.typed_quantity := abs(p_quantity);
    v_line.factor := 1;
    v_line.count_operation_id := p_count.operation_id;
    return private.write_line(v_operation, p_line_no, v_line, p_quantity, null);
end;
$$;


-- Where replaying the past gives another average cost than the one at hand, a line of no quantity
-- says so. Written now: it is a correction of the books, not an event on the shelf.
create function private.revalue(
    p_operation public.operations,
    p_line_no integer,
    p_lines private.ledger_line[]
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations := p_operation;
    v_line private.ledger_line;
    v_line_no integer := p_line_no;
    v_stock record;
begin
    v_operation.occurred_at := p_operation.created_at;
    for v_stock in
        select
            stock.product_id,
            stock.location_id,
            stock.average_cost as booked,
            private.replayed_cost(stock.company_id, stock.product_id, stock.location_id) as replayed
        from public.inventory as stock
        where stock.company_id = p_operation.company_id
            and (stock.product_id, stock.location_id) in (
                select line.product_id, line.location_id from unnest(p_lines) as line
            )
        order by stock.product_id, stock.location_id
    loop
        if v_stock.booked is distinct from v_stock.replayed then
            v_line_no := v_line_no + 1;
            v_line.product_id := v_stock.product_id;
            v_line.location_id := v_stock.location_id;
            v_line.kind := 'revaluation';
            v_line.typed_quantity := 0;
            v_line.factor := 1;
            perform private.write_line(v_operation, v_line_no, v_line, 0, v_stock.replayed);
        end if;
    end loop;
end;
$$;


-- Which way a kind of movement turns the stock.
create function private.direction(p_kind public.movement_kind)
returns integer
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case when p_kind in ('receive', 'return_in', 'opening') then 1 else -1 end;
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
                line.product_id, line.location_id, 'reversal', null,
                line.typed_quantity, line.typed_unit, line.factor, -line.quantity,
                line.unit_price, -line.amount, null
            )::private.ledger_line as opposite
        from public.transactions as line
        where
            line.company_id = p_company_id
            and line.operation_id = p_operation_id
            and line.kind not in ('adjustment', 'revaluation')
    ),

    pinned as (
        select
            32767 as place,
            row(
                line.product_id, line.location_id, 'adjustment', null,
                abs(sum(line.quantity)), null, 1, -sum(line.quantity),
                null, null, p_operation_id
            )::private.ledger_line as opposite
        from public.transactions as count_line
        inner join public.transactions as line
            on
                count_line.company_id = line.company_id
                and count_line.product_id = line.product_id
                and count_line.location_id = line.location_id
                and count_line.occurred_at = line.occurred_at
        where
            count_line.company_id = p_company_id
            and count_line.operation_id = p_operation_id
            and count_line.kind = 'count'
            and line.kind = 'adjustment'
            and line.count_operation_id = p_operation_id
        group by line.product_id, line.location_id
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
