-- Tenancy: companies, the people who work in them, and the one question row security asks.
-- `companies` is the tenant root; every other tenant table leads its keys with `company_id`.

create type public.member_role as enum ('viewer', 'clerk', 'manager', 'owner');
create type public.member_status as enum ('invited', 'active', 'deactivated');
create type public.negative_stock as enum ('record', 'block');


-- A name of the tz database. Reads the server's list of them, some thirty milliseconds.
create function private.is_timezone(p_name text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from pg_timezone_names as zone where zone.name = p_name);
$$;


-- Whether a name is nothing but what can be seen: no control character, no mark that turns the
-- writing around, nothing of no width (but what joins letters). Two names that look the same but
-- differ would be two products; a line break in one is refused by Meta.
create function private.is_legible(p_name text)
returns boolean
language plpgsql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_name !~ '[\u0001-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f]'
        and p_name !~ '[\u2028-\u202e\u2060-\u206f\ufeff]';
end;
$$;
-- The names below are checked with the rights of whoever writes them.
revoke all on function private.is_legible(text) from public, anon, authenticated;
grant execute on function private.is_legible(text) to authenticated;


-- Everything a company may set is a column here; its owner writes them through `update_company`.
create table public.companies (
    id uuid primary key,
    name text not null check (
        length(btrim(name)) between 1 and 120 and private.is_legible(name)
    ),
    language text not null default 'en' check (language in ('en', 'af', 'zu', 'xh', 'st')),
    currency text not null default 'ZAR' check (currency ~ '^[A-Z]{3}$'),
    -- The usual one is true by itself and not looked up.
    timezone text not null default 'Africa/Johannesburg' check (
        timezone = 'Africa/Johannesburg' or private.is_timezone(timezone)
    ),
    negative_stock public.negative_stock not null default 'record',
    -- An amount above this many times the largest line of 90 days is asked about before it is
    -- booked.
    large_quantity_factor numeric not null default 3 check (
        large_quantity_factor between 1 and 1000
        and round(large_quantity_factor, 2) = large_quantity_factor
    ),
    -- Most spazas are no vendors. One that is has a number, which its invoices show.
    vat_registered boolean not null default false,
    vat_number text,
    -- Nothing dated before this day is booked any more, except by an owner.
    locked_before date check (isfinite(locked_before)),
    created_at timestamptz not null default now(),
    constraint companies_vat_number_check check (
        case when vat_number is null then not vat_registered else vat_number ~ '^4[0-9]{9}$' end
    )
);
alter table public.companies enable row level security;


-- A person belongs to no single company: one phone may work in several. Phone: E.164 digits, no
-- plus.
create table private.people (
    id uuid primary key default gen_random_uuid(),
    phone text not null unique check (phone ~ '^[1-9][0-9]{6,14}$'),
    user_id uuid unique references auth.users (id) on delete set null,
    active_company_id uuid,
    language text check (language in ('en', 'af', 'zu', 'xh', 'st')),
    created_at timestamptz not null default now()
);
alter table private.people enable row level security;


-- `person_id` has no foreign key: people are a system table outside every company's shard. People
-- are never deleted, and only the functions below write here.
create table public.members (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    person_id uuid not null,
    name text not null check (
        length(btrim(name)) between 1 and 80 and private.is_legible(name)
    ),
    role public.member_role not null,
    status public.member_status not null default 'active',
    -- Until when an invitation may be accepted.
    invited_until timestamptz check (status = 'invited' or invited_until is null),
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, person_id)
);
create index members_person_id_idx on public.members (person_id);
alter table public.members enable row level security;


-- A place that holds stock. Every company has one default location.
create table public.locations (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    name text not null check (
        length(btrim(name)) between 1 and 80 and private.is_legible(name)
    ),
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index locations_name_key on public.locations (company_id, lower(name));
create unique index locations_default_key on public.locations (company_id) where is_default;
alter table public.locations enable row level security;


-- The company a request acts in: the header `x-company-id`, else the person's stored choice, and
-- only while the signed-in person is an active member with at least that role. Null otherwise, so
-- every policy built on it shows nothing. Takes no row: the planner calls it once per table of a
-- query. In PL/pgSQL, which keeps its plan: before PostgreSQL 18 a function in SQL is planned anew
-- for each of those calls.
create function private.company_id(p_minimum public.member_role default 'viewer')
returns uuid
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_asked constant text := lower(
        nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-company-id'
    );
    v_user_id constant uuid := auth.uid();
begin
    return (
        select member.company_id
        from private.people as person
        inner join public.members as member on person.id = member.person_id
        where person.user_id = v_user_id
            and member.status = 'active'
            and member.role >= p_minimum
            and member.company_id::text = coalesce(
                v_asked, person.active_company_id::text
            )
    );
end;
$$;
revoke all on function private.company_id(public.member_role) from public, anon, authenticated;
grant execute on function private.company_id(public.member_role) to authenticated;


-- The signed-in member of a company, or a refusal. What every RPC that takes `p_company_id` asks
-- first.
create function private.acting_member(p_company_id uuid, p_minimum public.member_role)
returns public.members
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
begin
    select member.* into v_member
    from private.people as person
    inner join public.members as member on person.id = member.person_id
    where
        person.user_id = (select auth.uid())
        and member.company_id = p_company_id
        and member.status = 'active';

    if v_member.id is null then
        perform private.refuse(403, 'not_a_member', 'You are not a member of this company.');
    end if;
    if v_member.role < p_minimum then
        perform private.refuse_role(v_member, p_minimum);
    end if;
    return v_member;
end;
$$;


-- The signed-in member who is about to write. From here on they hold the company's lock, which
-- whoever changes members takes too: nobody is less than they were while they write. Who has no
-- right is refused without waiting for those who have.
create function private.writing_member(p_company_id uuid, p_minimum public.member_role)
returns public.members
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if not pg_try_advisory_xact_lock(private.company_lock(p_company_id)) then
        perform private.acting_member(p_company_id, p_minimum);
        perform pg_advisory_xact_lock(private.company_lock(p_company_id));
    end if;
    return private.acting_member(p_company_id, p_minimum);
end;
$$;


create function private.refuse_role(p_member public.members, p_minimum public.member_role)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.refuse(
        403,
        'role_too_low',
        format('This needs the role %s; you are a %s.', p_minimum, p_member.role),
        jsonb_build_object('role', p_member.role, 'needed', p_minimum)
    );
end;
$$;


create function private.require_role(p_member public.members, p_minimum public.member_role)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_member.role < p_minimum then
        perform private.refuse_role(p_member, p_minimum);
    end if;
end;
$$;


create policy "Companies are viewable by their members" on public.companies
for select to authenticated
using (id = (select private.company_id()));
revoke all on table public.companies from public, anon, authenticated;
grant select on table public.companies to authenticated;

create policy "Members are viewable by members of their company" on public.members
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.members from public, anon, authenticated;
grant select on table public.members to authenticated;

create policy "Locations are viewable by members" on public.locations
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.locations from public, anon, authenticated;
grant select on table public.locations to authenticated;

revoke all on table private.people from public, anon, authenticated;


-- A phone that Supabase Auth has confirmed is linked to its person, and to nobody else, for as long
-- as it is that user's confirmed phone.
create function private.link_person()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_phone constant text := substring(ltrim(new.phone, '+') from '^[1-9][0-9]{6,14}$');
    v_confirmed constant text := case when new.phone_confirmed_at is not null then v_phone end;
begin
    update private.people set user_id = null
    where user_id = new.id and phone is distinct from v_confirmed;

    insert into private.people (phone, user_id)
    select v_confirmed, new.id
    where v_confirmed is not null
    on conflict (phone) do update set user_id = excluded.user_id
    where people.user_id is distinct from excluded.user_id;
    return null;
end;
$$;
revoke all on function private.link_person() from public, anon, authenticated;

create trigger link_person
after insert or update on auth.users
for each row execute function private.link_person();


-- The person behind a phone, made when the phone is new.
create function private.person_of(p_phone text)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_person_id uuid;
begin
    if p_phone is null or p_phone !~ '^[1-9][0-9]{6,14}$' then
        perform private.refuse(
            422, 'bad_phone', 'A phone number is its country code and number, digits only.'
        );
    end if;

    insert into private.people (phone)
    values (p_phone)
    on conflict (phone) do nothing;
    select person.id into strict v_person_id
    from private.people as person
    where person.phone = p_phone;
    return v_person_id;
end;
$$;


-- Keeps a person's active company one they work in: their choice while it holds, else the company
-- they joined first, else none.
create function private.settle_active_company(p_person_id uuid)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    update private.people as person
    set
        active_company_id = (
            select member.company_id
            from public.members as member
            where member.person_id = person.id and member.status = 'active'
            order by
                (member.company_id is not distinct from person.active_company_id) desc,
                member.created_at asc,
                member.company_id asc
            limit 1
        )
    where person.id = p_person_id;
$$;


-- A new company with its owner and its default location. Registering the same id again changes
-- nothing and gives the same answer: {company_id, owner_member_id}.
create function private.onboard_company(
    p_company_id uuid,
    p_name text,
    p_owner_phone text,
    p_owner_name text default 'Owner',
    p_language text default 'en'
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_person_id uuid;
    v_owner public.members;
begin
    perform private.lock_companies(array[p_company_id]);
    v_person_id := private.person_of(p_owner_phone);
    insert into public.companies (id, name, language)
    values (p_company_id, btrim(p_name), p_language)
    on conflict (id) do nothing;

    select member.* into v_owner
    from public.members as member
    where member.company_id = p_company_id and member.role = 'owner'
    order by member.created_at, member.id
    limit 1;
    if v_owner.id is null then
        insert into public.members (company_id, person_id, name, role)
        values (p_company_id, v_person_id, btrim(p_owner_name), 'owner')
        returning * into v_owner;
        insert into public.locations (company_id, name, is_default)
        values (p_company_id, 'Shop', true)
        on conflict do nothing;
        perform private.settle_active_company(v_person_id);
    elsif v_owner.person_id <> v_person_id then
        perform private.refuse(
            409, 'company_exists', 'A company with this id exists and has another owner.'
        );
    end if;
    return jsonb_build_object('company_id', p_company_id, 'owner_member_id', v_owner.id);
end;
$$;


-- Adds a person to a company by phone, or changes the role of one who is there. For operators, who
-- know the person: nothing is left to accept.
create function private.add_member(
    p_company_id uuid,
    p_phone text,
    p_name text,
    p_role public.member_role
)
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
begin
    perform private.lock_companies(array[p_company_id]);
    if not exists (select from public.companies as company where company.id = p_company_id) then
        perform private.refuse(404, 'unknown_company', 'There is no such company.');
    end if;

    insert into public.members (company_id, person_id, name, role)
    values (p_company_id, private.person_of(p_phone), btrim(p_name), p_role)
    on conflict (company_id, person_id) do update
    set role = excluded.role, status = 'active', name = excluded.name, invited_until = null
    returning * into v_member;
    perform private.settle_active_company(v_member.person_id);
    return v_member.id;
end;
$$;
