"""The attack matrix of `backroom policy test`: who may do what, tried for real and rolled back.

Data lives in sql/policies: actors, expectations, what the attacks find, how checks are weakened.
`matrix` reads it, `catalogue` reads the schema, `attacks` and `mutants` plan, `arena` runs.
"""
