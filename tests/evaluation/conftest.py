"""A connection as an evaluation has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from tests.conftest import Database

Connection = psycopg.Connection[DictRow]


@contextmanager
def connected(database: Database) -> Iterator[Connection]:
    """As `postgres`, each statement committed by itself."""
    with psycopg.connect(database.url, autocommit=True, row_factory=dict_row) as made:
        yield made


@pytest.fixture
def connection(own_database: Database) -> Iterator[Connection]:
    with connected(own_database) as made:
        yield made
