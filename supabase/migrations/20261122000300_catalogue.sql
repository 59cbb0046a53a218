-- Catalogue: what a shop sells, what people call it, and how its packs count.
-- Only the shop's own catalogue can say what "coke 2l" means, so words become products here.

-- Lower case, without accents or decoration: what two spellings of one name have in common.
create function private.normalise(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return btrim(regexp_replace(
        regexp_replace(normalize(lower(p_text), nfkd), '[\u0300-\u036f''’]', '', 'g'),
        '[^a-z0-9.,%]+', ' ', 'g'
    ));
end;
$$;
-- The generated columns below call both of these with the rights of whoever adds a row.
revoke all on function private.normalise(text) from public, anon, authenticated;
grant execute on function private.normalise(text) to authenticated;


-- The words of a name. A size is one word in millilitres or grams, however it was written: "2 L",
-- "2lt" and "2000ml" are all `2000ml`; "coke 1.5l" and "coke 2l" share no size.
create function private.words(p_text text)
returns text[]
language plpgsql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_text constant text := replace(private.normalise(p_text), ',', '.');
begin
    if v_text !~ '[0-9.]' then
        return string_to_array(v_text, ' ');
    end if;
    return (
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
        from (
            select
                part.ordinality as place,
                btrim(part.word, '.') as word,
                regexp_match(btrim(part.word, '.'), '^(\d+(?:\.\d+)?)([a-z]+)$') as size
            from string_to_table(
                regexp_replace(
                    v_text,
                    '(\d)\s*(ml|litres?|liters?|ltr|lt|l|kgs?|kilos?|grams?|gr|g)\M',
                    '\1\2 ', 'g'
                ),
                ' '
            ) with ordinality as part (word, ordinality)
        ) as word
        where word.word <> ''
    );
end;
$$;
revoke all on function private.words(text) from public, anon, authenticated;
grant execute on function private.words(text) to authenticated;


create table public.products (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    -- What has no letter and no digit could never be found again.
    name text not null check (
        length(btrim(name)) between 1 and 80
        and private.is_legible(name)
        and private.normalise(name) <> ''
    ),
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
    archived_at timestamptz check (isfinite(archived_at)),
    -- What became part of another product never comes back beside it.
    merged_into uuid check (merged_into is null or archived_at is not null),
    created_at timestamptz not null default now(),
    normalised_name text not null generated always as (private.normalise(name)) stored,
    words text[] not null generated always as (private.words(name)) stored,
    primary key (company_id, id),
    -- Two products that became one stay one.
    constraint products_merged_check check (merged_into is null or archived_at is not null),
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
-- Without a list of pending entries, which the first searches after an import would read through.
create index products_likeness_idx
on public.products using gin (company_id, normalised_name extensions.gin_trgm_ops)
with (fastupdate = off) where archived_at is null;
alter table public.products enable row level security;


-- Another name for a product, as this shop says it.
create table public.product_aliases (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    product_id uuid not null,
    alias text not null check (
        length(btrim(alias)) between 1 and 80
        and private.is_legible(alias)
        and private.normalise(alias) <> ''
    ),
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
create index product_aliases_likeness_idx
on public.product_aliases using gin (company_id, normalised_alias extensions.gin_trgm_ops)
with (fastupdate = off);
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


-- The words of a shop's names, each with the products that have it in one: B-tree, so that a search
-- reads the shop's own. Triggers keep it; what is archived has no words.
create table private.vocabulary (
    company_id uuid not null,
    word text not null,
    product_id uuid not null,
    primary key (company_id, word, product_id)
);
alter table private.vocabulary enable row level security;
revoke all on table private.vocabulary from public, anon, authenticated;


-- Adds the words of new products, all those of a statement at once.
create function private.learn_words()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.vocabulary (company_id, word, product_id)
    select distinct named.company_id, part.word, named.id
    from named
    cross join unnest(named.words) as part (word)
    where named.archived_at is null;
    return null;
end;
$$;
revoke all on function private.learn_words() from public, anon, authenticated;

create trigger products_words_of_new
after insert on public.products
referencing new table as named
for each statement execute function private.learn_words();


-- Puts the words of a product right, one of whose names has come, changed, moved or gone. The
-- argument of the trigger is the column that says which product.
create function private.relearn_words()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := coalesce(new.company_id, old.company_id);
    v_product_ids constant uuid[] := array[
        (to_jsonb(old) ->> tg_argv[0])::uuid, (to_jsonb(new) ->> tg_argv[0])::uuid
    ];
    v_words text[];
begin
    -- Step 1: which words may be theirs no more.
    v_words := old.words || array(
        select part.word
        from public.product_aliases as alias
        cross join unnest(alias.words) as part (word)
        where alias.company_id = v_company_id and alias.product_id = any(v_product_ids)
    );
    delete from private.vocabulary as known
    where known.company_id = v_company_id
        and known.word = any(v_words)
        and known.product_id = any(v_product_ids);

    -- Step 2: those of every name they have now.
    insert into private.vocabulary (company_id, word, product_id)
    select v_company_id, part.word, product.id
    from public.products as product
    cross join lateral (
        select product.words
        union all
        select alias.words
        from public.product_aliases as alias
        where alias.company_id = v_company_id and alias.product_id = product.id
    ) as label
    cross join unnest(label.words) as part (word)
    where product.company_id = v_company_id
        and product.id = any(v_product_ids)
        and product.archived_at is null
    on conflict do nothing;
    return null;
end;
$$;
revoke all on function private.relearn_words() from public, anon, authenticated;

create trigger products_words_of_renamed
after update of name, archived_at on public.products
for each row execute function private.relearn_words('id');
create trigger product_aliases_words
after insert or update or delete on public.product_aliases
for each row execute function private.relearn_words('product_id');


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


-- How a typed word may stand in a name: as it is, and a bare number as a size too. "500" may mean
-- 500 ml; "2" may not, for it may be an amount.
create function private.spellings(p_typed text)
returns text[]
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_typed !~ '^[0-9]+([.][0-9]+)?$' or (p_typed::numeric < 30 and p_typed !~ '[.]') then
        return array[p_typed];
    end if;
    return array[
        p_typed,
        trim_scale(p_typed::numeric)::text || 'ml',
        trim_scale(p_typed::numeric)::text || 'g',
        trim_scale(p_typed::numeric * 1000)::text || 'ml',
        trim_scale(p_typed::numeric * 1000)::text || 'g'
    ];
end;
$$;


-- The shop's words that a typed one may be a misspelling of: one edit away where the longer has
-- four letters, two where both have seven. A number is never one, and three letters
-- keep their first: "ice" is not "rice".
create function private.misspellings(p_company_id uuid, p_typed text)
returns text[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_length constant integer := length(p_typed);
begin
    if v_length not between 3 and 80 or p_typed ~ '[0-9]' then
        return '{}';
    end if;
    return array(
        -- Each word once, however many products have it: from one to the next in the index.
        with recursive known (word) as (
            select min(least.word)
            from private.vocabulary as least
            where least.company_id = p_company_id
            union all
            select (
                select min(next.word)
                from private.vocabulary as next
                where next.company_id = p_company_id and next.word > known.word
            )
            from known
            where known.word is not null
        )

        select known.word
        from known
        cross join lateral (
            select case when least(length(known.word), v_length) >= 7 then 2 else 1 end as edits
        ) as allowed
        where length(known.word) between v_length - allowed.edits and v_length + allowed.edits
            and greatest(length(known.word), v_length) >= 4
            and known.word !~ '[0-9]'
            and (v_length > 3 or left(known.word, 1) = left(p_typed, 1))
            and extensions.levenshtein_less_equal(p_typed, known.word, allowed.edits)
            <= allowed.edits
    );
end;
$$;


-- The products that have each of `p_count` typed words in one of their names. `p_known` holds what
-- the word at the same index of `p_places` may stand as. A place is a bit; all are to be set.
create function private.products_with(
    p_company_id uuid,
    p_places integer[],
    p_known text[],
    p_count integer
)
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return array(
        select known.product_id
        from unnest(p_places, p_known) as fit (place, word)
        inner join private.vocabulary as known
            on known.company_id = p_company_id and fit.word = known.word
        group by known.product_id
        having bit_or(1::bigint << (fit.place - 1)) = (1::bigint << p_count) - 1
    );
end;
$$;


-- Is a word half of a pair in a name: the salt of "Simba Salt & Vinegar"? A pair is one flavour;
-- who says half of it may well mean something else.
create function private.is_half_a_pair(p_text text, p_name text)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    v_word constant text := private.normalise(p_text);
    v_pairing constant text := '\s*(&|\mand\M|\mn\M)\s*';
begin
    return v_word ~ '^[a-z]+$'
    and lower(p_name) ~ concat('\m', v_word, v_pairing, '[a-z]|[a-z]', v_pairing, v_word, '\M');
end;
$$;


-- The products a text can mean, best rank only, by name: 1 its exact name, alias or barcode; then
-- those that have each of its words in one of their names: 2 all the words of one name, 3 a part; 4
-- and 5 the same with misspellings. Only a word that no name has is taken for one. One: found.
-- Several: ask. Null for none.
create function private.best_match(
    p_company_id uuid,
    p_text text,
    out ids uuid[],
    out match_rank integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_normalised constant text := private.normalise(left(p_text, 1000));
    v_typed text[];
    v_words text[];
    v_places integer[];
    v_known text[];
    v_whole uuid[];
    v_rank integer := 2;
begin
    -- Step 1: by a whole name. No name is that long.
    if length(p_text) > 1000 then
        return;
    end if;
    select array_agg(product.id order by product.name, product.id) into ids
    from public.products as product
    where product.company_id = p_company_id
        and product.archived_at is null
        and product.id = any(array(
            select named.id
            from public.products as named
            where named.company_id = p_company_id
                and named.normalised_name = v_normalised
                and named.archived_at is null
            union all
            select coded.id
            from public.products as coded
            where coded.company_id = p_company_id
                and coded.barcode = btrim(p_text)
                and coded.archived_at is null
            union all
            select alias.product_id
            from public.product_aliases as alias
            where alias.company_id = p_company_id and alias.normalised_alias = v_normalised
        ));
    if ids is not null then
        match_rank := 1;
        return;
    end if;
    v_typed := private.words(p_text);
    v_words := array(select distinct part.word from unnest(v_typed) as part (word));
    if cardinality(v_words) not between 1 and 40 then
        return;
    end if;

    -- Step 2: by every word, and where no name has one, by what that may be a misspelling of.
    select array_agg(typed.place), array_agg(spelt.word) into v_places, v_known
    from unnest(v_words) with ordinality as typed (word, place)
    cross join unnest(private.spellings(typed.word)) as spelt (word);
    ids := private.products_with(p_company_id, v_places, v_known, cardinality(v_words));
    if ids = '{}' then
        v_rank := 4;
        select v_places || array_agg(typed.place), v_known || array_agg(spelt.word)
        into v_places, v_known
        from unnest(v_words) with ordinality as typed (word, place)
        cross join unnest(private.misspellings(p_company_id, typed.word)) as spelt (word)
        where not exists (
            select from unnest(v_places, v_known) as fit (place, word)
            inner join private.vocabulary as known
                on known.company_id = p_company_id and fit.word = known.word
            where fit.place = typed.place
        );
        ids := private.products_with(p_company_id, v_places, v_known, cardinality(v_words));
    end if;

    -- Step 3: whole names before parts of names. A whole one is no longer than the text, each of
    -- its words is in the text and each word of the text is in it.
    select
        array_agg(product.id order by product.name, product.id)
        filter (
            where cardinality(v_typed) > 1 or not private.is_half_a_pair(p_text, product.name)
        ),
        array_agg(product.id order by product.name, product.id) filter (where exists (
            select from (
                select product.words
                union all
                select alias.words
                from public.product_aliases as alias
                where alias.company_id = p_company_id and alias.product_id = product.id
            ) as label
            where cardinality(label.words) = cardinality(v_typed)
                and label.words <@ v_known
                and cardinality(v_words) = (
                    select count(distinct fit.place)
                    from unnest(v_places, v_known) as fit (place, word)
                    where fit.word = any(label.words)
                )
        ))
    into ids, v_whole
    from public.products as product
    where product.company_id = p_company_id and product.id = any(ids);
    match_rank := case
        when v_whole is not null then v_rank
        when ids is not null then v_rank + 1
    end;
    ids := coalesce(v_whole, ids);
end;
$$;


-- The same as rows, for whoever looks on.
create function private.match_products(p_company_id uuid, p_text text)
returns table (product_id uuid, name text, match_rank integer)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select product.id, product.name, best.match_rank
    from private.best_match(p_company_id, p_text) as best
    inner join public.products as product
        on product.company_id = p_company_id and product.id = any(best.ids)
    order by product.name, product.id;
$$;


-- The products of the best rank; null for none.
create function private.matching_products(p_company_id uuid, p_text text)
returns uuid[]
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (private.best_match(p_company_id, p_text)).ids;
end;
$$;


-- The products to offer when a text means none or several of them, likeliest first. Where much is
-- like it, what is less so is not looked at; what is hardly like it must be like a word of it. A
-- plan made for one text would take the comparison for free and read the whole catalogue.
create function private.product_candidates(p_company_id uuid, p_text text, p_limit integer)
returns table (product_id uuid, name text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set "pg_trgm.word_similarity_threshold" = 0.6
set plan_cache_mode = force_generic_plan
as $$
declare
    v_label constant text := private.normalise(left(p_text, 1000));
    v_threshold text;
begin
    foreach v_threshold in array '{0.6,0.45,0.3}'::text[] loop
        perform set_config('pg_trgm.word_similarity_threshold', v_threshold, true);
        return query
        select near.id, near.name
        from (
            select
                product.id,
                product.name,
                product.normalised_name as label,
                extensions.word_similarity(v_label, product.normalised_name) as likeness
            from public.products as product
            where product.company_id = p_company_id
                and product.archived_at is null
                and product.normalised_name operator(extensions.%>) v_label
            union all
            select
                product.id,
                product.name,
                alias.normalised_alias,
                extensions.word_similarity(v_label, alias.normalised_alias)
            from public.product_aliases as alias
            cross join lateral (
                select kept.id, kept.name
                from public.products as kept
                where kept.company_id = p_company_id
                    and kept.id = alias.product_id
                    and kept.archived_at is null
                limit 1
            ) as product
            where alias.company_id = p_company_id
                and alias.normalised_alias operator(extensions.%>) v_label
        ) as near
        where near.likeness >= 0.45 or exists (
            select from unnest(string_to_array(v_label, ' ')) as part (word)
            where extensions.word_similarity(part.word, near.label) >= 0.5
        )
        group by near.id, near.name
        order by max(near.likeness) desc, near.name
        limit p_limit;
        exit when found;
    end loop;
end;
$$;


-- How many base units of a product one `p_unit` is; null when this shop has not said. What has its
-- weight or count in its name is a packet or bag itself: "2 packets chips" is two of "Chips 120g".
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
    if p_unit is null or p_unit = p_base_unit then
        return 1;
    end if;
    return case
        when p_unit = 'dozen' and p_base_unit = 'each' then 12
        when p_unit ~ '^[1-9][0-9]{0,3}-pack$' and p_base_unit = 'each'
            then split_part(p_unit, '-', 1)::numeric
        when p_unit in ('g', 'ml') and p_base_unit in ('kg', 'l')
            and (p_unit = 'g') = (p_base_unit = 'kg') then 0.001
        when p_unit in ('kg', 'l') and p_base_unit in ('g', 'ml')
            and (p_unit = 'kg') = (p_base_unit = 'g') then 1000
        else coalesce(
            (
                select pack.factor
                from public.product_packs as pack
                where pack.company_id = p_company_id
                    and pack.product_id = p_product_id
                    and pack.name = p_unit
            ),
            (
                select 1
                from public.products as product
                where product.company_id = p_company_id
                    and product.id = p_product_id
                    and product.unit = 'each'
                    and p_unit in ('packet', 'bag')
                    and product.name ~* '[0-9] ?(g|kg|s)\M'
            )
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
