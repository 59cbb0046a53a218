-- The way back from Realtime. The dashboard no longer hears of what is booked.

-- Neither is there where the server has no Realtime.
drop policy if exists "Broadcasts are heard by members of their company" on realtime.messages;
drop trigger if exists operations_broadcast on public.operations;

drop function private.connect_realtime;
drop function private.broadcast_operation;
