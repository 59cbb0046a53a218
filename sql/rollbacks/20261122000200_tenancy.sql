-- The way back from tenancy. Companies, people and members are gone.

drop function private.add_member;
drop function private.onboard_company;
drop function private.settle_active_company;
drop function private.person_of;

-- With its trigger: only the owner of auth.users may drop that one by name, and we are not.
drop function private.link_person cascade;

drop policy "Locations are viewable by members" on public.locations;
drop policy "Members are viewable by members of their company" on public.members;
drop policy "Companies are viewable by their members" on public.companies;

drop function private.require_role;
drop function private.refuse_role;
drop function private.writing_member;
drop function private.acting_member;
drop function private.company_id;

drop table public.locations;
drop table public.members;
drop table private.people;
drop table public.companies;

drop function private.is_legible;
drop function private.is_timezone;

drop type public.negative_stock;
drop type public.member_status;
drop type public.member_role;
