"""English words for product nouns."""

from __future__ import annotations

import pytest

from edge_adapter.grammar import gloss


@pytest.mark.parametrize(
    ("product", "english"),
    [
        ("izinkwa", "bread"),
        ("isinkwa", "bread"),
        ("izonka", "bread"),
        ("brode", "bread"),
        ("bohobe", "bread"),
        ("wit brood", "white bread"),
        ("ubisi 1l", "milk 1l"),
        ("Lebese", "milk"),
        ("icoke", "coke"),
        ("amaswidi", "sweets"),
        ("bread", None),
        ("coke 2l", None),
        ("simba", None),
        ("", None),
    ],
)
def test_a_noun_is_glossed_through_its_prefixes(product: str, english: str | None) -> None:
    assert gloss(product) == english
