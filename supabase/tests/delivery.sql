-- Conversation and delivery: only the adapter brings messages in, and a sender reaches no shop but
-- their own.
begin;
select plan(11);
select tests.open_shops();

select tests.become('adapter');
select is(
    public.receive_messages(format(
        '[{"wamid": "w1", "sender": "%s", "phone_number_id": "1", "sent_at": "2026-11-22T08:00:00Z",
        "message": {"type": "text", "text": "sold 3 milk"}}]', '999000000102'
    )::jsonb) ->> 'stored',
    '1', 'the adapter brings a message in'
);
select is(
    public.receive_messages(format(
        '[{"wamid": "w1", "sender": "%s", "phone_number_id": "1", "sent_at": "2026-11-22T08:00:00Z",
        "message": {"type": "text", "text": "sold 3 milk"}}]', '999000000102'
    )::jsonb) ->> 'stored',
    '0', 'once'
);
select throws_ok('select * from private.inbox', '42501', null, 'but reads no table of the system');
select throws_ok('select * from public.messages', '42501', null, 'and none of a company');
select throws_ok(
    format($$select public.record_operation(%L, 'k', '[]')$$, tests.own()),
    '42501', null, 'nor does it book as the app does'
);

select tests.step_back();
select results_eq(
    $$select company_id from public.messages where wamid = 'w1'$$, array[tests.own()],
    'the message belongs to the company its sender works in'
);

select tests.become('owner');
select results_eq(
    $$select body from public.messages where wamid = 'w1'$$, array['sold 3 milk'],
    'the owner reads it'
);
select tests.become('member');
select isnt_empty($$select from public.messages where wamid = 'w1'$$, 'so does the sender');
select tests.become('stranger');
select is_empty($$select from public.messages where wamid = 'w1'$$, 'a stranger does not');
select tests.become('anon');
select throws_ok('select * from public.messages', '42501', null, 'anon does not');
select throws_ok(
    $$select public.receive_messages('[]')$$, '42501', null, 'and brings nothing in'
);

select finish();
rollback;
