-- The companies $1 to $2 of the load $3, each with an owner and a clerk, through the same functions
-- as every other tenant. 2700… is no number of a phone.
with company as (
    select
        number.no,
        private.digest(format('load-%s-%s', $3::bigint, number.no)) as id,
        format(
            '2700%s%s',
            lpad(mod(abs($3::bigint), 1000)::text, 3, '0'),
            lpad(number.no::text, 5, '0')
        )
            as phone
    from generate_series($1::integer, $2::integer) as number (no)
),

onboarded as materialized (
    select
        company.*,
        private.onboard_company(
            company.id, format('Load shop %s', company.no), company.phone || '1'
        ) as answer
    from company
)

select
    onboarded.answer,
    private.add_member(onboarded.id, onboarded.phone || '2', 'Clerk', 'clerk') as clerk_id
from onboarded
