"""A small load in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli import load
from tests.conftest import Database

AMOUNT = load.Load(companies=7, products=30, transactions=2_003, seed=5)


@pytest.fixture(scope="module")
def loaded(database: Database) -> Iterator[Database]:
    """Seven companies with 30 products and 2,003 lines among them. Only read it."""
    made = database.clone()
    load.run(made.url, AMOUNT, lambda _done, _of: None)
    yield made
    made.drop()
