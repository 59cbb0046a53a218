"""The whole run: which groups of figures there are, and in which order they are taken."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from cli.bench import adapter, ledger, messages, reads
from cli.bench.figure import Figure, rounded, unmeasured
from cli.bench.pgbench import Bench
from cli.bench.server import durable
from cli.bench.size import Size
from cli.errors import CommandError
from cli.load import Made

# Reads come first, while the data is fresh from its import; writes last, since they change it.
DATABASE_GROUPS = ("reads", "among", "products", "booking", "messages", "pgledger")
GROUPS = (*DATABASE_GROUPS, "grammar", "webhook")
_LEAST_LOADED = Decimal(8_334)


def run(
    groups: Sequence[str],
    size: Size,
    *,
    system: Path | None,
    pgledger: Path | None,
    say: Callable[[str], None],
) -> Iterator[Figure]:
    """The figures of the groups asked for, as they come.

    system: binaries of PostgreSQL, None for the package's. pgledger: a checkout to compare with.
    A group that fails says so in place of its figures, and the run goes on.
    """
    if "grammar" in groups:
        yield from _attempted("grammar", adapter.grammar(size, say))
    if "webhook" in groups:
        yield from _attempted("webhook", adapter.webhook(size, system, say))
    if set(groups) & set(DATABASE_GROUPS):
        yield from _database(groups, size, system, pgledger, say)


def _database(
    groups: Sequence[str],
    size: Size,
    system: Path | None,
    pgledger: Path | None,
    say: Callable[[str], None],
) -> Iterator[Figure]:
    with durable(system) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = Bench(server)
        say(f"loading {size.many.companies} companies, {size.many.transactions} lines")
        made = server.create_loaded(
            ledger.MANY, [size.many, size.catalogue], lambda _done, _of: None
        )
        yield _loaded(made[0])
        if "reads" in groups:
            unanalysed = reads.policed(bench, size, "unanalysed", folder, say)
            yield from _attempted("reads", unanalysed)
        server.settle(ledger.MANY)
        if "reads" in groups:
            yield from _attempted("reads", reads.policed(bench, size, "analysed", folder, say))
        if "products" in groups:
            yield from _attempted("products", reads.matching(bench, size, say))
        if "among" in groups:
            server.create_loaded(reads.FEW, [size.few], lambda _done, _of: None)
            server.settle(reads.FEW)
            yield from _attempted("among", reads.among(bench, size, folder, say))
        if {"booking", "messages"} & set(groups):
            bench.initialise()
        if "booking" in groups:
            yield from _attempted("booking", ledger.booking(bench, size, say))
        if "pgledger" in groups:
            beside = ledger.against_pgledger(bench, size, pgledger, say)
            yield from _attempted("pgledger", beside)
        if "messages" in groups:
            yield from _attempted("messages", messages.messaging(bench, size, say))


def _loaded(made: Made) -> Figure:
    rate = made.lines / made.seconds
    return Figure(
        "seed_load",
        rounded(rate),
        "lines/s",
        _LEAST_LOADED,
        rounded(rate / _LEAST_LOADED),
        "a million lines < 120 s",
        rate > _LEAST_LOADED,
    )


def _attempted(group: str, figures: Iterator[Figure]) -> Iterator[Figure]:
    try:
        yield from figures
    except CommandError as error:
        yield unmeasured(group, "", str(error))
