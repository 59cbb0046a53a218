-- $4 products for each of the companies $1 to $2 of the load $3: a brand, a thing and a size, so
-- that names share words as they do in a shop. Margin is a third.
with shelf as (
    select
        '{Albany,Sasko,Clover,Parmalat,Koo,Lucky Star,Simba,Lays,Bakers,Cadbury,Tastic,Spekko,
        Iwisa,Ace,White Star,Sunlight,Omo,Maq,Colgate,Aquafresh,Joko,Five Roses,Ricoffy,Frisco,
        Rama}'::text[]
            as brands,
        '{White Bread,Brown Bread,Full Cream Milk,Amasi,Baked Beans,Pilchards,Potato Chips,
        Cheese Curls,Ginger Biscuits,Milk Chocolate,Long Grain Rice,Maize Meal,Super Sun,
        Washing Powder,Dish Liquid,Toothpaste,Tea Bags,Instant Coffee,Margarine,Sunflower Oil,
        White Sugar,Brown Sugar,Cake Flour,Bread Flour,Table Salt,Peanut Butter,Apricot Jam,
        Tomato Sauce,Chutney,Mayonnaise,Soup Powder,Samp,Sugar Beans,Lentils,Noodles,Macaroni,
        Cooldrink,Orange Juice,Energy Drink,Candles}'::text[]
            as things,
        '{100g,250g,400g,500g,750g,1kg,2kg,5kg,500ml,750ml,1L,2L}'::text[] as sizes
),

product as (
    select
        number.no,
        private.digest(format('load-%s-%s', $3::bigint, company.no)) as company_id,
        private.digest(format('load-%s-%s-product-%s', $3::bigint, company.no, number.no)) as id,
        (hashint8extended(company.no * 1000000::bigint + number.no, $3::bigint) & 16383) + 400
            as cost_in_cents
    from generate_series($1::integer, $2::integer) as company (no)
    cross join generate_series(0, $4::integer - 1) as number (no)
)

insert into public.products (company_id, id, name, price, cost, reorder_level)
select
    product.company_id,
    product.id,
    concat_ws(
        ' ',
        shelf.brands[1 + product.no % 25],
        shelf.things[1 + product.no / 25 % 40],
        shelf.sizes[1 + product.no / 1000 % 12],
        case when product.no >= 12000 then 'No ' || product.no / 12000 + 1 end
    ) as name,
    round(product.cost_in_cents * 1.5 / 100, 2) as price,
    round(product.cost_in_cents / 100.0, 2) as cost,
    10 as reorder_level
from product
cross join shelf
