-- A signed-in user for the owner of each of the companies 1 to $1 of the load 1.
insert into auth.users (id, phone, phone_confirmed_at)
select
    private.digest(format('load-1-%s-user', number.no)) as id,
    '2700001' || lpad(number.no::text, 5, '0') || '1' as phone,
    now() as phone_confirmed_at
from generate_series(1, $1::integer) as number (no)
