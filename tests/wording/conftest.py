"""What a real database answers to a whole story, told once."""

from __future__ import annotations

import pytest

from tests.conftest import Database
from tests.database.shop import Shop
from tests.wording.story import Result, tell


@pytest.fixture(scope="session")
def results(database: Database) -> dict[str, Result]:
    """Every result of the story by its name, in a database that ends with it."""
    own = database.clone()
    with own.connect() as connection:
        told = tell(Shop.open(connection))
    own.drop()
    return told
