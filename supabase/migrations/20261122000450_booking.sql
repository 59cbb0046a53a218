-- Booking: requests to the ledger, read, checked and answered. Each has a key, and a key books
-- once.

-- What a number of at most 14 digits looks like, `p_scale` of them decimals: plain digits. NaN,
-- infinity and exponents are no numbers here; zeros around it change nothing.
create function private.digits(p_scale integer)
returns text
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return format(
        '^0{0,16}\d{1,%s}(\.\d{1,%s}0{0,27})?$', 14 - p_scale, p_scale
    );
end;
$$;


-- What to say of a number that does not look like that.
create function private.not_exact(p_scale integer, p_name text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return format(
        'A %s is a number from 0 with at most %s decimals and %s digits before them.',
        replace(p_name, '_', ' '), p_scale, 14 - p_scale
    );
end;
$$;


-- Reads a number that arrived as text, refused when it is none. Nothing is rounded.
create function private.exact(p_text text, p_scale integer, p_name text)
returns numeric
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_text !~ private.digits(p_scale) then
        perform private.refuse(422, 'bad_' || p_name, private.not_exact(p_scale, p_name));
    end if;
    return p_text::numeric;
end;
$$;


-- Whether a text is an id. Two plain patterns: one that counts its digits is five times slower.
create function private.is_id(p_text text)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_text like '________-____-____-____-____________'
        and p_text ~ '^[0-9a-fA-F]+(-[0-9a-fA-F]+)+$';
end;
$$;


-- Reads an id that a caller sent, refused when it is none. What the API calls takes its arguments
-- as text: a type would be cast, and refused in PostgreSQL's own words, before the function runs.
create function private.read_id(p_text text, p_of text)
returns uuid
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not private.is_id(p_text) then
        perform private.refuse(
            422, format('bad_%s_id', p_of), format('That %s id is no UUID.', p_of)
        );
    end if;
    return p_text::uuid;
end;
$$;


-- Reads a moment that a caller sent as ISO 8601 writes it, with its offset, as "now" and "infinity"
-- are not; refused when it is none. Null for null.
create function private.read_moment(p_text text)
returns timestamptz
language plpgsql
stable
strict
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_text ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$' then
        begin
            return p_text::timestamptz;
        exception
            when data_exception then
                null;  -- a day that its month has not
        end;
    end if;
    perform private.refuse(
        422, 'bad_moment', 'A moment is written like 2026-11-22T08:00:00Z, with its offset.'
    );
    return null;
end;
$$;


-- The product of a line, by id or in the shop's own words; null for none or several.
create function private.named_product(p_company_id uuid, p_id text, p_text text)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[];
begin
    if p_id is not null then
        return case when private.is_id(p_id) then p_id::uuid end;
    end if;
    v_ids := private.matching_products(p_company_id, p_text);
    return case when cardinality(v_ids) = 1 then v_ids[1] end;
end;
$$;


-- Why a line names no product.
create function private.product_fault(p_company_id uuid, p_id text, p_text text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when not private.is_id(p_id) then 'bad_product_id'
        when p_id is null and cardinality(private.matching_products(p_company_id, p_text)) > 1
            then 'ambiguous_product'
        else 'unknown_product'
    end;
end;
$$;


-- A location by id or by name, the company's default where neither is said; null for none.
create function private.find_location(p_company_id uuid, p_id text, p_name text)
returns uuid
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select location.id
        from public.locations as location
        where location.company_id = p_company_id
            and case
                when p_id is not null then location.id::text = lower(p_id)
                when p_name is not null
                    then private.normalise(location.name) = private.normalise(p_name)
                else location.is_default
            end
        limit 1
    );
end;
$$;


-- Why a line names no location.
create function private.location_fault(p_id text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case when not private.is_id(p_id) then 'bad_location_id' else 'unknown_location' end;
end;
$$;


-- The actions that only a manager may book; a clerk books the rest.
create function private.managers_actions()
returns text[]
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return '{write_off,opening}';
end;
$$;


-- A line of a request, as it is written: {action, product_id | product, quantity, unit?,
-- unit_price? | total_price?, reason?, location_id? | location?, to_location_id? | to_location?}.
-- Prices are per unit as written, or for the whole line.
create type private.request_line as (
    action text,
    product_id text,
    product text,
    quantity text,
    unit text,
    unit_price text,
    total_price text,
    reason text,
    location_id text,
    location text,
    to_location_id text,
    to_location text
);


-- Reads the lines of a request; a transfer comes to two. Answers the least role that may book them
-- all, and what is wrong with the first that cannot be booked, in the words of
-- `private.refuse_line`. Line by line, each paying for what it says alone.
create function private.read_lines(
    p_company_id uuid,
    p_lines jsonb,
    out lines private.ledger_line[],
    out least_role public.member_role,
    out fault text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said private.request_line;
    v_named record;
    v_to_id uuid;
    v_typed numeric;
    v_factor numeric;
    v_moved numeric;
    v_amount numeric;
    v_line private.ledger_line;
begin
    least_role := 'clerk';
    for v_place in 1..jsonb_array_length(p_lines) loop
        -- Step 1: what it names.
        v_said := jsonb_populate_record(null::private.request_line, p_lines -> v_place - 1);
        select
            product.id,
            product.name,
            product.unit,
            product.price,
            product.reorder_level,
            product.archived_at,
            case
                when v_said.location_id is null and v_said.location is null then (
                    select location.id
                    from public.locations as location
                    where location.company_id = p_company_id and location.is_default
                )
                else private.find_location(p_company_id, v_said.location_id, v_said.location)
            end as location_id,
            not exists (
                select from public.locations as location
                where location.company_id = p_company_id and not location.is_default
            ) as is_only_place
        into v_named
        from public.products as product
        where product.company_id = p_company_id
            and product.id = (
                select private.named_product(p_company_id, v_said.product_id, v_said.product)
            );

        -- Step 2: how much, in base units.
        v_typed := case when v_said.quantity ~ private.digits(3) then v_said.quantity::numeric end;
        v_factor := 1;
        if v_said.unit <> v_named.unit then
            v_factor := private.unit_factor(
                p_company_id, v_named.id, v_named.unit, v_said.unit
            );
        end if;
        v_moved := v_typed * v_factor;
        fault := case
            when v_said.action is null or v_said.action not in (
                'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer',
                'opening'
            ) then 'bad_action'
            when v_named.id is null
                then private.product_fault(p_company_id, v_said.product_id, v_said.product)
            when v_named.archived_at is not null then 'archived_product'
            when v_named.location_id is null then private.location_fault(v_said.location_id)
            when v_typed is null and v_said.quantity is not null then 'bad_quantity'
            when v_typed is null or (v_typed = 0 and v_said.action <> 'count') then 'no_quantity'
            when v_factor is null then 'unknown_unit'
            when v_moved <> round(v_moved, 3) or v_moved >= 100000000000 then 'bad_quantity'
        end;
        exit when fault is not null;

        -- Step 3: for how much money. The amount of a line is exact, its price per base unit
        -- follows. A customer pays the shop's own price where nothing else is said.
        v_amount := null;
        if v_said.action in ('count', 'write_off', 'transfer') then
            null;
        elsif v_said.unit_price is not null or v_said.total_price is not null then
            if v_said.unit_price is not null and v_said.total_price is not null then
                fault := 'two_prices';
            elsif v_said.total_price ~ private.digits(2) then
                v_amount := round(v_said.total_price::numeric, 2);
            elsif v_said.unit_price ~ private.digits(2) then
                v_amount := round(v_said.unit_price::numeric * v_typed, 2);
            else
                fault := 'bad_price';
            end if;
        elsif v_said.action in ('sell', 'return_in') then
            v_amount := round(v_named.price * v_moved, 2);
        end if;
        if v_amount >= 1000000000000 or v_amount / v_moved >= 100000000 then
            fault := 'too_much_money';
        end if;

        -- Step 4: what only some are asked: why, and where to.
        if v_said.action = 'write_off' then
            if v_said.reason not in (
                'expired', 'damaged', 'stolen', 'lost', 'own_use', 'other'
            ) then
                fault := 'bad_reason';
            end if;
        elsif v_said.action = 'transfer' then
            v_to_id := private.find_location(
                p_company_id, v_said.to_location_id, v_said.to_location
            );
            if v_to_id is null then
                fault := private.location_fault(v_said.to_location_id);
            elsif v_to_id = v_named.location_id then
                fault := 'same_location';
            end if;
        end if;
        exit when fault is not null;

        -- Step 5: the lines it comes to.
        if v_said.action = any(private.managers_actions()) then
            least_role := 'manager';
        end if;
        v_line := row(
            v_place,
            v_named.id,
            v_named.name,
            v_named.unit,
            v_named.location_id,
            v_said.action,
            case when v_said.action = 'write_off' then coalesce(v_said.reason, 'other') end,
            case
                when v_said.action in ('receive', 'return_in', 'opening') then v_moved
                when v_said.action <> 'count' then -v_moved
            end,
            v_typed,
            v_said.unit,
            v_factor,
            round(v_amount / v_moved, 6),
            v_amount,
            case
                when v_said.action in ('receive', 'opening') then round(v_amount / v_moved, 6)
            end,
            null,
            v_named.reorder_level,
            v_named.is_only_place,
            null
        );
        lines := lines || v_line;
        if v_said.action = 'transfer' then
            v_line.location_id := v_to_id;
            v_line.quantity := v_moved;
            lines := lines || v_line;
        end if;
    end loop;
end;
$$;


-- Refuses what is wrong with a line, as `private.read_lines` found it.
create function private.refuse_line(p_fault text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.refuse(known.status, known.word, known.sentence)
    from (
        values
        ('bad_action', 422, 'bad_action',
            'An action is sell, receive, count, write_off, return_in, return_out or transfer.'),
        ('bad_product_id', 422, 'bad_product_id', 'A product id is a UUID.'),
        ('ambiguous_product', 422, 'ambiguous_product',
            'Several products fit that name; say which one.'),
        ('unknown_product', 404, 'unknown_product', 'There is no such product in this company.'),
        ('archived_product', 422, 'archived_product', 'That product is archived.'),
        ('bad_location_id', 422, 'bad_location_id', 'A location id is a UUID.'),
        ('unknown_location', 404, 'unknown_location',
            'There is no such location in this company.'),
        ('same_location', 422, 'same_location',
            'A transfer goes from one location to another.'),
        ('bad_quantity', 422, 'bad_quantity', private.not_exact(3, 'quantity')),
        ('no_quantity', 422, 'bad_quantity', 'A quantity above 0 is needed.'),
        ('unknown_unit', 422, 'unknown_unit',
            'This product has no pack or unit of that name.'),
        ('two_prices', 422, 'two_prices',
            'A line has a price for each or a price for all, not both.'),
        ('bad_price', 422, 'bad_price', private.not_exact(2, 'price')),
        ('too_much_money', 422, 'bad_price', 'The amount of this line is too large.'),
        ('bad_reason', 422, 'bad_reason',
            'A reason is expired, damaged, stolen, lost, own_use or other.')
    ) as known (fault, status, word, sentence)
    where known.fault = p_fault;
end;
$$;


-- An operation out of the ledger, as callers hear it; null where there is none.
create function private.booked_operation(p_company_id uuid, p_operation_id uuid)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select private.operation_answer(operation, (
            select jsonb_agg(
                private.line_answer(
                    row(
                        line.line_no, line.product_id, product.name, product.unit,
                        line.location_id, line.kind, line.reason, line.quantity,
                        line.typed_quantity, line.typed_unit, line.factor, line.unit_price,
                        line.amount, null, null, null, null, null
                    )::private.ledger_line,
                    line.balance_after
                )
                order by line.line_no
            )
            from public.transactions as line
            inner join public.products as product
                on line.company_id = product.company_id and line.product_id = product.id
            where line.company_id = operation.company_id
                and line.operation_id = operation.id
                and line.kind not in ('adjustment', 'revaluation')
        ), private.noted_low_stock(operation.company_id, operation.id))
        from public.operations as operation
        where operation.company_id = p_company_id and operation.id = p_operation_id
    );
end;
$$;


-- The answer to an operation already booked, null for a new one, a refusal when its key was used
-- for something else.
create function private.replay(p_operation public.operations)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from public.operations as operation
        where operation.company_id = p_operation.company_id
            and operation.id = p_operation.id
            and operation.request_digest <> p_operation.request_digest
    ) then
        perform private.refuse(
            409, 'key_reused', 'This idempotency key was used for another request.'
        );
    end if;
    return private.booked_operation(p_operation.company_id, p_operation.id);
end;
$$;


-- An idempotency key, or a refusal.
create function private.check_key(p_key text)
returns text
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
    return p_key;
end;
$$;


-- The id of an operation follows from the door it came through and its key.
create function private.operation_id(p_source public.operation_source, p_key text)
returns uuid
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return private.digest(p_source || chr(31) || p_key);
end;
$$;


-- An operation to be booked. Its id follows from the door it came through and its key, so that the
-- same request finds it again; `p_request` is all that was asked under that key.
create function private.new_operation(
    p_company_id uuid,
    p_source public.operation_source,
    p_key text,
    p_request text,
    p_member_id uuid,
    p_occurred_at timestamptz
)
returns public.operations
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return row(
        p_company_id, private.operation_id(p_source, private.check_key(p_key)), null, p_source,
        private.digest(p_request), p_member_id, null, null, null, p_occurred_at, null
    )::public.operations;
end;
$$;


-- A request to book lines, from whichever door: answered once per key, all lines or none. A null
-- member is an operator, who has every right; a null moment is now. The caller holds the company's
-- lock. Answers as `private.book`.
create function private.book_request(
    p_company_id uuid,
    p_member public.members,
    p_source public.operation_source,
    p_key text,
    p_lines jsonb,
    p_occurred_at timestamptz
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_operation public.operations;
    v_read record;
    v_answer jsonb;
begin
    -- Step 1: what is asked, and under which key.
    if p_lines is null
        or jsonb_typeof(p_lines) <> 'array'
        or jsonb_array_length(p_lines) not between 1 and 1000
        or jsonb_path_exists(p_lines, 'strict $[*] ? (@.type() != "object")')
    then
        perform private.refuse(422, 'bad_lines', 'An operation has 1 to 1000 lines.');
    end if;
    v_operation := private.new_operation(
        p_company_id, p_source, p_key, concat(p_member.id, p_lines, p_occurred_at), p_member.id,
        p_occurred_at
    );

    -- Step 2: every line read before any is written. What was booked once needs no second reading.
    v_read := private.read_lines(p_company_id, p_lines);
    if v_read.fault is not null or p_member.role < v_read.least_role then
        v_answer := private.replay(v_operation);
        if v_answer is not null then
            return v_answer;
        end if;
        perform private.refuse_line(v_read.fault);
        perform private.require_role(p_member, v_read.least_role);
    end if;

    -- Step 3: booked.
    return private.book(v_operation, v_read.lines);
end;
$$;


-- Books an operation for the signed-in member. Lines: see `private.read_lines`; without
-- `p_occurred_at` it happened now. Repeating a key gives the first answer again; using it for
-- something else is refused with 409.
create function public.record_operation(
    p_company_id text,
    p_key text,
    p_lines jsonb,
    p_occurred_at text default null
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
begin
    return private.book_request(
        v_company_id, private.writing_member(v_company_id, 'clerk'), 'app', p_key, p_lines,
        private.read_moment(p_occurred_at)
    );
end;
$$;
revoke all on function public.record_operation(text, text, jsonb, text)
from public, anon, authenticated;
grant execute on function public.record_operation(text, text, jsonb, text) to authenticated;


-- Books the stock a shop starts with, for an operator who imports it. The same key books once.
create function private.import_opening(p_company_id uuid, p_key text, p_lines jsonb)
returns jsonb
language sql
set search_path = pg_catalog, pg_temp
as $$
    select private.lock_companies(array[p_company_id]);
    select private.book_request(p_company_id, null, 'import', p_key, p_lines, null);
$$;


-- Books the exact opposite of an operation, once. A clerk takes back their own, a manager anyone's,
-- and what moved nothing but changed the catalogue.
create function private.reverse(p_operation public.operations, p_member public.members)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_original public.operations;
    v_operation public.operations := p_operation;
    v_lines constant private.ledger_line [] := private.opposite_lines(
        p_operation.company_id, p_operation.reverses_id
    );
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
    if v_original.kind = 'merge' then
        perform private.refuse(
            409, 'is_merge', 'Two products became one there, which is not taken back.'
        );
    end if;
    if v_original.member_id is distinct from p_member.id or v_lines is null then
        perform private.require_role(p_member, 'manager');
    end if;
    if exists (
        select from public.operations as operation
        where operation.company_id = p_operation.company_id
            and operation.reverses_id = p_operation.reverses_id
    ) then
        perform private.refuse(409, 'already_reversed', 'That has already been taken back.');
    end if;

    v_operation.kind := 'reversal';
    v_operation.occurred_at := case when v_lines is not null then v_original.occurred_at end;
    return private.book(v_operation, coalesce(v_lines, '{}'));
end;
$$;


create function public.reverse_operation(
    p_company_id text,
    p_key text,
    p_operation_id text
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_operation_id constant uuid := private.read_id(p_operation_id, 'operation');
    v_member public.members;
    v_operation public.operations;
    v_answer jsonb;
begin
    v_member := private.writing_member(v_company_id, 'clerk');
    v_operation := private.new_operation(
        v_company_id, 'app', p_key, v_member.id::text || 'reverse' || v_operation_id::text,
        v_member.id, null
    );
    v_operation.reverses_id := v_operation_id;
    v_answer := private.replay(v_operation);
    if v_answer is not null then
        return v_answer;
    end if;
    if exists (
        select from public.operations as operation
        where operation.company_id = v_company_id
            and operation.id = v_operation_id
            and operation.kind = 'revaluation'
    ) then
        perform private.refuse(
            409, 'is_revaluation', 'That only corrects the books; there is nothing to take back.'
        );
    end if;
    v_answer := private.reverse(v_operation, v_member);
    perform private.restore_catalogue(v_company_id, v_operation_id);
    return v_answer;
end;
$$;
revoke all on function public.reverse_operation(text, text, text) from public, anon, authenticated;
grant execute on function public.reverse_operation(text, text, text) to authenticated;


-- A product of the company that is still kept, or a refusal.
create function private.kept_product(p_company_id uuid, p_product_id uuid)
returns public.products
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_product public.products;
begin
    select product.* into v_product
    from public.products as product
    where product.company_id = p_company_id and product.id = p_product_id;
    if v_product.id is null then
        perform private.refuse_line('unknown_product');
    elsif v_product.archived_at is not null then
        perform private.refuse_line('archived_product');
    end if;
    return v_product;
end;
$$;


-- Makes one product of two that are the same: what is left of the first moves to the second, at its
-- cost, and its names and barcode find the second from now on. History stays where it was; views
-- follow it. Cannot be taken back.
create function public.merge_products(
    p_company_id text,
    p_key text,
    p_product_id text,
    p_into_id text
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_product_id constant uuid := private.read_id(p_product_id, 'product');
    v_into_id constant uuid := private.read_id(p_into_id, 'product');
    v_member public.members;
    v_operation public.operations;
    v_from public.products;
    v_into public.products;
    v_lines private.ledger_line [];
    v_answer jsonb;
begin
    -- Step 1: who asks, and whether it was asked before.
    v_member := private.writing_member(v_company_id, 'manager');
    v_operation := private.new_operation(
        v_company_id, 'app', p_key, concat(v_member.id, 'merge', v_product_id, v_into_id),
        v_member.id, null
    );
    v_answer := private.replay(v_operation);
    if v_answer is not null then
        return v_answer;
    end if;

    -- Step 2: two products of one unit.
    v_from := private.kept_product(v_company_id, v_product_id);
    v_into := private.kept_product(v_company_id, v_into_id);
    if v_from.id = v_into.id or v_from.unit <> v_into.unit then
        perform private.refuse(
            422, 'not_mergeable', 'Two different products with the same unit can be merged.'
        );
    end if;

    -- Step 3: the stock moves, place by place; of an empty one a line still says where it went. What
    -- is left behind is kept no longer, so it does not run low by that.
    update public.products
    set archived_at = now(), merged_into = v_into.id
    where company_id = v_company_id and id = v_from.id;
    select array_agg(moving.line order by stock.location_id, moving.place) into v_lines
    from public.inventory as stock
    cross join lateral (
        values
        (1, row(
            null, v_from.id, v_from.name, v_from.unit, stock.location_id, 'transfer', null,
            -stock.quantity, abs(stock.quantity), null, 1, null, null, null, null, null, null, null
        )::private.ledger_line),
        (2, row(
            null, v_into.id, v_into.name, v_into.unit, stock.location_id, 'transfer', null,
            stock.quantity, abs(stock.quantity), null, 1, null, null, null, null, null, null, null
        )::private.ledger_line)
    ) as moving (place, line)
    where stock.company_id = v_company_id and stock.product_id = v_from.id;
    v_operation.kind := 'merge';
    v_answer := private.book(v_operation, coalesce(v_lines, '{}'));

    -- Step 4: the names move; where both had one, the second's stays.
    update public.products
    set merged_into = v_into.id
    where company_id = v_company_id and merged_into = v_from.id;
    update public.product_aliases
    set product_id = v_into.id
    where company_id = v_company_id and product_id = v_from.id;
    insert into public.product_aliases (company_id, product_id, alias)
    select v_company_id, v_into.id, label.name
    from unnest(array[v_from.name, v_from.barcode]) as label (name)
    where label.name is not null
    on conflict (company_id, normalised_alias) do nothing;
    update public.product_packs as pack
    set product_id = v_into.id
    where pack.company_id = v_company_id
        and pack.product_id = v_from.id
        and not exists (
            select from public.product_packs as known
            where known.company_id = v_company_id
                and known.product_id = v_into.id
                and known.name = pack.name
        );
    return v_answer;
end;
$$;
revoke all on function public.merge_products(text, text, text, text)
from public, anon, authenticated;
grant execute on function public.merge_products(text, text, text, text) to authenticated;
