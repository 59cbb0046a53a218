"""A shop in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Connection, Database
from tests.database.shop import Shop


@pytest.fixture
def connection(own_database: Database) -> Iterator[Connection]:
    with own_database.connect() as opened:
        yield opened


@pytest.fixture
def shop(connection: Connection) -> Shop:
    return Shop.open(connection)
