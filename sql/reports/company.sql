-- One company, how it books, and what the model costs it (in US dollars).
select
    company.id,
    company.name,
    company.language,
    company.currency,
    company.timezone,
    company.negative_stock,
    company.share_product_names,
    company.model_calls_a_day,
    company.model_calls_a_day_each,
    (company.model_cost_a_day / 1000000.0)::numeric(14, 6) as model_cost_a_day,
    (
        select count(*)
        from public.products as product
        where product.company_id = company.id and product.archived_at is null
    ) as products,
    (
        select count(*)
        from public.operations as operation
        where operation.company_id = company.id
    ) as operations,
    coalesce(spent.calls_today, 0) as model_calls_today,
    (coalesce(spent.cost_today, 0) / 1000000.0)::numeric(14, 6) as model_cost_today,
    coalesce(spent.calls, 0) as model_calls_30_days,
    coalesce(spent.tokens, 0) as model_tokens_30_days,
    (coalesce(spent.cost, 0) / 1000000.0)::numeric(14, 6) as model_cost_30_days,
    company.created_at
from public.companies as company
left join lateral (
    select
        sum(usage.calls) filter (
            where usage.day = private.today_of(company)
        )::bigint as calls_today,
        sum(usage.cost) filter (
            where usage.day = private.today_of(company)
        ) as cost_today,
        sum(usage.calls)::bigint as calls,
        sum(usage.input_tokens + usage.output_tokens)::bigint as tokens,
        sum(usage.cost) as cost
    from private.model_usage as usage
    where usage.company_id = company.id and usage.day > private.today_of(company) - 30
) as spent on true
where company.id = $1::uuid;
