"""Whatever the Graph API does, a person gets one reply in the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapter.servers import Adapter, Surroundings
from tests.adapter.webhooks import status, tap, text, webhook
from tests.database.shop import Shop, line

BREAD = "Albany White Bread 700g"
SALE = "sold 3 white bread"
FATE_SECONDS = 2


@pytest.fixture(scope="module")
def adapter(outside: Surroundings) -> Iterator[Adapter]:
    """It waits two seconds for a word on a reply whose fate is unknown."""
    with outside.adapter(UNKNOWN_FATE_SECONDS=str(FATE_SECONDS)) as running:
        yield running


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "code": 131000},
        {"status": 503, "text": "<html>busy</html>"},
        {"status": 429, "code": 130429},
        {"status": 429, "retry_after": 1, "text": ""},
        {"status": 400, "code": 131056},
        {"status": 400, "code": 999999, "is_transient": True},
    ],
    ids=["500", "503", "throughput", "429", "pair rate", "transient"],
)
def test_what_was_not_accepted_is_sent_later(
    adapter: Adapter, outside: Surroundings, shop: Shop, fault: dict[str, Any]
) -> None:
    owner = shop.phones["owner"]
    outside.fail(**fault)
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    assert len(outside.replies(owner)) == 1
    assert (
        outside.value("select attempts from private.outbox where recipient = %(p)s", p=owner) == 2
    )
    assert shop.on_hand(BREAD) == "-3"


def test_what_can_never_go_is_given_up(adapter: Adapter, outside: Surroundings, shop: Shop) -> None:
    owner = shop.phones["owner"]
    outside.fail(status=400, code=131026)
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    assert outside.replies(owner) == []
    assert outside.connection.execute(
        "select state::text, error_code, attempts from private.outbox where recipient = %s", [owner]
    ).fetchone() == ("dead", "131026", 1)
    assert shop.on_hand(BREAD) == "-3"


@pytest.mark.parametrize("word", ["sent", "delivered", "read", "failed"])
def test_a_status_settles_a_reply_whose_answer_was_lost(
    adapter: Adapter, outside: Surroundings, shop: Shop, word: str
) -> None:
    owner = shop.phones["owner"]
    outside.fail(drop=True)
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    outside.eventually(
        "select state = 'unknown' from private.outbox where recipient = %(p)s", p=owner
    )
    (sent,) = outside.sent_to(owner)
    assert adapter.post(webhook(statuses=[status(sent, word)])).status_code == 200
    assert len(outside.replies(owner)) == 1
    time.sleep(FATE_SECONDS + 1)
    assert len(outside.sent_to(owner)) == 1
    assert (
        outside.value("select wamid from private.outbox where recipient = %(p)s", p=owner)
        == (sent["wamid"])
    )


def test_a_reply_of_which_no_word_comes_is_sent_again(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    """Without this the test above would prove nothing."""
    owner = shop.phones["owner"]
    outside.fail(drop=True)
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    assert len(outside.replies(owner)) == 2


def test_a_late_status_never_turns_back(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    adapter.post(webhook(text(owner, SALE)))
    outside.replies(owner)
    (sent,) = outside.sent_to(owner)
    for word in ("read", "delivered", "sent", "failed"):
        assert adapter.post(webhook(statuses=[status(sent, word)])).status_code == 200
    assert outside.value("select status::text from private.outbox where wamid = %(w)s",
                         w=sent["wamid"]) == "read"  # fmt: skip


def test_a_reply_quotes_the_message_it_answers(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    sale = text(owner, SALE)
    adapter.post(webhook(sale))
    outside.replies(owner)
    (sent,) = outside.sent_to(owner)
    assert sent["payload"]["context"] == {"message_id": sale["id"]}


def test_thirty_lines_are_answered_by_one_message_whose_button_takes_them_all_back(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    names = ("white bread", "brown bread", "coke 2l", "coke 500ml", "potatoes")
    shop.record("owner", "stock", *(line("receive", name, "200") for name in names))
    sold = "\n".join(f"{number} {names[number % 5]}" for number in range(1, 31))
    adapter.post(webhook(text(owner, f"sold\n{sold}")))
    (reply,) = outside.replies(owner)
    (sent,) = outside.sent_to(owner)
    assert sent["payload"]["type"] == "interactive"
    assert len([line for line in reply.text.splitlines() if " → " in line]) == 30
    assert shop.on_hand(BREAD) == "95"
    adapter.post(webhook(tap(owner, reply.options[0].id, reply.wamid)))
    outside.replies(owner)
    assert shop.on_hand(BREAD) == "200"


def test_forwarded_words_become_a_draft_that_a_tap_books(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    for mark in ("forwarded", "frequently_forwarded"):
        adapter.post(webhook(text(owner, SALE, context={mark: True})))
    asked, _ = outside.replies(owner)
    assert shop.lines() == 0
    yes = asked.options[0]
    adapter.post(webhook(tap(owner, yes.id, asked.wamid)))
    assert len(outside.replies(owner)) == 3
    assert shop.on_hand(BREAD) == "-3"
