"""Servers with what a gate needs beyond a bare PostgreSQL: plpgsql_check, pgTAP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.stack.postgres import throwaway
from tests.conftest import Connection, Database, migrated

# Where Debian and its relatives put the servers and extensions they package.
DEBIAN_SERVERS = Path("/usr/lib/postgresql")
DEBIAN_EXTENSIONS = Path("/usr/share/postgresql")


@pytest.fixture(scope="session")
def catalogue(database: Database) -> Iterator[Connection]:
    """A superuser's reading connection to the migrated database."""
    clone = database.clone()
    with clone.cluster.connect(clone.name) as connection:
        yield connection
    clone.drop()


@pytest.fixture(scope="session")
def database_with(database: Database) -> Iterator[Callable[[str], Database]]:
    """A migrated database whose server offers an extension: this run's server, else a packaged one.

    Skips the test, with the package that would help, where there is none.
    """
    servers: dict[Path, Database] = {}
    with ExitStack() as stack:

        def find(extension: str) -> Database:
            with database.cluster.connect("template1") as connection:
                offered = connection.execute(
                    "select from pg_available_extensions where name = %s", [extension]
                ).fetchone()
            if offered is not None:
                return database
            found = sorted(DEBIAN_EXTENSIONS.glob(f"*/extension/{extension}.control"))
            folders = [DEBIAN_SERVERS / path.parts[-3] / "bin" for path in found]
            usable = [folder for folder in folders if (folder / "initdb").exists()]
            if not usable:
                package = re.sub("_", "-", extension)
                pytest.skip(f"no server here has {extension}: install postgresql-…-{package}")
            if usable[-1] not in servers:
                cluster = stack.enter_context(throwaway(usable[-1]))
                servers[usable[-1]] = stack.enter_context(migrated(cluster))
            return servers[usable[-1]]

        yield find
