-- Which of these products have never moved, so that a quantity for them can still open their stock.
select product.id
from public.products as product
where
    product.company_id = $1::uuid
    and product.id = any($2::uuid[])
    and not exists (
        select from public.inventory as stock
        where stock.company_id = product.company_id and stock.product_id = product.id
    );
