"""How a test says that the database refuses something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest


@contextmanager
def refuses(status: int, word: str) -> Iterator[None]:
    """What is tried within is refused with this HTTP status and machine word."""
    with pytest.raises(psycopg.Error) as error:
        yield
    assert (error.value.sqlstate, error.value.diag.message_hint) == (f"PT{status}", word)
