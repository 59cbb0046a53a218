-- What in a product file contradicts itself or the shop: line, column and why. Rows: [{line, name,
-- unit, sku, barcode, quantity, aliases: []}].
with incoming as (
    select
        entry.line,
        private.normalise(entry.name) as label,
        entry.unit,
        entry.sku,
        entry.barcode,
        entry.quantity,
        entry.aliases
    from jsonb_to_recordset($2::jsonb) as entry (
        line integer, name text, unit text, sku text, barcode text, quantity numeric, aliases jsonb
    )
),

spoken as (
    select
        incoming.line,
        incoming.label,
        alias.value as alias,
        private.normalise(alias.value) as normalised_alias
    from incoming
    cross join jsonb_array_elements_text(incoming.aliases) as alias
),

known as (
    select product.*
    from public.products as product
    where product.company_id = $1::uuid and product.archived_at is null
),

conflict as (
    select
        incoming.line,
        'name' as field,
        'a name needs letters or digits' as problem
    from incoming
    where incoming.label = ''
    union all
    select
        incoming.line,
        'name' as field,
        'the same product as line ' || earlier.line::text as problem
    from incoming
    inner join incoming as earlier
        on incoming.label = earlier.label and incoming.line > earlier.line
    union all
    select
        incoming.line,
        'unit' as field,
        'this product is counted in ' || known.unit || ', which cannot change' as problem
    from incoming
    inner join known on incoming.label = known.normalised_name
    where incoming.unit <> known.unit
    union all
    select
        incoming.line,
        'sku' as field,
        'already the sku of ' || known.name as problem
    from incoming
    inner join known on incoming.sku = known.sku and incoming.label <> known.normalised_name
    union all
    select
        incoming.line,
        'sku' as field,
        'the same as in line ' || earlier.line::text as problem
    from incoming
    inner join incoming as earlier on incoming.sku = earlier.sku and incoming.line > earlier.line
    union all
    select
        incoming.line,
        'barcode' as field,
        'already the barcode of ' || known.name as problem
    from incoming
    inner join known
        on incoming.barcode = known.barcode and incoming.label <> known.normalised_name
    union all
    select
        incoming.line,
        'barcode' as field,
        'the same as in line ' || earlier.line::text as problem
    from incoming
    inner join incoming as earlier
        on incoming.barcode = earlier.barcode and incoming.line > earlier.line
    union all
    select
        spoken.line,
        'aliases' as field,
        '"' || spoken.alias || '" already means ' || known.name as problem
    from spoken
    inner join public.product_aliases as alias
        on
            alias.company_id = $1::uuid
            and spoken.normalised_alias = alias.normalised_alias
    inner join known on alias.product_id = known.id and spoken.label <> known.normalised_name
    union all
    select
        spoken.line,
        'aliases' as field,
        '"' || spoken.alias || '" is the name of ' || known.name as problem
    from spoken
    inner join known
        on
            spoken.normalised_alias = known.normalised_name
            and spoken.label <> known.normalised_name
    union all
    select
        spoken.line,
        'aliases' as field,
        '"' || spoken.alias || '" is also the name in line ' || other.line::text as problem
    from spoken
    inner join incoming as other
        on spoken.normalised_alias = other.label and spoken.line <> other.line
    union all
    select
        spoken.line,
        'aliases' as field,
        '"' || spoken.alias || '" also stands in line ' || earlier.line::text as problem
    from spoken
    inner join spoken as earlier
        on spoken.normalised_alias = earlier.normalised_alias and spoken.line > earlier.line
    union all
    select
        incoming.line,
        'quantity' as field,
        'opening stock cannot be below zero' as problem
    from incoming
    left join known on incoming.label = known.normalised_name
    where
        incoming.quantity < 0
        and not exists (
            select from public.inventory as stock
            where stock.company_id = known.company_id and stock.product_id = known.id
        )
)

select distinct
    conflict.line,
    conflict.field,
    conflict.problem
from conflict
order by conflict.line, conflict.field, conflict.problem;
