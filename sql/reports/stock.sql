-- What is on hand: rows of the view, quantities without idle zeros.
select
    on_hand.company_id,
    on_hand.product_id,
    on_hand.product,
    on_hand.unit,
    on_hand.location_id,
    on_hand.location,
    trim_scale(on_hand.quantity) as quantity,
    on_hand.average_cost,
    on_hand.value,
    on_hand.price,
    on_hand.reorder_level
from public.stock_on_hand as on_hand
where on_hand.company_id = $1::uuid
order by lower(on_hand.product), on_hand.location;
