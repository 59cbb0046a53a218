"""Messages come in once, one process works on a sender at a time, and each is answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import Database
from tests.database.shop import Shop, line

pytestmark = pytest.mark.own_database

BREAD = "Albany White Bread 700g"


def lease(work: dict[str, Any]) -> dict[str, Any]:
    return {"sender": work["sender"], "token": work["token"]}


def sale(work: dict[str, Any], place: int = 0) -> dict[str, Any]:
    form = {"language": "en", "verdict": "ok", "actions": [line("sell", "bread", "1")]}
    return {**lease(work), "id": work["messages"][place]["id"], "form": form}


def test_the_same_message_is_stored_once_in_one_call_and_in_two(shop: Shop) -> None:
    arrival = shop.arrival()
    assert shop.adapter("receive_messages", p_messages=[arrival, arrival])["stored"] == 1
    again = shop.adapter("receive_messages", p_messages=[arrival])
    assert (again["stored"], again["duplicates"]) == (0, 1)


def test_the_same_message_at_the_same_instant_on_many_connections_books_once(
    own_database: Database,
) -> None:
    with own_database.connect() as connection:
        shop = Shop.open(connection)
        arrivals = [shop.arrival(), shop.arrival("clerk")]

    def receive(number: int) -> list[dict[str, Any]]:
        with own_database.connect() as mine:
            writer = Shop(mine, shop.id, shop.phones)
            order = arrivals if number % 2 else arrivals[::-1]
            work = writer.adapter("receive_messages", p_messages=order)["work"]
            for sender in work:
                writer.adapter("apply_interpretations", p_items=[sale(sender)])
            return list(work)

    with ThreadPoolExecutor(16) as pool:
        leased = [sender for work in pool.map(receive, range(32)) for sender in work]
    assert len(leased) == 2
    with own_database.connect() as connection:
        after = Shop(connection, shop.id, shop.phones, products=shop.products)
        assert after.on_hand(BREAD) == "-2"
        assert after.value("select count(*) from private.outbox") == 2


def test_a_leased_senders_new_message_goes_to_the_holder_and_to_nobody_else(shop: Shop) -> None:
    (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival()])["work"]
    assert shop.adapter("receive_messages", p_messages=[shop.arrival()])["work"] == []
    assert shop.adapter("claim_messages") == []
    shop.adapter("apply_interpretations", p_items=[sale(work)])
    settled = shop.adapter("settle_outbound", p_items=[], p_leases=[lease(work)])
    assert [len(sender["messages"]) for sender in settled["work"]] == [1]


def test_after_a_crash_another_process_goes_on_and_the_first_is_refused(shop: Shop) -> None:
    arrival = shop.arrival()
    (work,) = shop.adapter("receive_messages", p_messages=[arrival], p_lease_seconds=0)["work"]
    (taken,) = shop.adapter("claim_messages")
    (stale,) = shop.adapter("apply_interpretations", p_items=[sale(work)])
    assert stale == {"id": work["messages"][0]["id"], "stale": True}
    (owed,) = shop.adapter("apply_interpretations", p_items=[sale(taken)])
    assert owed["result"]["outcome"] == "posted"
    assert shop.lines() == 1


def test_applying_again_after_a_lost_answer_gives_the_same_answer(shop: Shop) -> None:
    (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival()])["work"]
    first = shop.adapter("apply_interpretations", p_items=[sale(work)])
    assert shop.adapter("apply_interpretations", p_items=[sale(work)]) == first
    assert shop.lines() == 1


def test_messages_of_a_sender_come_in_the_order_they_were_sent(shop: Shop) -> None:
    late = {**shop.arrival(), "sent_at": "2026-11-22T09:00:00Z"}
    early = {**shop.arrival(), "sent_at": "2026-11-22T08:00:00Z"}
    (work,) = shop.adapter("receive_messages", p_messages=[late, early])["work"]
    assert [message["wamid"] for message in work["messages"]] == [early["wamid"], late["wamid"]]


def test_a_message_that_breaks_whoever_touches_it_is_set_aside(shop: Shop) -> None:
    shop.adapter("receive_messages", p_messages=[shop.arrival()], p_lease_seconds=0)
    for _ in range(8):
        assert shop.adapter("claim_messages", p_lease_seconds=0)
    assert shop.adapter("claim_messages", p_lease_seconds=0)  # the database may be in trouble
    shop.connection.execute("update private.inbox set received_at = now() - interval '61 minutes'")
    shop.adapter("claim_messages", p_lease_seconds=0)
    assert shop.adapter("claim_messages", p_lease_seconds=0) == []
    assert shop.value("select state::text from private.inbox") == "parked"


def test_a_reply_that_was_never_sent_comes_back_and_one_that_was_does_not(shop: Shop) -> None:
    (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival()])["work"]
    (owed,) = shop.adapter("apply_interpretations", p_items=[sale(work)], p_resend_seconds=0)
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease(work)])
    (again,) = shop.adapter("claim_outbound")
    assert again["replies"] == [owed]
    item = {"outbound_id": owed["outbound_id"], "state": "sent", "wamid": "w", "text": "words"}
    shop.adapter("settle_outbound", p_items=[item], p_leases=[lease(again)])
    assert shop.adapter("claim_outbound") == []
    assert shop.value("select body from public.messages where direction = 'out'") == "words"


def test_a_reply_of_unknown_fate_is_settled_by_its_status(shop: Shop) -> None:
    (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival()])["work"]
    (owed,) = shop.adapter("apply_interpretations", p_items=[sale(work)])
    unknown = {"outbound_id": owed["outbound_id"], "state": "unknown", "retry_seconds": 0}
    shop.adapter("settle_outbound", p_items=[unknown], p_leases=[lease(work)])
    status = {"wamid": "wamid.x", "outbound_id": owed["outbound_id"], "status": "delivered"}
    shop.adapter("receive_messages", p_messages=[], p_statuses=[status])
    assert shop.adapter("claim_outbound") == []
    assert shop.value("select state || ' ' || status || ' ' || wamid from private.outbox") == (
        "sent delivered wamid.x"
    )


def test_a_status_only_moves_forward(shop: Shop) -> None:
    owed = shop.say("clerk", line("sell", "bread", "1"))
    for status in ("read", "delivered", "failed", "sent", "nonsense"):
        shop.adapter(
            "receive_messages",
            p_messages=[],
            p_statuses=[{"wamid": owed["wamid"], "status": status}],
        )
    assert shop.value("select status::text from private.outbox") == "read"


def test_retries_end(shop: Shop) -> None:
    (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival()])["work"]
    (owed,) = shop.adapter("apply_interpretations", p_items=[sale(work)])
    waiting = {"outbound_id": owed["outbound_id"], "state": "waiting", "retry_seconds": 0}
    leases = [lease(work)]
    for _ in range(8):
        shop.adapter("settle_outbound", p_items=[waiting], p_leases=leases)
        leases = [lease(sender) for sender in shop.adapter("claim_outbound")]
    assert leases == []
    assert shop.value("select state::text from private.outbox") == "dead"
