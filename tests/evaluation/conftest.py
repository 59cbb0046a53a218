"""A connection as an evaluation has it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from tests.conftest import Database

Connection = psycopg.Connection[DictRow]


@pytest.fixture
def connection(own_database: Database) -> Iterator[Connection]:
    with psycopg.connect(own_database.url, autocommit=True, row_factory=dict_row) as made:
        yield made
