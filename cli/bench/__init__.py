"""`backroom bench`: how fast, beside what the same server does with pgbench's own transaction."""
