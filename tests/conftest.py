"""The real parts every test may ask for: a PostgreSQL with our migrations, and the whole stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import TupleRow

from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, free_port, throwaway
from cli.stack.settings import ROOT, StackSettings
from cli.stack.supervisor import Stack

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
    bootstrap(
        cluster, passwords=dict.fromkeys(("postgres", "authenticator", "local_api"), PASSWORD)
    )
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
        _note_version(running.url())
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


@dataclass(frozen=True)
class WholeStack:
    """A running local stack with the demo shops; the fields are those of `status --json`."""

    api_url: str
    publishable_key: str
    adapter_url: str
    webhook_url: str
    graph_url: str
    database_url: str
    dashboard_url: str
    app_secret_file: Path
    phone_number_id: str
    otp_file: Path
    parts: dict[str, str]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    """`backroom up --detach` in a folder and on ports of this run.

    The environment points every `backroom` command at it until the run ends.
    """
    chosen: dict[str, Any] = {"state": tmp_path_factory.mktemp("whole-stack")}
    for port in ("database_port", "api_port", "adapter_port", "graph_port"):
        chosen[port] = free_port()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in chosen.items():
            environment.setenv(f"BACKROOM_{name.upper()}", str(value))
        for name in ("BACKROOM_DATABASE_URL", "GEMINI_API_KEY"):
            environment.delenv(name, raising=False)
        try:
            _backroom("up", "--detach")
            told = json.loads(_backroom("status", "--json"))
            for name in ("app_secret_file", "otp_file"):
                told[name] = Path(told[name])
            running = WholeStack(**{field.name: told[field.name] for field in fields(WholeStack)})
            _note_version(running.database_url)
            yield running
            _backroom("down")
        finally:
            Stack(StackSettings(**chosen)).destroy()


def _backroom(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"backroom {' '.join(arguments)}: {done.stderr}", pytrace=False)
    return done.stdout


def _note_version(url: str) -> None:
    with psycopg.connect(url) as connection:
        (version,) = connection.execute("show server_version").fetchone() or ("?",)
    _servers.append(str(version).split()[0])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands what it noted to the process that prints the summary."""
    if isinstance(told := getattr(session.config, "workeroutput", None), dict):
        told["servers"] = _servers


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _servers.extend(getattr(node, "workeroutput", {}).get("servers", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Last words: how many tests ran, and on which PostgreSQL."""
    ran = sum(len(terminalreporter.getreports(kind)) for kind in ("passed", "failed"))
    servers = ", ".join(sorted(set(_servers))) or "none was needed"
    terminalreporter.write_line(f"{ran} tests ran on PostgreSQL: {servers}")
