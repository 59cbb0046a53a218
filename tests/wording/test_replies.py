"""Replies to what a real database answered: every line of the story in every language."""

from __future__ import annotations

import re
from typing import Any

import pytest

from edge_adapter.graph import (
    BODY_LIMIT,
    BUTTON_TITLE_LIMIT,
    ROW_TITLE_LIMIT,
    ROWS_LIMIT,
    TEXT_LIMIT,
)
from edge_adapter.wording.language import LANGUAGES, wording_of
from edge_adapter.wording.render import Reply, render
from tests.wording import migrations
from tests.wording.story import Result

Results = dict[str, Result]

# Nothing that only a program should read: codes, braces, ids, Python's own words.
RAW = re.compile(r"[a-z]_[a-z]|[{}]|\bNone\b|[0-9a-f]{8}-[0-9a-f]{4}|\d[.,]\d{4}")


def reply(results: Results, name: str, language: str = "en") -> Reply:
    return render(results[name], language)


def said(results: Results, name: str) -> str:
    return reply(results, name).text.replace("\xa0", " ")


def titles(results: Results, name: str) -> list[str]:
    return [option.title for option in reply(results, name).options]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_raw_is_shown_and_everything_fits(results: Results, language: str) -> None:
    for name, result in results.items():
        made = render(result, language)
        shown = [made.text, *(option.title for option in made.options)]
        assert made.text.strip(), name
        assert len(made.text) <= TEXT_LIMIT, name
        assert not [text for text in shown if RAW.search(text)], (name, shown)
        assert len(made.options) <= ROWS_LIMIT, name
        assert all(len(option.title) <= ROW_TITLE_LIMIT for option in made.options), name
        assert len({option.title for option in made.options}) == len(made.options), name
        assert not made.options or len(made.list_button) <= BUTTON_TITLE_LIMIT, name


def test_the_story_meets_every_question_and_every_kind_of_line(results: Results) -> None:
    asked = {result["question"]["kind"] for result in results.values() if "question" in result}
    assert asked == migrations.questions()
    moved = {
        line["kind"]
        for result in results.values()
        for line in (result.get("operation") or {}).get("lines") or ()
    }
    never_by_chat = {"mixed", "merge", "opening", "adjustment", "revaluation"}
    assert moved == migrations.kinds("movement_kind") - never_by_chat - migrations.changes()
    answered = {a["action"] for result in results.values() for a in result.get("answers") or ()}
    assert answered == migrations.answers()
    changed = {c["action"] for result in results.values() for c in result.get("changes") or ()}
    assert changed == migrations.changes()
    codes = {result.get("code") for result in results.values()}
    assert migrations.answered() <= codes


# --- booked ---------------------------------------------------------------------------------------


def test_a_booking_says_what_was_booked_and_what_is_left(results: Results) -> None:
    assert said(results, "sold") == "Sold 3 Coca-Cola 2L at R25,00 each. Left: 9."
    assert said(results, "sold two").splitlines() == [
        "Sold 1 Coca-Cola 2L for R25,00. Left: 8.",
        "Sold 2 Albany White Bread 700g at R18,50 each. Left: 7.",
    ]
    assert said(results, "written off").splitlines() == [
        "Written off 1 Albany White Bread 700g (expired). Left: 5.",
        "Running low: Albany White Bread 700g.",
    ]
    assert titles(results, "sold") == ["Undo"]


def test_packs_measures_and_rands_are_said_as_they_were_typed(results: Results) -> None:
    assert said(results, "received") == "Received 2 cases (12) Coca-Cola 2L for R120,00. Now: 12."
    assert said(results, "received kg") == ("Received 5,5 kg Potatoes at R12,50/kg. Now: 5,5 kg.")
    assert said(results, "sold grams") == "Sold 500 g (0,5 kg) Potatoes for R10,00. Left: 5 kg."
    assert said(results, "sold airtime").startswith("Sold R50,00 Airtime. Left: -R50,00.")


def test_a_count_says_what_it_changed(results: Results) -> None:
    assert said(results, "counted") == "Counted Albany White Bread 700g: 6 (-1)."
    assert said(results, "counted same") == (
        "Counted Albany White Bread 700g: 6. Just as expected."
    )


def test_a_transfer_is_one_line(results: Results) -> None:
    assert said(results, "moved") == "Moved 2 Coca-Cola 2L. Shop: 6. Storeroom: 2."


def test_below_zero_asks_whether_a_delivery_was_missed(results: Results) -> None:
    assert said(results, "negative").splitlines() == [
        "Sold 2 Coca-Cola 500ml at R13,00 each. Left: -2.",
        "Coca-Cola 500ml is now -2, below zero. Did a delivery come in that you didn't send me?",
    ]
    assert titles(results, "negative") == ["Yes, add", "Count now", "Leave"]


def test_what_runs_low_is_said_by_each_booking_that_takes_it_down_and_no_other(
    results: Results,
) -> None:
    told = [name for name in results if "Running low: Albany White" in said(results, name)]
    assert told[:2] == ["written off", "returned out"]  # what was returned in came between
    assert "yesterday" not in told


def test_still_below_zero_is_said_and_not_asked_again(results: Results) -> None:
    assert said(results, "more negative").splitlines() == [
        "Sold 1 Coca-Cola 500ml for R13,00. Left: -3.",
        "Below zero: Coca-Cola 500ml. Tell me what came in, or count it.",
    ]
    assert titles(results, "more negative") == ["Undo"]


def test_what_was_undone_or_corrected_is_named_as_such(results: Results) -> None:
    assert said(results, "undone").startswith("Taken back:\n")
    assert reply(results, "undone").options == ()
    assert said(results, "corrected") == (
        "Corrected: Sold 1 Albany White Bread 700g for R18,50. Left: 4."
    )
    assert said(results, "undo again").splitlines() == [
        "Take back the one before it too?",
        "• sold 1 Albany White Bread 700g for R18,50",
    ]


def test_changes_of_the_catalogue_are_confirmed(results: Results) -> None:
    assert said(results, "product added") == "Added: Omo 1kg, R35,00."
    assert said(results, "product added bare") == "Added: Salt 500g."
    assert said(results, "price set") == "Albany White Bread 700g now sells at R19,50."
    assert said(results, "pack set") == "1 tray Albany White Bread 700g = 12. I will remember."


# --- asked ----------------------------------------------------------------------------------------


def test_questions_are_one_line_with_their_answers(results: Results) -> None:
    assert said(results, "which product") == "“coca-cola”: which one?"
    assert titles(results, "which product") == ["Coca-Cola 2L", "Coca-Cola 500ml", "Cancel"]
    assert said(results, "which action") == "30 bread: sold or received?"
    assert titles(results, "which action") == ["Sold", "Received", "Cancel"]
    assert said(results, "unknown new") == "I don't know “zzz snuff”. Shall I add it?"
    assert said(results, "each or total") == (
        "3 Albany White Bread 700g, R200,00: for each one, or for all?"
    )
    assert said(results, "large packs") == (
        "More than usual: received 100 cases Coca-Cola 2L. Is it right?"
    )
    assert said(results, "odd price") == (
        "Albany White Bread 700g sold at R90,00: usually it is R18,50. Is it right?"
    )


def test_what_is_asked_of_several_lines_at_once_names_each(results: Results) -> None:
    assert said(results, "odd prices").splitlines() == [
        "• Albany White Bread 700g sold at R90,00, usually R18,50",
        "• Coca-Cola 2L bought at R90,00, last time R10,00",
        "These prices look odd. Are they right?",
    ]
    assert titles(results, "odd prices") == ["Yes", "Cancel"]


def test_a_button_carries_its_question_and_key(results: Results) -> None:
    question = results["which product"]["question"]["id"]
    ids = [option.id for option in reply(results, "which product").options]
    assert ids == [f"q:{question}:p1", f"q:{question}:p2", f"q:{question}:cancel"]
    operation = results["sold"]["operation"]["id"]
    assert [option.id for option in reply(results, "sold").options] == [f"op:{operation}:undo"]


def test_a_draft_tells_the_sure_from_the_unsure_and_says_why(results: Results) -> None:
    assert said(results, "confirm forwarded").splitlines() == [
        "Clear:",
        "• sold 3 bread (R36,00)",
        "Not sure:",
        "• received 2 cases coke 2l for R120,00",
        "Could not read:",
        "• written off 1 bread (own use) (Friday)",
        "Wrong? Write it like: coke 2l 12. Or leave it out: without coke 2l",
        "That was forwarded. Shall I book it?",
    ]


def test_a_stocktake_walks_the_shelf_blind(results: Results) -> None:
    first, second = said(results, "stocktake").splitlines()
    assert first.startswith("Count what is on the shelf")
    assert second == "1 of 9: how many Airtime (R)?"
    assert said(results, "skipped") == "2 of 9: how many Albany Brown Bread 700g?"
    assert titles(results, "skipped") == ["Skip", "Done counting", "Cancel"]


def test_a_stocktake_shows_its_differences_in_rand(results: Results) -> None:
    assert said(results, "stocktake book").splitlines() == [
        "Counted: 2. As expected: 0.",
        "Albany Brown Bread 700g: -2 → 7 (+9, +R157,50)",
        "Albany White Bread 700g: 1 → 2 (+1, +R12,00)",
        "Difference in all: +R169,50",
        "Shall I book this count?",
    ]


# --- answered -------------------------------------------------------------------------------------


def test_one_product_is_answered_in_one_line(results: Results) -> None:
    assert said(results, "asked stock of one") == "Albany White Bread 700g: 2 left."
    assert said(results, "asked price of one") == "Albany White Bread 700g: R18,50"
    assert said(results, "asked near") == (
        "I don't know “cocacola zero”. Do you mean Coca-Cola 2L, Coca-Cola 500ml?"
    )
    assert said(results, "asked unknown") == "I don't know “xyzzy”."


def test_sales_begin_with_their_total(results: Results) -> None:
    head, best, *_ = said(results, "asked sales").splitlines()
    assert head == "Sales, today: R351,50"
    assert best == "Coca-Cola 2L: 5, R125,00"
    assert said(results, "asked sales monday") == "Nothing was sold: Monday."
    assert said(results, "asked sales 2026-11-02") == "Nothing was sold: 2 Nov 2026."


def test_profit_and_value_say_what_has_no_cost(results: Results) -> None:
    head, *_, last = said(results, "asked profit").splitlines()
    assert re.fullmatch(r"Profit, today: R[\d,]+ on sales of R[\d,]+", head)
    assert last.startswith("4 without a cost are left out.")
    assert said(results, "asked value").startswith("Your stock cost R")


def test_why_is_told_from_the_last_count_with_who_said_what(results: Results) -> None:
    head, first, *_ = said(results, "asked history of one").splitlines()
    assert head == "Why Albany White Bread 700g is 2:"
    assert re.fullmatch(r"\d+ \w+ \d\d:\d\d counted 6, Owner: “words”", first)


def test_results_that_come_together_are_told_together(results: Results) -> None:
    booked, answered = said(results, "told and asked").splitlines()
    assert booked.startswith("Sold 1 Albany White Bread 700g")
    assert answered.startswith("Albany White Bread 700g:")
    *_, asked = said(results, "doubt and asked").splitlines()
    assert asked == "“coca-cola”: which one?"
    refused, head, *_ = said(results, "refused and asked").splitlines()
    assert refused.startswith("I don't know “qqq”")
    assert head.startswith("Stock (")


def test_the_language_that_was_chosen_answers_at_once(results: Results) -> None:
    assert reply(results, "language set", "en").text == "Ngizophendula ngesiZulu."


# --- what only some results say -------------------------------------------------------------------


def _line(**more: Any) -> dict[str, Any]:
    return {
        "product": "Milk",
        "unit": "each",
        "kind": "sell",
        "reason": None,
        "quantity": "-1",
        "typed_quantity": "1",
        "typed_unit": None,
        "unit_price": None,
        "amount": None,
        "balance": "4",
        **more,
    }


def _posted(*lines: dict[str, Any], **more: Any) -> Result:
    return {"outcome": "posted", "operation": {"id": "1", "kind": "sell", "lines": lines, **more}}


def test_a_long_count_names_only_what_differed() -> None:
    same = [_line(kind="count", quantity="0") for _ in range(25)]
    made = render(_posted(*same, _line(kind="count", quantity="-2"), kind="count"), "en")
    assert made.text.splitlines() == ["Counted Milk: 4 (-2).", "25 more were just as expected."]


def test_an_operation_of_the_past_says_its_day() -> None:
    assert render(_posted(_line(), day="2026-11-20"), "en").text == (
        "Fri 20 Nov: Sold 1 Milk. Left: 4."
    )


def test_an_operation_of_several_days_says_which_lines_were_on_which() -> None:
    lines = [
        _line(day="2026-11-20"),
        _line(day="2026-11-20", product="Bread"),
        _line(day="2026-11-21", balance="3"),
    ]
    assert render(_posted(*lines), "en").text.splitlines() == [
        "Fri 20 Nov:",
        "Sold 1 Milk. Left: 4.",
        "Sold 1 Bread. Left: 4.",
        "Sat 21 Nov: Sold 1 Milk. Left: 3.",
    ]


def test_what_is_taken_back_is_named_where_the_database_says_it() -> None:
    line = _line(kind="reversal", reversed="sell", quantity="3", balance="7")
    made = render(_posted(line, kind="reversal"), "en")
    assert made.text == "Taken back: sold 3 Milk. Now: 7."


def test_a_transfer_names_its_places_where_the_database_says_them() -> None:
    leaving = _line(kind="transfer", location="Shop")
    arriving = _line(kind="transfer", location="Storeroom", quantity="1", balance="9")
    assert render(_posted(leaving, arriving), "en").text == ("Moved 1 Milk. Shop: 4. Storeroom: 9.")


def _many(name: str, count: int = 30, **more: Any) -> Result:
    lines = [
        _line(
            product=f"{name} {n}", quantity="-3", typed_quantity="3", unit_price="25",
            amount="75.00", balance="-9", **more,
        )
        for n in range(count)
    ]  # fmt: skip
    return _posted(*lines, _line(kind="receive", quantity="2", typed_quantity="2"), kind="mixed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("Milk", "3 Milk 7 "),
        ("White Bread 700g", "3 White Bread 700g 7 → -9"),
        ("Albany White Bread 700g", "3 Albany White… 7 → -9"),
        ("Coca-Cola Original Taste in a Glass Bottle", "3 Coca-Cola… 7 → -9"),
    ],
)
def test_a_reply_of_thirty_lines_leaves_room_for_its_undo_button(
    language: str, name: str, row: str
) -> None:
    made = render(_many(name), language)
    assert [option.id for option in made.options] == ["op:1:undo"]
    assert len(made.text) <= BODY_LIMIT
    head, *rows = made.text.splitlines()
    assert head.startswith(f"{wording_of(language).say('option', 'sell')} (→ ")
    assert rows[7].startswith(row)
    assert len([text for text in rows[:30] if "→" in text]) == 30
    assert "Milk" in rows[30], "a line of another kind is a sentence of its own"


def test_prices_are_told_where_there_is_room_for_them() -> None:
    sold = render(_many("Milk"), "en").text.replace("\xa0", " ")
    assert "\n3 Milk 29 at R25,00 each → -9\n" in sold
    assert sold.endswith("Below zero: Milk 0, Milk 1, Milk 2, … and 27 more."
                         " Tell me what came in, or count it.")  # fmt: skip


def test_what_fits_in_sentences_is_told_in_them() -> None:
    assert render(_many("Milk", 3), "en").text.startswith("Sold 3 Milk 0 at R25,00 each. Left: -9.")


def test_a_reply_too_long_for_a_button_says_the_word_for_it() -> None:
    lines = [
        _line(product=f"Coca-Cola Original Taste {n}", kind=("sell", "return_in")[n % 2])
        for n in range(40)
    ]
    made = render(_posted(*lines, kind="mixed"), "en")
    assert BODY_LIMIT < len(made.text) <= TEXT_LIMIT
    assert made.text.endswith("\nTo take it back, write: undo")
    assert made.text.count("Coca-Cola Original Taste") == 40


@pytest.mark.parametrize(("action", "shown"), [("stock", 100), ("price", 100), ("low_stock", 20)])
def test_a_long_list_ends_in_how_many_more(action: str, shown: int) -> None:
    """Who asks for all of the stock is shown more of it than who asks in passing."""
    rows = [
        {
            "product": f"Product {n}",
            "unit": "each",
            "quantity": str(n),
            "price": "5",
            "reorder_level": "200",
        }
        for n in range(140)
    ]
    answers = [{"action": action, "said": None, "rows": rows}]
    lines = render({"outcome": "answered", "answers": answers}, "en").text.splitlines()
    assert [line.startswith("Product ") for line in lines].count(True) == shown - 1
    assert lines[-1] == f"… and {140 - (shown - 1)} more"
