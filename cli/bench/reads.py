"""Reading: what the dashboard asks, under row security beside the same without, and products."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median

import psycopg

from cli.bench.figure import Figure, Pair, compared, rounded
from cli.bench.ledger import MANY
from cli.bench.pgbench import SCRIPTS, Bench
from cli.bench.plan import explain, nodes
from cli.bench.size import Size

FEW = "among_few"
READS = ("on_hand", "movements", "sales")
_MARK = "/* company */"
_FACTOR, _ALLOWANCE = Decimal("1.15"), Decimal("0.15")  # of the unpoliced time, and ms
_AMONG = Decimal("1.2")
_HANDFUL = 40  # pages
_TEXTS = (
    "albany white bread 400g",  # its whole name
    "white bread",  # many products
    "albny wite bred",  # typos in every word
    "toothpast 500",  # a typo and a bare size
    "tea",
    "dishwashing liquid",  # no product says this
)
_MOST_MATCHING = Decimal(5)


def policed(
    bench: Bench, size: Size, state: str, folder: Path, say: Callable[[str], None]
) -> Iterator[Figure]:
    """Each read under row security beside the same unpoliced, filtered by company.

    state: `unanalysed` or `analysed`, part of the name.
    """
    for read in READS:
        pairs = []
        for round_ in range(1, size.rounds + 1):
            say(f"{read.replace('_', ' ')}, {state}, round {round_} of {size.rounds}")
            unpoliced = _latency(bench, size, MANY, _script(folder, read, policed=False))
            ours = _latency(bench, size, MANY, _script(folder, read, policed=True))
            pairs.append(Pair(ours, unpoliced))
        figure = compared(f"{read}_{state}", "ms", pairs)
        met = median(
            pair.value - (pair.baseline * _FACTOR + _ALLOWANCE) for pair in pairs
        ) <= Decimal(0)
        yield Figure(
            figure.name,
            figure.value,
            "ms",
            figure.baseline,
            figure.ratio,
            f"≤ {_FACTOR} x + {_ALLOWANCE} ms",
            met,
            figure.rounds,
        )
    scans = sum(_sequential_scans(bench, read) for read in READS)
    yield Figure(
        f"sequential_scans_{state}", Decimal(scans), "plan nodes", goal="0", met=scans == 0
    )


def among(bench: Bench, size: Size, folder: Path, say: Callable[[str], None]) -> Iterator[Figure]:
    """A company of a thousand lines among many companies beside one among ten."""
    for read in READS:
        script = _script(folder, read, policed=True)
        pairs = []
        for round_ in range(1, size.rounds + 1):
            say(f"{read.replace('_', ' ')} among many, round {round_} of {size.rounds}")
            few = _latency(bench, size, FEW, script)
            pairs.append(Pair(_latency(bench, size, MANY, script), few))
        figure = compared(f"{read}_among_many", "ms", pairs)
        ratio = median(pair.ratio for pair in pairs)
        yield Figure(
            figure.name,
            figure.value,
            "ms",
            figure.baseline,
            figure.ratio,
            f"ratio ≤ {_AMONG}",
            ratio <= _AMONG,
            figure.rounds,
        )


def matching(bench: Bench, size: Size, say: Callable[[str], None]) -> Iterator[Figure]:
    """The product a text means, and those to offer, in a catalogue of 5,000: the slowest text."""
    say("products")
    with psycopg.connect(bench.server.url(MANY), autocommit=True) as connection:
        row = connection.execute(
            "select private.digest(%s)", [f"load-{size.catalogue.seed}-1"]
        ).fetchone()
        for name, query in (
            ("product_matched", "select count(*) from private.match_products(%s, %s)"),
            ("product_candidates", "select count(*) from private.product_candidates(%s, %s, 5)"),
        ):
            slowest = max(_typical(connection, query, (row and row[0], text)) for text in _TEXTS)
            yield Figure(
                name,
                rounded(slowest),
                "ms",
                _MOST_MATCHING,
                rounded(slowest / _MOST_MATCHING),
                f"< {_MOST_MATCHING}",
                slowest < _MOST_MATCHING,
            )


def _typical(
    connection: psycopg.Connection[tuple[object, ...]], query: str, parameters: tuple[object, ...]
) -> Decimal:
    """The median of 21 answers in milliseconds, after one that warms up."""
    times = []
    for _ in range(22):
        start = time.perf_counter_ns()
        connection.execute(query.encode(), parameters, prepare=True).fetchall()
        times.append(Decimal(time.perf_counter_ns() - start) / 1_000_000)
    return median(times[1:])


def _latency(bench: Bench, size: Size, database: str, script: Path) -> Decimal:
    run = bench.script(
        database,
        script,
        transactions=size.reads,
        clients=1,
        role="authenticator" if "member" in script.name else "postgres",
        companies=(size.few if database == FEW else size.many).companies,
    )
    return run.latency


def _script(folder: Path, read: str, *, policed: bool) -> Path:
    """The pgbench script of a read, in `folder`: sign in, ask, commit."""
    who = "as_member" if policed else "as_operator"
    script = folder / f"{read}_{who}.pgbench"
    query = (SCRIPTS / f"{read}.read").read_text().strip()
    company = "" if policed else (SCRIPTS / "company.filter").read_text().strip()
    signed_in = (SCRIPTS / f"{who}.pgbench").read_text()
    script.write_text(f"{signed_in}{query.replace(_MARK, company)};\ncommit;\n")
    return script


def _sequential_scans(bench: Bench, read: str) -> int:
    """How many nodes of the policed plan read a whole table that is not a handful of pages."""
    query = (SCRIPTS / f"{read}.read").read_text().replace(_MARK, "")
    with bench.server.connect(MANY) as connection:
        row = connection.execute(
            "select array_agg(relname::text) from pg_class where relpages > %s and relkind = 'r'",
            [_HANDFUL],
        ).fetchone()
        large = set(row[0] or ()) if row else set()
        found = nodes(explain(connection, query, _user(bench)))
    return sum(
        node.get("Node Type") == "Seq Scan" and node.get("Relation Name") in large for node in found
    )


def _user(bench: Bench) -> str:
    with bench.server.connect(MANY) as connection:
        row = connection.execute("select private.digest('load-1-1-user')").fetchone()
    return str(row and row[0])
