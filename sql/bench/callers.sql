-- What a caller of the API holds already, whom no database asks for it: of each company of the load
-- 1 that has a user its id and its owner's claims, of each product the line that sells one of it.
create schema bench;
grant usage on schema bench to authenticator, authenticated, edge_adapter;

create table bench.companies as
select
    company.no::integer as no,
    private.digest(format('load-1-%s', company.no)) as id,
    jsonb_build_object(
        'role', 'authenticated',
        'sub', private.digest(format('load-1-%s-user', company.no))
    )::text as claims
from generate_series(1, (select count(*) from auth.users)) as company (no);
alter table bench.companies add primary key (no);

create table bench.sales as
select
    company.no as company,
    product.no::integer as product,
    jsonb_build_object(
        'action', 'sell',
        'product_id', private.digest(format('load-1-%s-product-%s', company.no, product.no)),
        'quantity', '1'
    ) as line
from bench.companies as company
cross join generate_series(
    0,
    (
        select count(*) - 1
        from public.products as product
        where product.company_id = private.digest('load-1-1')
    )
) as product (no);
alter table bench.sales add primary key (company, product);

-- What the adapter read out of the messages of one call, the first of which is `first`.
create table bench.readings (first bigint primary key, items jsonb not null);

grant select on bench.companies, bench.sales to authenticator, authenticated;
grant select on bench.readings to edge_adapter;
