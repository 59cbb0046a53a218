-- What happened in the companies $1 to $2 of the load $3: $4 products, and a share of $5 lines
-- among $6 companies. Opening stock covers whatever goes out later; then come ninety days up to
-- last midnight, in which few products make most movements. One hash decides a line, bit by bit.
with company as (
    select
        number.no,
        tenant.id,
        location.id as location_id,
        member.owner_id,
        member.clerk_id,
        ($5::integer / $6::integer + (number.no <= mod($5::integer, $6::integer))::integer) as lines
    from generate_series($1::integer, $2::integer) as number (no)
    inner join public.companies as tenant
        on tenant.id = private.digest(format('load-%s-%s', $3::bigint, number.no))
    inner join public.locations as location
        on tenant.id = location.company_id and location.is_default
    cross join lateral (
        select
            (array_agg(person.id) filter (where person.role = 'owner'))[1] as owner_id,
            (array_agg(person.id) filter (where person.role = 'clerk'))[1] as clerk_id
        from public.members as person
        where person.company_id = tenant.id
    ) as member
),

drawn as (
    select
        company.no,
        line.n,
        line.n <= $4::integer as opening,
        hashint8extended(company.no * 1000000::bigint + line.n, $3::bigint + 1) as dice
    from company
    cross join generate_series(1, company.lines) as line (n)
),

-- Openings come 500 products at a time; then three lines in four begin an operation of their own.
placed as (
    select
        drawn.*,
        case
            when drawn.opening then drawn.n - 1
            else floor($4::integer * power((drawn.dice & 4095) / 4096.0, 2))::integer
        end as product_no,
        case
            when drawn.n = $4::integer + 1 then true
            when drawn.opening then mod(drawn.n, 500) = 1
            else (drawn.dice >> 12) & 3 > 0
        end as begins
    from drawn
),

grouped as (
    select
        placed.*,
        count(*) filter (where placed.begins) over company_so_far as operation_no
    from placed
    window company_so_far as (partition by placed.no order by placed.n)
),

-- An operation is of one kind and one member's, so its first line decides.
decided as (
    select
        grouped.*,
        row_number() over operation as line_no,
        first_value(grouped.dice) over operation as operation_dice,
        max(grouped.operation_no) over (partition by grouped.no) as operations
    from grouped
    window operation as (partition by grouped.no, grouped.operation_no order by grouped.n)
),

kinded as (
    select
        decided.*,
        (case
            when decided.opening then 'opening'
            when (decided.operation_dice >> 14) & 1023 < 820 then 'sell'
            when (decided.operation_dice >> 14) & 1023 < 920 then 'receive'
            when (decided.operation_dice >> 14) & 1023 < 950 then 'count'
            when (decided.operation_dice >> 14) & 1023 < 985 then 'write_off'
            when (decided.operation_dice >> 14) & 1023 < 1010 then 'return_in'
            else 'return_out'
        end)::public.movement_kind as kind
    from decided
),

moved as (
    select
        kinded.*,
        case
            when kinded.kind = 'opening' then 24
            when kinded.kind = 'count' then 1 - ((kinded.dice >> 24) & 3)
            when kinded.kind = 'receive' then 6 * (1 + ((kinded.dice >> 24) & 3))
            when kinded.kind = 'return_in' then 1
            else -1 - ((kinded.dice >> 24) & 3)
        end::numeric as delta
    from kinded
),

signed as (
    select
        moved.*,
        case
            when moved.opening
                then moved.delta - coalesce(
                    sum(moved.delta) filter (where moved.delta < 0)
                        over (partition by moved.no, moved.product_no), 0
                )
            else moved.delta
        end as quantity
    from moved
),

balanced as (
    select
        signed.*,
        row_number() over product_so_far as seq,
        sum(signed.quantity) over product_so_far as balance_after
    from signed
    window product_so_far as (partition by signed.no, signed.product_no order by signed.n)
)

insert into load_lines (
    company_id, operation_id, line_no, product_id, location_id, member_id, kind, quantity, seq,
    balance_after, unit_price, unit_cost, occurred_at
)
select
    company.id as company_id,
    private.digest(
        format('load-%s-%s-operation-%s', $3, balanced.no, balanced.operation_no)
    ) as operation_id,
    balanced.line_no,
    product.id as product_id,
    company.location_id,
    case
        when balanced.opening then null
        when (balanced.operation_dice >> 26) & 1 = 1 then company.owner_id
        else company.clerk_id
    end as member_id,
    balanced.kind,
    balanced.quantity,
    balanced.seq,
    balanced.balance_after,
    case
        when balanced.kind in ('sell', 'return_in') then product.price
        when balanced.kind in ('opening', 'receive', 'return_out') then product.cost
    end as unit_price,
    product.cost as unit_cost,
    date_trunc('day', now()) - interval '90 days'
    + interval '90 days' * (balanced.operation_no::double precision / (balanced.operations + 1))
        as occurred_at
from balanced
inner join company on balanced.no = company.no
inner join public.products as product
    on
        company.id = product.company_id
        and product.id = private.digest(
            format('load-%s-%s-product-%s', $3, balanced.no, balanced.product_no)
        )
