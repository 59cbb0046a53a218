"""A message counts once, however often and over how many connections Meta brings it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.adapter.servers import Adapter, Surroundings
from tests.adapter.webhooks import text, webhook
from tests.database.shop import Shop

BREAD = "Albany White Bread 700g"


@pytest.fixture(scope="module")
def adapters(outside: Surroundings) -> Iterator[tuple[Adapter, Adapter]]:
    """Two processes on one database."""
    with outside.adapter() as one, outside.adapter() as other:
        yield one, other


def test_twice_in_one_batch_is_once(
    adapters: tuple[Adapter, Adapter], outside: Surroundings, shop: Shop
) -> None:
    sale = text(shop.phones["owner"], "sold 3 white bread")
    assert adapters[0].post(webhook(sale, sale)).status_code == 200
    assert len(outside.replies(shop.phones["owner"])) == 1
    assert shop.on_hand(BREAD) == "-3"


def test_twice_in_two_posts_is_once(
    adapters: tuple[Adapter, Adapter], outside: Surroundings, shop: Shop
) -> None:
    sale = webhook(text(shop.phones["owner"], "sold 3 white bread"))
    for adapter in (adapters[0], adapters[0], adapters[1]):
        assert adapter.post(sale).status_code == 200
        assert len(outside.replies(shop.phones["owner"])) == 1
    assert shop.on_hand(BREAD) == "-3"


def test_at_the_same_instant_on_many_connections_is_once(
    adapters: tuple[Adapter, Adapter], outside: Surroundings, shop: Shop
) -> None:
    sale = webhook(text(shop.phones["owner"], "sold 3 white bread"))
    together = Barrier(8)

    def post(number: int) -> int:
        together.wait()
        return adapters[number % 2].post(sale).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(post, range(8))) == {200}
    assert len(outside.replies(shop.phones["owner"])) == 1
    assert shop.on_hand(BREAD) == "-3"


def test_a_burst_over_two_processes_is_booked_and_answered_in_each_senders_order(
    adapters: tuple[Adapter, Adapter], outside: Surroundings, shop: Shop
) -> None:
    quantities = range(1, 16)
    said = {f"2785000{number:04}": list[dict[str, Any]]() for number in range(20)}
    for sender, messages in said.items():
        shop.value("select private.add_member(%s, %s, 'Helper', 'clerk')", shop.id, sender)
        messages += [text(sender, f"sold {quantity} white bread") for quantity in quantities]

    def post(sender: str) -> None:
        for number, message in enumerate(said[sender]):
            assert adapters[number % 2].post(webhook(message)).status_code == 200

    with ThreadPoolExecutor(len(said)) as threads:
        list(threads.map(post, said))
    outside.replies(*said)

    assert shop.lines() == len(said) * len(quantities)
    assert shop.on_hand(BREAD) == str(-len(said) * sum(quantities))
    for sender, messages in said.items():
        booked = outside.connection.execute(
            "select arrived.wamid"
            " from private.inbox as arrived"
            " inner join public.operations as operation using (company_id, message_id)"
            " inner join public.transactions as line"
            " on line.company_id = operation.company_id and line.operation_id = operation.id"
            " where arrived.sender = %s"
            " order by line.seq",
            [sender],
        ).fetchall()
        ids = [message["id"] for message in messages]
        assert [row[0] for row in booked] == ids
        assert [row["payload"]["context"]["message_id"] for row in outside.sent_to(sender)] == ids
