-- The companies with this id or this name, however it is spelled.
select company.id
from public.companies as company
where
    company.id::text = lower(btrim($1::text))
    or private.normalise(company.name) = private.normalise($1::text)
order by company.created_at, company.id;
