"""The real parts every test may ask for: a PostgreSQL with our migrations, and the whole stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import psycopg
import pytest
from psycopg.rows import TupleRow

from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, throwaway
from cli.stack.settings import ROOT, StackSettings

MIGRATIONS = ROOT / "supabase" / "migrations"
PASSWORD = "only-for-tests"  # opens a database that lives as long as one test run

Connection = psycopg.Connection[TupleRow]

_names = count(1)
_servers: list[str] = []


@dataclass(frozen=True)
class Database:
    """One database with all migrations; `url` signs in as `postgres`, `admin_url` as superuser."""

    cluster: Cluster
    name: str

    @property
    def url(self) -> str:
        return self.cluster.url("postgres", PASSWORD, self.name)

    @property
    def admin_url(self) -> str:
        return self.cluster.url(database=self.name)

    def connect(self) -> Connection:
        """As `postgres`, each statement committed by itself."""
        return psycopg.connect(self.url, autocommit=True)

    def clone(self) -> Database:
        """A database of its own with the same content; nobody may be connected to this one."""
        name = f"clone_{os.getpid()}_{next(_names)}"
        with self.cluster.connect("template1") as admin:
            admin.execute(f'create database "{name}" template "{self.name}" owner postgres')
        return Database(self.cluster, name)

    def drop(self) -> None:
        """Gone, whoever is connected."""
        with self.cluster.connect("template1") as admin:
            admin.execute(f'drop database if exists "{self.name}" with (force)')


@contextmanager
def migrated(cluster: Cluster) -> Iterator[Database]:
    """A database of a cluster with what hosted Supabase has and all our migrations."""
    bootstrap(cluster, passwords={"postgres": PASSWORD, "authenticator": PASSWORD})
    database = Database(cluster, "postgres")
    with database.connect() as connection:
        for file in sorted(MIGRATIONS.glob("*.sql")):
            with connection.transaction():
                connection.execute(file.read_bytes())
    yield database


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL of this run: the package's, or the one BACKROOM_POSTGRES_BIN names."""
    with throwaway(StackSettings().postgres_bin) as running:
        with running.connect() as connection:
            (version,) = connection.execute("show server_version").fetchone() or ("?",)
        _servers.append(str(version).split()[0])
        yield running


@pytest.fixture(scope="session")
def database(cluster: Cluster) -> Iterator[Database]:
    """All migrations, no data. Clone it before writing, or roll back."""
    with migrated(cluster) as made:
        yield made


@pytest.fixture
def own_database(database: Database) -> Iterator[Database]:
    """A database that this test alone writes to."""
    made = database.clone()
    yield made
    made.drop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Last words: how many tests ran, and on which PostgreSQL."""
    ran = sum(len(terminalreporter.getreports(kind)) for kind in ("passed", "failed"))
    servers = ", ".join(sorted(set(_servers))) or "none was needed"
    terminalreporter.write_line(f"{ran} tests ran on PostgreSQL: {servers}")
