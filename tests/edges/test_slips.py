"""Lines of a slip are held against what is printed on it, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from edge_adapter.interpretation import Interpretation
from edge_adapter.slips import doubted, goods, lines_total


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
        {"product": "f", "quantity": "0.455", "unit_price": "89.99"},
        {"product": "g", "quantity": "0.5", "unit_price": "0.05"},
    )
    assert lines_total(slip) == Decimal("61.35")


def test_a_number_beside_another_is_no_thousands() -> None:
    line = {"product": "coke 2l", "quantity": "12", "total_price": "250.50"}
    assert _certainties("Coke 2L 12 250.50", line) == ["sure"]


TWO = ({"product": "bread", "quantity": "10"}, {"product": "milk", "quantity": "6"})


def test_numbers_of_another_line_are_not_a_lines_own() -> None:
    assert _certainties("bread 10\nmilk 6", *TWO) == ["sure", "sure"]
    assert _certainties("bread 6\nmilk 10", *TWO) == ["unsure", "unsure"]


def test_figures_may_stand_under_or_over_their_name() -> None:
    assert _certainties("bread\n10 x 12.50\nmilk\n6 x 20.00", *TWO) == ["sure", "sure"]
    assert _certainties("10 x 12.50\nbread\n6 x 20.00\nmilk", *TWO) == ["sure", "sure"]


def test_a_line_is_taken_once() -> None:
    assert _certainties("bread 10\nmilk 6", TWO[0], TWO[0]) == ["sure", "unsure"]


def test_a_size_is_no_quantity() -> None:
    line = {"product": "coke 2l", "quantity": "2"}
    assert _certainties("Coke 2L 12", line) == ["unsure"]
    assert _certainties("Coke 2L 2", line) == ["sure"]


@pytest.mark.parametrize(
    ("product", "kept"),
    [
        ("VAT 15%", False), ("Delivery fee", False), ("Sub-total", False), ("Change", False),
        ("Totaal verskuldig", False), ("Grand Total", False), ("White Bread", True),
        ("Net bag oranges", True), ("Crate deposit coke", True), (None, True),
    ],
)  # fmt: skip
def test_what_names_no_goods_is_left_out(product: str | None, kept: bool) -> None:
    line = {"quantity": "1", "total_price": "5"} | ({"product": product} if product else {})
    bread = {"product": "bread", "quantity": "1"}
    left = goods(_slip(line, bread))
    assert left is not None
    assert len(left.actions) == (2 if kept else 1)
    assert (goods(_slip(line)) is not None) == kept
