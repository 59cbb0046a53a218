"""Lines of a slip are held against what is printed on it, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from edge_adapter.interpretation import Interpretation
from edge_adapter.slips import doubted, lines_total


def _slip(*actions: dict[str, Any]) -> Interpretation:
    filled = [{"action": "receive", "certainty": "sure", **action} for action in actions]
    return Interpretation.model_validate({"language": "en", "actions": filled})


def _certainties(printed: str | None, *actions: dict[str, Any]) -> list[str | None]:
    return [action.certainty for action in doubted(_slip(*actions), printed).actions]


@pytest.mark.parametrize(
    "printed",
    [
        "Coke 2L  12  R1 250,00",
        "12 x COKE 2L @ total 1250.00",
        "coke 2l 12 R1,250.00",
        "coke 2l 12 R1\u00a0250.00",
        "coke 2l 12 1.250,00",
    ],
)
def test_a_line_that_stands_on_the_slip_is_sure(printed: str) -> None:
    line = {"product": "coke 2l", "quantity": "12", "total_price": "1250.00"}
    assert _certainties(printed, line) == ["sure"]


@pytest.mark.parametrize(
    "line",
    [
        {"product": "coke 2l", "quantity": "13"},
        {"product": "fanta 2l", "quantity": "12"},
        {"product": "coke 2l", "quantity": "12", "total_price": "1250.01"},
        {"product": "coke 2l", "quantity": "12", "unit_price": "104.17"},
        {"product": "coke 2l", "quantity": "12", "certainty": "unsure"},
        {"product": "coke 2l", "quantity": "12", "certainty": None},
    ],
)
def test_a_line_that_does_not_is_unsure(line: dict[str, Any]) -> None:
    assert _certainties("Coke 2L 12 R1 250,00", line) == ["unsure"]


def test_what_names_no_deed_and_no_number_is_unread() -> None:
    assert _certainties("Coke 2L", {"action": "unknown", "product": "coke 2l"}) == ["unread"]


def test_what_was_heard_is_not_looked_up_in_digits() -> None:
    assert _certainties(None, {"product": "coke", "quantity": "3"}) == ["sure"]


def test_the_lines_come_to_cents_exactly() -> None:
    slip = _slip(
        {"product": "a", "quantity": "3", "unit_price": "0.10"},
        {"product": "b", "quantity": "7", "total_price": "0.07"},
        {"product": "c", "quantity": "2", "price": "10"},
        {"product": "d", "quantity": "5"},
        {"product": "e", "quantity": "9", "total_price": "99", "certainty": "unread"},
    )
    assert lines_total(slip) == Decimal("20.37")


def test_a_number_beside_another_is_no_thousands() -> None:
    line = {"product": "coke 2l", "quantity": "12", "total_price": "250.50"}
    assert _certainties("Coke 2L 12 250.50", line) == ["sure"]
