""" "Remove the milk": what a draft should be without."""

from __future__ import annotations

import pytest

from edge_adapter.grammar import parse


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("remove the milk", "milk"),
        ("Delete milk please", "milk"),
        ("yes, but without the coke 2l.", "coke 2l"),
        ("all except bread", "bread"),
        ("not the milk", "milk"),
        ("verwyder melk", "melk"),
        ("ja maar sonder melk", "melk"),
        ("susa ubisi", "ubisi"),
        ("khupha ubisi", "ubisi"),
        ("tlosa lebese", "lebese"),
    ],
)
def test_a_removal_names_what_to_leave_out(text: str, product: str) -> None:
    (found,) = parse(text).actions
    assert (found.action, found.option, found.product) == ("choose", "remove", product)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("remove 3 expired milk", "write_off"),
        ("not the milk, bread", "correct"),
        ("skip", "choose"),
        ("remove 3 milk", "unknown"),
    ],
)
def test_what_has_a_number_or_another_product_is_no_removal(text: str, action: str) -> None:
    assert [(found.action, found.option == "remove") for found in parse(text).actions] == [
        (action, False)
    ]
