-- Audit: what changes is recorded with who did it, for managers to read and nobody to rewrite.
begin;
select plan(8);
select tests.open_shops();

select tests.become('owner');
update public.products set price = 25
where name = 'Own milk';
select results_eq(
    $$select entry.changes, member.name
    from public.audit_log as entry
    inner join public.members as member
        on entry.company_id = member.company_id and entry.member_id = member.id
    where entry.table_name = 'products' and entry.action = 'update'$$,
    $$values ('{"price": {"from": "20", "to": "25"}}'::jsonb, 'Thandi')$$,
    'a price is recorded, before and after, with who set it'
);
select throws_ok(
    'insert into public.audit_log default values', '42501', null, 'nobody writes the record by hand'
);
select throws_ok('delete from public.audit_log', '42501', null, 'nor removes from it');

select tests.become('member');
select is_empty('select * from public.audit_log', 'a clerk does not read it');
select tests.become('stranger');
select is_empty(
    format('select * from public.audit_log where company_id = %L', tests.own()),
    'a stranger does not'
);
select tests.become('anon');
select throws_ok('select * from public.audit_log', '42501', null, 'anon does not');

select tests.step_back();
select throws_ok(
    'update public.audit_log set member_id = null', 'PT405', null, 'not even its owner rewrites it'
);
select throws_ok('delete from public.audit_log', 'PT405', null, 'or clears it');

select finish();
rollback;
