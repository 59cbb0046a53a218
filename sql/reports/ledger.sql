-- The last lines of the ledger, newest first, numbers as text.
select
    movement.operation_id::text || ':' || movement.line_no::text as id,
    movement.operation_id,
    movement.kind,
    movement.product,
    trim_scale(movement.quantity)::text as quantity,
    trim_scale(movement.balance_after)::text as balance_after,
    movement.unit_price::text as unit_price,
    movement.unit_cost::text as unit_cost,
    movement.occurred_at,
    movement.member,
    movement.said
from public.movements as movement
where
    movement.company_id = $1::uuid
    and ($2::uuid[] is null or movement.product_id = any($2::uuid[]))
order by movement.operation_at desc, movement.seq desc, movement.line_no desc
limit $3::integer;
