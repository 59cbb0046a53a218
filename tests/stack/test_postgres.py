"""A cluster starts whatever state it was left in, and lets in only who has a password."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.errors import CommandError
from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, binaries, throwaway
from cli.stack.settings import StackSettings

SYSTEM = StackSettings().postgres_bin


@pytest.fixture
def own() -> Iterator[Cluster]:
    with throwaway(SYSTEM) as cluster:
        yield cluster


def test_a_killed_server_starts_again(own: Cluster) -> None:
    server = own.running()
    assert server is not None
    for process in [server, *server.children()]:
        process.kill()
    deadline = time.monotonic() + 10
    while own.running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (own.data / "postmaster.pid").exists()
    assert own.start() is True
    with own.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_reused_process_id_is_not_taken_for_the_server(own: Cluster) -> None:
    own.stop()
    file = own.data / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{own.data}\n1000000000\n{own.port}\n")
    assert own.running() is None
    assert own.start() is True


def test_starting_twice_and_stopping_twice_does_no_harm(own: Cluster) -> None:
    assert own.start() is False
    assert own.stop() is True
    assert own.stop() is False


def test_nobody_gets_in_without_the_password(own: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(own.url(password="wrong"))


def test_the_server_listens_on_the_loopback_address_alone(own: Cluster) -> None:
    server = own.running()
    assert server is not None
    listening = {
        connection.laddr.ip for connection in server.net_connections("all") if connection.laddr
    }
    assert listening == {"127.0.0.1"}


def test_a_throwaway_cluster_leaves_nothing_behind() -> None:
    with throwaway(SYSTEM) as cluster:
        assert cluster.running() is not None
    assert not cluster.data.parent.exists()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(f"postgresql://127.0.0.1:{cluster.port}/postgres")


def test_migrations_run_as_no_superuser_and_preparing_twice_changes_nothing(own: Cluster) -> None:
    bootstrap(own, passwords={"postgres": "secret"})
    bootstrap(own)
    with psycopg.connect(own.url("postgres", "secret")) as connection:
        found = connection.execute(
            """
            select rolsuper, rolcreaterole, rolbypassrls, current_setting('search_path')
            from pg_roles
            where rolname = current_user
            """
        ).fetchone()
    assert found == (False, True, True, '"$user", public, extensions')


def test_a_folder_without_postgresql_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"BACKROOM_POSTGRES_BIN: there is no postgres in"):
        binaries(tmp_path)
