-- The versions of the migrations that this database has had.
select applied.version
from supabase_migrations.schema_migrations as applied
order by applied.version;
