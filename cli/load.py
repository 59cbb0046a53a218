"""Bulk data for measuring: many companies with products and a ledger, made inside the database.

Everything but the ids of members and locations follows from the seed. A chunk of companies is one
transaction, worked out in sets by the statements of sql/bench/load; the ledger's own triggers and
foreign keys stay on, and watch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psycopg
from psycopg.rows import tuple_row

from cli.database import connect
from cli.errors import CommandError

STATEMENTS = Path(__file__).resolve().parents[1] / "sql" / "bench" / "load"
CHUNK_LINES = 20_000
WORKERS = 2


@dataclass(frozen=True)
class Load:
    """How much to make. `products` is per company; `transactions` are ledger lines in all.

    A company's first lines open its products, so with fewer lines than products some stay unmoved.
    Raises CommandError when a number is out of range.
    """

    companies: int
    products: int
    transactions: int
    seed: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.companies <= 99_999:
            raise CommandError("A load has 1 to 99,999 companies.")
        if not 1 <= self.products <= 100_000:
            raise CommandError("A company of the load has 1 to 100,000 products.")
        if not 0 <= self.transactions <= 900_000 * self.companies:
            raise CommandError("A company of the load has at most 900,000 transactions.")

    def lines(self, company: int) -> int:
        """How many of the transactions are those of a company, numbered from 1."""
        share, rest = divmod(self.transactions, self.companies)
        return share + (company <= rest)

    def chunks(self) -> Iterator[range]:
        """The companies, in groups small enough for one transaction."""
        size = max(1, CHUNK_LINES // max(1, self.lines(1), self.products))
        for first in range(1, self.companies + 1, size):
            yield range(first, min(first + size, self.companies + 1))


@dataclass(frozen=True)
class Made:
    """What a run added, and how long it took in seconds."""

    companies: int
    lines: int
    seconds: Decimal


def run(url: str, load: Load, progress: Callable[[int, int], None], workers: int = WORKERS) -> Made:
    """Makes what is not there yet; `progress` hears how many companies are done, and of how many.

    url: of the role that owns the tables. Raises CommandError; chunks that are done stay.
    """
    start = time.monotonic()
    stop = threading.Event()
    added = [0, 0]
    done = 0
    with ThreadPoolExecutor(workers) as pool:
        chunks = {pool.submit(_make, url, load, chunk, stop): chunk for chunk in load.chunks()}
        try:
            for future in as_completed(chunks):
                if future.result():
                    added[0] += len(chunks[future])
                    added[1] += sum(load.lines(company) for company in chunks[future])
                done += len(chunks[future])
                progress(done, load.companies)
        finally:
            stop.set()
    return Made(added[0], added[1], Decimal(f"{time.monotonic() - start:.1f}"))


def _make(url: str, load: Load, chunk: range, stop: threading.Event) -> bool:
    """Whether the chunk was missing."""
    if stop.is_set():
        return False
    companies = (chunk[0], chunk[-1], load.seed)
    ledger = (*companies, load.products, load.transactions, load.companies)
    with connect(url) as connection:
        cursor = psycopg.RawCursor(connection, row_factory=tuple_row)
        if cursor.execute(_statement("0_present"), companies).fetchone() == (True,):
            return False
        cursor.execute(_statement("1_tenants"), companies)
        cursor.execute(_statement("2_products"), (*companies, load.products))
        cursor.execute(_statement("3_scratch"))
        cursor.execute(_statement("4_lines"), ledger)
        for name in ("5_operations", "6_inventory", "7_transactions"):
            cursor.execute(_statement(name))
    return True


def _statement(name: str) -> bytes:
    return (STATEMENTS / f"{name}.sql").read_bytes()
