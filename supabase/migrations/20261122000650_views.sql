-- Views: what people look at. Each runs with the reader's rights, so the policies of the tables
-- below decide; numbers of a merged product are told under the product it became.

-- What is on hand, per product and location, with what it is worth.
create view public.stock_on_hand
with (security_invoker = true)
as
select
    product.company_id,
    product.id as product_id,
    product.name as product,
    product.unit,
    location.id as location_id,
    location.name as location,
    coalesce(stock.quantity, 0) as quantity,
    stock.average_cost,
    round(coalesce(stock.quantity, 0) * stock.average_cost, 2) as value,
    product.price,
    product.reorder_level
from public.products as product
inner join public.locations as location on product.company_id = location.company_id
left join public.inventory as stock
    on
        product.company_id = stock.company_id
        and product.id = stock.product_id
        and location.id = stock.location_id
where
    product.archived_at is null
    and (stock.product_id is not null or location.is_default);
revoke all on table public.stock_on_hand from public, anon, authenticated;
grant select on table public.stock_on_hand to authenticated;


-- The ledger as people read it: each line with who caused it and the words they used.
-- `operation_at` is when it was booked: order by it for the newest first.
create view public.movements
with (security_invoker = true)
as
select
    line.company_id,
    line.operation_id,
    line.line_no,
    coalesce(product.merged_into, product.id) as product_id,
    product.name as product,
    product.unit,
    line.location_id,
    line.kind,
    line.reason,
    line.quantity,
    line.balance_after,
    line.unit_price,
    line.amount,
    line.unit_cost,
    line.seq,
    line.occurred_at,
    operation.created_at as operation_at,
    operation.kind as operation_kind,
    operation.source,
    operation.reverses_id,
    member.name as member,
    message.body as said
from public.operations as operation
inner join public.transactions as line
    on operation.company_id = line.company_id and operation.id = line.operation_id
left join public.products as product
    on line.company_id = product.company_id and line.product_id = product.id
left join public.members as member
    on operation.company_id = member.company_id and operation.member_id = member.id
left join public.messages as message
    on operation.company_id = message.company_id and operation.message_id = message.id;
revoke all on table public.movements from public, anon, authenticated;
grant select on table public.movements to authenticated;


-- Operations, linked both ways: what each one reverses or replaces, and what did so to it.
create view public.operation_links
with (security_invoker = true)
as
select
    operation.company_id,
    operation.id as operation_id,
    operation.kind,
    operation.reverses_id,
    operation.replaces_id,
    reversal.id as reversed_by_id,
    replacement.id as replaced_by_id
from public.operations as operation
left join public.operations as reversal
    on operation.company_id = reversal.company_id and operation.id = reversal.reverses_id
left join public.operations as replacement
    on operation.company_id = replacement.company_id and operation.id = replacement.replaces_id;
revoke all on table public.operation_links from public, anon, authenticated;
grant select on table public.operation_links to authenticated;


-- The ledger by when things happened, with the balance at that moment: what was on the shelf then,
-- as far as we know now, of all that has become one product. Its order is `occurred_at`,
-- `created_at`, `seq`, `line_no`. `balance_after` in `movements` is what was known when the line
-- was booked.
create view public.stock_timeline
with (security_invoker = true)
as
select
    line.company_id,
    coalesce(product.merged_into, line.product_id) as product_id,
    line.location_id,
    line.occurred_at,
    line.created_at,
    line.operation_id,
    line.line_no,
    line.seq,
    line.kind,
    line.quantity,
    sum(line.quantity) over (
        partition by
            line.company_id,
            coalesce(product.merged_into, line.product_id),
            line.location_id
        order by line.occurred_at, line.created_at, line.seq, line.line_no
    ) as balance
from public.transactions as line
left join public.products as product
    on line.company_id = product.company_id and line.product_id = product.id;
revoke all on table public.stock_timeline from public, anon, authenticated;
grant select on table public.stock_timeline to authenticated;


-- Lines that stand: what people booked and nobody has undone. The kinds are listed, not excluded:
-- row security hides their statistics, and a planner without them takes so long a list for all.
create view public.standing_lines
with (security_invoker = true)
as
select line.* -- noqa: AM04
from public.transactions as line
where
    line.kind in (
        'sell', 'receive', 'count', 'write_off', 'return_in', 'return_out', 'transfer', 'opening'
    )
    and not exists (
        select from public.operations as reversal
        where
            reversal.company_id = line.company_id
            and reversal.reverses_id = line.operation_id
    );
revoke all on table public.standing_lines from public, anon, authenticated;
grant select on table public.standing_lines to authenticated;


-- Sales by day and product, where the shop is: how many, for how much, at what margin. Returns
-- count against them. Margin is over the cost at the time, as far as that is known by now: what was
-- learnt after the sale is in the revaluations of its day. What has no cost adds nothing to it.
create view public.daily_sales
with (security_invoker = true)
as
select
    line.company_id,
    (line.occurred_at at time zone company.timezone)::date as day,
    coalesce(product.merged_into, product.id) as product_id,
    -sum(line.quantity) as quantity,
    sum(-sign(line.quantity) * line.amount) as amount,
    coalesce(
        sum(-sign(line.quantity) * line.amount + line.quantity * line.unit_cost)
        filter (where line.kind <> 'revaluation')
        + coalesce(sum(line.amount) filter (where line.kind = 'revaluation'), 0),
        nullif(sum(line.amount) filter (where line.kind = 'revaluation'), 0)
    ) as margin
from public.transactions as line
left join public.companies as company on line.company_id = company.id
left join public.products as product
    on line.company_id = product.company_id and line.product_id = product.id
where
    line.kind in ('sell', 'return_in', 'revaluation')
    and (line.kind <> 'revaluation' or line.amount is not null)
    and not exists (
        select from public.operations as reversal
        where
            reversal.company_id = line.company_id
            and reversal.reverses_id = line.operation_id
            and line.kind <> 'revaluation'
    )
group by line.company_id, day, coalesce(product.merged_into, product.id)
having bool_or(line.kind <> 'revaluation') or sum(line.amount) <> 0;
revoke all on table public.daily_sales from public, anon, authenticated;
grant select on table public.daily_sales to authenticated;


-- What runs out: at or below its reorder level, and for how many days the rest lasts at the pace of
-- the last 28 days, or of as many as the product has been kept. `days_of_cover` is null where
-- nothing was sold. `ran_low_at`: when a booking last brought it down to a level; null where only
-- the level was raised.
create view public.low_stock
with (security_invoker = true)
as
select
    on_hand.company_id,
    on_hand.product_id,
    on_hand.product,
    on_hand.unit,
    sum(on_hand.quantity) as quantity,
    on_hand.reorder_level,
    round(
        greatest(sum(on_hand.quantity), 0) * max(sold.days)
        / nullif(greatest(max(sold.quantity), 0), 0), 1
    ) as days_of_cover,
    (
        select max(notice.created_at)
        from public.low_stock_notices as notice
        where
            notice.company_id = on_hand.company_id
            and notice.product_id = on_hand.product_id
    ) as ran_low_at
from public.stock_on_hand as on_hand
left join lateral (
    select
        -sum(line.quantity) as quantity,
        least(
            28,
            greatest(1, round(extract(epoch from now() - min(product.created_at)) / 86400, 1))
        ) as days
    from public.products as product
    left join public.standing_lines as line
        on
            product.company_id = line.company_id
            and product.id = line.product_id
            and line.kind in ('sell', 'return_in')
            and line.occurred_at > now() - interval '28 days'
    where
        product.company_id = on_hand.company_id
        and (product.id = on_hand.product_id or product.merged_into = on_hand.product_id)
) as sold on true
group by
    on_hand.company_id, on_hand.product_id, on_hand.product, on_hand.unit, on_hand.reorder_level
having sum(on_hand.quantity) <= on_hand.reorder_level;
revoke all on table public.low_stock from public, anon, authenticated;
grant select on table public.low_stock to authenticated;


-- Each time something ran low, with what took it there, whose booking that was and the words used.
create view public.low_stock_history
with (security_invoker = true)
as
select
    notice.company_id,
    notice.created_at,
    notice.operation_id,
    notice.product_id,
    product.name as product,
    product.unit,
    notice.quantity,
    notice.reorder_level,
    operation.kind as operation_kind,
    member.name as member,
    message.body as said
from public.low_stock_notices as notice
left join public.products as product
    on notice.company_id = product.company_id and notice.product_id = product.id
left join public.operations as operation
    on notice.company_id = operation.company_id and notice.operation_id = operation.id
left join public.members as member
    on operation.company_id = member.company_id and operation.member_id = member.id
left join public.messages as message
    on operation.company_id = message.company_id and operation.message_id = message.id;
revoke all on table public.low_stock_history from public, anon, authenticated;
grant select on table public.low_stock_history to authenticated;


-- What the stock is worth, at average cost and at the shop's own prices.
create view public.valuation
with (security_invoker = true)
as
select
    on_hand.company_id,
    on_hand.location_id,
    on_hand.location,
    count(*) filter (where on_hand.quantity <> 0) as products,
    sum(on_hand.value) as at_cost,
    sum(round(on_hand.quantity * on_hand.price, 2)) as at_price,
    count(*) filter (where on_hand.quantity <> 0 and on_hand.average_cost is null)
        as without_cost
from public.stock_on_hand as on_hand
group by on_hand.company_id, on_hand.location_id, on_hand.location;
revoke all on table public.valuation from public, anon, authenticated;
grant select on table public.valuation to authenticated;
