-- Conversation: a question waits for who was asked, a stocktake for who began it; their colleagues
-- may look, and nobody writes by hand.
begin;
select plan(15);
select tests.open_shops();

-- A message of a phone, with what was read out of it.
create function pg_temp.say(p_wamid text, p_sender text, p_actions jsonb)
returns jsonb
language plpgsql
as $$
declare
    v_work constant jsonb := public.receive_messages(jsonb_build_array(jsonb_build_object(
        'wamid', p_wamid, 'sender', p_sender, 'phone_number_id', '1', 'sent_at', now(),
        'message', '{"type": "text", "text": "words"}'::jsonb
    ))) #> '{work,0}';
begin
    return public.apply_interpretations(jsonb_build_array(jsonb_build_object(
        'id', v_work #> '{messages,0,id}', 'sender', p_sender, 'token', v_work -> 'token',
        'form', jsonb_build_object('verdict', 'ok', 'actions', p_actions)
    ))) #> '{0,result}';
end;
$$;

select tests.become('adapter');
select is(
    pg_temp.say(
        'w1', '999000000102', '[{"action": "unknown", "product": "milk", "quantity": "3"}]'
    ) #>> '{question,kind}',
    'which_action', 'a clerk who names no verb is asked'
);
select is(
    pg_temp.say('w2', '999000000101', '[{"action": "stocktake"}]') ->> 'outcome',
    'question', 'an owner begins to take stock'
);
select is(
    pg_temp.say(
        'w3', '999000000201', '[{"action": "sell", "product": "own milk", "quantity": "1"}]'
    ) #>> '{operation,lines,0,product}',
    null, 'a stranger sells nothing of this shop by name'
);
select throws_ok('select from public.questions', '42501', null, 'the adapter reads no question');
select throws_ok('select from public.stocktakes', '42501', null, 'and no stocktake');

select tests.become('member');
select isnt_empty(
    $$select from public.questions where kind = 'which_action' and state = 'open'$$,
    'a member sees what they were asked'
);
select throws_ok(
    $$update public.questions set state = 'answered'$$, '42501', null, 'but answers in the chat'
);
select throws_ok('delete from public.messages', '42501', null, 'no word is taken back by hand');

select tests.become('owner');
select isnt_empty('select from public.stocktakes', 'an owner sees the stocktake');
select isnt_empty('select from public.stocktake_lines', 'and its list');
select results_eq(
    'select count(distinct member_id)::integer from public.messages', array[2],
    'and what everybody of the shop said'
);

select tests.become('stranger');
select is_empty(
    format('select from public.questions where company_id = %L', tests.own()),
    'a stranger sees no question of another shop'
);
select is_empty('select from public.stocktakes', 'and no stocktake');
select results_eq(
    'select count(*)::integer from public.messages', array[1], 'only what they said themselves'
);

select tests.become('anon');
select throws_ok('select from public.questions', '42501', null, 'anon sees none');

select finish();
rollback;
