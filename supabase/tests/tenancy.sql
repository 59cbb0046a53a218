-- Tenancy: a company is seen by its members, in the one they work in, while they are members.
begin;
select plan(14);
select tests.open_shops();

select tests.become('owner');
select results_eq(
    'select name from public.companies', array['Own shop'], 'an owner sees their company'
);
select set_eq(
    'select name from public.members', array['Thandi', 'Lerato'], 'and everybody in it'
);
select throws_ok(
    'select * from private.people', '42501', null, 'but not the phones, not even their own'
);
select throws_ok(
    $$update public.members set role = 'owner'$$, '42501', null, 'no role is changed by hand'
);

select tests.become('member');
select results_eq(
    'select name from public.companies', array['Own shop'], 'a member sees the company'
);
select throws_ok(
    $$delete from public.members where role = 'owner'$$, '42501', null, 'and removes nobody'
);
select tests.become('member', tests.other());
select is_empty(
    'select * from public.companies', 'a header that names another company shows nothing'
);
select tests.become('member', tests.own());
select results_eq(
    'select private.company_id()',
    array[tests.own()],
    'one that names the own company changes nothing'
);

select tests.become('stranger');
select results_eq(
    'select name from public.companies',
    array['Other shop'],
    'a stranger sees their own company only'
);
select is_empty(
    format('select * from public.members where company_id = %L', tests.own()),
    'and nobody of another'
);

select tests.become('anon');
select throws_ok('select * from public.companies', '42501', null, 'anon sees no company');
select throws_ok('select private.company_id()', '42501', null, 'and asks for none');

select tests.step_back();
update public.members set status = 'deactivated'
where name = 'Lerato';
select tests.become('member');
select is_empty('select * from public.companies', 'whoever is removed sees nothing at once');
select is_empty('select * from public.members', 'nobody either');

select finish();
rollback;
