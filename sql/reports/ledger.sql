-- The last lines of the ledger, newest first: rows of the view, quantities without idle zeros.
select
    movement.company_id,
    movement.operation_id,
    movement.line_no,
    movement.product_id,
    movement.product,
    movement.unit,
    movement.location_id,
    movement.kind,
    movement.reason,
    trim_scale(movement.quantity) as quantity,
    trim_scale(movement.balance_after) as balance_after,
    movement.unit_price,
    movement.amount,
    movement.unit_cost,
    movement.seq,
    movement.occurred_at,
    movement.operation_at,
    movement.operation_kind,
    movement.source,
    movement.reverses_id,
    movement.member,
    movement.said
from public.movements as movement
where
    movement.company_id = $1::uuid
    and ($2::uuid[] is null or movement.product_id = any($2::uuid[]))
order by movement.operation_at desc, movement.seq desc, movement.line_no desc
limit $3::integer;
