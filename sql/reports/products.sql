-- The catalogue as a product file has it, numbers as text; quantity is what all locations hold.
select
    product.name,
    product.unit,
    product.price::text as price,
    product.cost::text as cost,
    coalesce((
        select trim_scale(sum(stock.quantity))::text
        from public.inventory as stock
        where stock.company_id = product.company_id and stock.product_id = product.id
    ), '') as quantity,
    trim_scale(product.reorder_level)::text as reorder_level,
    product.sku,
    product.barcode,
    (
        select coalesce(array_agg(alias.alias order by alias.created_at, alias.alias), '{}')
        from public.product_aliases as alias
        where alias.company_id = product.company_id and alias.product_id = product.id
    ) as aliases,
    (
        select coalesce(array_agg(pack.name order by pack.factor, pack.name), '{}')
        from public.product_packs as pack
        where pack.company_id = product.company_id and pack.product_id = product.id
    ) as packs,
    (
        select
            coalesce(
                array_agg(trim_scale(pack.factor)::text order by pack.factor, pack.name), '{}'
            )
        from public.product_packs as pack
        where pack.company_id = product.company_id and pack.product_id = product.id
    ) as pack_sizes
from public.products as product
where product.company_id = $1::uuid and product.archived_at is null
order by lower(product.name);
