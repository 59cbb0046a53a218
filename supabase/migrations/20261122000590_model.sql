-- The model: what a shop may spend on having its messages read by one, and what it has spent. Where
-- the grammar understands, none of this is touched.

alter table public.companies
-- Product names leave the database for the model only where the owner allows it.
add column share_product_names boolean not null default false,
-- A day's limits, for all members together, for each of them, and in millionths of a US dollar. The
-- operator pays, so the operator sets them: `update_company` does not know them.
add column model_calls_a_day integer not null default 300
check (model_calls_a_day between 0 and 100000),
add column model_calls_a_day_each integer not null default 100
check (model_calls_a_day_each between 0 and 100000),
add column model_cost_a_day integer not null default 500000
check (model_cost_a_day between 0 and 1000000000);


-- What was asked of the model, by member and day (where the shop is). `cost` is in millionths of a
-- US dollar.
create table private.model_usage (
    company_id uuid not null references public.companies (id),
    member_id uuid not null,
    day date not null,
    model text not null check (length(model) between 1 and 100),
    calls bigint not null default 0,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    cost bigint not null default 0,
    primary key (company_id, day, member_id, model),
    constraint model_usage_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id)
);
create index model_usage_member_idx on private.model_usage (company_id, member_id);
alter table private.model_usage enable row level security;
revoke all on table private.model_usage from public, anon, authenticated;


-- The date where a shop is.
create function private.today_of(p_company public.companies)
returns date
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select (now() at time zone p_company.timezone)::date;
$$;


-- Whether a member's message may be put to the model today. False for strangers.
create function private.model_allowed(p_company public.companies, p_member_id uuid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        p_member_id is not null
        and coalesce(sum(spent.calls), 0) < p_company.model_calls_a_day
        and coalesce(sum(spent.calls) filter (where spent.member_id = p_member_id), 0)
        < p_company.model_calls_a_day_each
        and coalesce(sum(spent.cost), 0) < p_company.model_cost_a_day
    from private.model_usage as spent
    where spent.company_id = p_company.id and spent.day = private.today_of(p_company);
$$;


-- The names a shop lets the model see, at most two hundred; null where it lets it see none.
create function private.shared_names(p_company public.companies)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_agg(product.name order by product.name)
    from (
        select product.name
        from public.products as product
        where
            p_company.share_product_names
            and product.company_id = p_company.id
            and product.archived_at is null
        order by product.name
        limit 200
    ) as product;
$$;


-- Counts what reading one message took: {model, calls, input_tokens, output_tokens, cost}. Does
-- nothing without it. What the numbers say is capped: they are the adapter's word.
create function private.count_model_usage(p_company_id uuid, p_member_id uuid, p_usage jsonb)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    insert into private.model_usage as spent (
        company_id, member_id, day, model, calls, input_tokens, output_tokens, cost
    )
    select
        company.id,
        p_member_id,
        private.today_of(company),
        left(usage.model, 100),
        least(greatest(usage.calls, 0), 10),
        least(greatest(usage.input_tokens, 0), 10000000),
        least(greatest(usage.output_tokens, 0), 10000000),
        least(greatest(usage.cost, 0), 1000000000)
    from public.companies as company
    cross join jsonb_to_record(p_usage) as usage (
        model text, calls bigint, input_tokens bigint, output_tokens bigint, cost bigint
    )
    where company.id = p_company_id and p_member_id is not null and usage.model is not null
    on conflict (company_id, day, member_id, model) do update
    set
        calls = spent.calls + excluded.calls,
        input_tokens = spent.input_tokens + excluded.input_tokens,
        output_tokens = spent.output_tokens + excluded.output_tokens,
        cost = spent.cost + excluded.cost;
$$;
