-- Ledger: written through functions only, by members, and never rewritten by anybody.
begin;
select plan(16);
select tests.open_shops();

select tests.become('member');
select is(
    public.record_operation(
        tests.own()::text, 'k1', '[{"action": "sell", "product": "milk", "quantity": "3"}]'
    ) #>> '{lines,0,balance}',
    '7', 'a clerk sells, and hears what is left'
);
select is(
    public.record_operation(
        tests.own()::text, 'k1', '[{"action": "sell", "product": "milk", "quantity": "3"}]'
    ) #>> '{lines,0,balance}',
    '7', 'the same request again changes nothing'
);
select throws_ok(
    format(
        $$select public.record_operation(%L, 'k1', '[{"action": "sell", "product": "milk",
        "quantity": "4"}]')$$, tests.own()
    ),
    'PT409', null, 'its key serves no other request'
);
select throws_ok(
    format(
        $$select public.record_operation(%L, 'k2', '[{"action": "write_off", "product": "milk",
        "quantity": "1"}]')$$, tests.own()
    ),
    'PT403', null, 'a clerk writes nothing off'
);
select throws_ok(
    format(
        $$select public.record_operation(%L, 'k3', '[{"action": "sell", "product": "milk",
        "quantity": "1"}]')$$, tests.other()
    ),
    'PT403', null, 'nor sells in another company'
);
select throws_ok(
    'insert into public.operations default values', '42501', null, 'nothing is booked by hand'
);
select throws_ok('update public.inventory set quantity = 0', '42501', null, 'and no balance set');

select tests.become('owner');
select results_eq(
    'select quantity::text from public.stock_on_hand',
    array['7.000'],
    'an owner sees what is on hand'
);
select
    is(
        public.reverse_operation(tests.own()::text, 'k4', operation.id::text) ->> 'kind',
        'reversal', 'and takes back what the clerk booked'
    )
from public.operations as operation
where operation.kind = 'sell';
select throws_ok(
    format(
        'select public.reverse_operation(%L, %L, %L)', tests.own(), 'k5',
        (
            select operation.id from public.operations as operation
            where operation.kind = 'sell'
        )
    ),
    'PT409', null, 'once'
);

select tests.become('stranger');
select is_empty(
    format('select * from public.transactions where company_id = %L', tests.own()),
    'a stranger sees no line'
);
select throws_ok(
    format(
        $$select public.record_operation(%L, 'k6', '[{"action": "sell", "product": "milk",
        "quantity": "1"}]')$$, tests.own()
    ),
    'PT403', null, 'and books none'
);

select tests.become('anon');
select throws_ok('select * from public.movements', '42501', null, 'anon sees no line');

select tests.step_back();
select throws_ok(
    'update public.transactions set quantity = 0', 'PT405', null, 'no line is changed, by nobody'
);
select throws_ok('delete from public.operations', 'PT405', null, 'none is removed');
select is_empty(
    $$select stock.product_id
    from public.inventory as stock
    where stock.quantity <> (
        select sum(line.quantity)
        from public.transactions as line
        where line.company_id = stock.company_id
            and line.product_id = stock.product_id
            and line.location_id = stock.location_id
    )$$,
    'the balances are the sums of the lines'
);

select finish();
rollback;
