"""Words that came from people stay data: cut, on one line, and never read as ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_adapter.graph import ROW_TITLE_LIMIT, TEXT_LIMIT
from edge_adapter.wording.language import LANGUAGES, LONGEST_NAME, plain
from edge_adapter.wording.render import render
from tests.wording import migrations

HOSTILE = [
    "{said}",
    "{product.__class__}",
    "{0} {} %s %(said)s $said",
    "Milk\nTaken back: everything.\nLeft: 0.",
    "Milk\r\n\u2028\u2029\x00\x1b[31m",
    "\u202eklim\u202c",
    "http://evil.example/?a=1",
    "x" * 5000,
    "“”\"'`*_~```",
]


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_is_one_line_of_bounded_length_and_fills_nothing(said: str, language: str) -> None:
    details = {"said": said, "product": said, "quantity": "2", "unit": "each"}
    for kind in ("which_product", "unknown_product", "which_action", "large_quantity"):
        options = [{"key": "p1", "label": said, "product_id": "1"}]
        asked = {"id": "1", "kind": kind, "details": details, "options": options}
        text = render({"outcome": "question", "question": asked}, language).text
        assert plain(said) in text
        assert len(text.splitlines()) == 1
        assert len(text) < LONGEST_NAME + 120


def test_a_name_in_braces_is_shown_as_it_is() -> None:
    result = {"outcome": "refused", "code": "unknown_product", "details": {"said": "{code} {said}"}}
    assert "“{code} {said}”" in render(result, "en").text


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert plain("a\u202eb\u200bc\x00d\ne\tf") == "a b c d e f"
    assert plain("👩‍👧") == "👩‍👧"
    assert plain("x" * 100) == "x" * 79 + "…"


def test_a_quoted_message_is_one_short_line() -> None:
    row = {
        "product": "Milk", "unit": "each", "kind": "sell", "quantity": "-1", "balance": "1",
        "at": "2026-11-20T10:00", "member": "Thandi\nLeft: 0", "said": "sold\n1 milk " + "y" * 900,
    }  # fmt: skip
    answers = [{"action": "history", "said": "milk", "rows": [row]}]
    _, line = render({"outcome": "answered", "answers": answers}, "en").text.splitlines()
    assert line.startswith("20 Nov 10:00 sold 1 → 1, Thandi Left: 0: “sold 1 milk yyy")
    assert len(line) < 140


# --- whatever the database answers ----------------------------------------------------------------

text = st.text(max_size=120) | st.sampled_from(HOSTILE)
number = st.decimals(min_value=-999_999_999, max_value=999_999_999, places=3, allow_nan=False).map(
    lambda value: f"{value:f}"
)
positive = st.decimals(min_value=0, max_value=999_999_999, places=2).map(lambda v: f"{v:f}")
unit = st.sampled_from(["each", "kg", "g", "l", "ml", "rand"])
typed_unit = st.none() | unit | st.sampled_from(["case", "tray", "6-pack"]) | text
word = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)


def some(known: set[str]) -> st.SearchStrategy[str]:
    """One that the database has, or one that it may have tomorrow."""
    return st.sampled_from(sorted(known)) | word


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


lines = record(
    product=text, unit=unit, kind=some(migrations.kinds("movement_kind")),
    reason=st.none() | some(migrations.kinds("write_off_reason")), quantity=number,
    typed_quantity=positive, typed_unit=typed_unit, unit_price=st.none() | positive,
    amount=st.none() | number, balance=number,
)  # fmt: skip
operations = record(
    id=st.uuids().map(str), kind=some(migrations.kinds("movement_kind")),
    replaces=st.none() | st.uuids().map(str), lines=st.none() | st.lists(lines, max_size=45),
)  # fmt: skip
actions = st.fixed_dictionaries(
    {"action": some(migrations.changes() | migrations.kinds("movement_kind"))},
    optional={
        "product": text, "name": text, "quantity": positive, "unit": typed_unit,
        "unit_price": positive, "total_price": positive, "price": positive, "to_product": text,
        "to_action": some(migrations.kinds("movement_kind")), "when": word | st.just("friday"),
        "reason": some(migrations.kinds("write_off_reason")),
        "certainty": st.sampled_from(["sure", "unsure", "unread"]),
    },
)  # fmt: skip
differences = record(
    product=text, unit=unit, counted=number, expected=number, difference=number,
    amount=st.none() | number,
)  # fmt: skip
details = record(
    said=st.none() | text, product=st.none() | text, quantity=st.none() | positive,
    unit=typed_unit, price=positive, usual=positive, balance=number, place=st.just("1"),
    places=st.just("28"), counted=st.just("7"), reason=st.none() | word, operation=operations,
    actions=st.lists(actions, max_size=40), differences=st.lists(differences, max_size=40),
)  # fmt: skip
options = st.lists(
    record(
        key=some({key for _, key in migrations.options()}),
        label=st.none() | text,
        product_id=st.none() | word,
    ),
    max_size=10,
)
questions = record(
    id=st.uuids().map(str), kind=some(migrations.questions()), details=details, options=options
)
changes = record(
    action=some(migrations.changes()), product=text, price=st.none() | positive,
    reorder_level=st.none() | positive, unit=typed_unit, quantity=st.none() | positive,
)  # fmt: skip
stock_rows = record(
    product=text, unit=unit, quantity=number, price=st.none() | positive, reorder_level=positive,
    amount=st.none() | number, margin=st.none() | number, location=text, at_cost=positive,
    at_price=positive, without_cost=st.just("2"),
)  # fmt: skip
moves = record(
    product=text, unit=unit, kind=some(migrations.kinds("movement_kind")), quantity=number,
    balance=number, at=st.just("2026-11-20T10:00"), member=st.none() | text, said=st.none() | text,
)  # fmt: skip
answers = st.fixed_dictionaries(
    {
        "action": some(migrations.answers() - {"history"}),
        "said": st.none() | text,
        "rows": st.lists(stock_rows, max_size=40),
    },
    optional={"near": st.lists(text, max_size=3), "when": word | st.just("2026-11-02")},
) | record(action=st.just("history"), said=text, rows=st.lists(moves, max_size=12))
outcomes = some({"posted", "question", "answered", "refused", "not_understood"})
results = st.fixed_dictionaries(
    {},
    optional={
        "outcome": outcomes, "code": st.none() | some(migrations.refusals()),
        "details": st.dictionaries(st.sampled_from(["said", "product", "unit", "name"]), text),
        "operation": st.none() | operations, "changes": st.lists(changes, max_size=5),
        "answers": st.lists(answers, max_size=4), "question": questions, "language": word,
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(result=results, language=st.sampled_from(LANGUAGES) | word)
def test_every_result_has_a_reply_that_whatsapp_takes(
    result: dict[str, Any], language: str
) -> None:
    reply = render(result, language)
    assert 0 < len(reply.text) <= TEXT_LIMIT
    assert all(0 < len(option.title) <= ROW_TITLE_LIMIT for option in reply.options)
    assert len({option.title for option in reply.options}) == len(reply.options)
    assert "\x00" not in reply.text
