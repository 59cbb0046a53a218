"""Words change a draft before it is booked; a yes then books what it shows, once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database.shop import Shop, line

BREAD, COKE = "Albany White Bread 700g", "Coca-Cola 2L"
LINES = (
    line("receive", "white bread", "10", total_price="150.00", certainty="sure"),
    line("receive", "coke 2l", "7", total_price="120.00", certainty="unsure"),
    line("receive", "potatoes", "4", total_price="80.00", unit="kg", certainty="unread"),
)


def draft(shop: Shop, *actions: dict[str, Any], **more: Any) -> Any:
    """A slip of the owner's as the adapter hands it over."""
    arrival = shop.arrival("owner", type="image", text=None)
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    lease = {"sender": work["sender"], "token": work["token"]}
    form = {
        "language": "en", "verdict": "confirm", "reason": "seen", "source": "photo",
        "actions": list(actions), **more,
    }  # fmt: skip
    item = {"id": work["messages"][-1]["id"], **lease, "form": form, "transcript": "the slip"}
    (owed,) = shop.adapter("apply_interpretations", p_items=[item])
    wamid = f"wamid.out.{owed['outbound_id']}"
    sent = {"outbound_id": owed["outbound_id"], "state": "sent", "wamid": wamid, "text": "draft"}
    shop.adapter("settle_outbound", p_items=[sent], p_leases=[lease])
    return owed["result"] | {"wamid": wamid}


def shown(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The lines of a draft."""
    question = result["question"]
    assert question["kind"] == "confirm_draft"
    return [
        (action["product"], action["quantity"], action.get("total_price"), action.get("certainty"))
        for action in question["details"]["actions"]
    ]


def said(shop: Shop, *actions: dict[str, Any], **message: Any) -> dict[str, Any]:
    result: dict[str, Any] = shop.say("owner", *actions, **message)["result"]
    return result


@pytest.mark.parametrize(
    "words",
    [
        {"action": "correct", "product": "coke", "quantity": "6"},
        {"action": "unknown", "product": "coke 2l", "quantity": "6"},
    ],
)
def test_how_many_is_put_right_and_what_they_cost_stands(shop: Shop, words: dict[str, str]) -> None:
    draft(shop, *LINES, document_total="270.00", lines_total="270.00")
    result = said(shop, words)
    assert shown(result) == [
        ("white bread", "10", "150.00", "sure"),
        ("coke 2l", "6", "120.00", "sure"),
        ("potatoes", "4", "80.00", "unread"),
    ]
    assert result["question"]["details"]["reason"] == "seen"
    assert shop.lines() == 0
    said(shop, {"action": "confirm"})
    assert (shop.on_hand(BREAD), shop.on_hand(COKE), shop.on_hand("Potatoes")) == ("10", "6", "0")


def test_what_was_not_read_is_read_once_it_is_said(shop: Shop) -> None:
    draft(shop, *LINES, document_total="350.00", lines_total="270.00", reason="total_differs")
    result = said(shop, {"action": "correct", "product": "potatoes", "quantity": "5"})
    details = result["question"]["details"]
    assert (details["lines_total"], details["reason"]) == ("350.00", "seen")
    said(shop, {"action": "confirm"})
    assert shop.on_hand("Potatoes") == "5"


def test_a_total_that_no_longer_adds_up_is_said(shop: Shop) -> None:
    draft(shop, *LINES, document_total="270.00", lines_total="270.00")
    result = said(shop, {"action": "correct", "product": "bread", "total_price": "140"})
    details = result["question"]["details"]
    assert (details["lines_total"], details["reason"]) == ("260.00", "total_differs")


def test_a_product_and_a_direction_are_put_right(shop: Shop) -> None:
    draft(shop, *LINES)
    said(shop, {"action": "correct", "product": "white bread", "to_product": "brown bread"})
    said(shop, {"action": "correct", "product": "coke", "to_action": "sell"})
    said(shop, {"action": "confirm"})
    assert shop.on_hand("Albany Brown Bread 700g") == "10"
    assert shop.on_hand(COKE) == "-7"


def test_a_line_is_left_out_and_without_a_line_nothing_is_booked(shop: Shop) -> None:
    draft(shop, *LINES[:2])
    result = said(shop, {"action": "choose", "option": "remove", "product": "coke"})
    assert [row[0] for row in shown(result)] == ["white bread"]
    gone = said(shop, {"action": "choose", "option": "remove", "product": "bread"})
    assert (gone["outcome"], gone["code"]) == ("answered", "cancelled")
    assert said(shop, {"action": "confirm"})["code"] == "no_question"
    assert shop.lines() == 0


def test_a_line_that_is_not_there_cannot_be_left_out(shop: Shop) -> None:
    draft(shop, *LINES[:2])
    result = said(shop, {"action": "choose", "option": "remove", "product": "airtime"})
    assert result["code"] == "no_such_option"
    said(shop, {"action": "confirm"})
    assert shop.lines() == 2


def test_of_several_lines_the_meant_one_is_asked_for(shop: Shop) -> None:
    draft(shop, *LINES[:2])
    asked = said(shop, {"action": "correct", "quantity": "5"})["question"]
    assert asked["kind"] == "which_line"
    assert [option.get("label") for option in asked["options"]] == ["white bread", "coke 2l", None]
    result = said(shop, {"action": "choose", "option": "2"})
    assert [row[1] for row in shown(result)] == ["10", "5"]


def test_the_only_line_needs_no_name(shop: Shop) -> None:
    draft(shop, LINES[0])
    assert [row[1] for row in shown(said(shop, {"action": "correct", "quantity": "5"}))] == ["5"]


def test_a_correction_while_a_draft_is_open_leaves_what_is_booked(shop: Shop) -> None:
    shop.say("owner", line("receive", "white bread", "3"))
    draft(shop, LINES[0])
    said(shop, {"action": "correct", "quantity": "5"})
    assert shop.on_hand(BREAD) == "3"
    said(shop, {"action": "confirm"})
    assert shop.on_hand(BREAD) == "8"


def test_a_correction_of_what_the_draft_does_not_hold_is_about_what_is_booked(shop: Shop) -> None:
    shop.say("owner", line("receive", "coke 2l", "3"))
    draft(shop, LINES[0])
    said(shop, {"action": "correct", "product": "coke", "quantity": "4"})
    assert shop.on_hand(COKE) == "4"


@pytest.mark.parametrize("source", ["photo", "voice", "forwarded"])
def test_another_file_is_another_draft(shop: Shop, source: str) -> None:
    draft(shop, LINES[0])
    other = draft(shop, line("unknown", "white bread", "12"), source=source)
    assert [row[1] for row in shown(other)] == ["12"]
    said(shop, {"action": "reject"})
    said(shop, {"action": "confirm"})
    assert shop.on_hand(BREAD) == "10", "the first draft is as it was"


def test_a_correction_may_be_said(shop: Shop) -> None:
    draft(shop, LINES[0])
    result = draft(shop, {"action": "correct", "quantity": "5"}, source="voice")
    assert [row[:2] for row in shown(result)] == [("white bread", "5")]


def test_a_reply_to_a_draft_changes_that_one(shop: Shop) -> None:
    first = draft(shop, LINES[0])
    draft(shop, LINES[1])
    result = said(shop, {"action": "correct", "quantity": "5"}, reply_to=first["wamid"])
    assert [row[:2] for row in shown(result)] == [("white bread", "5")]


def test_another_persons_draft_is_not_changed(shop: Shop) -> None:
    draft(shop, LINES[0])
    answered = shop.say("clerk", {"action": "correct", "product": "bread", "quantity": "5"})
    assert answered["result"]["code"] == "nothing_to_correct"
    said(shop, {"action": "confirm"})
    assert shop.on_hand(BREAD) == "10"


def test_a_draft_books_once_and_the_one_it_replaced_not_at_all(shop: Shop) -> None:
    first = draft(shop, LINES[0])
    said(shop, {"action": "correct", "quantity": "5"})
    tapped = f"q:{first['question']['id']}:yes"
    assert said(shop, {"action": "choose"}, button_id=tapped)["code"] == "question_closed"
    said(shop, {"action": "confirm"})
    assert said(shop, {"action": "confirm"})["code"] == "no_question"
    assert shop.on_hand(BREAD) == "5"
    assert shop.lines() == 1


def test_what_is_booked_in_the_end_keeps_the_words_that_were_seen(shop: Shop) -> None:
    draft(shop, LINES[0])
    said(shop, {"action": "correct", "quantity": "5"})
    said(shop, {"action": "confirm"})
    words = shop.value(
        "select message.body from public.operations as operation"
        " inner join public.messages as message on message.id = operation.message_id"
        " where operation.company_id = %s",
        shop.id,
    )
    assert words == "the slip"


@pytest.mark.parametrize(
    "words",
    [
        {"quantity": "0.0001"}, {"quantity": "NaN"}, {"quantity": "1e9"}, {"total_price": "1.001"},
        {"quantity": None}, {"quantity": "-5"}, {"to_product": "x" * 500}, {"to_action": "drop"},
    ],
)  # fmt: skip
def test_no_change_of_a_draft_breaks_the_message(shop: Shop, words: dict[str, Any]) -> None:
    draft(shop, LINES[0], document_total="150.00", lines_total="150.00")
    said(shop, {"action": "correct", "product": "bread", **words})
    said(shop, {"action": "confirm"})
    parked = shop.value(
        "select count(*) from private.inbox where company_id = %s and state = 'parked'", shop.id
    )
    assert parked == 0
