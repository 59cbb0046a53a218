"""Titles in a WhatsApp list: short, and still each product's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_adapter.graph import ROW_TITLE_LIMIT
from edge_adapter.wording.titles import TITLE_LIMIT, shorten, titles


def test_the_limit_is_whatsapps() -> None:
    assert TITLE_LIMIT == ROW_TITLE_LIMIT


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Albany White Bread 700g", "Albany White Bread 700g"),
        ("White Star Maize Meal 5kg", "White Star Maize… 5kg"),
        ("White Star Maize Meal 12.5kg", "White Star Maize… 12.5kg"),
        ("Sunlight Dishwashing Liquid 750 ml", "Sunlight… 750 ml"),
        ("Large Brown Eggs in a tray of 30", "Large Brown Eggs in… 30"),
        ("Koo Baked Beans in Tomato Sauce", "Koo Baked Beans in…"),
        ("Supercalifragilisticexpialidocious", "Supercalifragilisticexp…"),
    ],
)
def test_a_cut_keeps_the_beginning_and_the_size(name: str, short: str) -> None:
    assert shorten(name, TITLE_LIMIT) == short


def test_sizes_of_one_product_stay_apart() -> None:
    names = ["White Star Maize Meal 5kg", "White Star Maize Meal 10kg"]
    assert titles(names) == ["White Star Maize… 5kg", "White Star Maize… 10kg"]


def test_what_differs_in_the_middle_is_kept() -> None:
    names = ["Lucky Star Pilchards Tomato 400g", "Lucky Star Pilchards Chilli 400g"]
    assert titles(names) == ["Tomato 400g", "Chilli 400g"]


def test_names_that_begin_alike_and_end_alike_are_numbered() -> None:
    first, second = titles(["A shop", "A shop"])
    assert (first, second) == ("1. A shop", "2. A shop")


@given(st.lists(st.text(max_size=90), max_size=10))
def test_titles_fit_and_differ_whatever_the_names(names: list[str]) -> None:
    made = titles(names)
    assert len(made) == len(names)
    assert len({title.casefold() for title in made}) == len(names)
    assert all(0 < len(title) <= TITLE_LIMIT for title in made)
