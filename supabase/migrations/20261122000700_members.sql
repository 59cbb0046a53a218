-- Members: how people come into a company, what they may do there, how they go, and what its owners
-- may set. Every writing function is a request: asked again with the same key, it is done once.

-- What was asked, and what was answered. `actor_id` is a person: whoever asks to come in, or has
-- left, is no active member. Registration has its company's id for a key.
create table private.requests (
    company_id uuid not null references public.companies (id),
    source public.operation_source not null,
    key text not null check (length(key) between 1 and 200),
    actor_id uuid not null,
    digest uuid not null,
    answer jsonb not null,
    created_at timestamptz not null default now(),
    primary key (company_id, source, key)
);
alter table private.requests enable row level security;
revoke all on table private.requests from public, anon, authenticated;


-- The share of the price that is tax in South Africa, as a factor, from a day on.
create table private.vat_rates (
    valid_from date primary key,
    rate numeric not null check (rate between 0 and 1 and round(rate, 4) = rate)
);
alter table private.vat_rates enable row level security;
revoke all on table private.vat_rates from public, anon, authenticated;

insert into private.vat_rates (valid_from, rate)
values ('1993-04-07', 0.14), ('2018-04-01', 0.15);


-- The signed-in person, or a refusal: a session without a confirmed phone is nobody's.
create function private.acting_person()
returns private.people
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_person private.people;
begin
    select person.* into v_person
    from private.people as person
    where person.user_id = (select auth.uid());
    if v_person.id is null then
        perform private.refuse(403, 'no_person', 'Sign in with your phone number first.');
    end if;
    return v_person;
end;
$$;


-- Opens a request of the signed-in person and takes their company's lock. `answer` is filled when
-- this person asked the same before. Rights come after: who has left may still hear their answer.
create function private.open_request(p_company_id uuid, p_key text, p_asked jsonb)
returns private.requests
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_request private.requests;
    v_earlier private.requests;
begin
    perform private.check_key(p_key);
    v_request.company_id := p_company_id;
    v_request.source := 'app';
    v_request.key := p_key;
    v_request.actor_id := (private.acting_person()).id;
    v_request.digest := private.digest(p_asked::text);

    -- A stranger waits for nobody and holds up nobody: what follows refuses them without the lock.
    if not exists (select from public.companies as company where company.id = p_company_id)
        or exists (
            select from public.members as member
            where member.company_id = p_company_id and member.person_id = v_request.actor_id
        )
    then
        perform private.lock_companies(array[p_company_id]);
    end if;
    select request.* into v_earlier
    from private.requests as request
    where request.company_id = v_request.company_id
        and request.source = v_request.source
        and request.key = v_request.key
        and request.actor_id = v_request.actor_id;
    if v_earlier.digest <> v_request.digest then
        perform private.refuse(
            409, 'key_reused', 'This idempotency key was used for another request.'
        );
    end if;
    v_request.answer := v_earlier.answer;
    return v_request;
end;
$$;


-- Keeps the answer to a request that has been carried out. A key that somebody else has used is
-- refused here, where the caller's rights are known, so that no stranger can ask which keys exist.
create function private.close_request(p_request private.requests, p_answer jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into private.requests (company_id, source, key, actor_id, digest, answer)
    values (
        p_request.company_id, p_request.source, p_request.key, p_request.actor_id,
        p_request.digest, p_answer
    )
    on conflict (company_id, source, key) do nothing;
    if not found then
        perform private.refuse(
            409, 'key_reused', 'This idempotency key was used for another request.'
        );
    end if;
    return p_answer;
end;
$$;


-- Refuses a value that a column did not take, by the column's name: 422 `bad_<column>`.
create function private.refuse_value(p_column text, p_constraint text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name constant text := coalesce(
        nullif(p_column, ''), substring(p_constraint from '^(?:companies|members)_(.+)_check$')
    );
begin
    perform private.refuse(
        422,
        'bad_' || v_name,
        format('That is no valid %s.', replace(v_name, '_', ' ')),
        jsonb_build_object('field', v_name)
    );
end;
$$;


create function private.member_of(p_company_id uuid, p_member_id uuid)
returns public.members
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
begin
    select member.* into v_member
    from public.members as member
    where member.company_id = p_company_id and member.id = p_member_id;
    if v_member.id is null then
        perform private.refuse(404, 'unknown_member', 'There is no such member in this company.');
    end if;
    return v_member;
end;
$$;


-- A member as every request below answers: {member_id, name, role, status, invited_until}.
create function private.member_answer(p_member public.members)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'member_id', p_member.id,
        'name', p_member.name,
        'role', p_member.role,
        'status', p_member.status,
        'invited_until', p_member.invited_until
    );
$$;


-- A company always has an owner, whoever changes its members: with its owner's rights, since all
-- members count, not those the writer sees. Under the company's lock, so that of two owners who
-- leave at once one stays.
create function private.keep_an_owner()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.lock_companies(array[old.company_id]);
    if not exists (
        select from public.members as member
        where member.company_id = old.company_id
            and member.role = 'owner'
            and member.status = 'active'
    ) then
        perform private.refuse(
            409, 'last_owner', 'A company keeps at least one owner; hand it over first.'
        );
    end if;
    return null;
end;
$$;
revoke all on function private.keep_an_owner() from public, anon, authenticated;

create trigger members_keep_an_owner
after update on public.members
for each row
when (
    old.role = 'owner' and old.status = 'active' and (new.role <> 'owner' or new.status <> 'active')
)
execute function private.keep_an_owner();


-- Reads a role that a caller sent, refused when it is none. Null for null.
create function private.read_role(p_text text)
returns public.member_role
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_text <> all(enum_range(null::public.member_role)::text[]) then
        perform private.refuse_value('role', null);
    end if;
    return p_text::public.member_role;
end;
$$;


-- Registers a company with the signed-in person as its owner. The client makes the id and repeats
-- it when it asks again. Answers {company_id, owner_member_id}.
create function public.register_company(
    p_company_id text,
    p_name text,
    p_owner_name text default 'Owner',
    p_language text default 'en'
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_request private.requests;
    v_answer jsonb;
    v_column text;
    v_constraint text;
begin
    -- Step 1: asked before, or taken?
    v_request := private.open_request(
        v_company_id,
        v_company_id::text,
        jsonb_build_array('register_company', p_name, p_owner_name, p_language)
    );
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    if exists (select from public.companies as company where company.id = v_company_id) then
        perform private.refuse(409, 'company_exists', 'A company with this id exists.');
    end if;
    if 20 <= (
        select count(*)
        from public.members as member
        where member.person_id = v_request.actor_id and member.role = 'owner'
    ) then
        perform private.refuse(422, 'too_many_companies', 'One person owns at most 20 companies.');
    end if;

    -- Step 2: as an operator would, with the caller's own phone.
    begin
        v_answer := private.onboard_company(
            v_company_id, p_name, (private.acting_person()).phone, p_owner_name, p_language
        );
    exception
        when check_violation or not_null_violation then
            get stacked diagnostics v_column = column_name, v_constraint = constraint_name;
            perform private.refuse_value(v_column, v_constraint);
    end;
    return private.close_request(v_request, v_answer);
end;
$$;
revoke all on function public.register_company(text, text, text, text)
from public, anon, authenticated;
grant execute on function public.register_company(text, text, text, text) to authenticated;


-- Invites a phone into a company for seven days; inviting it again renews that. Whoever was
-- deactivated comes back this way. The answer never tells whether anybody knows the phone.
create function public.invite_member(
    p_company_id text,
    p_key text,
    p_phone text,
    p_name text,
    p_role text
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_role constant public.member_role := private.read_role(p_role);
    v_request private.requests;
    v_member public.members;
    v_column text;
    v_constraint text;
begin
    -- Step 1: asked before, and by an owner?
    v_request := private.open_request(
        v_company_id, p_key, jsonb_build_array('invite_member', p_phone, p_name, v_role)
    );
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    perform private.acting_member(v_company_id, 'owner');
    if 500 <= (
        select count(*) from public.members as member where member.company_id = v_company_id
    ) then
        perform private.refuse(422, 'too_many_members', 'A company has at most 500 members.');
    end if;

    -- Step 2: invited, unless they are here.
    begin
        insert into public.members (company_id, person_id, name, role, status, invited_until)
        values (
            v_company_id, private.person_of(p_phone), btrim(p_name), v_role,
            'invited', now() + interval '7 days'
        )
        on conflict (company_id, person_id) do update
        set
            name = excluded.name,
            role = excluded.role,
            status = excluded.status,
            invited_until = excluded.invited_until
        where members.status <> 'active'
        returning * into v_member;
    exception
        when check_violation or not_null_violation then
            get stacked diagnostics v_column = column_name, v_constraint = constraint_name;
            perform private.refuse_value(v_column, v_constraint);
    end;
    if v_member.id is null then
        perform private.refuse(409, 'already_member', 'That person is a member already.');
    end if;
    return private.close_request(v_request, private.member_answer(v_member));
end;
$$;
revoke all on function public.invite_member(text, text, text, text, text)
from public, anon, authenticated;
grant execute on function public.invite_member(text, text, text, text, text)
to authenticated;


-- Turns a person's invitation into a membership, while it holds.
create function private.accept_membership(p_company_id uuid, p_person_id uuid)
returns public.members
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
begin
    select member.* into v_member
    from public.members as member
    where member.company_id = p_company_id and member.person_id = p_person_id;
    if v_member.status = 'active' then
        perform private.refuse(409, 'already_member', 'You are a member already.');
    end if;
    if v_member.status is distinct from 'invited' then
        perform private.refuse(404, 'no_invitation', 'This company has not invited your phone.');
    end if;
    if v_member.invited_until is null or v_member.invited_until <= now() then
        perform private.refuse(
            410, 'invitation_expired', 'This invitation has expired; ask for a new one.'
        );
    end if;

    update public.members
    set status = 'active', invited_until = null
    where company_id = v_member.company_id and id = v_member.id
    returning * into v_member;
    perform private.settle_active_company(p_person_id);
    return v_member;
end;
$$;


-- Accepts the invitation of the signed-in person's own phone.
create function public.accept_invitation(p_company_id text, p_key text)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_request private.requests;
begin
    v_request := private.open_request(v_company_id, p_key, '["accept_invitation"]');
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    return private.close_request(
        v_request,
        private.member_answer(private.accept_membership(v_company_id, v_request.actor_id))
    );
end;
$$;
revoke all on function public.accept_invitation(text, text) from public, anon, authenticated;
grant execute on function public.accept_invitation(text, text) to authenticated;


-- Gives a member, or somebody invited, another role.
create function public.change_member_role(
    p_company_id text,
    p_key text,
    p_member_id text,
    p_role text
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_member_id constant uuid := private.read_id(p_member_id, 'member');
    v_role constant public.member_role := private.read_role(p_role);
    v_request private.requests;
    v_member public.members;
begin
    v_request := private.open_request(
        v_company_id, p_key, jsonb_build_array('change_member_role', v_member_id, v_role)
    );
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    perform private.acting_member(v_company_id, 'owner');

    v_member := private.member_of(v_company_id, v_member_id);
    if v_role is null then
        perform private.refuse_value('role', null);
    end if;
    if v_member.status = 'deactivated' then
        perform private.refuse(
            409, 'deactivated', 'That member is deactivated; invite them again.'
        );
    end if;
    update public.members
    set role = v_role
    where company_id = v_member.company_id and id = v_member.id
    returning * into v_member;
    return private.close_request(v_request, private.member_answer(v_member));
end;
$$;
revoke all on function public.change_member_role(text, text, text, text)
from public, anon, authenticated;
grant execute on function public.change_member_role(text, text, text, text)
to authenticated;


-- Ends a membership or an invitation. What the member booked stays theirs.
create function private.end_membership(p_member public.members)
returns public.members
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_member public.members;
begin
    update public.members
    set status = 'deactivated', invited_until = null
    where company_id = p_member.company_id and id = p_member.id
    returning * into v_member;
    perform private.settle_active_company(v_member.person_id);
    return v_member;
end;
$$;


-- Takes a member out of a company, at once, or an invitation back.
create function public.deactivate_member(p_company_id text, p_key text, p_member_id text)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_member_id constant uuid := private.read_id(p_member_id, 'member');
    v_request private.requests;
    v_owner public.members;
    v_member public.members;
begin
    v_request := private.open_request(
        v_company_id, p_key, jsonb_build_array('deactivate_member', v_member_id)
    );
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    v_owner := private.acting_member(v_company_id, 'owner');

    v_member := private.member_of(v_company_id, v_member_id);
    if v_member.id = v_owner.id then
        perform private.refuse(
            409, 'is_yourself', 'You leave a company; nobody removes themselves.'
        );
    end if;
    return private.close_request(
        v_request, private.member_answer(private.end_membership(v_member))
    );
end;
$$;
revoke all on function public.deactivate_member(text, text, text) from public, anon, authenticated;
grant execute on function public.deactivate_member(text, text, text) to authenticated;


-- The signed-in member leaves. The last owner hands over first.
create function public.leave_company(p_company_id text, p_key text)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_request private.requests;
    v_member public.members;
begin
    v_request := private.open_request(v_company_id, p_key, '["leave_company"]');
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    v_member := private.acting_member(v_company_id, 'viewer');
    return private.close_request(
        v_request, private.member_answer(private.end_membership(v_member))
    );
end;
$$;
revoke all on function public.leave_company(text, text) from public, anon, authenticated;
grant execute on function public.leave_company(text, text) to authenticated;


-- Makes another active member an owner and the signed-in owner a manager. Answers the new owner.
create function public.hand_over_ownership(p_company_id text, p_key text, p_member_id text)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_member_id constant uuid := private.read_id(p_member_id, 'member');
    v_request private.requests;
    v_owner public.members;
    v_member public.members;
begin
    v_request := private.open_request(
        v_company_id, p_key, jsonb_build_array('hand_over_ownership', v_member_id)
    );
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    v_owner := private.acting_member(v_company_id, 'owner');

    v_member := private.member_of(v_company_id, v_member_id);
    if v_member.id = v_owner.id then
        perform private.refuse(409, 'is_yourself', 'You own this company already.');
    end if;
    if v_member.status <> 'active' then
        perform private.refuse(409, 'not_active', 'Only an active member can become the owner.');
    end if;
    update public.members
    set role = 'owner'
    where company_id = v_company_id and id = v_member.id
    returning * into v_member;
    update public.members
    set role = 'manager'
    where company_id = v_company_id and id = v_owner.id;
    return private.close_request(v_request, private.member_answer(v_member));
end;
$$;
revoke all on function public.hand_over_ownership(text, text, text)
from public, anon, authenticated;
grant execute on function public.hand_over_ownership(text, text, text) to authenticated;


-- Makes a company the one a person works in, wherever no other is named. The caller has seen that
-- they are a member.
create function private.activate_company(p_person_id uuid, p_company_id uuid)
returns void
language sql
set search_path = pg_catalog, pg_temp
as $$
    update private.people
    set active_company_id = p_company_id
    where id = p_person_id;
$$;


-- Chooses the company the signed-in person works in. Answers {company_id}.
create function public.choose_company(p_company_id text, p_key text)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_request private.requests;
    v_member public.members;
begin
    v_request := private.open_request(v_company_id, p_key, '["choose_company"]');
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    v_member := private.acting_member(v_company_id, 'viewer');
    perform private.activate_company(v_member.person_id, v_member.company_id);
    return private.close_request(
        v_request, jsonb_build_object('company_id', v_member.company_id)
    );
end;
$$;
revoke all on function public.choose_company(text, text) from public, anon, authenticated;
grant execute on function public.choose_company(text, text) to authenticated;


-- What a company may set, as it is answered: one key per setting, numbers as text.
create function private.settings_of(p_company public.companies)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'name', p_company.name,
        'language', p_company.language,
        'currency', p_company.currency,
        'timezone', p_company.timezone,
        'negative_stock', p_company.negative_stock,
        'large_quantity_factor', p_company.large_quantity_factor::text,
        'vat_registered', p_company.vat_registered,
        'vat_number', p_company.vat_number,
        'locked_before', p_company.locked_before,
        'share_product_names', p_company.share_product_names
    );
$$;


-- A company with some settings changed, read and typed but not yet written. Nothing is guessed: an
-- unknown setting, and a day that is not YYYY-MM-DD, are refused.
create function private.read_settings(p_company public.companies, p_changes jsonb)
returns public.companies
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company public.companies := p_company;
    v_setting text;
    v_value jsonb;
begin
    if p_changes is null or jsonb_typeof(p_changes) <> 'object' then
        perform private.refuse(422, 'bad_changes', 'Changes are an object of settings.');
    end if;
    for v_setting, v_value in
        select change.key, change.value from jsonb_each(p_changes) as change
    loop
        if not private.settings_of(p_company) ? v_setting then
            perform private.refuse(
                422, 'unknown_setting', 'A company has no setting of that name.'
            );
        end if;
        if jsonb_typeof(v_value) in ('object', 'array')
            or v_setting = 'locked_before' and v_value #>> '{}' !~ '^\d{4}-\d\d-\d\d$'
        then
            perform private.refuse_value(v_setting, null);
        end if;
        begin
            v_company := jsonb_populate_record(
                v_company, jsonb_build_object(v_setting, v_value)
            );
        exception
            when data_exception then
                perform private.refuse_value(v_setting, null);
        end;
    end loop;

    v_company.name := btrim(v_company.name);
    if v_company.locked_before > (now() at time zone p_company.timezone)::date then
        perform private.refuse(
            422,
            'bad_locked_before',
            'The days to come cannot be locked.',
            '{"field": "locked_before"}'
        );
    end if;
    return v_company;
end;
$$;


-- Changes settings of a company, all or none: {name?, language?, currency?, timezone?,
-- negative_stock?, large_quantity_factor?, vat_registered?, vat_number?, locked_before?,
-- share_product_names?}. Null clears the VAT number and the day. Answers every setting, see
-- `private.settings_of`.
create function public.update_company(p_company_id text, p_key text, p_changes jsonb)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
    v_request private.requests;
    v_owner public.members;
    v_company public.companies;
    v_timezone text;
    v_column text;
    v_constraint text;
begin
    -- Step 1: asked before, and by an owner?
    v_request := private.open_request(
        v_company_id, p_key, jsonb_build_array('update_company', p_changes)
    );
    if v_request.answer is not null then
        return v_request.answer;
    end if;
    v_owner := private.acting_member(v_company_id, 'owner');

    -- Step 2: the columns decide what they take.
    select company.* into strict v_company
    from public.companies as company
    where company.id = v_company_id;
    v_timezone := v_company.timezone;
    v_company := private.read_settings(v_company, p_changes);
    begin
        update public.companies
        set
            name = v_company.name,
            language = v_company.language,
            currency = v_company.currency,
            timezone = v_company.timezone,
            negative_stock = v_company.negative_stock,
            large_quantity_factor = v_company.large_quantity_factor,
            vat_registered = v_company.vat_registered,
            vat_number = v_company.vat_number,
            locked_before = v_company.locked_before,
            share_product_names = v_company.share_product_names
        where id = v_company_id;
    exception
        when check_violation or not_null_violation then
            get stacked diagnostics v_column = column_name, v_constraint = constraint_name;
            perform private.refuse_value(v_column, v_constraint);
    end;

    -- Step 3: in another time zone some sales are of another day.
    if v_company.timezone <> v_timezone then
        perform private.restate_days(v_owner);
    end if;
    return private.close_request(v_request, private.settings_of(v_company));
end;
$$;
revoke all on function public.update_company(text, text, jsonb) from public, anon, authenticated;
grant execute on function public.update_company(text, text, jsonb) to authenticated;


-- The companies the signed-in person works in; `active` is the one they have chosen.
create function public.my_companies()
returns table (id uuid, name text, role public.member_role, active boolean)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        company.id,
        company.name,
        member.role,
        company.id is not distinct from person.active_company_id
    from private.people as person
    inner join public.members as member on person.id = member.person_id
    inner join public.companies as company on member.company_id = company.id
    where person.user_id = (select auth.uid()) and member.status = 'active'
    order by company.name, company.id;
$$;
revoke all on function public.my_companies() from public, anon, authenticated;
grant execute on function public.my_companies() to authenticated;


-- The invitations the signed-in person may still accept; `id` and `name` are the company's.
create function public.my_invitations()
returns table (id uuid, name text, role public.member_role, invited_until timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select company.id, company.name, member.role, member.invited_until
    from private.people as person
    inner join public.members as member on person.id = member.person_id
    inner join public.companies as company on member.company_id = company.id
    where
        person.user_id = (select auth.uid())
        and member.status = 'invited'
        and member.invited_until > now()
    order by member.invited_until, company.id;
$$;
revoke all on function public.my_invitations() from public, anon, authenticated;
grant execute on function public.my_invitations() to authenticated;


-- The phones of a company's members, for its owners, who typed them in; nobody else reads a phone.
create function public.member_phones(p_company_id text)
returns table (member_id uuid, phone text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_company_id constant uuid := private.read_id(p_company_id, 'company');
begin
    perform private.acting_member(v_company_id, 'owner');
    return query
    select member.id, person.phone
    from public.members as member
    inner join private.people as person on member.person_id = person.id
    where member.company_id = v_company_id
    order by member.created_at, member.id;
end;
$$;
revoke all on function public.member_phones(text) from public, anon, authenticated;
grant execute on function public.member_phones(text) to authenticated;


-- Supabase Auth's custom access token hook: adds {company: {id, role}} to the claims, for the
-- dashboard to open in the right place. No right rests on it. Claims pass unchanged for whoever
-- works nowhere, and whatever goes wrong here, for no sign-in may fail of it.
create function private.custom_access_token_hook(p_event jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_event jsonb;
begin
    select
        jsonb_set(
            p_event,
            '{claims,company}',
            jsonb_build_object('id', member.company_id, 'role', member.role)
        )
    into v_event
    from private.people as person
    inner join public.members as member
        on person.id = member.person_id and person.active_company_id = member.company_id
    where person.user_id = (p_event ->> 'user_id')::uuid and member.status = 'active';
    return coalesce(v_event, p_event);
exception
    when others then
        raise warning 'custom_access_token_hook: %', sqlstate;
        return p_event;
end;
$$;
revoke all on function private.custom_access_token_hook(jsonb) from public, anon, authenticated;
grant usage on schema private to supabase_auth_admin;
grant execute on function private.custom_access_token_hook(jsonb) to supabase_auth_admin;
