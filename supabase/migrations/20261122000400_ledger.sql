-- Ledger: one operation per booked message or form, one signed line per product it moves, and the
-- balance those lines add up to. Lines are never changed; a mistake is reversed by another operation.

create type public.movement_kind as enum (
    'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer',
    'opening', 'reversal', 'mixed'
);
create type public.operation_source as enum ('chat', 'app', 'import');
create type public.write_off_reason as enum (
    'expired', 'damaged', 'stolen', 'lost', 'own_use', 'other'
);


-- What is on hand. Changed by delta in the transaction that writes the line, so it always equals the
-- sum of the lines. `average_cost` is per base unit.
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


-- `id` is the digest of where the request came from and its idempotency key, so the primary key itself
-- keeps a request from being booked twice. `message_id` has no foreign key: words are erasable,
-- operations are not.
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
    created_at timestamptz not null default now(),
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


-- The stock ledger. `quantity` is signed and in base units; `typed_…` is what was written. `seq` has
-- no gaps per product and location; `balance_after` is the balance when the line was booked.
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
    unit_cost numeric(14, 6),
    seq bigint not null,
    balance_after numeric(14, 3) not null,
    occurred_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (company_id, operation_id, line_no),
    constraint transactions_operation_fkey foreign key (company_id, operation_id)
    references public.operations (company_id, id),
    constraint transactions_inventory_fkey foreign key (company_id, product_id, location_id)
    references public.inventory (company_id, product_id, location_id)
);
create unique index transactions_seq_key
on public.transactions (company_id, product_id, location_id, seq);
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


-- Reads a number that arrived as text: plain digits, at most `p_scale` decimals, refused otherwise.
-- Nothing is rounded, and NaN, infinity and exponents are no numbers here.
create function private.exact(p_text text, p_scale integer, p_name text)
returns numeric
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_text is null then
        return null;
    end if;
    if p_text !~ '^\d{1,30}(\.\d{1,30})?$'
        or trim_scale(p_text::numeric) <> round(p_text::numeric, p_scale)
        or p_text::numeric >= power(10::numeric, 14 - p_scale)
    then
        perform private.refuse(
            422,
            'bad_' || p_name,
            format(
                'A %s is a number from 0 with at most %s decimals and %s digits before them.',
                replace(p_name, '_', ' '), p_scale, 14 - p_scale
            )
        );
    end if;
    return p_text::numeric;
end;
$$;


-- One line as it will be booked. `quantity` is in base units and unsigned; for a count, what was counted.
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
    amount numeric
);


-- Which way a kind of movement turns the stock: 1 in, -1 out, 0 for a count.
create function private.direction(p_kind public.movement_kind)
returns integer
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_kind in ('receive', 'return_in', 'opening') then 1
        when p_kind in ('sell', 'write_off', 'return_out') then -1
        when p_kind = 'count' then 0
    end;
$$;


-- The least role that may book a kind of movement.
create function private.booking_role(p_kind public.movement_kind)
returns public.member_role
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_kind in ('write_off', 'opening') then 'manager'::public.member_role
        else 'clerk'::public.member_role
    end;
$$;


-- A line of a request, read and checked: {action, product_id | product, quantity, unit?, unit_price? |
-- total_price?, reason?, location_id?}. Prices are per unit as written, or for the whole line.
create function private.read_line(p_company_id uuid, p_line jsonb)
returns private.ledger_line
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_line private.ledger_line;
    v_product public.products;
    v_matches uuid [];
    v_unit_price numeric;
begin
    -- Step 1: what happened.
    if coalesce(p_line ->> 'action', '') not in (
        'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'opening'
    ) then
        perform private.refuse(
            422, 'bad_action', 'An action is sell, receive, count, write_off, return_in or return_out.'
        );
    end if;
    v_line.kind := (p_line ->> 'action')::public.movement_kind;

    -- Step 2: to which product, named by id or in the shop's own words.
    if p_line ->> 'product_id' is not null then
        v_matches := array[(p_line ->> 'product_id')::uuid];
    else
        select array_agg(match.product_id) into v_matches
        from private.match_products(p_company_id, p_line ->> 'product') as match;
        if cardinality(v_matches) > 1 then
            perform private.refuse(
                422, 'ambiguous_product', 'Several products fit that name; say which one.'
            );
        end if;
    end if;
    select product.* into v_product
    from public.products as product
    where product.company_id = p_company_id and product.id = v_matches[1];
    if v_product.id is null then
        perform private.refuse(404, 'unknown_product', 'There is no such product in this company.');
    end if;
    if v_product.archived_at is not null then
        perform private.refuse(422, 'archived_product', 'That product is archived.');
    end if;
    v_line.product_id := v_product.id;

    -- Step 3: where.
    select location.id into v_line.location_id
    from public.locations as location
    where location.company_id = p_company_id
        and case
            when p_line ->> 'location_id' is null then location.is_default
            else location.id = (p_line ->> 'location_id')::uuid
        end;
    if v_line.location_id is null then
        perform private.refuse(404, 'unknown_location', 'There is no such location in this company.');
    end if;

    -- Step 4: how much, in base units.
    v_line.typed_quantity := private.exact(p_line ->> 'quantity', 3, 'quantity');
    if v_line.typed_quantity is null
        or (v_line.typed_quantity = 0 and v_line.kind <> 'count')
    then
        perform private.refuse(422, 'bad_quantity', 'A quantity above 0 is needed.');
    end if;
    v_line.typed_unit := p_line ->> 'unit';
    v_line.factor := private.unit_factor(v_product, v_line.typed_unit);
    if v_line.factor is null then
        perform private.refuse(
            422, 'unknown_unit', 'This product has no pack or unit of that name.'
        );
    end if;
    v_line.quantity := private.exact(
        trim_scale(v_line.typed_quantity * v_line.factor)::text, 3, 'quantity'
    );

    -- Step 5: for how much money. The amount of the line is exact; the price per base unit follows it.
    if p_line ->> 'unit_price' is not null and p_line ->> 'total_price' is not null then
        perform private.refuse(
            422, 'two_prices', 'A line has a price for each or a price for all, not both.'
        );
    end if;
    if v_line.kind in ('sell', 'receive', 'return_in', 'return_out', 'opening') then
        v_unit_price := private.exact(p_line ->> 'unit_price', 2, 'price');
        v_line.amount := coalesce(
            private.exact(p_line ->> 'total_price', 2, 'price'),
            round(v_unit_price * v_line.typed_quantity, 2)
        );
        if v_line.amount is null and v_line.kind in ('sell', 'return_in') then
            v_line.amount := round(v_product.price * v_line.quantity, 2);
        end if;
        if v_line.amount >= 1000000000000 then
            perform private.refuse(422, 'bad_price', 'The amount of this line is too large.');
        end if;
        v_line.unit_price := round(v_line.amount / nullif(v_line.quantity, 0), 6);
        if v_line.unit_price >= 100000000 then
            perform private.refuse(422, 'bad_price', 'The price of one unit is too large.');
        end if;
    end if;

    -- Step 6: why, for what is written off.
    if v_line.kind = 'write_off' then
        if coalesce(p_line ->> 'reason', 'other') not in (
            'expired', 'damaged', 'stolen', 'lost', 'own_use', 'other'
        ) then
            perform private.refuse(
                422, 'bad_reason', 'A reason is expired, damaged, stolen, lost, own_use or other.'
            );
        end if;
        v_line.reason := coalesce(p_line ->> 'reason', 'other')::public.write_off_reason;
    end if;
    return v_line;
end;
$$;


-- Changes one balance by a delta and tells what it was and is. The only writer of `inventory`.
create function private.move_stock(
    p_company_id uuid,
    p_product_id uuid,
    p_location_id uuid,
    p_quantity numeric,
    p_unit_cost numeric
)
returns public.inventory
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into public.inventory as stock (
        company_id, product_id, location_id, quantity, average_cost, last_seq
    )
    values (p_company_id, p_product_id, p_location_id, p_quantity, p_unit_cost, 1)
    on conflict (company_id, product_id, location_id) do update
    set
        quantity = stock.quantity + excluded.quantity,
        last_seq = stock.last_seq + 1,
        -- Stock that comes in at a known cost moves the average; what goes out leaves it alone.
        average_cost = case
            when p_unit_cost is null or excluded.quantity <= 0 then stock.average_cost
            when stock.quantity <= 0 or stock.average_cost is null then p_unit_cost
            else round(
                (stock.quantity * stock.average_cost + excluded.quantity * p_unit_cost)
                / (stock.quantity + excluded.quantity), 6
            )
        end
    returning stock.*;
$$;


-- Writes an operation with its lines and balances. The caller has checked rights and holds the
-- company's lock; this is the only writer of `operations` and `transactions`.
create function private.book(
    p_operation public.operations,
    p_lines private.ledger_line []
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_line private.ledger_line;
    v_stock public.inventory;
    v_quantity numeric;
    v_line_no smallint := 0;
    v_blocks boolean;
begin
    -- Step 1: the operation; lines refer to it.
    insert into public.operations (
        company_id, id, kind, source, request_digest, member_id, message_id,
        reverses_id, replaces_id, occurred_at
    )
    values (
        p_operation.company_id, p_operation.id, p_operation.kind, p_operation.source,
        p_operation.request_digest, p_operation.member_id, p_operation.message_id,
        p_operation.reverses_id, p_operation.replaces_id, p_operation.occurred_at
    );

    select company.negative_stock = 'block' into strict v_blocks
    from public.companies as company
    where company.id = p_operation.company_id;

    foreach v_line in array p_lines loop
        -- Step 2: the signed movement. A count moves the stock to what was seen on the shelf.
        v_line_no := v_line_no + 1;
        if v_line.kind = 'count' then
            v_quantity := v_line.quantity - coalesce((
                select stock.quantity
                from public.inventory as stock
                where stock.company_id = p_operation.company_id
                    and stock.product_id = v_line.product_id
                    and stock.location_id = v_line.location_id
            ), 0);
        elsif v_line.kind = 'reversal' then
            v_quantity := v_line.quantity;
        else
            v_quantity := private.direction(v_line.kind) * v_line.quantity;
        end if;

        -- Step 3: the balance, in the same transaction as the line.
        v_stock := private.move_stock(
            p_operation.company_id, v_line.product_id, v_line.location_id, v_quantity,
            case when v_line.kind in ('receive', 'opening') then v_line.unit_price end
        );
        if abs(v_stock.quantity) >= 100000000000 then
            perform private.refuse(422, 'bad_quantity', 'The balance would become too large.');
        end if;
        if v_blocks and v_quantity < 0 and v_stock.quantity < 0 and v_line.kind <> 'reversal' then
            perform private.refuse(
                422, 'not_enough_stock', 'There is not that much in stock, and this shop blocks that.'
            );
        end if;

        -- Step 4: the line.
        insert into public.transactions (
            company_id, operation_id, line_no, product_id, location_id, kind, reason, quantity,
            typed_quantity, typed_unit, factor, unit_price, amount, unit_cost,
            seq, balance_after, occurred_at
        )
        values (
            p_operation.company_id, p_operation.id, v_line_no, v_line.product_id,
            v_line.location_id, v_line.kind, v_line.reason, v_quantity,
            v_line.typed_quantity, v_line.typed_unit, v_line.factor, v_line.unit_price,
            v_line.amount, v_stock.average_cost,
            v_stock.last_seq, v_stock.quantity, p_operation.occurred_at
        );
    end loop;
end;
$$;


-- What an operation did, as every caller hears it, numbers as text: {id, kind, reverses, replaces,
-- lines: [{product_id, product, unit, kind, quantity, unit_price, amount, balance}]}. Built from the
-- ledger, so a repeated request gets the answer it got the first time.
create function private.operation_answer(p_company_id uuid, p_operation_id uuid)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'id', operation.id,
        'kind', operation.kind,
        'reverses', operation.reverses_id,
        'replaces', operation.replaces_id,
        'lines', (
            select jsonb_agg(
                jsonb_build_object(
                    'product_id', line.product_id,
                    'product', product.name,
                    'unit', product.unit,
                    'kind', line.kind,
                    'reason', line.reason,
                    'quantity', trim_scale(line.quantity)::text,
                    'typed_quantity', trim_scale(line.typed_quantity)::text,
                    'typed_unit', line.typed_unit,
                    'unit_price', line.unit_price::text,
                    'amount', line.amount::text,
                    'balance', trim_scale(line.balance_after)::text
                )
                order by line.line_no
            )
            from public.transactions as line
            inner join public.products as product
                on line.company_id = product.company_id and line.product_id = product.id
            where line.company_id = operation.company_id and line.operation_id = operation.id
        )
    )
    from public.operations as operation
    where operation.company_id = p_company_id and operation.id = p_operation_id;
$$;


-- The answer to a request already booked, null for a new one, a refusal when its key was used for
-- something else.
create function private.replay(p_company_id uuid, p_operation_id uuid, p_request_digest uuid)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_digest uuid;
begin
    select operation.request_digest into v_digest
    from public.operations as operation
    where operation.company_id = p_company_id and operation.id = p_operation_id;
    if v_digest is null then
        return null;
    end if;
    if v_digest <> p_request_digest then
        perform private.refuse(
            409, 'key_reused', 'This idempotency key was used for another request.'
        );
    end if;
    return private.operation_answer(p_company_id, p_operation_id);
end;
$$;


-- The kind of an operation: the kind of its lines, or `mixed`.
create function private.operation_kind(p_lines private.ledger_line [])
returns public.movement_kind
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when count(distinct line.kind) = 1 then min(line.kind) else 'mixed' end
    from unnest(p_lines) as line;
$$;


create function private.check_key(p_key text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(length(p_key), 0) not between 1 and 200 then
        perform private.refuse(
            400, 'bad_key', 'An idempotency key of 1 to 200 characters is needed.'
        );
    end if;
end;
$$;


-- A request to book lines, from whichever door: answered once per key, all lines or none. A null member
-- is an operator, who has every right. Answers as `private.operation_answer`.
create function private.book_request(
    p_company_id uuid,
    p_member public.members,
    p_source public.operation_source,
    p_key text,
    p_lines jsonb
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations;
    v_lines private.ledger_line [];
    v_line private.ledger_line;
    v_row jsonb;
    v_answer jsonb;
begin
    -- Step 1: asked before?
    perform private.check_key(p_key);
    if p_lines is null
        or jsonb_typeof(p_lines) <> 'array'
        or jsonb_array_length(p_lines) not between 1 and 1000
    then
        perform private.refuse(422, 'bad_lines', 'An operation has 1 to 1000 lines.');
    end if;
    perform private.lock_companies(array[p_company_id]);
    v_operation.company_id := p_company_id;
    v_operation.id := private.digest(p_source || chr(31) || p_key);
    v_operation.request_digest := private.digest(concat(p_member.id, p_lines));
    v_answer := private.replay(p_company_id, v_operation.id, v_operation.request_digest);
    if v_answer is not null then
        return v_answer;
    end if;

    -- Step 2: every line read before any is written.
    for v_row in select line.value from jsonb_array_elements(p_lines) as line loop
        v_line := private.read_line(p_company_id, v_row);
        if p_member.id is not null then
            perform private.require_role(p_member, private.booking_role(v_line.kind));
        end if;
        v_lines := v_lines || v_line;
    end loop;

    -- Step 3: booked.
    v_operation.kind := private.operation_kind(v_lines);
    v_operation.source := p_source;
    v_operation.member_id := p_member.id;
    v_operation.occurred_at := now();
    perform private.book(v_operation, v_lines);
    return private.operation_answer(p_company_id, v_operation.id);
end;
$$;


-- Books an operation for the signed-in member. Lines: see `private.read_line`. Repeating a key gives the
-- first answer again; using it for something else is refused with 409.
create function public.record_operation(p_company_id uuid, p_key text, p_lines jsonb)
returns jsonb
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
    select private.book_request(
        p_company_id, private.acting_member(p_company_id, 'clerk'), 'app', p_key, p_lines
    );
$$;
revoke all on function public.record_operation(uuid, text, jsonb) from public, anon, authenticated;
grant execute on function public.record_operation(uuid, text, jsonb) to authenticated;


-- Books the stock a shop starts with, for an operator who imports it. The same key books once.
create function private.import_opening(p_company_id uuid, p_key text, p_lines jsonb)
returns jsonb
language sql
set search_path = pg_catalog, pg_temp
as $$
    select private.book_request(p_company_id, null, 'import', p_key, p_lines);
$$;


-- Books the exact opposite of an operation, once. A clerk takes back their own, a manager anyone's.
create function private.reverse(
    p_operation public.operations,
    p_member public.members
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_original public.operations;
    v_operation public.operations := p_operation;
    v_lines private.ledger_line [];
begin
    select operation.* into v_original
    from public.operations as operation
    where operation.company_id = p_operation.company_id
        and operation.id = p_operation.reverses_id;
    if v_original.id is null then
        perform private.refuse(404, 'unknown_operation', 'There is no such operation.');
    end if;
    if v_original.kind = 'reversal' then
        perform private.refuse(
            409, 'is_reversal', 'That was itself an undo; book it again instead.'
        );
    end if;
    if v_original.member_id is distinct from p_member.id then
        perform private.require_role(p_member, 'manager');
    end if;
    if exists (
        select from public.operations as operation
        where operation.company_id = p_operation.company_id
            and operation.reverses_id = p_operation.reverses_id
    ) then
        perform private.refuse(409, 'already_reversed', 'That has already been taken back.');
    end if;

    select array_agg(
        row(
            line.product_id, line.location_id, 'reversal'::public.movement_kind, null,
            line.typed_quantity, line.typed_unit, line.factor, -line.quantity,
            line.unit_price, -line.amount
        )::private.ledger_line
        order by line.line_no
    )
    into v_lines
    from public.transactions as line
    where line.company_id = p_operation.company_id
        and line.operation_id = p_operation.reverses_id;

    v_operation.kind := 'reversal';
    v_operation.occurred_at := v_original.occurred_at;
    perform private.book(v_operation, v_lines);
end;
$$;


create function public.reverse_operation(
    p_company_id uuid,
    p_key text,
    p_operation_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
    v_operation public.operations;
    v_answer jsonb;
begin
    v_member := private.acting_member(p_company_id, 'clerk');
    perform private.check_key(p_key);
    perform private.lock_companies(array[p_company_id]);

    v_operation.company_id := p_company_id;
    v_operation.id := private.digest('app' || chr(31) || p_key);
    v_operation.request_digest := private.digest(
        v_member.id::text || 'reverse' || p_operation_id::text
    );
    v_operation.source := 'app';
    v_operation.member_id := v_member.id;
    v_operation.reverses_id := p_operation_id;
    v_answer := private.replay(p_company_id, v_operation.id, v_operation.request_digest);
    if v_answer is not null then
        return v_answer;
    end if;

    perform private.reverse(v_operation, v_member);
    return private.operation_answer(p_company_id, v_operation.id);
end;
$$;
revoke all on function public.reverse_operation(uuid, text, uuid) from public, anon, authenticated;
grant execute on function public.reverse_operation(uuid, text, uuid) to authenticated;


-- What the dashboard reads. Invoker's rights: the policies of the tables below decide.
create view public.stock_on_hand
with (security_invoker = true)
as
select
    product.company_id,
    product.id as product_id,
    product.name as product,
    product.unit,
    location.id as location_id,
    location.name as location,
    coalesce(stock.quantity, 0) as quantity,
    stock.average_cost,
    product.price,
    product.reorder_level
from public.products as product
inner join public.locations as location on product.company_id = location.company_id
left join public.inventory as stock
    on
        product.company_id = stock.company_id
        and product.id = stock.product_id
        and location.id = stock.location_id
where
    product.archived_at is null
    and (stock.product_id is not null or location.is_default);
revoke all on table public.stock_on_hand from public, anon, authenticated;
grant select on table public.stock_on_hand to authenticated;
