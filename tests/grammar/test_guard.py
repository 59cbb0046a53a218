"""The last look before a reading may book."""

from __future__ import annotations

from typing import Any

import pytest

from edge_adapter.grammar import parse
from edge_adapter.guard import Verdict, guard
from edge_adapter.interpretation import Interpretation


def _model_said(*actions: dict[str, Any]) -> Interpretation:
    return Interpretation.model_validate({"language": "en", "actions": list(actions)})


SELL_COKE = {"action": "sell", "product": "coke", "quantity": "3"}


@pytest.mark.parametrize(
    ("text", "action", "verdict"),
    [
        ("sold 3 coke", SELL_COKE, Verdict("ok")),
        ("sold three coke", SELL_COKE, Verdict("ok")),
        ("ngithengise i-coke ezintathu", SELL_COKE, Verdict("ok")),
        ("sold 4 coke", SELL_COKE, Verdict("reject", "number_not_in_text")),
        ("sold coke", SELL_COKE, Verdict("reject", "number_not_in_text")),
        ("sold 3 coke 2 5", SELL_COKE, Verdict("reject", "number_left_over")),
        ("sold 3 coke and 2 bread", SELL_COKE, Verdict("reject", "number_left_over")),
        ("sold 3 coke to the guy with a blue hat", SELL_COKE, Verdict("ok")),
        ("sold 3 coke zebra", SELL_COKE, Verdict("confirm", "word_left_over")),
        ("sold 3 cokes", SELL_COKE, Verdict("confirm", "word_not_in_text")),
        ("got 3 coke", SELL_COKE, Verdict("reject", "direction_conflict")),
        ("3 coke", SELL_COKE, Verdict("confirm", "no_exact_verb")),
        ("sodl 3 coke", SELL_COKE, Verdict("confirm", "no_exact_verb")),
        ("did not sell 3 coke", SELL_COKE, Verdict("reject", "negated")),
        ("need to sell 3 coke", SELL_COKE, Verdict("reject", "intended")),
        ("did I sell 3 coke?", SELL_COKE, Verdict("reject", "question")),
        ("sold 3 coke, no bread today", SELL_COKE, Verdict("confirm", "negated")),
        ("sold about 3 coke", SELL_COKE, Verdict("confirm", "unsure")),
        ("sold 2-3 coke", SELL_COKE, Verdict("reject", "unreadable_number")),
        ("sold -3 coke", SELL_COKE, Verdict("reject", "unreadable_number")),
        (
            "sold 3 coke 2l",
            {"action": "sell", "product": "coke", "quantity": "2"},
            Verdict("reject", "number_not_in_text"),
        ),
        (
            "sold 3 coke R12-50",
            {**SELL_COKE, "price": "12.50"},
            Verdict("confirm", "doubtful_number"),
        ),
        (
            "sold 2 dozen eggs",
            {"action": "sell", "product": "eggs", "quantity": "24"},
            Verdict("ok"),
        ),
        (
            "sold 2 6-packs coke",
            {"action": "sell", "product": "coke", "quantity": "2", "unit": "6-pack"},
            Verdict("ok"),
        ),
        ("maybe", {"action": "confirm"}, Verdict("reject", "no_exact_word")),
        (
            "the second bread",
            {"action": "choose", "option": "2"},
            Verdict("reject", "no_exact_word"),
        ),
        ("hmm that looks odd", {"action": "undo"}, Verdict("reject", "no_exact_word")),
        ("how is the bread doing", {"action": "stock", "product": "bread"}, Verdict("ok")),
    ],
)
def test_a_model_books_at_once_only_what_the_words_say(
    text: str, action: dict[str, Any], verdict: Verdict
) -> None:
    assert guard(text, _model_said(action), origin="model") == verdict


def test_each_number_of_the_text_is_used_once() -> None:
    twice = _model_said(SELL_COKE, {"action": "sell", "product": "bread", "quantity": "3"})
    assert guard("sold 3 coke and bread", twice, origin="model").reason == "number_not_in_text"
    assert guard("sold 3 coke and 3 bread", twice, origin="model") == Verdict("ok")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("sold 3 coke", Verdict("ok")),
        ("got 10 bread, need 5 milk", Verdict("confirm", "intended")),
        ("sold 3 coke but did not sell bread", Verdict("confirm", "negated")),
        ("sold coke 2", Verdict("confirm", "size_or_quantity")),
        ("Sipho sold 3 coke", Verdict("confirm", "word_left_over")),
        ("bread finished", Verdict("confirm", "finished")),
        ("buy 10 bread", Verdict("confirm", "not_done")),
        ("sold 3 coke 5 6", Verdict("reject", "number_left_over")),
        ("that was 5 not 3", Verdict("ok")),
        ("1 case coke = 24", Verdict("ok")),
        ("how many coke left?", Verdict("ok")),
    ],
)
def test_the_grammar_is_held_to_the_same_words(text: str, verdict: Verdict) -> None:
    assert guard(text, parse(text), origin="grammar") == verdict
