"""What a message takes back itself before it ends."""

from __future__ import annotations

import pytest

from edge_adapter.grammar import parse
from edge_adapter.guard import guard


@pytest.mark.parametrize(
    ("text", "action", "product", "quantity"),
    [
        ("sold 3 coke sorry 4", "sell", "coke", "4"),
        ("sold 3 coke 2l no wait 4", "sell", "coke 2l", "4"),
        ("1kg wors sold, no wait 2kg wors", "sell", "wors", "2"),
        ("sold coke 3, no wait coke 4", "sell", "coke", "4"),
        ("sold 3 white bread sorry 3 brown bread", "sell", "brown bread", "3"),
        ("4 fanta, nee sorry 5 fanta verkoop", "sell", "fanta", "5"),
        ("ngithengise izinkwa ezi-3, cha ezi-4", "sell", "izinkwa", "4"),
    ],
)
def test_what_is_put_right_in_the_same_message_is_booked_right(
    text: str, action: str, product: str, quantity: str
) -> None:
    reading = parse(text)
    (booked,) = reading.actions
    assert (booked.action, booked.product, booked.quantity) == (action, product, quantity)
    assert guard(text, reading, origin="grammar").outcome == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "sold 3 coke, sorry 2 fanta",  # instead of them, or beside them?
        "sold 3 bread, no coke",
        "ngithengise 3 coke hhayi 4",
    ],
)
def test_what_may_not_be_put_right_is_asked_about(text: str) -> None:
    reading = parse(text)
    unread = any(action.action == "unknown" for action in reading.actions)
    assert unread or guard(text, reading, origin="grammar").outcome != "ok"
