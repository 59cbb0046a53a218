"""Each migration has its way back, which leaves nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from cli import database as operator
from cli import demo, rollback
from tests.conftest import Connection, Database
from tests.database.shop import Shop, line
from tests.rollbacks.conftest import FILES, Catalogue, catalogue, difference, migrate

BACK = {file: rollback.ROLLBACKS / file.name for file in FILES}

Project = Callable[[], Database]


def trade(url: str, connection: Connection) -> None:
    """Rows in every corner: the demo shops, and one that uses the chat and the app."""
    demo.seed(url)
    shop = Shop.open(connection)
    shop.say("owner", line("receive", "coke 2l", "24", unit_price="15"))
    booked = shop.say("clerk", line("sell", "bread", "30"))
    assert booked["result"]["question"]
    shop.say("owner", {"action": "stocktake"})
    answer = shop.record("manager", "first", line("write_off", "bread", "1", reason="expired"))
    shop.reverse("manager", "second", answer["id"])
    shop.as_user(
        "owner", "select public.update_company(%s, 'k', '{\"language\": \"zu\"}')", shop.id
    )


def lost(before: Catalogue, after: Catalogue, *kinds: str) -> set[str]:
    """The names of these kinds that are no longer there, without arguments."""
    gone = before.keys() - after.keys()
    return {name.split("(")[0] for kind, name in gone if kind in kinds}


def test_each_migration_has_its_way_back_and_nothing_else_has_one() -> None:
    names = {file.name for file in rollback.ROLLBACKS.iterdir()}
    assert names == {file.name for file in FILES}


def test_all_migrations_go_back_one_by_one_with_data_and_forth_again(project: Project) -> None:
    database = project()
    with database.connect() as connection:
        was = [catalogue(connection)]
        for file in FILES:
            migrate(connection, file)
            was.append(catalogue(connection))
        trade(database.url, connection)
        assert not difference(catalogue(connection), was[-1])

        for number, file in reversed(list(enumerate(FILES))):
            with operator.connect(database.url) as reading:
                told = rollback.loss(reading, [BACK[file]])
            migrate(connection, BACK[file])
            is_now = catalogue(connection)
            assert not difference(is_now, was[number]), f"after {BACK[file].name}"
            gone = was[number + 1], is_now
            assert set(told.tables) == lost(*gone, "table"), file.name
            assert set(told.views) == lost(*gone, "view"), file.name
            assert set(told.functions) == {
                name
                for name in lost(*gone, "function", "aggregate")
                if not name.startswith("extensions.")
            }, file.name
            assert set(told.columns) == {
                column
                for column in lost(*gone, "column")
                if column.rpartition(".")[0] not in lost(*gone, "table", "view")
            }

        for number, file in enumerate(FILES):
            migrate(connection, file)
            assert not difference(catalogue(connection), was[number + 1]), f"after {file.name}"
        trade(database.url, connection)


def test_nothing_of_the_shops_is_left_where_they_were(project: Project) -> None:
    """A name that another schema may hold: the trigger on the users, the role, the settings."""
    database = project()
    with database.connect() as connection:
        for file in FILES:
            migrate(connection, file)
        trade(database.url, connection)
        for file in reversed(FILES):
            migrate(connection, BACK[file])
        users = connection.execute("select count(*) from auth.users").fetchone()
        assert users is not None
        assert users[0] > 0
        connection.execute("update auth.users set phone_confirmed_at = now()")
        connection.execute("delete from auth.users")


def test_a_role_that_another_database_uses_stays_until_that_one_goes_back(
    project: Project,
) -> None:
    one, other = project(), project()
    with one.connect() as first, other.connect() as second:
        for file in FILES:
            migrate(first, file)
            migrate(second, file)
        for connection, left in (
            (first, [("edge_adapter", ["statement_timeout=8s"])]),
            (second, []),
        ):
            for file in reversed(FILES):
                migrate(connection, BACK[file])
            roles = connection.execute(
                "select role.rolname, kept.setconfig from pg_roles as role"
                " left join pg_db_role_setting as kept on role.oid = kept.setrole"
                " where role.rolname = 'edge_adapter'"
            ).fetchall()
            assert roles == left


def test_an_extension_that_others_use_is_not_taken_from_them(project: Project) -> None:
    with project().connect() as connection:
        for file in FILES:
            migrate(connection, file)
        connection.execute("create schema theirs")
        connection.execute(
            "create table theirs.names as select 'n' as name;"
            "create index on theirs.names using gin (name extensions.gin_trgm_ops)"
        )
        for file in reversed(FILES[1:]):
            migrate(connection, BACK[file])
        before = catalogue(connection)
        with pytest.raises(psycopg.errors.DependentObjectsStillExist):
            migrate(connection, BACK[FILES[0]])
        assert not difference(catalogue(connection), before)


def test_what_a_project_once_granted_by_default_stays_closed(project: Project) -> None:
    with project().connect() as connection:
        connection.execute(
            "alter default privileges in schema public grant all on tables to anon, service_role"
        )
        for file in FILES:
            migrate(connection, file)
        for file in reversed(FILES):
            migrate(connection, BACK[file])
        connection.execute("create table public.later ()")
        allowed = connection.execute(
            "select has_table_privilege('anon', 'public.later', 'select')"
        ).fetchone()
        assert allowed == (False,)
