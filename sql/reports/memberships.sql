-- The companies that a phone may work in.
select
    company.id,
    company.name,
    member.role
from private.people as person
inner join public.members as member on person.id = member.person_id
inner join public.companies as company on member.company_id = company.id
where person.phone = $1::text and member.status = 'active'
order by company.created_at, company.id;
