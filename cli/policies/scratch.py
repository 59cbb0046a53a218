"""Which database is attacked: the one named, that of the running stack, or one made for the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.stack.scratch import scratch
from cli.stack.supervisor import Stack


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
    with scratch(stack.settings.postgres_bin) as cluster:
        yield cluster.url(), "a database made from the migrations"
