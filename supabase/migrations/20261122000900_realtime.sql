-- Realtime: the dashboard hears of every operation as it is booked, where the server has Realtime.
-- A bare PostgreSQL has none: nothing is attached there, and booking costs what it cost.

-- One private broadcast per operation, of ids alone: who hears it reads the rest under row
-- security. Sent by the booking transaction, so it is heard only if that commits. The function is
-- looked up again, for a Realtime that was taken away must not stop a sale.
create function private.broadcast_operation()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
        perform realtime.send(
            jsonb_build_object('company_id', new.company_id, 'operation_id', new.id),
            'operation',
            'company:' || new.company_id::text,
            true
        );
    end if;
    return null;
end;
$$;


-- Attaches the broadcast, and lets members listen to their company, where Realtime is; tells
-- whether it is. Decided when migrating, not per row: a server that gets Realtime later needs this
-- called again, which may be done any number of times.
create function private.connect_realtime()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass('realtime.messages') is null
        or to_regprocedure('realtime.topic()') is null
        or to_regprocedure('realtime.send(jsonb,text,text,boolean)') is null
    then
        return false;
    end if;

    create or replace trigger operations_broadcast
    after insert on public.operations
    for each row execute function private.broadcast_operation();

    if not exists (
        select from pg_policies as policy
        where policy.schemaname = 'realtime'
            and policy.tablename = 'messages'
            and policy.policyname = 'Broadcasts are heard by members of their company'
    ) then
        create policy "Broadcasts are heard by members of their company" on realtime.messages
        for select to authenticated
        using (
            (select realtime.topic()) = 'company:' || (select private.company_id())::text
            and extension = 'broadcast'
        );
    end if;
    return true;
end;
$$;

select private.connect_realtime();
