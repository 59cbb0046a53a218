-- Views: what people look at shows a member their own shop, a stranger theirs, and anon nothing.
begin;
select plan(20);
select tests.open_shops();

select tests.become('member');
select lives_ok(
    format(
        $$select public.record_operation(%L, 'k1', '[{"action": "sell", "product": "milk",
        "quantity": "3"}]')$$, tests.own()
    ),
    'a clerk sells'
);
select results_eq(
    'select product, quantity::text from public.stock_on_hand',
    $$values ('Own milk', '7.000')$$,
    'a member sees what is on hand'
);
select results_eq(
    'select kind::text, quantity::text, member from public.movements order by operation_at desc',
    $$values ('sell', '-3.000', 'Lerato'), ('opening', '10.000', null)$$,
    'what moved, and who did it'
);
select results_eq(
    'select quantity::text, amount::text from public.daily_sales',
    $$values ('3.000', '60.00')$$,
    'what was sold'
);
select results_eq(
    'select balance::text from public.stock_timeline order by occurred_at, seq',
    array['10.000', '7.000'],
    'what was on the shelf, moment by moment'
);
select results_eq(
    'select products::integer, at_price::text from public.valuation',
    $$values (1, '140.00')$$,
    'and what it is worth'
);
select is_empty('select from public.low_stock', 'nothing runs out');

select tests.become('owner');
update public.products set reorder_level = 8;
select results_eq(
    'select product, quantity::text from public.low_stock',
    $$values ('Own milk', '7.000')$$,
    'until the owner says when'
);
select lives_ok(
    format(
        'select public.reverse_operation(%L, %L, id::text) from public.operations where kind = %L',
        tests.own(), 'k2', 'sell'
    ),
    'an owner takes the sale back'
);
select results_eq(
    $$select count(*)::integer from public.operation_links where reversed_by_id is not null$$,
    array[1],
    'it is linked to what took it back'
);
select results_eq(
    $$select count(*)::integer from public.operation_links where reverses_id is not null$$,
    array[1],
    'and that to the sale'
);
select results_eq(
    'select kind::text from public.standing_lines', array['opening'], 'the sale no longer stands'
);
select is_empty('select from public.daily_sales', 'nor counts as sold');

select tests.become('stranger');
select results_eq(
    'select product, quantity::text from public.stock_on_hand',
    $$values ('Other milk', '10.000')$$,
    'a stranger sees what is on their own shelf'
);
select results_eq(
    'select kind::text from public.movements', array['opening'], 'and what moved there'
);
select is_empty(
    format('select from public.stock_timeline where company_id = %L', tests.own()),
    'nothing of another shop, though asked for'
);
select tests.become('stranger', tests.own());
select is_empty('select from public.stock_on_hand', 'nor by a header');

select tests.become('anon');
select throws_ok('select from public.stock_on_hand', '42501', null, 'anon sees no stock');
select throws_ok('select from public.movements', '42501', null, 'no movement');
select throws_ok('select from public.daily_sales', '42501', null, 'and no sale');

select finish();
rollback;
