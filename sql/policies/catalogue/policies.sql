-- Policies with their expressions.
select
    concat_ws('.', space.nspname, relation.relname) as relation,
    policy.polname as name,
    pg_get_expr(policy.polqual, policy.polrelid) as using_expression,
    pg_get_expr(policy.polwithcheck, policy.polrelid) as check_expression
from pg_policy as policy
inner join pg_class as relation on policy.polrelid = relation.oid
inner join pg_namespace as space on relation.relnamespace = space.oid
where space.nspname = any($1)
order by relation, name;
