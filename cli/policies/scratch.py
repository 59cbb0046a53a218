"""Which database is attacked: the one named, that of the running stack, or one made for the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, throwaway
from cli.stack.settings import ROOT
from cli.stack.supervisor import Stack

MIGRATIONS = ROOT / "supabase" / "migrations"


@contextmanager
def target(url: str | None, *, mutate: bool) -> Iterator[tuple[str, str]]:
    """A superuser's connection address, and in words what it leads to.

    Mutants weaken a schema under locks, so without an address they get a database of their own,
    which holds the migrations and nothing else. Raises CommandError.
    """
    if url:
        yield url, "the database named"
        return
    stack = Stack()
    if not mutate and stack.cluster.running():
        yield stack.cluster.url(), "the local stack"
        return
    with throwaway(stack.settings.postgres_bin) as cluster:
        bootstrap(cluster)
        migrate(cluster)
        yield cluster.url(), "a database made from the migrations"


def migrate(cluster: Cluster) -> None:
    """Applies the migrations as hosted does: as `postgres`, which is no superuser."""
    with cluster.connect() as connection:
        connection.execute("set session authorization postgres")
        for file in sorted(MIGRATIONS.glob("*.sql")):
            with connection.transaction():
                connection.execute(file.read_bytes())
