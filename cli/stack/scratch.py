"""A database made for one run: all migrations, no data, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, throwaway
from cli.stack.settings import ROOT

MIGRATIONS = ROOT / "supabase" / "migrations"


@contextmanager
def scratch(system: Path | None = None) -> Iterator[Cluster]:
    """A cluster of the run's own. `system`: the binaries, as in `cli.stack.postgres.binaries`."""
    with throwaway(system) as cluster:
        bootstrap(cluster)
        with cluster.connect() as connection:
            migrate(connection)
        yield cluster


def migrate(connection: psycopg.Connection[TupleRow]) -> None:
    """Applies the migrations as hosted does: as `postgres`, which is no superuser.

    connection: the superuser's; its session is that of `postgres` afterwards.
    """
    connection.execute("set session authorization postgres")
    for file in sorted(MIGRATIONS.glob("*.sql")):
        with connection.transaction():
            connection.execute(file.read_bytes())
