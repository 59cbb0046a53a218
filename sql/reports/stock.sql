-- What is on hand, numbers as text.
select
    on_hand.product,
    on_hand.location,
    trim_scale(on_hand.quantity)::text as quantity,
    on_hand.unit,
    on_hand.average_cost::text as average_cost
from public.stock_on_hand as on_hand
where on_hand.company_id = $1::uuid
order by lower(on_hand.product), on_hand.location;
