"""While the database is away nothing is acknowledged; Meta tries again and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.adapter.servers import Adapter, Surroundings
from tests.adapter.webhooks import text, webhook
from tests.database.shop import Shop

BREAD = "Albany White Bread 700g"


@pytest.fixture(scope="module")
def adapter(outside: Surroundings) -> Iterator[Adapter]:
    """It soon sends what an outage kept from being sent."""
    with outside.adapter(GRAPH_TIMEOUT_SECONDS="1.5", RESEND_SECONDS="7") as running:
        yield running


@contextmanager
def _no_database(outside: Surroundings) -> Iterator[None]:
    name = outside.database.name
    with outside.database.cluster.connect("template1") as admin:
        admin.execute(f'alter database "{name}" with allow_connections false')
        try:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and usename = 'local_api'",
                [name],
            )
            yield
        finally:
            admin.execute(f'alter database "{name}" with allow_connections true')


def test_without_the_database_the_webhook_answers_503_and_metas_next_try_is_booked(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    sale = webhook(text(owner, "sold 3 white bread"))
    with _no_database(outside):
        answer = adapter.post(sale)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        ready = adapter.client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
        assert adapter.client.get("/healthz").status_code == 200
    assert adapter.post(sale).status_code == 200
    assert len(outside.replies(owner)) == 1
    assert shop.on_hand(BREAD) == "-3"
    assert adapter.client.get("/readyz").status_code == 200


def test_what_was_stored_before_an_outage_is_booked_after_it(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    for _ in range(5):
        assert adapter.post(webhook(text(owner, "sold 3 white bread"))).status_code == 200
    with _no_database(outside):
        assert adapter.post(webhook(text(owner, "sold 1 white bread"))).status_code == 503
    assert len(outside.replies(owner)) == 5
    assert shop.on_hand(BREAD) == "-15"
