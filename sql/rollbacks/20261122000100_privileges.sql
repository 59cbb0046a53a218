-- The way back from privileges: the schema, the adapter's role and the extensions are gone.
-- What Step 2 took from the API roles by default is not given back: whether a project had it is
-- written down nowhere, Supabase itself has taken it from every project since, and a table made
-- later is better closed than open.

drop function private.lock_companies;
drop function private.company_lock;
drop function private.digest;
drop function private.refuse;

-- Refused while something that is not ours uses one of them.
drop extension btree_gin;
drop extension fuzzystrmatch;
drop extension pg_trgm;

revoke usage on schema public from edge_adapter;
drop schema private;

-- The role belongs to the cluster: it goes unless another database still gives it something, as
-- one with the same migrations does.
do $$
begin
    if not exists (
        select from pg_catalog.pg_shdepend as used
        where used.refclassid = 'pg_catalog.pg_authid'::regclass
            and used.refobjid = 'edge_adapter'::regrole
            and used.dbid not in (0, (
                select here.oid
                from pg_catalog.pg_database as here
                where here.datname = current_database()
            ))
    ) then
        drop role edge_adapter;
    end if;
end;
$$;

alter default privileges grant execute on functions to public;
