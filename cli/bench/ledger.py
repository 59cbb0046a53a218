"""Booking: sales through `record_operation`, beside pgbench's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median

from cli.bench.figure import Figure, Pair, compared, rounded, unmeasured
from cli.bench.pgbench import SCRIPTS, Bench, Run
from cli.bench.size import Size

MANY = "among_many"
PGLEDGER = "pgledger"
_ACCOUNTS = 1_000
_FEW_LINES = 5
_BATCH = 50


def booking(bench: Bench, size: Size, say: Callable[[str], None]) -> Iterator[Figure]:
    """One line, five, fifty; everybody on one product; and what a one-line sale takes on disk."""
    single: list[Pair] = []
    five: list[Pair] = []
    fifty: list[Pair] = []
    hot: list[Pair] = []
    failed = 0
    before = _bytes(bench)
    # Each side once unmeasured: what is first touched after a checkpoint is logged as a whole page.
    say("booking, before it is measured")
    bench.simple_update(size.seconds)
    sold = _sell(bench, size, 1).transactions
    for round_ in range(1, size.rounds + 1):
        say(f"booking, round {round_} of {size.rounds}")
        baseline = bench.simple_update(size.seconds).per_second
        one = _sell(bench, size, 1)
        single.append(Pair(one.per_second, baseline))
        sold += one.transactions
    grown = Decimal(_bytes(bench) - before)
    for round_ in range(1, size.rounds + 1):
        say(f"booking many lines, round {round_} of {size.rounds}")
        one = _sell(bench, size, 1)
        few = _sell(bench, size, _FEW_LINES)
        five.append(Pair(few.latency, one.latency))
        batch = _sell(bench, size, _BATCH)
        fifty.append(Pair(batch.per_second * _BATCH, one.per_second))
        contended = bench.script(MANY, SCRIPTS / "hot_product.pgbench", seconds=size.seconds)
        failed += contended.failed
        hot.append(Pair(contended.per_second, one.per_second))

    yield compared("one_line_sale", "transactions/s", single, least=Decimal("0.7"))
    yield _at_most("five_line_sale", "ms", five, Decimal(2))
    yield compared("batch_of_50", "lines/s", fifty, least=Decimal(4))
    yield compared("hot_product", "transactions/s", hot)
    # A deadlock or any other error would have stopped pgbench, so what is counted here is retried.
    yield Figure("hot_product_failures", Decimal(failed), "transactions", goal="0", met=failed == 0)
    per_sale = grown / sold
    yield Figure(
        "bytes_per_sale",
        rounded(per_sale),
        "bytes",
        Decimal(600),
        rounded(per_sale / 600),
        "≤ 600",
        per_sale <= 600,
    )


def against_pgledger(
    bench: Bench, size: Size, checkout: Path | None, say: Callable[[str], None]
) -> Iterator[Figure]:
    """A sale beside a transfer of pgledger over a thousand accounts. checkout: its repository."""
    name = "one_line_sale_to_pgledger"
    if checkout is None:
        yield unmeasured(name, "transactions/s", "--pgledger names no checkout")
        return
    bench.server.create(PGLEDGER)
    with bench.server.connect(PGLEDGER) as connection:
        connection.execute("set session authorization postgres")
        for file in (*sorted(checkout.glob("vendor/**/*.sql")), checkout / "pgledger.sql"):
            connection.execute(file.read_bytes())
        connection.execute(
            "create table bench_accounts as select n, (pgledger_create_account('a' || n, 'ZAR')).id"
            " from generate_series(1, %s) as account (n)",
            [_ACCOUNTS],
        )
        connection.execute("alter table bench_accounts add primary key (n)")
    bench.server.settle(PGLEDGER)
    say("beside pgledger, before it is measured")
    _transfer(bench, size)
    _sell(bench, size, 1)
    pairs = []
    for round_ in range(1, size.rounds + 1):
        say(f"beside pgledger, round {round_} of {size.rounds}")
        transfer = _transfer(bench, size)
        pairs.append(Pair(_sell(bench, size, 1).per_second, transfer.per_second))
    yield compared(name, "transactions/s", pairs, least=Decimal(1))


def _transfer(bench: Bench, size: Size) -> Run:
    return bench.script(
        PGLEDGER,
        SCRIPTS / "pgledger_transfer.pgbench",
        seconds=size.seconds,
        role="postgres",
        accounts=_ACCOUNTS,
    )


def _sell(bench: Bench, size: Size, lines: int) -> Run:
    return bench.script(
        MANY,
        SCRIPTS / "sale.pgbench",
        seconds=size.seconds,
        companies=size.many.companies,
        products=size.many.products,
        lines=lines,
    )


def _at_most(name: str, unit: str, pairs: list[Pair], most: Decimal) -> Figure:
    figure = compared(name, unit, pairs)
    ratio = median(pair.ratio for pair in pairs)
    return Figure(
        figure.name,
        figure.value,
        unit,
        figure.baseline,
        figure.ratio,
        f"ratio < {most}",
        ratio < most,
        figure.rounds,
    )


def _bytes(bench: Bench) -> int:
    """Everything that a sale writes, indexes included."""
    with bench.server.connect(MANY) as connection:
        row = connection.execute(
            "select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r'"
            " and relnamespace in ('public'::regnamespace, 'private'::regnamespace)"
        ).fetchone()
    return int(row[0]) if row else 0
