-- One bite of what is kept for a while only: older than $1 days; words older than $2, none if null.
select private.prune($1 * interval '1 day', $2 * interval '1 day') as pruned;
