"""A shop of a test's own, in a database that the tests of a module share.

Shops do not see each other, which the policy tests prove. A test that looks at what belongs to no
shop, or changes the schema, is marked `own_database`: it gets one that nobody else writes to.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Connection, Database
from tests.database.shop import Shop


@pytest.fixture(scope="module")
def shared_database(database: Database) -> Iterator[Database]:
    made = database.clone()
    yield made
    made.drop()


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    own = request.node.get_closest_marker("own_database")
    name = "own_database" if own else "shared_database"
    chosen: Database = request.getfixturevalue(name)
    with chosen.connect() as opened:
        yield opened


@pytest.fixture
def shop(connection: Connection) -> Shop:
    return Shop.open(connection)
