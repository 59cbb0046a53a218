-- Catalogue: what a shop sells, what people call it, and how its packs count.
-- Only the shop's own catalogue can say what "coke 2l" means, so words become products here.

-- Lower case, without accents or decoration: what two spellings of one name have in common.
create function private.normalise(p_text text)
returns text
language sql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select btrim(regexp_replace(
        regexp_replace(normalize(lower(p_text), nfkd), '[\u0300-\u036f''’]', '', 'g'),
        '[^a-z0-9.,%]+', ' ', 'g'
    ));
$$;
-- The generated columns below call it with the rights of whoever adds a row.
revoke all on function private.normalise(text) from public, anon, authenticated;
grant execute on function private.normalise(text) to authenticated;


-- The words of a name. A size is one word in millilitres or grams, however it was written: "2 L",
-- "2lt" and "2000ml" are all `2000ml`; "coke 1.5l" and "coke 2l" share no size.
create function private.words(p_text text)
returns text[]
language sql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with spelled as (
        select regexp_replace(
            replace(private.normalise(p_text), ',', '.'),
            '(\d)\s*(ml|litres?|liters?|ltr|lt|l|kgs?|kilos?|grams?|gr|g)\M',
            '\1\2 ', 'g'
        ) as label
    ),

    word as (
        select
            part.ordinality as place,
            btrim(part.word, '.') as word,
            regexp_match(btrim(part.word, '.'), '^(\d+(?:\.\d+)?)([a-z]+)$') as size
        from spelled
        cross join
            regexp_split_to_table(spelled.label, '\s+') with ordinality as part (word, ordinality)
    )

    select coalesce(array_agg(
        case
            when word.size[2] = 'ml' then trim_scale(word.size[1]::numeric)::text || 'ml'
            when word.size[2] ~ '^l' then trim_scale(word.size[1]::numeric * 1000)::text || 'ml'
            when word.size[2] ~ '^k' then trim_scale(word.size[1]::numeric * 1000)::text || 'g'
            when word.size[2] ~ '^g' then trim_scale(word.size[1]::numeric)::text || 'g'
            else word.word
        end
        order by word.place
    ), '{}')
    from word
    where word.word <> '';
$$;
revoke all on function private.words(text) from public, anon, authenticated;
grant execute on function private.words(text) to authenticated;


create table public.products (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    name text not null check (length(btrim(name)) between 1 and 80),
    -- What one unit of stock is. `rand` is a float of value, such as airtime.
    unit text not null default 'each' check (unit in ('each', 'kg', 'g', 'l', 'ml', 'rand')),
    -- Checked, not declared: numeric(14, 2) would round what a client sends instead of refusing it.
    price numeric check (price between 0 and 999999999999.99 and round(price, 2) = price),
    cost numeric check (cost between 0 and 99999999.999999 and round(cost, 6) = cost),
    reorder_level numeric check (
        reorder_level between 0 and 99999999999.999 and round(reorder_level, 3) = reorder_level
    ),
    sku text check (length(sku) <= 40),
    barcode text check (barcode ~ '^[0-9]{6,14}$'),
    archived_at timestamptz,
    merged_into uuid,
    created_at timestamptz not null default now(),
    normalised_name text not null generated always as (private.normalise(name)) stored,
    words text[] not null generated always as (private.words(name)) stored,
    primary key (company_id, id),
    constraint products_merged_into_fkey foreign key (company_id, merged_into)
    references public.products (company_id, id)
);
create unique index products_name_key on public.products (company_id, normalised_name)
where archived_at is null;
create unique index products_sku_key on public.products (company_id, sku)
where archived_at is null;
create unique index products_barcode_key on public.products (company_id, barcode)
where archived_at is null;
create index products_merged_into_idx on public.products (company_id, merged_into);
alter table public.products enable row level security;


-- Another name for a product, as this shop says it.
create table public.product_aliases (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    product_id uuid not null,
    alias text not null check (length(btrim(alias)) between 1 and 80),
    -- Who taught it in the chat; null for one that came with the catalogue.
    member_id uuid,
    created_at timestamptz not null default now(),
    normalised_alias text not null generated always as (private.normalise(alias)) stored,
    words text[] not null generated always as (private.words(alias)) stored,
    primary key (company_id, id),
    constraint product_aliases_product_fkey foreign key (company_id, product_id)
    references public.products (company_id, id),
    constraint product_aliases_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id)
);
create index product_aliases_member_idx on public.product_aliases (company_id, member_id);
create unique index product_aliases_alias_key
on public.product_aliases (company_id, normalised_alias);
create index product_aliases_product_idx on public.product_aliases (company_id, product_id);
alter table public.product_aliases enable row level security;


-- A case, a tray: how many base units of this product one of them holds. Never shared by products.
create table public.product_packs (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    product_id uuid not null,
    name text not null check (name ~ '^[a-z0-9][a-z0-9 .-]{0,29}$'),
    factor numeric not null check (factor between 0.001 and 1000000 and round(factor, 3) = factor),
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    constraint product_packs_product_fkey foreign key (company_id, product_id)
    references public.products (company_id, id)
);
create unique index product_packs_name_key
on public.product_packs (company_id, product_id, name);
alter table public.product_packs enable row level security;


create policy "Products are viewable by members" on public.products
for select to authenticated
using (company_id = (select private.company_id()));
create policy "Products are added by managers" on public.products
for insert to authenticated
with check (company_id = (select private.company_id('manager')));
create policy "Products are edited by managers" on public.products
for update to authenticated
using (company_id = (select private.company_id('manager')))
with check (company_id = (select private.company_id('manager')));
revoke all on table public.products from public, anon, authenticated;
grant select on table public.products to authenticated;
grant insert (company_id, id, name, unit, price, cost, reorder_level, sku, barcode)
on table public.products to authenticated;
grant update (name, price, cost, reorder_level, sku, barcode, archived_at)
on table public.products to authenticated;

create policy "Aliases are viewable by members" on public.product_aliases
for select to authenticated
using (company_id = (select private.company_id()));
create policy "Aliases are added by managers" on public.product_aliases
for insert to authenticated
with check (company_id = (select private.company_id('manager')));
create policy "Aliases are removed by managers" on public.product_aliases
for delete to authenticated
using (company_id = (select private.company_id('manager')));
revoke all on table public.product_aliases from public, anon, authenticated;
grant select, delete on table public.product_aliases to authenticated;
grant insert (company_id, id, product_id, alias) on table public.product_aliases to authenticated;

create policy "Packs are viewable by members" on public.product_packs
for select to authenticated
using (company_id = (select private.company_id()));
create policy "Packs are added by managers" on public.product_packs
for insert to authenticated
with check (company_id = (select private.company_id('manager')));
create policy "Packs are edited by managers" on public.product_packs
for update to authenticated
using (company_id = (select private.company_id('manager')))
with check (company_id = (select private.company_id('manager')));
create policy "Packs are removed by managers" on public.product_packs
for delete to authenticated
using (company_id = (select private.company_id('manager')));
revoke all on table public.product_packs from public, anon, authenticated;
grant select, delete on table public.product_packs to authenticated;
grant insert (company_id, id, product_id, name, factor)
on table public.product_packs to authenticated;
grant update (name, factor) on table public.product_packs to authenticated;


-- How well one typed word fits one known word: 0 the same, 1 a typo, null another word. A number
-- must be equal: a bare "500" fits the size 500 ml, a bare "2" fits no size, for it may be an
-- amount. One edit is a typo from four letters, two from seven.
create function private.word_fit(p_typed text, p_known text)
returns integer
language sql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_typed = p_known then 0
        when p_typed ~ '^[0-9.]+$' and p_known ~ '^[0-9.]+(ml|g)$' then case
            when (p_typed::numeric >= 30 or p_typed ~ '[.]') and p_known in (
                trim_scale(p_typed::numeric)::text || 'ml',
                trim_scale(p_typed::numeric)::text || 'g',
                trim_scale(p_typed::numeric * 1000)::text || 'ml',
                trim_scale(p_typed::numeric * 1000)::text || 'g'
            ) then 0
        end
        when p_typed ~ '[0-9]' or p_known ~ '[0-9]' then null
        when extensions.levenshtein_less_equal(
            left(p_typed, 60),
            left(p_known, 60),
            case
                when least(length(p_typed), length(p_known)) >= 7 then 2
                when greatest(length(p_typed), length(p_known)) >= 4 then 1
                else 0
            end
        ) <= case
            when least(length(p_typed), length(p_known)) >= 7 then 2
            when greatest(length(p_typed), length(p_known)) >= 4 then 1
            else 0
        end then 1
    end;
$$;


-- The products a text can mean, best rank only: 1 its exact name, alias or barcode; then the texts
-- whose every word is a word of the product's names: 2 the whole of one name, 3 a part; 4 and 5 the
-- same with typos. One row: found. Several: ask.
create function private.match_products(p_company_id uuid, p_text text)
returns table (product_id uuid, name text, match_rank integer)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_normalised constant text := private.normalise(p_text);
    v_words constant text [] := private.words(p_text);
begin
    return query
    select product.id, product.name, 1
    from public.products as product
    where product.company_id = p_company_id
        and product.archived_at is null
        and (
            product.normalised_name = v_normalised
            or product.barcode = btrim(p_text)
            or product.id in (
                select alias.product_id
                from public.product_aliases as alias
                where alias.company_id = p_company_id and alias.normalised_alias = v_normalised
            )
        );
    if found or coalesce(cardinality(v_words), 0) = 0 then
        return;
    end if;

    return query
    with label as (
        select product.id, product.name, product.words, product.id as label_id
        from public.products as product
        where product.company_id = p_company_id and product.archived_at is null
        union all
        select product.id, product.name, alias.words, alias.id
        from public.product_aliases as alias
        inner join public.products as product
            on alias.company_id = product.company_id and alias.product_id = product.id
        where alias.company_id = p_company_id and product.archived_at is null
    ),

    -- Every typed word beside its best fit in each name of each product.
    fit as (
        select
            label.id,
            label.name,
            label.label_id,
            cardinality(label.words) = cardinality(v_words) as whole,
            typed.word,
            min(private.word_fit(typed.word, known.word)) as distance
        from label
        cross join unnest(label.words) as known (word)
        cross join unnest(v_words) as typed (word)
        group by label.id, label.name, label.label_id, whole, typed.word
    ),

    match as (
        select fit.id, fit.name, 2 + 2 * max(fit.distance) as rank
        from fit
        where fit.whole
        group by fit.id, fit.name, fit.label_id
        having count(fit.distance) = count(*)
        union all
        select best.id, best.name, 3 + 2 * max(best.distance)
        from (
            select fit.id, fit.name, fit.word, min(fit.distance) as distance
            from fit
            group by fit.id, fit.name, fit.word
        ) as best
        group by best.id, best.name
        having count(best.distance) = count(*)
    )

    select distinct match.id, match.name, match.rank
    from match
    where match.rank = (select min(best.rank) from match as best)
    order by match.name;
end;
$$;


-- The products of the best rank; null for none.
create function private.matching_products(p_company_id uuid, p_text text)
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select array_agg(match.product_id order by match.name, match.product_id)
        from private.match_products(p_company_id, p_text) as match
    );
end;
$$;


-- The products to offer when a text means none or several of them, likeliest first.
create function private.product_candidates(p_company_id uuid, p_text text, p_limit integer)
returns table (product_id uuid, name text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with normalised as (
        select private.normalise(p_text) as label
    ),

    label as (
        select product.id, product.name, product.normalised_name as label
        from public.products as product
        where product.company_id = p_company_id and product.archived_at is null
        union all
        select product.id, product.name, alias.normalised_alias
        from public.product_aliases as alias
        inner join public.products as product
            on alias.company_id = product.company_id and alias.product_id = product.id
        where alias.company_id = p_company_id and product.archived_at is null
    )

    select label.id, label.name
    from label
    cross join normalised
    group by label.id, label.name
    having max(extensions.word_similarity(normalised.label, label.label)) >= 0.3
    order by max(extensions.word_similarity(normalised.label, label.label)) desc, label.name
    limit p_limit;
$$;


-- How many base units of a product one `p_unit` is; null when this shop has not said.
create function private.unit_factor(
    p_company_id uuid,
    p_product_id uuid,
    p_base_unit text,
    p_unit text
)
returns numeric
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when p_unit is null or p_unit = p_base_unit then 1
        when p_unit = 'dozen' and p_base_unit = 'each' then 12
        when p_unit ~ '^[1-9][0-9]{0,3}-pack$' and p_base_unit = 'each'
            then split_part(p_unit, '-', 1)::numeric
        when p_unit in ('g', 'ml') and p_base_unit in ('kg', 'l')
            and (p_unit = 'g') = (p_base_unit = 'kg') then 0.001
        when p_unit in ('kg', 'l') and p_base_unit in ('g', 'ml')
            and (p_unit = 'kg') = (p_base_unit = 'g') then 1000
        else (
            select pack.factor
            from public.product_packs as pack
            where pack.company_id = p_company_id
                and pack.product_id = p_product_id
                and pack.name = p_unit
        )
    end;
end;
$$;


-- Creates or updates products from an import: rows of {name, unit, price, cost, reorder_level, sku,
-- barcode, aliases: [], pack, pack_size}, numbers as text. A row is recognised by its name. Answers
-- one {id, name, created} per row, in order.
create function private.save_products(p_company_id uuid, p_products jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb;
    v_alias text;
    v_id uuid;
    v_created boolean;
    v_answer jsonb := '[]';
begin
    perform private.lock_companies(array[p_company_id]);
    for v_row in select row_of.value from jsonb_array_elements(p_products) as row_of loop
        insert into public.products (
            company_id, name, unit, price, cost, reorder_level, sku, barcode
        )
        values (
            p_company_id,
            btrim(v_row ->> 'name'),
            coalesce(nullif(v_row ->> 'unit', ''), 'each'),
            (v_row ->> 'price')::numeric,
            (v_row ->> 'cost')::numeric,
            (v_row ->> 'reorder_level')::numeric,
            v_row ->> 'sku',
            v_row ->> 'barcode'
        )
        on conflict (company_id, normalised_name) where archived_at is null do update
        set
            price = coalesce(excluded.price, products.price),
            cost = coalesce(excluded.cost, products.cost),
            reorder_level = coalesce(excluded.reorder_level, products.reorder_level),
            sku = coalesce(excluded.sku, products.sku),
            barcode = coalesce(excluded.barcode, products.barcode)
        returning id, xmax = 0 into v_id, v_created;

        for v_alias in
            select alias.value
            from jsonb_array_elements_text(coalesce(v_row -> 'aliases', '[]')) as alias
            where btrim(alias.value) <> ''
        loop
            insert into public.product_aliases (company_id, product_id, alias)
            values (p_company_id, v_id, btrim(v_alias))
            on conflict (company_id, normalised_alias) do nothing;
        end loop;

        if v_row ->> 'pack' is not null then
            insert into public.product_packs (company_id, product_id, name, factor)
            values (
                p_company_id, v_id, lower(btrim(v_row ->> 'pack')), (v_row ->> 'pack_size')::numeric
            )
            on conflict (company_id, product_id, name) do update set factor = excluded.factor;
        end if;

        v_answer := v_answer || jsonb_build_object(
            'id', v_id, 'name', v_row ->> 'name', 'created', v_created
        );
    end loop;
    return v_answer;
end;
$$;
