-- Who works in a company, those who decide most first.
select
    member.id,
    member.name,
    person.phone,
    member.role,
    member.status
from public.members as member
inner join private.people as person on member.person_id = person.id
where member.company_id = $1::uuid
order by member.role desc, member.created_at asc, member.id asc;
