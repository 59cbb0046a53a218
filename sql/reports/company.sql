-- One company, and how it books.
select
    company.id,
    company.name,
    company.language,
    company.currency,
    company.timezone,
    company.negative_stock,
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
    company.created_at
from public.companies as company
where company.id = $1::uuid;
