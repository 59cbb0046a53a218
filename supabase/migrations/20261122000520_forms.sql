-- Forms: from what a message says to lines that can be booked. A parser fills the form; only the
-- functions here know the shop, and where the shop leaves a doubt they ask instead of guessing.

-- The product an action names: {product_id} when one fits, else {ask} or {refused}. Never guesses,
-- never creates. `gloss` is the product's name in English, where it was said in another language.
create function private.find_product(p_company_id uuid, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said constant text := p_action ->> 'product';
    v_ids uuid [];
    v_receipt constant boolean := p_action ->> 'action' = 'receive';
begin
    -- Step 1: an answer to an earlier question has named it.
    if p_action ->> 'product_id' is not null then
        return jsonb_build_object('product_id', p_action ->> 'product_id');
    end if;

    -- Step 2: the shop's own words, as written and then as translated.
    v_ids := private.matching_ids(p_company_id, p_action);
    if cardinality(v_ids) = 1 then
        return jsonb_build_object('product_id', v_ids[1]);
    end if;
    if v_ids is not null then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'which_product',
            'details', jsonb_build_object('said', v_said),
            'options', private.product_options(v_ids, p_company_id, '{}')
            || private.option('cancel', null)
        ));
    end if;

    -- Step 3: nothing fits; offer what comes near. What is chosen is remembered as a name for it.
    select array_agg(near.product_id order by near.place) into v_ids
    from (
        select candidate.product_id, row_number() over () as place
        from private.product_candidates(
            p_company_id, coalesce(p_action ->> 'gloss', v_said), 5
        ) as candidate
    ) as near;
    if v_ids is null and not v_receipt then
        return jsonb_build_object(
            'refused', 'unknown_product', 'details', jsonb_build_object('said', v_said)
        );
    end if;
    return jsonb_build_object('ask', jsonb_build_object(
        'kind', 'unknown_product',
        'details', jsonb_build_object('said', v_said, 'field', 'product'),
        'options', private.product_options(
            coalesce(v_ids, '{}'), p_company_id, jsonb_build_object('teach', v_said)
        )
        || case
            when v_receipt
                then jsonb_build_array(
                    private.option('add', '{"add_product": true}'),
                    private.option('name', private.renamed(v_said))
                )
            else '[]'::jsonb
        end
        || private.option('cancel', null)
    ));
end;
$$;


-- An action whose only number is the measure of its goods, read as how much there was: "sugar 2kg"
-- is two kilograms where no product is called so and the shop keeps one sugar by weight. Else as it
-- was: a size belongs to a name.
create function private.by_measure(p_company_id uuid, p_action jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_measure constant text := ' ?([0-9]{1,9}(?:[.][0-9]{1,3})?) ?(kg|g|l|ml)$';
    v_read constant text [] := regexp_match(p_action ->> 'product', v_measure, 'i');
    v_goods jsonb;
    v_ids uuid [];
begin
    if v_read is null or private.matching_ids(p_company_id, p_action) is not null then
        return p_action;
    end if;
    v_goods := jsonb_strip_nulls(jsonb_build_object(
        'product', regexp_replace(p_action ->> 'product', v_measure, '', 'i'),
        'gloss', regexp_replace(p_action ->> 'gloss', v_measure, '', 'i')
    ));
    v_ids := private.matching_ids(p_company_id, v_goods);
    select array_agg(product.id) into v_ids
    from public.products as product
    where product.company_id = p_company_id
        and product.id = any(v_ids)
        and product.unit in ('kg', 'g', 'l', 'ml')
        and private.unit_factor(p_company_id, product.id, product.unit, lower(v_read[2])) > 0;
    if cardinality(v_ids) = 1 then
        return p_action || v_goods || jsonb_build_object(
            'product_id', v_ids[1], 'quantity', v_read[1], 'unit', lower(v_read[2])
        );
    end if;
    return p_action;
end;
$$;


-- What makes an action ask for its product anew: its words go, to be kept as a name of the product
-- that is named then.
create function private.renamed(p_said text)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('product', null, 'gloss', null, 'teach', p_said);
$$;


-- The products an action's words fit, as written and then as translated; null for none. A whole
-- name in translation goes before a part of one: "ushukela" is "Sugar", not "ushukela omkhulu".
create function private.matching_ids(p_company_id uuid, p_action jsonb)
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said record;
    v_translated record;
begin
    v_said := private.best_match(p_company_id, p_action ->> 'product');
    if p_action ->> 'gloss' is null or v_said.match_rank = 1 then
        return v_said.ids;
    end if;
    v_translated := private.best_match(p_company_id, p_action ->> 'gloss');
    if v_said.ids is null or v_translated.match_rank = 1 then
        return v_translated.ids;
    end if;
    return v_said.ids;
end;
$$;


-- What the shop usually asks for (going out) or last paid for (coming in) one base unit; null where
-- it has never said.
create function private.usual_price(p_product public.products, p_kind text)
returns numeric
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_paid numeric;
begin
    if p_kind in ('sell', 'return_in') then
        return p_product.price;
    end if;
    select line.unit_price into v_paid
    from public.transactions as line
    where line.company_id = p_product.company_id
        and line.product_id = p_product.id
        and line.kind = 'receive'
        and line.unit_price is not null
    order by line.seq desc
    limit 1;
    return coalesce(v_paid, p_product.cost);
end;
$$;


-- What a bare price means: {unit_price} or {total_price}, whichever lies within 40 % of what the
-- shop asks (going out) or last paid (coming in); {ask} when none or both do.
create function private.read_price(p_product public.products, p_action jsonb, p_factor numeric)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_price constant numeric := private.exact(p_action ->> 'price', 2, 'price');
    v_quantity constant numeric := private.exact(p_action ->> 'quantity', 3, 'quantity');
    v_usual numeric;
    v_each boolean;
    v_total boolean;
begin
    if v_quantity = 1 then
        return jsonb_build_object('unit_price', p_action ->> 'price');
    end if;
    v_usual := private.usual_price(p_product, p_action ->> 'action') * p_factor;
    v_each := abs(v_price - v_usual) <= 0.4 * v_usual;
    v_total := abs(v_price - v_usual * v_quantity) <= 0.4 * v_usual * v_quantity;

    if coalesce(v_each, false) and not coalesce(v_total, false) then
        return jsonb_build_object('unit_price', p_action ->> 'price');
    elsif coalesce(v_total, false) and not coalesce(v_each, false) then
        return jsonb_build_object('total_price', p_action ->> 'price');
    end if;
    return jsonb_build_object('ask', jsonb_build_object(
        'kind', 'each_or_total',
        'details', jsonb_build_object(
            'product', p_product.name, 'price', p_action ->> 'price',
            'quantity', p_action ->> 'quantity', 'unit', p_action ->> 'unit'
        ),
        'options', jsonb_build_array(
            private.option(
                'each',
                jsonb_build_object(
                    'unit_price', p_action ->> 'price', 'price', null, 'price_confirmed', true
                )
            ),
            private.option(
                'total',
                jsonb_build_object(
                    'total_price', p_action ->> 'price', 'price', null, 'price_confirmed', true
                )
            ),
            private.option('cancel', null)
        )
    ));
end;
$$;


-- A price twice the usual one or half of it is confirmed first: {ask}, or null when it is fine.
create function private.odd_price(p_product public.products, p_action jsonb, p_factor numeric)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_usual constant numeric := private.usual_price(p_product, p_action ->> 'action');
    v_said numeric;
begin
    v_said := coalesce(
        private.exact(p_action ->> 'unit_price', 2, 'price'),
        private.exact(p_action ->> 'total_price', 2, 'price')
        / nullif(private.exact(p_action ->> 'quantity', 3, 'quantity'), 0)
    ) / p_factor;
    if v_usual is null or v_said between v_usual / 2 and v_usual * 2 then
        return null;
    end if;
    return jsonb_build_object('ask', jsonb_build_object(
        'kind', 'odd_price',
        'details', jsonb_build_object(
            'product', p_product.name,
            'action', p_action ->> 'action',
            'unit', p_product.unit,
            'price', round(v_said, 2)::text,
            'usual', round(v_usual, 2)::text
        ),
        'options', jsonb_build_array(
            private.option('yes', '{"price_confirmed": true}'), private.option('cancel', null)
        )
    ));
end;
$$;


-- Whether an amount in base units that is above 50 is one to confirm first: above the shop's factor
-- times the largest line of 90 days, five packs and 50, whichever is most.
create function private.is_unusual(p_product public.products, p_quantity numeric)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_quantity > (
        select greatest(
            50,
            company.large_quantity_factor * (
                select max(abs(line.quantity))
                from public.transactions as line
                where line.company_id = p_product.company_id
                    and line.product_id = p_product.id
                    and line.created_at > now() - interval '90 days'
            ),
            5 * (
                select max(pack.factor)
                from public.product_packs as pack
                where pack.company_id = p_product.company_id and pack.product_id = p_product.id
            )
        )
        from public.companies as company
        where company.id = p_product.company_id
    );
end;
$$;


-- Whether no book could hold an amount in base units, or what it would come to.
create function private.is_beyond_range(
    p_product public.products,
    p_action jsonb,
    p_quantity numeric
)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        p_quantity >= 100000000000
        or p_action ->> 'action' in ('sell', 'return_in')
        and not p_action ?| array['unit_price', 'total_price']
        and p_quantity * p_product.price >= 1000000000000;
$$;


-- One stock action of a form, made ready: {line} for `private.read_lines`, or {ask}, or {refused}.
create function private.ready_action(p_member public.members, p_action jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_action jsonb := jsonb_strip_nulls(p_action);
    v_least public.member_role;
    v_found jsonb;
    v_product public.products;
    v_factor numeric;
    v_quantity numeric;
begin
    -- Step 1: which way. "30 bread R18" says none.
    if v_action ->> 'action' = 'unknown' then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'which_action',
            'details', jsonb_build_object(
                'said', v_action ->> 'product',
                'quantity', v_action ->> 'quantity',
                'unit', v_action ->> 'unit'
            ),
            'options', jsonb_build_array(
                private.option('sell', '{"action": "sell"}'),
                private.option('receive', '{"action": "receive"}'),
                private.option('cancel', null)
            )
        ));
    end if;
    v_least := case
        when v_action ->> 'action' = any(private.managers_actions()) then 'manager'
        else 'clerk'
    end;
    if p_member.role < v_least then
        perform private.require_role(p_member, v_least);
    end if;

    -- Step 2: which product. A receipt may bring one that the shop did not have; it is made when
    -- nothing is left to ask.
    if v_action ->> 'product' is null and v_action ->> 'product_id' is null then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'name_product',
            'details', private.picked(v_action, array['action', 'quantity', 'unit'])
            || jsonb_build_object('field', 'product', 'said', v_action ->> 'teach'),
            'options', jsonb_build_array(private.option('cancel', null))
        ));
    end if;
    if v_action ->> 'add_product' is not null then
        perform private.require_role(p_member, 'manager');
        v_product.company_id := p_member.company_id;
        v_product.name := v_action ->> 'product';
        v_product.unit := 'each';
    else
        if v_action ->> 'quantity' is null and v_action ->> 'product_id' is null then
            v_action := private.by_measure(p_member.company_id, v_action);
        end if;
        v_found := private.find_product(p_member.company_id, v_action);
        if v_found ? 'refused' and p_member.role >= 'manager' then
            return jsonb_set(v_found, '{details,may_add}', 'true');
        elsif not v_found ? 'product_id' then
            return v_found;
        end if;
        select product.* into v_product
        from public.products as product
        where product.company_id = p_member.company_id
            and product.id = (v_found ->> 'product_id')::uuid;
        v_action := v_action || jsonb_build_object('product_id', v_product.id);
    end if;

    -- Step 3: how many, in units this product knows. A pack's size is asked once and remembered.
    v_quantity := private.exact(v_action ->> 'quantity', 3, 'quantity');
    if v_quantity is null then
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'how_many',
            'details', jsonb_build_object(
                'product', v_product.name, 'field', 'quantity', 'action', v_action ->> 'action'
            ),
            'options', jsonb_build_array(private.option('cancel', null))
        ));
    end if;
    v_factor := case
        when v_action ? 'pack_size' then private.exact(v_action ->> 'pack_size', 3, 'quantity')
        when v_action ? 'unit' then private.unit_factor(
            v_product.company_id, v_product.id, v_product.unit, v_action ->> 'unit'
        )
        else 1
    end;
    if v_factor is null then
        return private.unknown_unit(v_product, v_action ->> 'unit');
    end if;

    -- Step 4: for how much.
    if v_action ->> 'action' not in ('sell', 'receive', 'return_in', 'return_out') then
        v_action := v_action - 'price' - 'unit_price' - 'total_price';
    elsif v_action ->> 'price' is not null then
        v_found := private.read_price(v_product, v_action, v_factor);
        if v_found ? 'ask' then
            return v_found;
        end if;
        v_action := (v_action - 'price') || v_found;
    end if;
    if (v_action ? 'unit_price' or v_action ? 'total_price')
        and v_action ->> 'price_confirmed' is null
    then
        v_found := private.odd_price(v_product, v_action, v_factor);
        if v_found is not null then
            return v_found;
        end if;
    end if;

    -- Step 5: an amount this shop has never seen is confirmed first.
    if v_action ->> 'confirmed' is null
        and v_quantity * v_factor > 50
        and private.is_unusual(v_product, v_quantity * v_factor)
    then
        if private.is_beyond_range(v_product, v_action, v_quantity * v_factor) then
            perform private.refuse_line('bad_quantity');
        end if;
        return jsonb_build_object('ask', jsonb_build_object(
            'kind', 'large_quantity',
            'details', private.picked(
                v_action, array['action', 'unit', 'unit_price', 'total_price', 'when']
            )
            || jsonb_build_object(
                'product', v_product.name, 'quantity', trim_scale(v_quantity)::text
            ),
            'options', jsonb_build_array(
                private.option('yes', '{"confirmed": true}'), private.option('cancel', null)
            )
        ));
    end if;
    return jsonb_build_object('line', v_action);
end;
$$;


-- A question about one action of a form, asked of all the later ones too that raise the same: a
-- yes, a deed or a reading of prices is then said once. Its details are `lines`, those of each
-- question; each answer has `patches`, an action's by its index.
create function private.asked_at_once(
    p_member public.members,
    p_form jsonb,
    p_index integer,
    p_ask jsonb
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_asks jsonb := jsonb_build_object(p_index, p_ask);
    v_ready jsonb;
begin
    if p_form ? 'singly' or not private.is_asked_at_once(p_ask) then
        return p_ask;
    end if;
    for v_index in p_index + 1 .. jsonb_array_length(p_form -> 'actions') - 1 loop
        v_ready := private.ready_action(p_member, p_form -> 'actions' -> v_index);
        if v_ready #> '{ask,kind}' = p_ask -> 'kind'
            and private.is_asked_at_once(v_ready -> 'ask')
        then
            v_asks := v_asks || jsonb_build_object(v_index, v_ready -> 'ask');
        end if;
    end loop;
    if v_asks = jsonb_build_object(p_index, p_ask) then
        return p_ask;
    end if;
    return p_ask || (
        select jsonb_build_object(
            'details', jsonb_build_object(
                'lines', jsonb_agg(asked.value -> 'details' order by asked.key::integer)
            ),
            'options', (
                select jsonb_agg(
                    (option.value - 'patch') || jsonb_build_object(
                        'patch', case when option.value ->> 'patch' is not null then '{}'::jsonb end,
                        'patches', private.patches(v_asks, option.value ->> 'key')
                    )
                    order by option.ordinality
                ) filter (where option.value ->> 'key' not in ('name', 'cancel'))
                from jsonb_array_elements(p_ask -> 'options') with ordinality as option
            )
            || case
                when p_ask ->> 'kind' = 'unknown_product'
                    then jsonb_build_object(
                        'key', 'singly', 'patch', '{}'::jsonb, 'form', '{"singly": true}'::jsonb
                    )
                else '[]'::jsonb
            end
            || private.option('cancel', null)
        )
        from jsonb_each(v_asks) as asked
    );
end;
$$;


-- Whether one answer may stand for several questions of a kind: not where each names something.
create function private.is_asked_at_once(p_ask jsonb)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case p_ask ->> 'kind'
        when 'unknown_product'
            then p_ask @? '$.options[*] ? (@.key == "add")'
                and not p_ask @? '$.options[*].product_id'
        else p_ask ->> 'kind' in ('which_action', 'each_or_total', 'odd_price', 'large_quantity')
    end;
$$;


-- What one answer patches in the action of each question, by its index.
create function private.patches(p_asks jsonb, p_key text)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_object_agg(asked.key, option.value -> 'patch')
    from jsonb_each(p_asks) as asked
    cross join jsonb_array_elements(asked.value -> 'options') as option
    where option.value ->> 'key' = p_key;
$$;


-- A unit the product does not know: a pack whose size can be asked, or a measure that does not fit.
create function private.unknown_unit(p_product public.products, p_unit text)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_unit in ('each', 'kg', 'g', 'l', 'ml', 'rand', 'dozen') or p_unit ~ '-pack$'
            then jsonb_build_object(
                'refused', 'unknown_unit',
                'details', jsonb_build_object('product', p_product.name, 'unit', p_unit)
            )
        else jsonb_build_object('ask', jsonb_build_object(
            'kind', 'pack_size',
            'details', jsonb_build_object(
                'product', p_product.name, 'unit', p_unit, 'field', 'pack_size'
            ),
            'options', jsonb_build_array(private.option('cancel', null))
        ))
    end;
$$;


-- The size of a pack that is asked for, {pack_size}, where an action before it told it; else null.
create function private.told_pack(p_member public.members, p_form jsonb, p_ask jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('pack_size', told.value ->> 'pack_size')
    from jsonb_array_elements(p_form -> 'actions') with ordinality as told
    inner join public.products as product
        on
            product.company_id = p_member.company_id
            and product.id = (told.value ->> 'product_id')::uuid
    where
        told.value ->> 'pack_size' is not null
        and product.name = p_ask #>> '{details,product}'
        and told.value ->> 'unit' = p_ask #>> '{details,unit}'
    order by told.ordinality
    limit 1;
$$;


-- The actions of a form with what it brings to the catalogue: products that came in, and packs
-- whose size was told.
create function private.with_catalogue(p_member public.members, p_actions jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actions jsonb := p_actions;
    v_action jsonb;
    v_index integer;
    v_id uuid;
begin
    if not p_actions @? '$[*] ? (exists(@.add_product) || exists(@.pack_size))' then
        return p_actions;
    end if;
    for v_action, v_index in
        select action.value, (action.ordinality - 1)::integer
        from jsonb_array_elements(p_actions) with ordinality as action
        where action.value ?| array['add_product', 'pack_size']
        order by action.ordinality
    loop
        v_id := v_action ->> 'product_id';
        if v_action ->> 'add_product' is not null then
            -- A message may name it twice.
            select product.id into v_id
            from public.products as product
            where product.company_id = p_member.company_id
                and product.normalised_name = private.normalise(v_action ->> 'product')
                and product.archived_at is null;
        end if;
        if v_id is null then
            v_id := (private.add_product(
                p_member, jsonb_build_object('name', v_action ->> 'product')
            )).id;
        end if;
        perform private.remember_pack(p_member, v_id, v_action);
        v_actions := jsonb_set(
            v_actions, array[v_index::text], v_action || jsonb_build_object('product_id', v_id)
        );
    end loop;
    return v_actions;
end;
$$;


-- Keeps the size of a pack that was asked for.
create function private.remember_pack(
    p_member public.members,
    p_product_id uuid,
    p_action jsonb
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_size constant numeric := private.exact(p_action ->> 'pack_size', 3, 'quantity');
begin
    if v_size = 0 or v_size > 1000000 then
        perform private.refuse(422, 'bad_quantity', 'A pack holds from 0.001 to 1000000.');
    end if;
    if v_size is not null then
        if coalesce(p_action ->> 'unit', '') !~ '^[a-z0-9][a-z0-9 .-]{0,29}$' then
            perform private.refuse(422, 'unknown_unit', 'A pack has a name of up to 30 letters.');
        end if;
        insert into public.product_packs (company_id, product_id, name, factor)
        values (p_member.company_id, p_product_id, p_action ->> 'unit', v_size)
        on conflict (company_id, product_id, name) do update set factor = excluded.factor;
    end if;
end;
$$;


-- Keeps the names that a form's actions `teach` their products, with who and when; a name that is
-- taken stays as it is. Answers those that are new: [{alias, product}].
create function private.teach_aliases(p_member public.members, p_actions jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_taught jsonb;
begin
    if not p_actions @? '$[*].teach' then
        return '[]';
    end if;
    with told as (
        select distinct on (private.normalise(action.value ->> 'teach'))
            (action.value ->> 'product_id')::uuid as product_id,
            left(btrim(action.value ->> 'teach'), 80) as alias
        from jsonb_array_elements(p_actions) as action
        where private.normalise(left(btrim(action.value ->> 'teach'), 80)) <> ''
            and private.is_legible(action.value ->> 'teach')
            and action.value ->> 'product_id' is not null
    ),

    kept as (
        insert into public.product_aliases (company_id, product_id, alias, member_id)
        select p_member.company_id, told.product_id, told.alias, p_member.id
        from told
        on conflict (company_id, normalised_alias) do nothing
        returning product_id, alias
    )

    select coalesce(
        jsonb_agg(
            jsonb_build_object('alias', kept.alias, 'product', product.name) order by kept.alias
        ),
        '[]'
    )
    into v_taught
    from kept
    inner join public.products as product
        on product.company_id = p_member.company_id and kept.product_id = product.id;
    return v_taught;
end;
$$;


-- A product the shop did not have: {name, unit?, unit_price? (its selling price)}. The caller has
-- seen that the member is a manager.
create function private.add_product(p_member public.members, p_action jsonb)
returns public.products
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_product public.products;
begin
    if coalesce(private.normalise(left(btrim(p_action ->> 'name'), 80)), '') = ''
        or not private.is_legible(p_action ->> 'name')
    then
        perform private.refuse(404, 'unknown_product', 'A product has a name of letters or digits.');
    end if;
    if exists (
        select from public.products as product
        where product.company_id = p_member.company_id
            and product.normalised_name = private.normalise(p_action ->> 'name')
            and product.archived_at is null
    ) then
        perform private.refuse(409, 'product_exists', 'There is a product of that name already.');
    end if;
    insert into public.products (company_id, name, unit, price)
    values (
        p_member.company_id,
        left(initcap(btrim(p_action ->> 'name')), 80),
        case when p_action ->> 'unit' in ('kg', 'g', 'l', 'ml', 'rand') then p_action ->> 'unit'
            else 'each'
        end,
        private.exact(p_action ->> 'unit_price', 2, 'price')
    )
    returning * into v_product;
    return v_product;
end;
$$;


-- The moment a word of time means in a shop: null for now. A day is taken at noon.
create function private.moment_of(p_company_id uuid, p_when text)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timezone text;
    v_today date;
    v_day date;
begin
    if p_when is null or p_when = 'today' then
        return null;
    end if;
    select company.timezone into strict v_timezone
    from public.companies as company
    where company.id = p_company_id;
    v_today := (now() at time zone v_timezone)::date;
    v_day := case
        when p_when = 'yesterday' then v_today - 1
        when p_when = 'day_before_yesterday' then v_today - 2
        when p_when ~ '^[1-9][0-9]{3}-(0[1-9]|1[0-2])-[0-9]{2}$' then (
            -- A month has not every day.
            select named.day::date
            from generate_series(
                (left(p_when, 8) || '01')::date,
                (left(p_when, 8) || '01')::date + 30,
                interval '1 day'
            ) as named (day)
            where to_char(named.day, 'YYYY-MM-DD') = p_when
        )
        when p_when ~ '^--[0-9]{2}-[0-9]{2}$' then private.latest_day(v_today, p_when)
        else (
            -- A weekday is the latest one, today included.
            select back.day::date
            from generate_series(v_today - 6, v_today, interval '1 day') as back (day)
            where to_char(back.day, 'FMday') = p_when
        )
    end;
    if v_day is null then
        perform private.refuse(
            422, 'bad_moment', 'Stock moves on a day, not in a week or a month.'
        );
    end if;
    if v_day = v_today then
        return null;
    end if;
    return (v_day + time '12:00') at time zone v_timezone;
end;
$$;


-- The latest day of that month and day (`--MM-DD`) that is not in the future; null if there is
-- none.
create function private.latest_day(p_today date, p_month_day text)
returns date
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select back.day::date
    from generate_series(p_today - 366, p_today, interval '1 day') as back (day)
    where to_char(back.day, '--MM-DD') = p_month_day
    order by back.day desc
    limit 1;
$$;
