"""`backroom policy test`: the attacks pass, and they notice what is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from cli.policies import campaign, catalogue, matrix
from cli.stack.settings import ROOT
from tests.conftest import Connection, Database

DATA = matrix.load()
# Enough to notice what a test breaks on purpose, in a fraction of the time.
FEW = ("anonymous", "other_viewer", "own_viewer", "own_owner", "service_role")

# What these take away is no check of who calls.
LOOKUPS = {"a reader forgets the company", "any company will do"}

# They serve all companies alike and answer with leases that ran out, whoever had them.
WITHOUT_CHECK = {"public.claim_messages", "public.claim_outbound"}


@pytest.fixture(scope="module")
def arena(database: Database) -> Iterator[Connection]:
    """A superuser's connection to a database of this module's own."""
    clone = database.clone()
    with psycopg.connect(clone.admin_url) as connection:
        yield connection
    clone.drop()


def attacked(connection: Connection, weakening: str = "select", **data: object) -> list[str]:
    """The failures that few actors meet after a statement that is then taken back."""
    connection.execute(weakening.encode())
    actors = {name: DATA.actors[name] for name in FEW}
    report = campaign.run(
        connection, DATA.model_copy(update={"actors": actors, **data}), mutate=False
    )
    connection.rollback()
    return report.failures


def test_nobody_does_what_the_matrix_does_not_say(arena: Connection) -> None:
    assert attacked(arena, actors=DATA.actors) == []


def test_every_mutant_is_noticed_or_explained(arena: Connection) -> None:
    """And an explanation for a mutant that is killed, or that is none, is refused."""
    killed = "execute on private.digest(text) granted to anon"
    excuses = tuple(matrix.Survivor(mutant=name, why="") for name in (killed, "no such mutant"))
    data = DATA.model_copy(update={"survivors": (*DATA.survivors, *excuses)})
    report = campaign.run(arena, data, mutate=True)
    assert report.survivors == []
    assert report.mutants > 1000
    assert report.killed + len(report.explained) == report.mutants
    assert sorted(report.failures) == [
        f"{killed}: excused in mutations.toml, but killed",
        "no such mutant: excused in mutations.toml, but not a mutant",
    ]


def test_every_function_with_its_owners_rights_has_a_check_that_is_taken_away(
    arena: Connection,
) -> None:
    """In itself or in what it calls; a check of a new shape needs a pattern in mutations.toml."""
    routines = {
        routine.name: routine for routine in catalogue.read(arena, list(DATA.schemas)).routines
    }
    arena.rollback()

    def reached(name: str, seen: set[str]) -> set[str]:
        for called in (
            set(re.findall(r"\b\w+\.\w+(?=\s*\()", routines[name].body)) & routines.keys()
        ):
            if called not in seen:
                seen.add(called)
                reached(called, seen)
        return seen

    checked = {
        name
        for name, routine in routines.items()
        if any(
            check.places(name, routine.definition)
            for check in DATA.checks
            if check.name not in LOOKUPS
        )
    }
    assert {
        name
        for name, routine in routines.items()
        if routine.is_definer and DATA.functions[name].execute
        if not reached(name, {name}) & checked
    } == WITHOUT_CHECK


def test_a_run_leaves_the_database_as_it_was(arena: Connection) -> None:
    attacked(arena)
    for table in ("public.companies", "private.people", "auth.users"):
        assert arena.execute(f"select count(*) from {table}".encode()).fetchone() == (0,)
    arena.rollback()


def test_a_dropped_policy_is_noticed(arena: Connection) -> None:
    failures = attacked(
        arena, 'drop policy "Members are viewable by members of their company" on public.members'
    )
    assert "own_viewer: select public.members: expected sees own: 7, got hidden" in failures


def test_a_table_without_row_security_is_noticed(arena: Connection) -> None:
    failures = attacked(arena, "alter table public.products disable row level security")
    assert any(text.startswith("other_viewer: select public.products:") for text in failures)


def test_an_object_that_nobody_listed_is_noticed(arena: Connection) -> None:
    failures = attacked(
        arena,
        "create table public.forgotten (); "
        "create function private.forgotten() returns void language sql return null; "
        "create schema forgotten authorization postgres; "
        "create table forgotten.rows (); create sequence private.forgotten_seq; "
        "grant all on schema forgotten to authenticated; "
        "grant select on sequence private.forgotten_seq to authenticated",
    )
    assert "public.forgotten: unlisted, add it to sql/policies/tables.toml" in failures
    assert "private.forgotten: unlisted, add it to sql/policies/functions.toml" in failures
    assert "forgotten: unlisted schema, add it to sql/policies/actors.toml" in failures
    assert any(text.startswith("own_owner: select private.forgotten_seq:") for text in failures)


def test_a_listed_object_that_is_gone_is_noticed(arena: Connection) -> None:
    failures = attacked(arena, tables={**DATA.tables, "public.gone": matrix.Table()})
    assert failures == [
        "public.gone: listed in sql/policies/tables.toml, but there is no such table or view"
    ]


def test_a_second_function_of_one_name_is_noticed(arena: Connection) -> None:
    failures = attacked(
        arena,
        "create function private.digest(p_number integer) returns uuid language sql "
        "return gen_random_uuid()",
    )
    assert "private.digest: 2 functions of one name" in failures


def test_who_is_no_superuser_is_told_so(database: Database) -> None:
    clone = database.clone()
    done = policy_test(clone.url)
    clone.drop()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs a superuser's connection" in done.stderr


def test_the_command_counts_attacks_and_names_failures(database: Database) -> None:
    clone = database.clone()
    with clone.connect() as connection:
        connection.execute("grant select on public.operations to anon")
    done = policy_test(clone.admin_url, "--json")
    clone.drop()
    answer: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert answer["attacks"] > 10_000
    assert answer["failed"] == len(answer["failures"]) > 0
    assert (answer["mutants"], answer["killed"], answer["survivors"]) == (0, 0, [])
    assert answer["failures"][0].startswith("anonymous: select public.operations")


def test_the_table_shows_what_each_kind_of_actor_may_do(database: Database) -> None:
    clone = database.clone()
    done = policy_test(clone.admin_url)
    clone.drop()
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.strip()}
    #       anon    none    other   viewer  clerk   manager owner   gone    two     system
    verbs = "····· ○○○·· ●○●·· ●○○·· ●○○·· ●●●·· ●●●·· ○○○·· ●○●·· ·····"
    assert rows["products"] == verbs.split()
    assert rows["private.people"] == ["·····"] * 10
    assert rows["record_operation"] == ["·", "○", "○", "○", "●", "●", "●", "○", "●", "·"]


def policy_test(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "policy", "test", f"--database-url={url}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
