"""`backroom db rollback` against a running database, and the real Supabase CLI after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import Connection
from tests.rollbacks.conftest import FILES, catalogue, difference
from tests.stack.conftest import OwnStack

VERSIONS = [file.name.split("_")[0] for file in FILES]
NEWEST_FIRST = [file.stem for file in reversed(FILES)]
AUDIT = next(file.stem for file in FILES if file.stem.endswith("_audit"))


@pytest.fixture(scope="module")
def address(own_stack: OwnStack) -> str:
    """The running database, with the demo shops."""
    for command in (("db", "start"), ("seed", "demo")):
        done = own_stack.run(*command)
        assert done.returncode == 0, done.stderr
    return own_stack.run("db", "url").stdout.strip()


@pytest.fixture
def connection(address: str, own_stack: OwnStack) -> Iterator[Connection]:
    """Everything is applied, before and after."""
    with psycopg.connect(address, autocommit=True) as opened:
        yield opened
        if applied(opened) != VERSIONS:
            done = own_stack.run("db", "migrate")
            assert done.returncode == 0, done.stderr


def applied(connection: Connection) -> list[str]:
    rows = connection.execute(
        "select version from supabase_migrations.schema_migrations order by version"
    ).fetchall()
    return [str(version) for (version,) in rows]


def undo(stack: OwnStack, *arguments: str) -> dict[str, Any]:
    done = stack.run("db", "rollback", "--yes", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("to", [VERSIONS[7], "0"], ids=["half way", "all the way"])
def test_what_is_undone_is_applied_again_by_supabase(
    own_stack: OwnStack, connection: Connection, to: str
) -> None:
    was = catalogue(connection)
    kept = [version for version in VERSIONS if version <= to]
    assert applied(connection) == VERSIONS
    told = undo(own_stack, "--to", to)
    assert told["migrations"] == NEWEST_FIRST[: len(VERSIONS) - len(kept)]
    assert applied(connection) == kept

    done = own_stack.run("db", "migrate")
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == [file.name for file in FILES[len(kept) :]]
    assert applied(connection) == VERSIONS
    assert not difference(catalogue(connection), was)


def test_it_tells_how_many_rows_go_with_the_tables(
    own_stack: OwnStack, connection: Connection
) -> None:
    own_stack.run("seed", "demo")
    counted = connection.execute("select count(*) from public.audit_log").fetchone()
    told = undo(own_stack, "--to", VERSIONS[NEWEST_FIRST[::-1].index(AUDIT) - 1])
    assert counted is not None
    assert counted[0] > 0
    assert {"table": "public.audit_log", "rows": counted[0]} in told["tables"]
    assert "private.audit" in told["functions"]


def test_without_a_version_it_undoes_the_newest_alone(
    own_stack: OwnStack, connection: Connection
) -> None:
    assert undo(own_stack)["migrations"] == NEWEST_FIRST[:1]
    assert applied(connection) == VERSIONS[:-1]


def test_to_the_newest_there_is_nothing_to_undo(
    own_stack: OwnStack, connection: Connection
) -> None:
    done = own_stack.run("db", "rollback", "--to", VERSIONS[-1])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Nothing to undo.\n")
    assert applied(connection) == VERSIONS


def test_nothing_is_undone_before_somebody_has_seen_what_is_lost(
    own_stack: OwnStack, connection: Connection
) -> None:
    done = own_stack.run("db", "rollback", "--to", "0")
    assert done.returncode == 130
    assert done.stdout.strip() == ""  # the question leaves a blank
    for lost in ("public.transactions: ", "private.book\n", "public.movements\n", *NEWEST_FIRST):
        assert lost in done.stderr
    assert applied(connection) == VERSIONS


@pytest.mark.parametrize("version", ["20200101000000", "1", "", "audit", "'; --"])
def test_an_unknown_version_is_refused_in_one_sentence(
    own_stack: OwnStack, connection: Connection, version: str
) -> None:
    done = own_stack.run("db", "rollback", "--yes", "--to", version)
    assert done.returncode == 1
    assert done.stderr.startswith(f"backroom: There is no migration {version!r} ")
    assert done.stderr.count("\n") == 1
    assert applied(connection) == VERSIONS


def test_a_step_that_fails_is_undone_and_those_before_it_stay(
    own_stack: OwnStack, connection: Connection
) -> None:
    connection.execute("create view public.theirs as select at from public.audit_log")
    done = own_stack.run("db", "rollback", "--yes", "--to", "0")
    assert done.returncode == 1
    *undone, sentence = done.stderr.splitlines()
    assert sentence.startswith(f"backroom: {AUDIT} was not rolled back: ")
    assert "public.theirs" in sentence or "view theirs" in sentence
    assert len(undone) == NEWEST_FIRST.index(AUDIT)
    assert applied(connection) == VERSIONS[: len(VERSIONS) - len(undone)]
    connection.execute("drop view public.theirs")
    connection.execute("select count(*) from public.audit_log")


def test_a_migration_of_another_checkout_stops_it_before_anything_is_undone(
    own_stack: OwnStack, connection: Connection
) -> None:
    connection.execute(
        "insert into supabase_migrations.schema_migrations (version) values ('20991231000000')"
    )
    done = own_stack.run("db", "rollback", "--yes", "--to", "0")
    connection.execute(
        "delete from supabase_migrations.schema_migrations where version = '20991231000000'"
    )
    assert done.returncode == 1
    assert "20991231000000" in done.stderr
    assert done.stderr.count("\n") == 1
    assert applied(connection) == VERSIONS
