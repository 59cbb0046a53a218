-- The balance of each product is that of its last line.
insert into public.inventory (
    company_id, product_id, location_id, quantity, average_cost, last_seq
)
select distinct on (line.company_id, line.product_id, line.location_id)
    line.company_id,
    line.product_id,
    line.location_id,
    line.balance_after,
    line.unit_cost,
    line.seq
from load_lines as line
order by line.company_id asc, line.product_id asc, line.location_id asc, line.seq desc
