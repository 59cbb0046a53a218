-- Privileges: nothing is open until a line below the thing itself opens it.
-- Every later migration relies on this one: new tables, sequences and functions start closed to the
-- API roles.

-- Step 1: functions. Only this form without a schema takes EXECUTE back from PUBLIC; the one per
-- schema cannot.
alter default privileges revoke execute on functions from public;

-- Step 2: what older Supabase projects grant to the API roles by default.
alter default privileges in schema public
revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on functions from anon, authenticated, service_role;

-- Step 3: a schema the API does not expose. Signed-in users may reach the few helpers their
-- policies call.
create schema private;
revoke all on schema private from public;
grant usage on schema private to authenticated;

-- Step 4: the adapter's own role: no table, a few functions, a short leash. Roles belong to the
-- cluster, not to the database, so a second database finds it already made.
do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'edge_adapter') then
        create role edge_adapter nologin noinherit nobypassrls;
    end if;
end;
$$;
alter role edge_adapter set statement_timeout = '8s';
grant edge_adapter to authenticator;
grant edge_adapter to postgres;
grant usage on schema public to edge_adapter;

-- Step 5: extensions live where hosted Supabase keeps them.
create extension if not exists pg_trgm with schema extensions;
create extension if not exists fuzzystrmatch with schema extensions;
create extension if not exists btree_gin with schema extensions;


-- How a function refuses: an HTTP status as SQLSTATE PTxyz, a sentence for people, a word for
-- machines; and, where it helps, what it is about, as JSON in the error's detail: ids, names, a
-- line's place.
create function private.refuse(
    p_status integer,
    p_word text,
    p_sentence text,
    p_details jsonb default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_details is null then
        raise exception using
            errcode = 'PT' || p_status::text,
            message = p_sentence,
            hint = p_word;
    end if;
    raise exception using
        errcode = 'PT' || p_status::text,
        message = p_sentence,
        hint = p_word,
        detail = p_details::text;
end;
$$;


-- A digest of any text as a uuid: names requests and compares them without keeping the text.
create function private.digest(p_text text)
returns uuid
language plpgsql
immutable
strict
parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return encode(substr(sha256(convert_to(p_text, 'UTF8')), 1, 16), 'hex')::uuid;
end;
$$;


-- What the writers of a company queue for: `perform
-- pg_advisory_xact_lock(private.company_lock(…))`, before any of its rows.
create function private.company_lock(p_company_id uuid)
returns bigint
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return hashtextextended(p_company_id::text, 0);
end;
$$;


-- Takes that lock for several companies, in one order, so that two batches which share companies
-- queue instead of deadlocking.
create function private.lock_companies(p_company_ids uuid[])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(company.key)
    from (
        select distinct private.company_lock(asked.id) as key
        from unnest(p_company_ids) as asked (id)
        where asked.id is not null
        order by key
    ) as company;
end;
$$;
