"""Tenant key first: no unique key and no foreign key crosses companies (design, rules 1 and 8)."""

from __future__ import annotations

from tests.conftest import Connection

# Tables that belong to no single company; see the comment above each in the migrations.
SYSTEM_TABLES = {
    "private.people",
    "private.senders",
    "private.inbox",
    "private.outbox",
    "private.vat_rates",
}
ROOT_TABLE = "public.companies"

CONSTRAINTS = """
    select
        concat_ws('.', space.nspname, relation.relname) as name,
        index.indexrelid::regclass::text as key,
        attribute.attname as first_column
    from pg_index as index
    inner join pg_class as relation on index.indrelid = relation.oid
    inner join pg_namespace as space on relation.relnamespace = space.oid
    left join pg_attribute as attribute
        on relation.oid = attribute.attrelid and index.indkey[0] = attribute.attnum
    where space.nspname in ('public', 'private') and index.indisunique
    order by name, key
"""

FOREIGN_KEYS = """
    select
        concat_ws('.', space.nspname, relation.relname) as name,
        link.conname,
        link.confrelid::regclass::text as target,
        array(
            select attribute.attname::text
            from unnest(link.conkey) with ordinality as part (number, place)
            inner join pg_attribute as attribute
                on link.conrelid = attribute.attrelid and part.number = attribute.attnum
            order by part.place
        ) as columns,
        array(
            select attribute.attname::text
            from unnest(link.confkey) with ordinality as part (number, place)
            inner join pg_attribute as attribute
                on link.confrelid = attribute.attrelid and part.number = attribute.attnum
            order by part.place
        ) as target_columns,
        exists (
            select from pg_index as index
            where index.indrelid = link.conrelid
                and array(
                    select index.indkey[place]
                    from generate_series(0, cardinality(link.conkey) - 1) as place
                ) = link.conkey::smallint[]
        ) as is_indexed
    from pg_constraint as link
    inner join pg_class as relation on link.conrelid = relation.oid
    inner join pg_namespace as space on relation.relnamespace = space.oid
    where space.nspname in ('public', 'private') and link.contype = 'f'
    order by name, link.conname
"""


def test_every_unique_key_of_a_tenant_table_begins_with_the_company(catalogue: Connection) -> None:
    keys = catalogue.execute(CONSTRAINTS).fetchall()
    assert len(keys) > 20
    wrong = [
        key
        for name, key, first in keys
        if name not in SYSTEM_TABLES and first != ("id" if name == ROOT_TABLE else "company_id")
    ]
    assert not wrong


def test_every_table_outside_the_list_has_a_company(catalogue: Connection) -> None:
    rows = catalogue.execute(
        """
        select concat_ws('.', space.nspname, relation.relname)
        from pg_class as relation
        inner join pg_namespace as space on relation.relnamespace = space.oid
        where space.nspname in ('public', 'private')
            and relation.relkind in ('r', 'p')
            and not exists (
                select from pg_attribute as attribute
                where attribute.attrelid = relation.oid
                    and attribute.attname = 'company_id'
                    and attribute.attnotnull
            )
        """
    ).fetchall()
    assert {name for (name,) in rows} == SYSTEM_TABLES | {ROOT_TABLE}


def test_every_foreign_key_of_a_tenant_table_stays_in_the_company(catalogue: Connection) -> None:
    wrong = [
        f"{name}.{key}"
        for name, key, target, columns, target_columns, _ in catalogue.execute(FOREIGN_KEYS)
        if name not in SYSTEM_TABLES
        and not (
            columns[0] == "company_id"
            and target_columns[0] == ("id" if target == "companies" else "company_id")
        )
    ]
    assert not wrong


def test_every_foreign_key_has_an_index_of_the_same_leading_columns(catalogue: Connection) -> None:
    links = catalogue.execute(FOREIGN_KEYS).fetchall()
    assert len(links) > 15
    assert not [f"{name}.{key}" for name, key, *_, is_indexed in links if not is_indexed]


def test_only_people_refer_to_the_users_of_the_auth_service(catalogue: Connection) -> None:
    links = [
        (name, columns)
        for name, _, target, columns, *_ in catalogue.execute(FOREIGN_KEYS)
        if target.startswith("auth.")
    ]
    assert links == [("private.people", ["user_id"])]
