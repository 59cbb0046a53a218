-- Delivery: messages come in once, are worked on by one process at a time, and are answered once.
-- System tables: a message may come from somebody who belongs to no company. No foreign keys: rows
-- are written by the functions below alone, which have read what they point to, and nothing is
-- deleted.

create type private.inbox_state as enum ('open', 'done', 'parked');
create type private.outbox_state as enum ('ready', 'waiting', 'unknown', 'sent', 'dead');
create type private.delivery_status as enum ('sent', 'delivered', 'read', 'failed');


-- One row per WhatsApp user. What is leased to a process is the sender, never a message, so one
-- person's messages are handled in order; every new lease has a higher token, and work under an
-- older one is refused.
create table private.senders (
    id text primary key check (length(id) between 1 and 160),
    lease_token bigint not null default 0,
    leased_until timestamptz not null default '-infinity',
    -- A stranger is answered once a day: replies cost money.
    stranger_answered_at timestamptz not null default '-infinity'
);
alter table private.senders enable row level security;


-- Everything that arrived, once: `wamid` is what Meta calls a message. `message` is the flat form
-- that the adapter made of it: {type, text?, button_id?, reply_to?, forwarded?, media?}; `form` is
-- how it was read.
create table private.inbox (
    id bigint generated always as identity primary key,
    wamid text not null unique check (length(wamid) between 1 and 200),
    sender text not null,
    phone_number_id text not null,
    message jsonb not null,
    form jsonb,
    sent_at timestamptz not null,
    received_at timestamptz not null default now(),
    company_id uuid,
    member_id uuid,
    message_id uuid,
    state private.inbox_state not null default 'open',
    claims integer not null default 0,
    error text
);
create index inbox_open_idx on private.inbox (sender, sent_at, id) where state = 'open';
alter table private.inbox enable row level security;


-- At most one reply per message: `inbox_id` is unique. `result` is what happened, for the adapter
-- to word; the words that were sent end up in `messages`.
create table private.outbox (
    id uuid primary key default gen_random_uuid(),
    inbox_id bigint not null unique,
    recipient text not null,
    company_id uuid,
    result jsonb not null,
    state private.outbox_state not null default 'ready',
    attempts integer not null default 0,
    next_attempt_at timestamptz not null,
    wamid text unique,
    status private.delivery_status,
    error_code text,
    created_at timestamptz not null default now()
);
create index outbox_due_idx on private.outbox (recipient, next_attempt_at)
where state in ('ready', 'waiting', 'unknown');
alter table private.outbox enable row level security;

revoke all on table private.senders from public, anon, authenticated;
revoke all on table private.inbox from public, anon, authenticated;
revoke all on table private.outbox from public, anon, authenticated;


-- Leases the senders that are free and locks their rows, in one order. Answers those it leased.
create function private.lease_senders(p_senders text[], p_lease_seconds integer)
returns setof private.senders
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with free as (
        select sender.id
        from private.senders as sender
        where sender.id = any(p_senders) and sender.leased_until <= clock_timestamp()
        order by sender.id
        for update
    )

    update private.senders as sender
    set
        lease_token = sender.lease_token + 1,
        leased_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
    from free
    where sender.id = free.id and sender.leased_until <= clock_timestamp()
    returning sender.*;
end;
$$;


-- The open messages of leased senders, each sender's in the order they were sent: [{sender, token,
-- messages: [{id, wamid, phone_number_id, message, known, language, today, model_allowed,
-- product_names}]}]. `known` is false for a stranger; `today` is the date where the shop is; the
-- names are null unless the shop lets the model see them.
create function private.work_of(p_senders private.senders[])
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select coalesce(jsonb_agg(
            jsonb_build_object(
                'sender', sender.id,
                'token', sender.lease_token::text,
                'messages', (
                    select coalesce(jsonb_agg(
                        jsonb_build_object(
                            'id', arrived.id::text,
                            'wamid', arrived.wamid,
                            'phone_number_id', arrived.phone_number_id,
                            'message', arrived.message,
                            'known', arrived.member_id is not null,
                            'language', coalesce(person.language, company.language, 'en'),
                            'today', (
                                now() at time zone coalesce(company.timezone, 'Africa/Johannesburg')
                            )::date,
                            'model_allowed', private.model_allowed(company, arrived.member_id),
                            'product_names', case
                                when company.share_product_names then private.shared_names(company)
                            end
                        )
                        order by arrived.sent_at, arrived.id
                    ), '[]')
                    from private.inbox as arrived
                    left join public.companies as company on arrived.company_id = company.id
                    left join private.people as person on arrived.sender = person.phone
                    where arrived.sender = sender.id and arrived.state = 'open'
                )
            )
            order by sender.id
        ), '[]')
        from unnest(p_senders) as sender
    );
end;
$$;


-- Refuses what is no list, or too long a one.
create function private.check_list(p_list jsonb, p_most integer)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(jsonb_typeof(p_list), '') <> 'array' then
        perform private.refuse(422, 'bad_list', 'A list is needed.');
    end if;
    if jsonb_array_length(p_list) > p_most then
        perform private.refuse(413, 'too_many', format('A list holds at most %s items.', p_most));
    end if;
end;
$$;


-- A message that breaks whoever touches it. An hour's grace, so that a database in trouble is not
-- mistaken for one.
create function private.is_poison(p_arrived private.inbox)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_arrived.claims >= 8 and p_arrived.received_at < now() - interval '1 hour';
end;
$$;


-- Stores what a webhook brought, in one transaction, before it is acknowledged. Messages: [{wamid,
-- sender, phone_number_id, sent_at, message}], at most 1,000; statuses: [{wamid, outbound_id?,
-- status, error_code?}]. Answers {stored, duplicates, work}: `work` is every open message of the
-- senders whose lease this call could take.
create function public.receive_messages(
    p_messages jsonb,
    p_statuses jsonb default '[]',
    p_lease_seconds integer default 30
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_stored integer;
    v_senders private.senders [];
begin
    perform private.check_list(p_messages, 1000);
    perform private.check_list(p_statuses, 1000);
    if exists (
        select from jsonb_array_elements(p_messages) as item
        where not coalesce(
            length(item.value ->> 'wamid') between 1 and 200
            and length(item.value ->> 'sender') between 1 and 160
            and item.value ->> 'phone_number_id' is not null
            and item.value ->> 'sent_at' is not null
            and jsonb_typeof(item.value -> 'message') = 'object',
            false
        )
    ) then
        perform private.refuse(
            422,
            'bad_messages',
            'A message has a wamid, a sender, a phone_number_id, a sent_at and a message.'
        );
    end if;

    -- Step 1: the senders, locked in one order, so that calls which share senders queue.
    insert into private.senders (id)
    select distinct message.sender
    from jsonb_to_recordset(p_messages) as message (sender text)
    order by message.sender
    on conflict (id) do nothing;
    perform sender.id
    from private.senders as sender
    where sender.id = any(array(
        select item.value ->> 'sender' from jsonb_array_elements(p_messages) as item
    ))
    order by sender.id
    for update;

    -- Step 2: the messages, each once, with the company its sender is working in.
    with arriving as (
        select distinct on (message.wamid)
            message.wamid,
            message.sender,
            message.phone_number_id,
            message.sent_at,
            message.message,
            member.company_id,
            member.id as member_id,
            gen_random_uuid() as message_id
        from jsonb_to_recordset(p_messages) as message (
            wamid text, sender text, phone_number_id text, sent_at timestamptz, message jsonb
        )
        left join private.people as person on message.sender = person.phone
        left join public.members as member
            on
                person.id = member.person_id
                and person.active_company_id = member.company_id
                and member.status = 'active'
        -- The inbox forgets what is long done; the row of its words does not.
        left join public.messages as known
            on member.company_id = known.company_id and message.wamid = known.wamid
        where known.id is null
        order by message.wamid
    ),

    stored as (
        insert into private.inbox (
            wamid, sender, phone_number_id, sent_at, message, company_id, member_id, message_id
        )
        select
            arriving.wamid,
            arriving.sender,
            arriving.phone_number_id,
            arriving.sent_at,
            arriving.message,
            arriving.company_id,
            arriving.member_id,
            case when arriving.member_id is not null then arriving.message_id end
        from arriving
        order by arriving.sent_at, arriving.wamid
        on conflict (wamid) do nothing
        returning *
    ),

    worded as (
        insert into public.messages (
            company_id, id, direction, member_id, wamid, body, created_at
        )
        select
            stored.company_id,
            stored.message_id,
            'in',
            stored.member_id,
            stored.wamid,
            stored.message ->> 'text',
            stored.sent_at
        from stored
        where stored.member_id is not null
    )

    select count(*) into v_stored
    from stored;

    -- Step 3: what became of our own messages. A status only ever moves forward.
    update private.outbox as outbound
    set
        status = report.status,
        state = case
            when outbound.state in ('ready', 'waiting', 'unknown')
                then 'sent'::private.outbox_state
            else outbound.state
        end,
        wamid = coalesce(outbound.wamid, report.wamid),
        error_code = coalesce(report.error_code, outbound.error_code)
    from (
        select
            status.wamid,
            status.outbound_id,
            max(status.status::private.delivery_status) as status,
            max(status.error_code) as error_code
        from jsonb_to_recordset(p_statuses) as status (
            wamid text, outbound_id text, status text, error_code text
        )
        where status.status in ('sent', 'delivered', 'read', 'failed')
        group by status.wamid, status.outbound_id
    ) as report
    cross join lateral (
        select known.id
        from private.outbox as known
        where known.wamid = report.wamid
        union
        select known.id
        from private.outbox as known
        where known.id = case
            when private.is_id(report.outbound_id) then report.outbound_id::uuid
        end
    ) as told
    where outbound.id = told.id
        and (outbound.status is null or outbound.status < report.status)
        and (outbound.status is distinct from 'read' or report.status <> 'failed');

    -- Step 4: the leases that are free.
    select array_agg(leased) into v_senders
    from private.lease_senders(
        array(
            select distinct message.sender
            from jsonb_to_recordset(p_messages) as message (sender text)
        ),
        p_lease_seconds
    ) as leased;
    return jsonb_build_object(
        'stored', v_stored,
        'duplicates', jsonb_array_length(p_messages) - v_stored,
        'work', private.work_of(v_senders)
    );
end;
$$;
revoke all on function public.receive_messages(jsonb, jsonb, integer)
from public, anon, authenticated;
grant execute on function public.receive_messages(jsonb, jsonb, integer) to edge_adapter;


-- Leases up to `p_limit` senders whose messages were left open by a process that died. A message
-- that has been claimed eight times in an hour is set aside.
create function public.claim_messages(
    p_limit integer default 50,
    p_lease_seconds integer default 30
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_senders private.senders [];
begin
    select array_agg(leased) into v_senders
    from private.lease_senders(
        array(
            select sender.id
            from private.senders as sender
            where sender.leased_until <= clock_timestamp()
                and exists (
                    select from private.inbox as arrived
                    where arrived.sender = sender.id and arrived.state = 'open'
                )
            order by sender.id
            limit least(p_limit, 50)
            for update skip locked
        ),
        p_lease_seconds
    ) as leased;

    update private.inbox as arrived
    set
        claims = arrived.claims + 1,
        state = case when private.is_poison(arrived) then 'parked' else arrived.state end,
        error = case when private.is_poison(arrived) then 'claimed_too_often' else arrived.error end
    where arrived.state = 'open'
        and arrived.sender in (select sender.id from unnest(v_senders) as sender);
    return private.work_of(v_senders);
end;
$$;
revoke all on function public.claim_messages(integer, integer) from public, anon, authenticated;
grant execute on function public.claim_messages(integer, integer) to edge_adapter;


-- What one message does. Raises what is wrong with the message as PT4xx.
create function private.apply_message(
    p_arrived private.inbox,
    p_member public.members,
    p_item jsonb
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_turn private.turn;
begin
    if p_arrived.member_id is null then
        if exists (
            select from private.people as person
            inner join public.members as member on person.id = member.person_id
            where person.phone = p_arrived.sender and member.status = 'deactivated'
        ) then
            return jsonb_build_object('outcome', 'refused', 'code', 'not_a_member');
        end if;
        return jsonb_build_object('outcome', 'refused', 'code', 'unknown_sender');
    end if;
    if p_member.status <> 'active' then
        return jsonb_build_object('outcome', 'refused', 'code', 'not_a_member');
    end if;
    if p_item ->> 'code' is not null then
        return jsonb_build_object('outcome', 'refused', 'code', p_item ->> 'code');
    end if;

    perform private.act_as(p_member);
    v_turn.member := p_member;
    v_turn.message_id := p_arrived.message_id;
    v_turn.wamid := p_arrived.wamid;
    v_turn.reply_to := p_arrived.message ->> 'reply_to';
    v_turn.button_id := p_arrived.message ->> 'button_id';
    if v_turn.button_id ~ '^op:[0-9a-f-]{36}:undo$' then
        return private.apply_form(v_turn, '{"actions": [{"action": "undo"}]}');
    elsif v_turn.button_id ~ '^q:[0-9a-f-]{36}:' then
        return private.apply_form(v_turn, '{"actions": [{"action": "choose"}]}');
    end if;
    return private.apply_form(v_turn, p_item -> 'form');
end;
$$;


-- What a message that was worked on owes its sender: {id, outbound_id, recipient, phone_number_id,
-- reply_to, attempts, language, currency, result}; outbound_id is null when nothing is said.
create function private.owed(
    p_arrived private.inbox,
    p_outbound_id uuid,
    p_attempts integer,
    p_language text,
    p_currency text,
    p_result jsonb
)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'id', p_arrived.id::text,
        'outbound_id', p_outbound_id,
        'recipient', p_arrived.sender,
        'phone_number_id', p_arrived.phone_number_id,
        'reply_to', p_arrived.wamid,
        'attempts', coalesce(p_attempts, 0),
        'language', coalesce(p_language, 'en'),
        'currency', coalesce(p_currency, 'ZAR'),
        'result', p_result
    );
end;
$$;


-- The same for a message that was worked on before.
create function private.still_owed(p_inbox_id bigint)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select
            private.owed(
                arrived,
                outbound.id,
                outbound.attempts,
                coalesce(person.language, company.language),
                company.currency,
                outbound.result
            )
        from private.inbox as arrived
        left join private.outbox as outbound on arrived.id = outbound.inbox_id
        left join public.companies as company on arrived.company_id = company.id
        left join private.people as person on arrived.sender = person.phone
        where arrived.id = p_inbox_id
    );
end;
$$;


-- Applies what was read out of up to 50 messages, each in a subtransaction of its own, and puts
-- what happened into the outbox, leased to the caller with its sender. Items: [{id, sender, token,
-- form | code | silent, transcript?, usage?}]: what was heard or read in a file becomes the words
-- of the message, and `usage` is counted as `private.count_model_usage` says. Answers [{id,
-- outbound_id, …}] as `private.owed`, or {id, stale: true} where another process has taken the
-- sender over. Repeating a call repeats its answer.
create function public.apply_interpretations(p_items jsonb, p_resend_seconds integer default 60)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_item record;
    v_arrived private.inbox;
    v_result jsonb;
    v_word text;
    v_silent boolean;
    v_answers jsonb[] := '{}';
    v_done private.inbox[];
    v_results jsonb[];
begin
    perform private.check_list(p_items, 50);

    -- Step 1: locks, senders before companies, each in one order.
    perform sender.id
    from private.senders as sender
    where sender.id = any(array(
        select item.value ->> 'sender' from jsonb_array_elements(p_items) as item
    ))
    order by sender.id
    for update;
    perform private.lock_companies(array(
        select arrived.company_id
        from private.inbox as arrived
        where arrived.id = any(array(
            select (item.value ->> 'id')::bigint from jsonb_array_elements(p_items) as item
        ))
    ));

    -- Step 2: what is still ours, and who sent it, of all at once. Is it still to do?
    for v_item in
        select item.value as said, ours.*
        from jsonb_array_elements(p_items) with ordinality as item
        left join lateral (
            select arrived as arrived, member as member
            from private.inbox as arrived
            inner join private.senders as sender on arrived.sender = sender.id
            left join public.members as member
                on arrived.company_id = member.company_id and arrived.member_id = member.id
            where arrived.id = (item.value ->> 'id')::bigint
                and sender.id = item.value ->> 'sender'
                and sender.lease_token = (item.value ->> 'token')::bigint
            limit 1
        ) as ours on true
        order by item.ordinality
    loop
        v_arrived := v_item.arrived;
        if v_arrived.id is null then
            v_answers := v_answers || jsonb_build_object('id', v_item.said ->> 'id', 'stale', true);
            continue;
        end if;
        if v_arrived.state <> 'open' then
            v_answers := v_answers || private.still_owed(v_arrived.id);
            continue;
        end if;

        -- Step 3: do it. Only a fault of the message itself ends here; any other ends the call,
        -- which is then repeated.
        v_silent := coalesce((v_item.said ->> 'silent')::boolean, false);
        begin
            v_result := case
                when v_silent then '{"outcome": "answered", "code": "silent"}'
                else private.apply_message(v_arrived, v_item.member, v_item.said)
            end;
            v_arrived.state := 'done';
        exception
            when others then
                if sqlstate !~ '^(PT4|22|23)' then
                    raise;
                end if;
                get stacked diagnostics v_word = pg_exception_hint;
                v_arrived.state := case when sqlstate ~ '^PT4' then 'done' else 'parked' end;
                v_arrived.error := sqlstate || ' ' || v_word;
                v_result := jsonb_build_object(
                    'outcome', 'refused',
                    'code', case when sqlstate ~ '^PT4' then v_word else 'not_bookable' end
                );
        end;

        -- Step 4: what only some leave behind. A stranger hears from us once a day.
        if v_item.said ? 'transcript' then
            update public.messages
            set body = v_item.said ->> 'transcript'
            where company_id = v_arrived.company_id and id = v_arrived.message_id;
        end if;
        if jsonb_typeof(v_item.said -> 'usage') = 'object' then
            perform private.count_model_usage(
                v_arrived.company_id, v_arrived.member_id, v_item.said -> 'usage'
            );
        end if;
        if v_arrived.member_id is null then
            update private.senders set stranger_answered_at = now()
            where id = v_arrived.sender and stranger_answered_at <= now() - interval '1 day';
            v_silent := v_silent or not found;
        end if;
        v_arrived.form := v_item.said -> 'form';
        v_done := v_done || v_arrived;
        v_results := v_results || case when not v_silent then v_result end;
    end loop;

    -- Step 5: all put away, what is to be said into the outbox. The language of a reply is the one
    -- its sender speaks by now.
    with arrived as (
        update private.inbox as arrived
        set state = done.state, error = done.error, form = done.form
        from unnest(v_done) as done
        where arrived.id = done.id
    ),

    outbound as (
        insert into private.outbox (inbox_id, recipient, company_id, result, next_attempt_at)
        select
            done.id, done.sender, done.company_id, v_results[done.ordinality],
            clock_timestamp() + make_interval(secs => p_resend_seconds)
        from unnest(v_done) with ordinality as done
        where v_results[done.ordinality] is not null
        returning *
    )

    select v_answers || array_agg(
        private.owed(
            v_done[done.ordinality],
            outbound.id,
            outbound.attempts,
            coalesce(
                (
                    select person.language
                    from private.people as person
                    where person.phone = done.sender
                ),
                company.language
            ),
            company.currency,
            v_results[done.ordinality]
        )
        order by done.ordinality
    )
    into v_answers
    from unnest(v_done) with ordinality as done
    left join outbound on done.id = outbound.inbox_id
    -- By its key: joined, a few messages would have all companies read.
    left join lateral (
        select named.language, named.currency
        from public.companies as named
        where named.id = done.company_id
        limit 1
    ) as company on true;
    return to_jsonb(v_answers);
end;
$$;
revoke all on function public.apply_interpretations(jsonb, integer)
from public, anon, authenticated;
grant execute on function public.apply_interpretations(jsonb, integer) to edge_adapter;


-- Replies that are due again: not sent in time, to be retried, or of unknown fate with no word from
-- Meta since. Leases their senders; answers [{sender, token, replies: [as `private.owed`]}].
create function public.claim_outbound(
    p_limit integer default 50,
    p_lease_seconds integer default 30
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_senders private.senders [];
begin
    update private.outbox
    set state = 'dead', error_code = coalesce(error_code, 'too_late')
    where state in ('ready', 'waiting', 'unknown')
        and next_attempt_at <= now()
        and (attempts >= 8 or created_at < now() - interval '24 hours');

    select array_agg(leased) into v_senders
    from private.lease_senders(
        array(
            select sender.id
            from private.senders as sender
            where sender.leased_until <= clock_timestamp()
                and exists (
                    select from private.outbox as outbound
                    where outbound.recipient = sender.id
                        and outbound.state in ('ready', 'waiting', 'unknown')
                        and outbound.next_attempt_at <= now()
                )
            order by sender.id
            limit least(p_limit, 50)
            for update skip locked
        ),
        p_lease_seconds
    ) as leased;

    return (
        select coalesce(jsonb_agg(
            jsonb_build_object(
                'sender', sender.id,
                'token', sender.lease_token::text,
                'replies', (
                    select coalesce(
                        jsonb_agg(
                            private.still_owed(outbound.inbox_id) order by outbound.inbox_id
                        ),
                        '[]'
                    )
                    from private.outbox as outbound
                    where outbound.recipient = sender.id
                        and outbound.state in ('ready', 'waiting', 'unknown')
                        and outbound.next_attempt_at <= now()
                )
            )
            order by sender.id
        ), '[]')
        from unnest(v_senders) as sender
    );
end;
$$;
revoke all on function public.claim_outbound(integer, integer) from public, anon, authenticated;
grant execute on function public.claim_outbound(integer, integer) to edge_adapter;


-- What became of replies, and the end of the leases. Items: [{outbound_id, state, wamid?, text?,
-- error_code?, retry_seconds?}] with state sent, waiting, unknown or dead: facts, so no token is
-- asked. Leases: [{sender, token}]; a sender with more open messages stays leased to the caller,
-- and they come back as `work`. Answers {settled, work}.
create function public.settle_outbound(
    p_items jsonb,
    p_leases jsonb default '[]',
    p_lease_seconds integer default 30
)
returns jsonb
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_settled integer;
    v_senders private.senders [];
begin
    perform private.check_list(p_items, 1000);
    perform private.check_list(p_leases, 1000);

    -- Step 1: the senders, in one order.
    perform sender.id
    from private.senders as sender
    where sender.id in (
        select lease.sender from jsonb_to_recordset(p_leases) as lease (sender text)
    )
    order by sender.id
    for update;

    -- Step 2: the replies. What is known to be sent stays sent, whoever comes later.
    with settled as (
        update private.outbox as outbound
        set
            state = case
                when outbound.state = 'sent' then outbound.state
                else item.state::private.outbox_state
            end,
            wamid = coalesce(outbound.wamid, item.wamid),
            error_code = item.error_code,
            attempts = outbound.attempts + 1,
            next_attempt_at = now() + make_interval(secs => coalesce(item.retry_seconds, 60))
        from jsonb_to_recordset(p_items) as item (
            outbound_id uuid, state text, wamid text, text text, error_code text,
            retry_seconds double precision
        )
        where outbound.id = item.outbound_id
        returning outbound.*, item.text
    ),

    worded as (
        insert into public.messages (
            company_id, direction, member_id, wamid, body, operation_id, question_id
        )
        select
            settled.company_id,
            'out',
            arrived.member_id,
            settled.wamid,
            settled.text,
            (settled.result #>> '{operation,id}')::uuid,
            (settled.result #>> '{question,id}')::uuid
        from settled
        inner join private.inbox as arrived on settled.inbox_id = arrived.id
        where settled.state = 'sent'
            and settled.wamid is not null
            and arrived.member_id is not null
        on conflict (company_id, wamid) do nothing
    )

    select count(*) into v_settled
    from settled;

    -- Step 3: leases end, unless the sender has written again meanwhile.
    with lease as (
        select distinct sender.id
        from jsonb_to_recordset(p_leases) as lease (sender text, token bigint)
        inner join private.senders as sender
            on lease.sender = sender.id and lease.token = sender.lease_token
    ),

    renewed as (
        update private.senders as sender
        set
            leased_until = case
                when exists (
                    select from private.inbox as arrived
                    where arrived.sender = sender.id and arrived.state = 'open'
                ) then clock_timestamp() + make_interval(secs => p_lease_seconds)
                else '-infinity'::timestamptz
            end
        from lease
        where sender.id = lease.id
        returning sender.*
    )

    select array_agg(
        row(renewed.id, renewed.lease_token, renewed.leased_until, renewed.stranger_answered_at)
        ::private.senders
    )
    into v_senders
    from renewed
    where renewed.leased_until > clock_timestamp();
    return jsonb_build_object('settled', v_settled, 'work', private.work_of(v_senders));
end;
$$;
revoke all on function public.settle_outbound(jsonb, jsonb, integer)
from public, anon, authenticated;
grant execute on function public.settle_outbound(jsonb, jsonb, integer) to edge_adapter;
