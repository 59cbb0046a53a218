"""Whether the books add up: every balance, cost and number recomputed from the ledger's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cli.database import report

if TYPE_CHECKING:
    from cli.database import Connection

CHUNK_LINES = 50_000


@dataclass(frozen=True)
class Verified:
    """How much was looked at, and what did not add up.

    differences: {company_id, fault, product_id, location_id, operation_id, line_no, recorded,
    expected}; the faults are those of sql/reports/verify.sql.
    """

    companies: int
    lines: int
    differences: list[dict[str, Any]]


def verify(connection: Connection, progress: Callable[[int, int], None]) -> Verified:
    """Recomputes every company's books; `progress` hears how many are done, and of how many.

    Raises CommandError where the database cannot be read.
    """
    books = [(row["id"], row["lines"]) for row in report(connection, "ledger_companies")]
    differences: list[dict[str, Any]] = []
    done = 0
    for chunk in _chunks(books):
        differences += report(connection, "verify", chunk)
        done += len(chunk)
        progress(done, len(books))
    return Verified(len(books), sum(lines for _, lines in books), differences)


def _chunks(books: Sequence[tuple[UUID, int]]) -> Iterator[list[UUID]]:
    """Companies in groups of about as many lines as memory holds with ease."""
    chunk: list[UUID] = []
    filled = 0
    for company, lines in books:
        if chunk and filled + lines > CHUNK_LINES:
            yield chunk
            chunk, filled = [], 0
        chunk.append(company)
        filled += lines
    if chunk:
        yield chunk
