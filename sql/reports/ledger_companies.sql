-- Every company that has books, or of which the books speak, with how many lines it has.
select
    every_company.id,
    (
        select count(*)
        from public.transactions as line
        where line.company_id = every_company.id
    ) as lines
from (
    select company.id
    from public.companies as company
    union
    select operation.company_id
    from public.operations as operation
    union
    select line.company_id
    from public.transactions as line
    union
    select stock.company_id
    from public.inventory as stock
) as every_company
order by every_company.id;
