"""Sharding by company on Citus: the schema keeps its rules, told from the catalogue.

Rules (Citus documentation, "Determining Application Type", "Creating and Modifying Distributed
Objects", "SQL support and workarounds"): the distribution column is part of every primary key and
unique index of a distributed table; foreign keys between distributed tables include it; a local
table refers to no distributed one; a query of one tenant restricts every table it joins by that
column; a function that is delegated to a shard takes the column as a parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Connection, Database

ROOT = "companies"  # its `id` is the distribution column; everywhere else it is company_id

# Functions that act for no single company: the adapter's, over system tables, which lock and book
# company by company; and a person's own list of companies. A new one is decided here, by hand.
OF_NO_COMPANY = {
    "receive_messages",
    "claim_messages",
    "apply_interpretations",
    "claim_outbound",
    "settle_outbound",
    "my_companies",
    "my_invitations",
}


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with database.connect() as opened:
        yield opened


@pytest.fixture(scope="module")
def distributed(connection: Connection) -> dict[str, str]:
    """Every tenant table, with its distribution column."""
    rows = connection.execute("""
        select class.oid::regclass::text, attribute.attname::text
        from pg_class as class
        inner join pg_attribute as attribute on class.oid = attribute.attrelid
        where class.relkind in ('r', 'p')
            and class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and attribute.attnum > 0
            and not attribute.attisdropped
            and case
                when class.relname = 'companies' then attribute.attname = 'id'
                else attribute.attname = 'company_id' and attribute.attnotnull
            end
    """).fetchall()
    tables = {str(table): str(column) for table, column in rows}
    assert {"companies", "products", "inventory", "operations", "transactions"} <= set(tables)
    return tables


def test_every_table_that_users_see_is_distributed(
    connection: Connection, distributed: dict[str, str]
) -> None:
    rows = connection.execute(
        "select oid::regclass::text from pg_class"
        " where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {table for (table,) in rows} - set(distributed) == set()


def test_every_key_holds_the_distribution_column(
    connection: Connection, distributed: dict[str, str]
) -> None:
    rows = connection.execute("""
        select index.indrelid::regclass::text, index.indexrelid::regclass::text,
            array(
                select attribute.attname::text
                from unnest(index.indkey[0:index.indnkeyatts - 1]) as key (number)
                inner join pg_attribute as attribute
                    on attribute.attrelid = index.indrelid and attribute.attnum = key.number
            )
        from pg_index as index
        inner join pg_class as class on index.indrelid = class.oid
        where index.indisunique or index.indisexclusion
    """).fetchall()
    keys = [(table, name, columns) for table, name, columns in rows if table in distributed]
    assert len(keys) >= len(distributed)
    assert [name for table, name, columns in keys if distributed[table] not in columns] == []


def test_every_foreign_key_stays_within_a_company(
    connection: Connection, distributed: dict[str, str]
) -> None:
    """It pairs the two distribution columns, so both rows are on one shard."""
    broken = []
    for name, source, target, pairs in _foreign_keys(connection):
        if source in distributed and target in distributed:
            if [distributed[source], distributed[target]] not in pairs:
                broken.append(name)
        elif source in distributed:  # to a table that every shard would have to hold
            broken.append(name)
    assert broken == []


def test_no_local_table_refers_to_a_distributed_one(
    connection: Connection, distributed: dict[str, str]
) -> None:
    assert [
        name
        for name, source, target, _ in _foreign_keys(connection)
        if source not in distributed and target in distributed
    ] == []


def test_every_view_of_one_company_reads_one_shard(
    connection: Connection, distributed: dict[str, str]
) -> None:
    """The planner carries the company from the filter to every table a view joins."""
    views = connection.execute(
        "select oid::regclass::text from pg_class"
        " where relkind = 'v' and relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert views
    company = "00000000-0000-0000-0000-000000000001"
    # By the company itself, or by that of the row it is joined to.
    bound = re.compile(rf"{company}|company_id = \w+\.company_id\)")
    unbound = []
    for (view,) in views:
        row = connection.execute(
            f"explain (format json, verbose) select * from {view} where company_id = '{company}'"
        ).fetchone()
        assert row is not None
        unbound += [
            f"{view}: {node['Relation Name']}"
            for node in _nodes(row[0])
            if node.get("Relation Name") in distributed and not bound.search(json.dumps(node))
        ]
    assert unbound == []


def test_every_function_for_users_acts_in_one_company(connection: Connection) -> None:
    """As text, which Citus casts to find the shard; it asks that one type can become the other."""
    rows = connection.execute("""
        select proname::text, coalesce(proargnames[1], ''), oidvectortypes(proargtypes)
        from pg_proc
        where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype
    """).fetchall()
    names = {name for name, _, _ in rows}
    assert names >= OF_NO_COMPANY
    assert [
        name
        for name, first, types in rows
        if name not in OF_NO_COMPANY and not (first == "p_company_id" and types.startswith("text"))
    ] == []


def test_no_distributed_table_counts_rows_across_companies(
    connection: Connection, distributed: dict[str, str]
) -> None:
    """No identity or sequence: a number from one place is a queue at that place."""
    rows = connection.execute("""
        select attrelid::regclass::text, attname::text
        from pg_attribute
        left join pg_attrdef on attrelid = adrelid and attnum = adnum
        where attidentity <> '' or pg_get_expr(adbin, adrelid) ~ 'nextval'
    """).fetchall()
    assert [f"{table}.{column}" for table, column in rows if table in distributed] == []


def _foreign_keys(connection: Connection) -> list[tuple[str, str, str, list[list[str]]]]:
    """Name, table, table referred to, and the pairs of columns."""
    return connection.execute("""
        select foreign_key.conname::text, foreign_key.conrelid::regclass::text,
            foreign_key.confrelid::regclass::text,
            array(
                select array[source.attname::text, target.attname::text]
                from unnest(foreign_key.conkey, foreign_key.confkey) as pair (source, target)
                inner join pg_attribute as source
                    on source.attrelid = foreign_key.conrelid and source.attnum = pair.source
                inner join pg_attribute as target
                    on target.attrelid = foreign_key.confrelid and target.attnum = pair.target
            )
        from pg_constraint as foreign_key
        where foreign_key.contype = 'f'
            and foreign_key.connamespace in ('public'::regnamespace, 'private'::regnamespace)
    """).fetchall()


def _nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan, without its children."""
    if isinstance(plan, list):
        for part in plan:
            yield from _nodes(part)
    elif isinstance(plan, dict):
        yield {key: value for key, value in plan.items() if key != "Plans"}
        yield from _nodes(plan.get("Plan"))
        yield from _nodes(plan.get("Plans"))
