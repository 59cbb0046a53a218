-- Whether the companies $1 to $2 of the load $3 have been made before.
select exists(
    select
    from public.companies as company
    where company.id in (
        select private.digest(format('load-%s-%s', $3::bigint, number.no))
        from generate_series($1::integer, $2::integer) as number (no)
    )
)
