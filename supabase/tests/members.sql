-- Members: owners let people in and out; an invitation is its phone's own.
begin;
select plan(14);
select tests.open_shops();

select tests.become('owner');
select is(
    public.invite_member(tests.own()::text, 'k1', '999000000201', 'Sipho', 'manager') ->> 'status',
    'invited', 'an owner invites a phone'
);
select throws_ok(
    format($$select public.leave_company(%L, 'k2')$$, tests.own()),
    'PT409', null, 'the last owner stays'
);
select results_eq(
    format('select count(*)::integer from public.member_phones(%L)', tests.own()), array[3],
    'an owner reads the phones'
);

select tests.become('stranger');
select is_empty(
    format('select * from public.products where company_id = %L', tests.own()),
    'an invitation alone opens nothing'
);
select results_eq('select name from public.my_invitations()', array['Own shop'], 'it is seen');
select is(
    public.accept_invitation(tests.own()::text, 'k3') ->> 'status',
    'active', 'and accepted by its phone'
);
select tests.become('stranger', tests.own());
select results_eq(
    'select name from public.products', array['Own milk'],
    'who is in both works in the one that the request names'
);
select throws_ok(
    format($$select public.invite_member(%L, 'k4', '999000000301', 'X', 'owner')$$, tests.own()),
    'PT403', null, 'a manager invites nobody'
);

select tests.become('member');
select throws_ok(
    format($$select public.accept_invitation(%L, 'k5')$$, tests.other()),
    'PT404', null, 'nobody accepts what was not sent to them'
);
select throws_ok(
    format('select * from public.member_phones(%L)', tests.own()),
    'PT403', null, 'a clerk reads no phone'
);
select throws_ok(
    format(
        $$select public.change_member_role(%L, 'k6', member.id::text, 'owner')
        from public.members as member where member.name = 'Lerato'$$, tests.own()
    ),
    'PT403', null, 'and promotes nobody, least of all themselves'
);
select is(
    public.leave_company(tests.own()::text, 'k7') ->> 'status', 'deactivated', 'but may leave'
);
select is_empty('select * from public.products', 'and then sees nothing');

select tests.become('anon');
select throws_ok('select * from public.my_companies()', '42501', null, 'anon belongs nowhere');

select finish();
rollback;
