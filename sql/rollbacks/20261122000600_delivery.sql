-- The way back from delivery. Messages in hand and replies not yet sent are gone.

drop function public.settle_outbound;
drop function public.claim_outbound;
drop function public.apply_interpretations;
drop function private.still_owed;
drop function private.owed;
drop function private.apply_message;
drop function public.claim_messages;
drop function public.receive_messages;
drop function private.is_poison;
drop function private.check_list;
drop function private.work_of;
drop function private.lease_senders;

drop table private.outbox;
drop table private.inbox;
drop table private.senders;

drop type private.delivery_status;
drop type private.outbox_state;
drop type private.inbox_state;
