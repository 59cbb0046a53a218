-- What does not add up in the companies $1, recomputed from the lines alone; no row is as it should
-- be. `fault`: what is wrong; `recorded` and `expected`: what is written down and what follows from
-- the rest, as text.
with line as materialized (
    select
        line.*,
        row_number() over stock as place,
        sum(line.quantity) over stock as running
    from public.transactions as line
    where line.company_id = any($1)
    window
        stock as (
            partition by line.company_id, line.product_id, line.location_id
            order by line.seq
        )
),

reversal as materialized (
    select
        operation.company_id,
        operation.id,
        operation.reverses_id
    from public.operations as operation
    where operation.company_id = any($1) and operation.reverses_id is not null
),

-- What the lines of each stock come to: added up, and as a replay of what stands, in the order it
-- happened, in which a count sets the shelf.
totals as (
    select
        line.company_id,
        line.product_id,
        line.location_id,
        count(*) as lines,
        sum(line.quantity) as quantity,
        (array_agg(line.unit_cost order by line.seq desc))[1] as last_cost
    from line
    group by line.company_id, line.product_id, line.location_id
),

replay as materialized (
    select
        moved.company_id,
        moved.products,
        private.replayed_lines(moved.company_id, moved.products) as lines
    from (
        select
            totals.company_id,
            array_agg(distinct totals.product_id) as products
        from totals
        group by totals.company_id
    ) as moved
),

replayed as (
    select
        replay.company_id,
        stock.product_id,
        stock.location_id,
        stock.quantity,
        stock.average_cost
    from replay
    cross join private.replayed_stocks(replay.lines) as stock
),

stock as (
    select
        coalesce(held.company_id, totals.company_id) as company_id,
        coalesce(held.product_id, totals.product_id) as product_id,
        coalesce(held.location_id, totals.location_id) as location_id,
        held.quantity,
        held.average_cost,
        held.last_seq,
        coalesce(totals.lines, 0) as lines,
        coalesce(totals.quantity, 0) as summed_quantity,
        coalesce(replayed.quantity, 0) as replayed_quantity,
        replayed.average_cost as replayed_cost,
        totals.last_cost
    from (
        select inventory.*
        from public.inventory
        where inventory.company_id = any($1)
    ) as held
    full join totals
        on
            held.company_id = totals.company_id
            and held.product_id = totals.product_id
            and held.location_id = totals.location_id
    left join replayed
        on
            totals.company_id = replayed.company_id
            and totals.product_id = replayed.product_id
            and totals.location_id = replayed.location_id
),

-- An operation that reverses another moves each stock by the opposite; what it passes on to the
-- product this one has become is a transfer.
undone as (
    select
        reversal.company_id,
        reversal.id,
        line.product_id,
        line.location_id,
        coalesce(
            sum(line.quantity) filter (
                where line.operation_id = reversal.id and line.kind = 'reversal'
            ),
            0
        ) as quantity,
        coalesce(
            sum(line.quantity) filter (where line.operation_id = reversal.reverses_id), 0
        ) as original
    from reversal
    inner join line
        on
            reversal.company_id = line.company_id
            and line.operation_id in (reversal.id, reversal.reverses_id)
    where line.kind not in ('adjustment', 'revaluation')
    group by reversal.company_id, reversal.id, line.product_id, line.location_id
),

-- What each operation moved of a product and left of it, over all its places.
moved as (
    select
        line.company_id,
        line.product_id,
        line.operation_id,
        min(line.created_at) as created_at,
        sum(line.quantity) as quantity,
        sum(sum(line.quantity)) over (
            partition by line.company_id, line.product_id
            order by min(line.created_at), line.operation_id
        ) as quantity_left
    from line
    group by line.company_id, line.product_id, line.operation_id
),

difference as (
    select
        finding.fault,
        stock.company_id,
        stock.product_id,
        stock.location_id,
        null::uuid as operation_id,
        null::smallint as line_no,
        finding.recorded::text as recorded,
        finding.expected::text as expected
    from stock
    inner join
        lateral (
            values
            ('balance', stock.quantity, stock.summed_quantity),
            ('shelf', stock.quantity, stock.replayed_quantity),
            ('last_seq', stock.last_seq, stock.lines),
            ('average_cost', stock.average_cost, stock.replayed_cost),
            ('last_cost', stock.last_cost, stock.average_cost)
        ) as finding (fault, recorded, expected)
        on finding.recorded is distinct from finding.expected
    union all
    select
        finding.fault,
        line.company_id,
        line.product_id,
        line.location_id,
        line.operation_id,
        line.line_no,
        finding.recorded::text as recorded,
        finding.expected::text as expected
    from line
    inner join
        lateral (
            values
            ('seq', line.seq, line.place),
            ('balance_after', line.balance_after, line.running),
            ('direction', line.quantity, case
                when line.kind in ('receive', 'return_in', 'opening') then abs(line.quantity)
                when line.kind in ('sell', 'write_off', 'return_out') then -abs(line.quantity)
                when line.kind = 'revaluation' then 0
                else line.quantity
            end),
            -- A reversal tells what was typed for the line it reverses.
            ('typed', line.typed_quantity * line.factor, case
                when line.kind in ('count', 'reversal') then line.typed_quantity * line.factor
                else abs(line.quantity)
            end),
            ('unit_price', line.unit_price, case
                when line.kind = 'revaluation' or line.amount is null then line.unit_price
                else round(abs(line.amount) / nullif(abs(line.quantity), 0), 6)
            end)
        ) as finding (fault, recorded, expected)
        on finding.recorded is distinct from finding.expected
    union all
    select
        'margin' as fault,
        replay.company_id,
        margin.product_id,
        margin.location_id,
        null as operation_id,
        null as line_no,
        margin.recorded::text as recorded,
        margin.restated::text as expected
    from replay
    cross join
        private.restated_margins(replay.company_id, replay.products, replay.lines) as margin
    where margin.recorded <> margin.restated
    union all
    select
        'reversal' as fault,
        undone.company_id,
        undone.product_id,
        undone.location_id,
        undone.id as operation_id,
        null as line_no,
        undone.quantity::text as recorded,
        (-undone.original)::text as expected
    from undone
    where undone.quantity is distinct from -undone.original
    union all
    select
        'transfer' as fault,
        line.company_id,
        null as product_id,
        null as location_id,
        line.operation_id,
        null as line_no,
        sum(line.quantity)::text as recorded,
        '0' as expected
    from line
    where line.kind = 'transfer'
    group by line.company_id, line.operation_id
    having sum(line.quantity) <> 0
    union all
    -- A notice that stands for no crossing of its level.
    select
        'low_stock' as fault,
        notice.company_id,
        notice.product_id,
        null as location_id,
        notice.operation_id,
        null as line_no,
        notice.quantity::text as recorded,
        moved.quantity_left::text as expected
    from public.low_stock_notices as notice
    left join moved
        on
            notice.company_id = moved.company_id
            and notice.operation_id = moved.operation_id
            and notice.product_id = moved.product_id
    where
        notice.company_id = any($1)
        and (
            moved.quantity_left is distinct from notice.quantity
            or moved.quantity_left - moved.quantity <= notice.reorder_level
        )
    union all
    -- A crossing without one: of what is kept, since its level is what it is. Who booked in the
    -- minute in which that changed may have seen the old one.
    select
        'low_stock' as fault,
        moved.company_id,
        moved.product_id,
        null as location_id,
        moved.operation_id,
        null as line_no,
        null as recorded,
        moved.quantity_left::text as expected
    from moved
    inner join public.products as product
        on moved.company_id = product.company_id and moved.product_id = product.id
    left join public.low_stock_notices as notice
        on
            moved.company_id = notice.company_id
            and moved.operation_id = notice.operation_id
            and moved.product_id = notice.product_id
    where
        product.archived_at is null
        and moved.quantity_left <= product.reorder_level
        and moved.quantity_left - moved.quantity > product.reorder_level
        and notice.operation_id is null
        and moved.created_at > interval '1 minute' + greatest(
            product.created_at,
            (
                select max(entry.at)
                from public.audit_log as entry
                where
                    entry.company_id = product.company_id
                    and entry.table_name = 'products'
                    and entry.record_id = product.id
                    and (
                        entry.action = 'insert'
                        or entry.changes ?| array['reorder_level', 'archived_at']
                    )
            )
        )
    union all
    -- What no foreign key watches. What follows from a line has its own kind and moment.
    select
        finding.fault,
        line.company_id,
        line.product_id,
        line.location_id,
        line.operation_id,
        line.line_no,
        finding.recorded,
        finding.expected
    from line
    left join public.operations as operation
        on line.company_id = operation.company_id and line.operation_id = operation.id
    inner join
        lateral (
            values
            ('operation', line.operation_id::text, operation.id::text),
            ('kind', line.kind::text, case
                when line.kind in ('adjustment', 'revaluation') then line.kind
                when operation.kind = 'reversal' and line.kind = 'transfer' then line.kind
                when operation.kind = 'merge' then 'transfer'
                when operation.kind = 'mixed' then line.kind
                else operation.kind
            end::text),
            ('moment', concat(line.created_at, ' ', line.occurred_at), concat(
                operation.created_at, ' ', case
                    when
                        line.kind in ('adjustment', 'revaluation')
                        or operation.kind = 'reversal' and line.kind = 'transfer'
                        then line.occurred_at
                    -- A message of several days is as old as its first one.
                    when
                        line.occurred_at > operation.occurred_at
                        and line.occurred_at <= operation.created_at
                        and exists (
                            select from public.transactions as earliest
                            where
                                earliest.company_id = line.company_id
                                and earliest.operation_id = line.operation_id
                                and earliest.occurred_at = operation.occurred_at
                        )
                        then line.occurred_at
                    else operation.occurred_at
                end
            ))
        ) as finding (fault, recorded, expected)
        on finding.recorded is distinct from finding.expected
    union all
    select
        named.fault,
        operation.company_id,
        null as product_id,
        null as location_id,
        operation.id as operation_id,
        null as line_no,
        named.id::text as recorded,
        null as expected
    from public.operations as operation
    left join public.companies as company on operation.company_id = company.id
    left join public.members as member
        on operation.company_id = member.company_id and operation.member_id = member.id
    left join public.operations as reversed
        on operation.company_id = reversed.company_id and operation.reverses_id = reversed.id
    left join public.operations as replaced
        on operation.company_id = replaced.company_id and operation.replaces_id = replaced.id
    inner join
        lateral (
            values
            ('company', operation.company_id, company.id),
            ('member', operation.member_id, member.id),
            ('reversed', operation.reverses_id, reversed.id),
            ('replaced', operation.replaces_id, replaced.id)
        ) as named (fault, id, found)
        on named.id is distinct from named.found
    where operation.company_id = any($1)
)

select
    difference.company_id,
    difference.fault,
    difference.product_id,
    difference.location_id,
    difference.operation_id,
    difference.line_no,
    difference.recorded,
    difference.expected
from difference
order by
    difference.company_id,
    difference.fault,
    difference.product_id,
    difference.location_id,
    difference.operation_id,
    difference.line_no;
