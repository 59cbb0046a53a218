"""What is told beside the goods is passed over, unless it might change what is booked."""

from __future__ import annotations

import pytest

from edge_adapter.grammar import parse
from edge_adapter.guard import guard


@pytest.mark.parametrize(
    "text",
    [
        "sold 12 amstel, the people are thirsty",
        "sold 12 amstel, the queue was long",
        "12 amstel verkoop, die mense is dors",
        "the fridge is not working, sold 12 amstel",
        "rain got in, sold 12 amstel",
        "Thabo's sales:\namstel 12",
        "a man came, sold 12 amstel",
        "went to church, sold 12 amstel",
    ],
)
def test_small_talk_changes_nothing(text: str) -> None:
    reading = parse(text)
    (booked,) = reading.actions
    assert (booked.action, booked.product, booked.quantity) == ("sell", "amstel", "12")
    assert guard(text, reading, origin="grammar").outcome == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "sold 12 amstel, purity",
        "sold 12 amstel, the purity",
        "sold 12 amstel, they did not pay for the purity",
        "sold 12 amstel, she wants purity",
        "sold 12 amstel, the milk is finished",
        "sold 12 amstel, was it purity?",
    ],
)
def test_what_may_be_goods_is_no_small_talk(text: str) -> None:
    reading = parse(text)
    asked = guard(text, reading, origin="grammar").outcome != "ok"
    assert asked or len(reading.actions) > 1
