"""A shop's products, into the database and out of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar
from uuid import UUID

from cli.database import report
from cli.product_file import COLUMNS, ProductFileError, ProductRow

if TYPE_CHECKING:
    from cli.database import Connection

T = TypeVar("T")

_CENT = Decimal("0.01")
_PRODUCTS_PER_CALL = 200
_LINES_PER_OPERATION = 1000  # the most that private.import_opening takes


@dataclass(frozen=True)
class Saved:
    """What an import did, in products.

    `opened`: opening stock was booked. `kept`: a quantity was named, but the product has moved
    before, so that only a count can set it.
    """

    products: int
    created: int
    updated: int
    opened: int
    kept: int


def save(
    connection: Connection,
    company_id: UUID,
    rows: Mapping[int, ProductRow],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Saved:
    """Creates or updates the products and books opening stock for those that never moved.

    rows: by line number. progress: told how many rows are in, and of how many. All in the caller's
    transaction.
    Raises ProductFileError when the rows contradict each other or the shop's catalogue.
    """
    # Before the catalogue is read: two imports at once would both find a product untouched.
    connection.execute("select private.lock_companies(array[%s::uuid])", [company_id])
    conflicts = report(connection, "product_conflicts", company_id, _json(_claims(rows)))
    if conflicts:
        raise ProductFileError(
            [f"line {c['line']}, {c['field']}: {c['problem']}" for c in conflicts]
        )
    products: dict[str, ProductRow] = {}
    created = done = 0
    for part in _batches(list(rows.values()), _PRODUCTS_PER_CALL):
        entries = [(row, entry) for row in part for entry in _entries(row)]
        answers = _call(
            connection,
            "select private.save_products(%s, %s::jsonb) as answer",
            company_id,
            _json([entry for _, entry in entries]),
        )
        for (row, _), answer in zip(entries, answers, strict=True):
            created += answer["created"] and answer["id"] not in products
            products[answer["id"]] = row
        done += len(part)
        progress(done, len(rows))
    opened = _open_stock(connection, company_id, products)
    return Saved(
        products=len(rows),
        created=created,
        updated=len(rows) - created,
        opened=opened,
        kept=sum(bool(row.quantity) for row in rows.values()) - opened,
    )


def _open_stock(
    connection: Connection, company_id: UUID, products: Mapping[str, ProductRow]
) -> int:
    """Books the quantities of products that never moved; answers how many."""
    untouched = report(connection, "untouched_products", company_id, list(products))
    wanted = {str(row["id"]) for row in untouched}
    lines = [
        _opening_line(product_id, row)
        for product_id, row in products.items()
        if row.quantity and product_id in wanted
    ]
    for part in _batches(lines, _LINES_PER_OPERATION):
        body = _json(part)
        # The key is what the lines say, so the same stock cannot be opened twice.
        _call(
            connection,
            "select private.import_opening(%s, %s, %s::jsonb) as answer",
            company_id,
            hashlib.sha256(body.encode()).hexdigest(),
            body,
        )
    return len(lines)


def _opening_line(product_id: str, row: ProductRow) -> dict[str, str]:
    line = {"action": "opening", "product_id": product_id, "quantity": f"{row.quantity:f}"}
    if row.cost is not None and row.quantity is not None:
        # For the whole line: a price for each has cents at most, a cost may be finer.
        line["total_price"] = f"{(row.cost * row.quantity).quantize(_CENT, ROUND_HALF_UP):f}"
    return line


def _entries(row: ProductRow) -> list[dict[str, Any]]:
    """A row as private.save_products takes it: once, and once more for every further pack."""
    entry = {
        "name": row.name,
        "unit": row.unit,
        "price": _text(row.price),
        "cost": _text(row.cost),
        "reorder_level": _text(row.reorder_level),
        "sku": row.sku,
        "barcode": row.barcode,
        "aliases": row.aliases,
    }
    packs = zip(row.pack, map(_text, row.pack_size), strict=True)
    return [{**entry, "pack": pack, "pack_size": size} for pack, size in packs] or [entry]


def _claims(rows: Mapping[int, ProductRow]) -> list[dict[str, Any]]:
    """What of each row may contradict another or the catalogue."""
    return [
        {
            "line": line,
            "name": row.name,
            "unit": row.unit,
            "sku": row.sku,
            "barcode": row.barcode,
            "quantity": _text(row.quantity),
            "aliases": row.aliases,
        }
        for line, row in rows.items()
    ]


def load(connection: Connection, company_id: UUID) -> list[dict[str, str]]:
    """The products that are in use, by name, as `product_file.write` takes them."""
    return [
        {
            **{column: product[column] or "" for column in COLUMNS if column in product},
            "aliases": ";".join(product["aliases"]),
            "pack": ";".join(product["packs"]),
            "pack_size": ";".join(product["pack_sizes"]),
        }
        for product in report(connection, "products", company_id)
    ]


def _call(connection: Connection, function: LiteralString, *arguments: object) -> Any:
    return connection.execute(function, arguments).fetchall()[0]["answer"]


def _batches(items: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
