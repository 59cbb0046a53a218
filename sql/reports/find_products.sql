-- The products that a text can mean in a company; those out of use by id or full name only. One
-- that was merged is the product it went into.
select match.product_id as id
from private.match_products($1::uuid, $2::text) as match
union
select coalesce(product.merged_into, product.id) as id
from public.products as product
where
    product.company_id = $1::uuid
    and (
        product.id::text = lower(btrim($2::text))
        or product.normalised_name = private.normalise($2::text)
    );
