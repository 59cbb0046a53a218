-- What became of one message that was sent in: how it was read, what it did, what was said.
select
    arrived.state,
    arrived.form,
    arrived.member_id,
    outbound.result,
    outbound.state as reply_state,
    outbound.wamid as reply_id,
    outbound.error_code
from private.inbox as arrived
left join private.outbox as outbound on arrived.id = outbound.inbox_id
where arrived.wamid = $1::text;
