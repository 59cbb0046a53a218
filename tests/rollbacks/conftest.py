"""Empty projects on every server there is, and what one holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, throwaway
from cli.stack.settings import StackSettings
from tests.conftest import MIGRATIONS, PASSWORD, Connection, Database
from tests.stack.conftest import stack

CATALOGUE = Path(__file__).with_name("catalogue.sql")
FILES = sorted(MIGRATIONS.glob("*.sql"))
# The package's PostgreSQL, and the one that BACKROOM_POSTGRES_BIN names.
SERVERS = list(dict.fromkeys([None, StackSettings().postgres_bin]))

# What Supabase granted by default to the projects of before, and has taken back since.
NO_DEFAULTS = """
alter default privileges in schema public
revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public
revoke all on functions from anon, authenticated, service_role;
"""

own_stack = stack
_names = count(1)

Catalogue = dict[tuple[str, str], str]


@pytest.fixture(scope="module", params=SERVERS, ids=lambda folder: str(folder or "package"))
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster of this module alone, for roles belong to clusters."""
    with throwaway(request.param) as cluster:
        bootstrap(cluster, passwords={"postgres": PASSWORD})
        yield cluster


@pytest.fixture
def project(server: Cluster) -> Iterator[Callable[[], Database]]:
    """Makes databases as hosted Supabase has them today, without any of our migrations."""
    made: list[Database] = []

    def make() -> Database:
        database = Database(server, f"project_{next(_names)}")
        with server.connect("template1") as admin:
            admin.execute(f'create database "{database.name}" owner postgres')
        bootstrap(server, database=database.name)
        with database.connect() as connection:
            connection.execute(NO_DEFAULTS)
        made.append(database)
        return database

    yield make
    for database in made:
        database.drop()
    with server.connect() as admin:
        admin.execute("drop role if exists edge_adapter")


def migrate(connection: Connection, file: Path) -> None:
    """One migration, or one way back, in a transaction."""
    with connection.transaction():
        connection.execute(file.read_bytes())


def catalogue(connection: Connection) -> Catalogue:
    """What the database holds: (kind, name) and its definition."""
    with connection.transaction():
        connection.execute("set local search_path = pg_catalog")  # every name with its schema
        rows = connection.execute(CATALOGUE.read_bytes()).fetchall()
    held = {(kind, name): definition for kind, name, definition in rows}
    assert len(held) == len(rows)
    return held


def difference(found: Catalogue, expected: Catalogue) -> list[str]:
    """One line for each thing that is not the same."""
    return [
        f"{kind} {name}: {found.get((kind, name))!r}, not {expected.get((kind, name))!r}"
        for kind, name in sorted(found.keys() | expected.keys())
        if found.get((kind, name)) != expected.get((kind, name))
    ]
