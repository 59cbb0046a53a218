"""The shop of a corpus as a reader of its file knows it: what each word names, packs and prices.

Knows no database and no rule of the product: what is expected must not come from what is tested.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cli import product_file
from cli.errors import CommandError
from cli.product_file import ProductRow

PRODUCTS = "shop.csv"
OTHER_WORDS = "names.toml"
DEFAULT_LOCATION = "Shop"

_MEASURES = {("g", "kg"), ("ml", "l")}
_WEIGHED_NAME = re.compile(r"\d ?(?:g|kg|s)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Catalogue:
    """`rows`: the products as they are imported, by line. `named`: word → product."""

    rows: Mapping[int, ProductRow]
    named: Mapping[str, ProductRow]

    def product(self, word: str) -> ProductRow | None:
        """The product of a word, whatever its case; None for none."""
        return self.named.get(_folded(word))


def load(folder: Path) -> Catalogue:
    """The products of `shop.csv`, and what else people call them in `names.toml`, if there is one.

    Raises CommandError for a missing file, and for a word that names two products.
    """
    file = folder / PRODUCTS
    if not file.exists():
        raise CommandError(f"A corpus needs the shop it is about: there is no {file}.")
    rows = product_file.read(file.read_bytes())
    named: dict[str, ProductRow] = {}
    by_name = {row.name: row for row in rows.values()}
    for row in rows.values():
        for word in (row.name, *row.aliases):
            _claim(named, word, row)
    others = folder / OTHER_WORDS
    if others.exists():
        for name, words in tomllib.loads(others.read_text("utf-8"))["other_words"].items():
            if name not in by_name:
                raise CommandError(f"{others}: there is no product {name!r} in {PRODUCTS}.")
            for word in words:
                _claim(named, word, by_name[name])
    return Catalogue(rows, named)


def units_in(product: ProductRow, unit: str | None) -> Decimal | None:
    """How many base units of a product one `unit` of it is; None when its shop never said."""
    base = product.unit or "each"
    if unit in (None, base):
        return Decimal(1)
    packs = dict(zip(product.pack, product.pack_size, strict=True))
    if unit in packs:
        return packs[unit]
    if unit == "dozen":
        return Decimal(12)
    if unit.endswith("-pack"):
        return Decimal(unit.removesuffix("-pack"))
    if (unit, base) in _MEASURES:
        return Decimal("0.001")
    if unit in ("packet", "bag") and base == "each" and _WEIGHED_NAME.search(product.name):
        return Decimal(1)  # what is named by its weight is such a packet
    return None


def _claim(named: dict[str, ProductRow], word: str, row: ProductRow) -> None:
    if named.setdefault(_folded(word), row) is not row:
        raise CommandError(f"{word!r} names both {named[_folded(word)].name!r} and {row.name!r}.")


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())
