-- Catalogue: members read it, managers and owners edit it, and no product changes company.
begin;
select plan(13);
select tests.open_shops();

select tests.become('owner');
select lives_ok(
    format($$insert into public.products (company_id, name) values (%L, 'Bread')$$, tests.own()),
    'an owner adds a product'
);
select results_eq(
    $$update public.products set price = 19 where name = 'Bread' returning price::text$$,
    array['19'], 'and prices it'
);
select throws_ok(
    format($$insert into public.products (company_id, name) values (%L, 'Bread')$$, tests.other()),
    '42501', null, 'but not in another company'
);
select throws_ok(
    format('update public.products set company_id = %L', tests.other()),
    '42501', null, 'nor moves one there'
);
select throws_ok(
    'delete from public.products', '42501', null, 'products are archived, never deleted'
);
select throws_ok(
    $$update public.products set price = 1.005$$,
    '23514',
    null,
    'half a cent is refused, not rounded'
);

select tests.become('member');
select set_eq(
    'select name from public.products', array['Own milk', 'Bread'], 'a clerk reads the catalogue'
);
select is_empty(
    'update public.products set price = 1 returning id', 'and changes nothing in it'
);
select throws_ok(
    format($$insert into public.products (company_id, name) values (%L, 'Eggs')$$, tests.own()),
    '42501', null, 'and adds nothing to it'
);

select tests.become('stranger');
select results_eq(
    'select name from public.products', array['Other milk'], 'a stranger reads their own catalogue'
);
select is_empty(
    format('update public.products set price = 1 where company_id = %L returning id', tests.own()),
    'and changes no other'
);
select is_empty(
    format('delete from public.product_aliases where company_id = %L returning id', tests.own()),
    'nor takes a name away'
);

select tests.become('anon');
select throws_ok('select * from public.products', '42501', null, 'anon reads no catalogue');

select finish();
rollback;
