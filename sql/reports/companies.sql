-- Every company, oldest first, with how much there is of each.
select
    company.id,
    company.name,
    company.language,
    (
        select count(*)
        from public.members as member
        where member.company_id = company.id and member.status = 'active'
    ) as members,
    (
        select count(*)
        from public.products as product
        where product.company_id = company.id and product.archived_at is null
    ) as products,
    company.created_at
from public.companies as company
order by company.created_at, company.id;
