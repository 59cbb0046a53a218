"""The adapter as a real process, between the real API and a stand-in for Meta."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapter.servers import Adapter, Surroundings, surroundings
from tests.conftest import Database
from tests.database.shop import Shop


@pytest.fixture(scope="session")
def outside(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    """Everything but the adapter. Tests share the database: each opens a shop of its own."""
    own = database.clone()
    with surroundings(own, tmp_path_factory.mktemp("adapter")) as made:
        yield made
    own.drop()


@pytest.fixture(scope="module")
def adapter(outside: Surroundings) -> Iterator[Adapter]:
    """One adapter for a module; it is the only one that runs."""
    with outside.adapter() as running:
        yield running


@pytest.fixture
def shop(outside: Surroundings) -> Shop:
    return Shop.open(outside.connection)


@pytest.fixture(autouse=True)
def _nothing_planned(outside: Surroundings) -> Iterator[None]:
    """The next test finds a Graph API without faults."""
    yield
    outside.graph.delete("/_standin/messages").raise_for_status()
