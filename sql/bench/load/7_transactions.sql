-- The lines. A count was of what the balance became.
insert into public.transactions (
    company_id, operation_id, line_no, product_id, location_id, kind, reason, quantity,
    typed_quantity, factor, unit_price, amount, unit_cost, seq, balance_after,
    occurred_at, created_at
)
select
    line.company_id,
    line.operation_id,
    line.line_no,
    line.product_id,
    line.location_id,
    line.kind,
    case when line.kind = 'write_off' then 'expired'::public.write_off_reason end as reason,
    line.quantity,
    case when line.kind = 'count' then line.balance_after else abs(line.quantity) end as typed,
    1 as factor,
    line.unit_price,
    round(line.unit_price * abs(line.quantity), 2) as amount,
    line.unit_cost,
    line.seq,
    line.balance_after,
    line.occurred_at,
    line.occurred_at as created_at
from load_lines as line
order by line.company_id, line.occurred_at, line.operation_id, line.line_no
