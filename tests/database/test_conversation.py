"""What a filled form does: bookings, questions, answers, undo."""

from __future__ import annotations

import pytest
from psycopg.types.json import Jsonb

from tests.conftest import Database
from tests.database.shop import Shop, line

COKE = "Coca-Cola 2L"
BREAD = "Albany White Bread 700g"


def tap(owed: dict, key: str) -> dict:  # type: ignore[type-arg]
    """The message that tapping an option sends."""
    question = owed["result"]["question"]["id"]
    return {"type": "interactive", "button_id": f"q:{question}:{key}"}


def choose(option: str) -> dict[str, str]:
    return {"action": "choose", "option": option}


def keys(owed: dict) -> list[str]:  # type: ignore[type-arg]
    return [option["key"] for option in owed["result"]["question"]["options"]]


# --- products in the shop's own words -------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("coke 2l", [COKE]),
        ("COKE 2 L", [COKE]),
        ("coca cola 2000ml", [COKE]),
        ("coca-cola", [COKE, "Coca-Cola 500ml"]),
        ("coca cola 500", ["Coca-Cola 500ml"]),
        ("coke 1.5l", []),
        ("coca cola 2", []),
        ("bread", [BREAD]),
        ("bred", [BREAD]),
        ("brown bread", ["Albany Brown Bread 700g"]),
        ("albny", ["Albany Brown Bread 700g", BREAD]),
        ("potatos", ["Potatoes"]),
        ("milk", []),
        ("", []),
        ("💥", []),
    ],
)
def test_words_find_products_by_size_and_by_word(shop: Shop, said: str, names: list[str]) -> None:
    found = shop.connection.execute(
        "select name from private.match_products(%s, %s) order by name", [shop.id, said]
    ).fetchall()
    assert [name for (name,) in found] == sorted(names)


# --- booking --------------------------------------------------------------------------------------


def test_a_message_books_once_with_its_words(shop: Shop) -> None:
    owed = shop.say("clerk", line("sell", "coke 2l", "3"), text="sold 3 coke 2l")
    assert owed["result"]["outcome"] == "posted"
    assert shop.on_hand(COKE) == "-3"
    assert shop.value("select said from public.movements") == "sold 3 coke 2l"


def test_a_size_in_the_unit_is_a_pack_the_shop_knows(shop: Shop) -> None:
    owed = shop.say("clerk", line("receive", "coke 2l", "2", unit="case"))
    assert owed["result"]["operation"]["lines"][0]["quantity"] == "12"


def test_an_unknown_pack_is_asked_once_and_remembered(shop: Shop) -> None:
    asked = shop.say("clerk", line("receive", "bread", "2", unit="tray"))
    assert asked["result"]["question"]["kind"] == "pack_size"
    assert shop.say("clerk", choose("12"))["result"]["outcome"] == "posted"
    assert shop.on_hand(BREAD) == "24"
    assert shop.say("clerk", line("receive", "bread", "1", unit="tray"))["result"]["outcome"] == (
        "posted"
    )
    assert shop.on_hand(BREAD) == "36"


def test_several_products_are_asked_about_and_nothing_is_booked_meanwhile(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "bread", "1"), line("sell", "coca cola", "2"))
    assert asked["result"]["question"]["kind"] == "which_product"
    assert keys(asked) == ["p1", "p2", "cancel"]
    assert shop.lines() == 0
    assert shop.say("clerk", choose("1"))["result"]["outcome"] == "posted"
    assert (shop.on_hand(COKE), shop.on_hand(BREAD)) == ("-2", "-1")


def test_a_question_is_answered_by_its_button_by_name_or_by_number(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "coca cola", "2"))
    shop.say("clerk", choose(""), **tap(asked, "p2"))
    assert shop.on_hand("Coca-Cola 500ml") == "-2"
    shop.say("clerk", line("sell", "coca cola", "2"))
    shop.say("clerk", choose("coca-cola 2l"))
    assert shop.on_hand(COKE) == "-2"


def test_a_question_answered_is_closed_and_books_no_second_time(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "coca cola", "2"))
    shop.say("clerk", choose(""), **tap(asked, "p1"))
    again = shop.say("clerk", choose(""), **tap(asked, "p1"))
    assert again["result"] == {"outcome": "refused", "code": "question_closed"}
    assert shop.lines() == 1


def test_an_expired_question_books_nothing(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "coca cola", "2"))
    shop.connection.execute("update public.questions set expires_at = now()")
    assert shop.say("clerk", choose("1"))["result"]["code"] == "question_closed"
    assert shop.say("clerk", choose(""), **tap(asked, "p1"))["result"]["code"] == "question_closed"
    assert shop.lines() == 0


def test_nobody_answers_another_members_question(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "coca cola", "2"))
    assert shop.say("owner", choose("1"))["result"]["code"] == "no_question"
    assert shop.say("owner", choose(""), **tap(asked, "p1"))["result"]["code"] == "no_question"
    assert shop.lines() == 0


def test_a_number_without_a_question_books_nothing(shop: Shop) -> None:
    assert shop.say("clerk", choose("2"))["result"] == {"outcome": "refused", "code": "no_question"}


def test_cancelling_forgets_the_message(shop: Shop) -> None:
    shop.say("clerk", line("sell", "coca cola", "2"))
    assert shop.say("clerk", {"action": "reject"})["result"] == {
        "outcome": "answered", "code": "cancelled",
    }  # fmt: skip
    assert shop.lines() == 0


def test_no_verb_is_asked_about(shop: Shop) -> None:
    asked = shop.say("clerk", line("unknown", "bread", "30", price="18"))
    assert asked["result"]["question"]["kind"] == "which_action"
    shop.say("clerk", choose("sell"))
    assert shop.on_hand(BREAD) == "-30"


@pytest.mark.own_database
def test_an_unknown_product_is_never_created_by_a_sale(shop: Shop) -> None:
    refused = shop.say("clerk", line("sell", "caviar", "1"))
    assert refused["result"]["outcome"] == "refused"
    assert refused["result"]["code"] == "unknown_product"
    assert shop.value("select count(*) from public.products") == 6


@pytest.mark.own_database
def test_a_receipt_may_bring_a_new_product_when_a_manager_says_so(shop: Shop) -> None:
    asked = shop.say("manager", line("receive", "caviar", "2"))
    assert keys(asked) == ["add", "name", "cancel"]
    assert shop.say("manager", choose(""), **tap(asked, "add"))["result"]["outcome"] == "posted"
    asked = shop.say("clerk", line("receive", "truffles", "2"))
    refused = shop.say("clerk", choose(""), **tap(asked, "add"))
    assert refused["result"]["code"] == "role_too_low"
    assert shop.value("select count(*) from public.products") == 7


def test_an_unusual_amount_is_confirmed_first(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "bread", "1000"))
    assert asked["result"]["question"]["kind"] == "large_quantity"
    assert shop.say("clerk", {"action": "confirm"})["result"]["outcome"] == "posted"
    assert shop.on_hand(BREAD) == "-1000"


def test_a_bare_price_is_read_by_what_the_shop_usually_asks(shop: Shop) -> None:
    each = shop.say("clerk", line("sell", "bread", "3", price="18"))
    assert each["result"]["operation"]["lines"][0]["amount"] == "54.00"
    total = shop.say("clerk", line("sell", "bread", "3", price="54"))
    assert total["result"]["operation"]["lines"][0]["amount"] == "54.00"
    asked = shop.say("clerk", line("sell", "bread", "3", price="300"))
    assert asked["result"]["question"]["kind"] == "each_or_total"
    answered = shop.say("clerk", choose("total"))
    assert answered["result"]["operation"]["lines"][0]["amount"] == "300.00"


@pytest.mark.parametrize(
    ("said", "left"),
    [("potatoes 3kg", "-3"), ("Potatoes 1.5 KG", "-1.5"), ("potatoes 500g", "-0.5")],
)
def test_a_measure_of_what_is_kept_by_weight_is_how_much_there_was(
    shop: Shop, said: str, left: str
) -> None:
    owed = shop.say("clerk", {"action": "sell", "product": said})
    assert owed["result"]["outcome"] == "posted"
    assert shop.on_hand("Potatoes") == left


@pytest.mark.parametrize(
    ("said", "kind"),
    [("potatoes 3l", "unknown_product"), ("bread 1kg", "unknown_product"), ("coke 2l", "how_many")],
)
def test_a_measure_that_does_not_fit_is_part_of_a_name(shop: Shop, said: str, kind: str) -> None:
    asked = shop.say("clerk", {"action": "receive", "product": said})
    assert asked["result"]["question"]["kind"] == kind
    assert shop.lines() == 0


def test_what_the_guard_doubts_is_a_draft_and_what_it_rejects_is_nothing(shop: Shop) -> None:
    arrival = shop.arrival("clerk")
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    base = {"sender": work["sender"], "token": work["token"], "id": work["messages"][0]["id"]}
    form = {"actions": [line("sell", "bread", "1")], "verdict": "reject", "reason": "negation"}
    (owed,) = shop.adapter("apply_interpretations", p_items=[{**base, "form": form}])
    assert owed["result"] == {"outcome": "not_understood", "code": "negation"}
    arrival = shop.arrival("manager")
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    base = {"sender": work["sender"], "token": work["token"], "id": work["messages"][0]["id"]}
    form["verdict"] = "confirm"
    (owed,) = shop.adapter("apply_interpretations", p_items=[{**base, "form": form}])
    assert owed["result"]["question"]["kind"] == "confirm_draft"
    lease = {"sender": work["sender"], "token": work["token"]}
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease])
    assert shop.lines() == 0
    assert shop.say("manager", {"action": "confirm"})["result"]["outcome"] == "posted"


# --- undo -----------------------------------------------------------------------------------------


def test_undo_takes_back_the_senders_own_last_message_as_a_whole(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "1"), line("sell", "coke 2l", "2"))
    shop.say("owner", line("sell", "bread", "5"))
    undone = shop.say("clerk", {"action": "undo"})
    assert undone["result"]["operation"]["kind"] == "reversal"
    assert (shop.on_hand(BREAD), shop.on_hand(COKE)) == ("-5", "0")


def test_a_second_undo_in_a_row_asks_before_it_reaches_further_back(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "1"))
    shop.say("clerk", line("sell", "bread", "2"))
    shop.say("clerk", {"action": "undo"})
    asked = shop.say("clerk", {"action": "undo"})
    assert asked["result"]["question"]["kind"] == "undo_more"
    assert shop.on_hand(BREAD) == "-1"
    shop.say("clerk", {"action": "confirm"})
    assert shop.on_hand(BREAD) == "0"


def test_undo_by_reply_or_button_names_its_message_of_any_age_once(shop: Shop) -> None:
    first = shop.say("clerk", line("sell", "bread", "1"))
    shop.say("clerk", line("sell", "bread", "2"))
    shop.say("clerk", {"action": "undo"}, reply_to=first["wamid"])
    assert shop.on_hand(BREAD) == "-2"
    again = shop.say("clerk", {"action": "undo"}, reply_to=first["said"])
    assert again["result"]["code"] == "already_reversed"
    button = f"op:{first['result']['operation']['id']}:undo"
    tapped = shop.say("clerk", choose(""), type="interactive", button_id=button)
    assert tapped["result"]["code"] == "already_reversed"


def test_a_clerk_cannot_undo_the_owners_sale(shop: Shop) -> None:
    sale = shop.say("owner", line("sell", "bread", "1"))
    refused = shop.say("clerk", {"action": "undo"}, reply_to=sale["wamid"])
    assert refused["result"]["code"] == "role_too_low"
    assert shop.on_hand(BREAD) == "-1"


# --- asking ---------------------------------------------------------------------------------------


def test_asking_for_stock_shows_every_product_that_fits(shop: Shop) -> None:
    shop.say("clerk", line("receive", "coke 2l", "5"))
    owed = shop.say("viewer", {"action": "stock", "product": "coca cola"})
    (answer,) = owed["result"]["answers"]
    assert [(row["product"], row["quantity"]) for row in answer["rows"]] == [
        (COKE, "5"),
        ("Coca-Cola 500ml", "0"),
    ]


def test_what_is_owed_says_in_which_language_and_currency(shop: Shop) -> None:
    owed = shop.say("clerk", line("sell", "bread", "1"))
    assert (owed["language"], owed["currency"]) == ("en", "ZAR")
    shop.as_user(
        "owner",
        "select public.update_company(%s, 'n', %s)",
        shop.id,
        Jsonb({"currency": "NAD", "language": "af"}),
    )
    owed = shop.say("clerk", line("sell", "bread", "1"))
    assert (owed["language"], owed["currency"]) == ("af", "NAD")
    assert shop.say("27999999998", line("sell", "bread", "1"))["currency"] == "ZAR"


def test_low_stock_lists_what_is_at_or_below_its_level(shop: Shop) -> None:
    shop.say("clerk", line("receive", "bread", "5"))
    (answer,) = shop.say("viewer", {"action": "low_stock"})["result"]["answers"]
    assert [row["product"] for row in answer["rows"]] == [BREAD]


# --- who ------------------------------------------------------------------------------------------


def test_a_viewer_and_a_deactivated_member_book_nothing(shop: Shop) -> None:
    assert shop.say("viewer", line("sell", "bread", "1"))["result"]["code"] == "role_too_low"
    arrival = shop.arrival("clerk")
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    shop.connection.execute(
        "update public.members set status = 'deactivated' where id = %s", [shop.members["clerk"]]
    )
    item = {
        "id": work["messages"][0]["id"], "sender": work["sender"], "token": work["token"],
        "form": {"actions": [line("sell", "bread", "1")]},
    }  # fmt: skip
    (owed,) = shop.adapter("apply_interpretations", p_items=[item])
    assert owed["result"]["code"] == "not_a_member"
    assert shop.lines() == 0


def test_who_works_in_no_shop_any_more_is_told_so_once_a_day(shop: Shop) -> None:
    shop.as_user(
        "owner", "select public.deactivate_member(%s, 'k', %s)", shop.id, shop.members["clerk"]
    )
    first = shop.say("clerk", line("sell", "bread", "1"))
    assert first["result"] == {"outcome": "refused", "code": "not_a_member"}
    assert shop.say("clerk", {"action": "undo"})["outbound_id"] is None
    assert shop.lines() == 0


def test_a_stranger_is_answered_once_a_day(shop: Shop) -> None:
    first = shop.say("27999999999", line("sell", "bread", "1"))
    assert first["result"] == {"outcome": "refused", "code": "unknown_sender"}
    assert shop.say("27999999999", line("sell", "bread", "1"))["outbound_id"] is None
    assert shop.lines() == 0


def test_one_bad_message_of_a_batch_leaves_the_others_alone(own_database: Database) -> None:
    with own_database.connect() as connection:
        shop = Shop.open(connection)
        arrivals = [shop.arrival("clerk"), shop.arrival("clerk"), shop.arrival("clerk")]
        (work,) = shop.adapter("receive_messages", p_messages=arrivals)["work"]
        forms = [
            line("sell", "bread", "1"),
            line("sell", "bread", "NaN"),
            line("sell", "bread", "2"),
        ]
        items = [
            {"id": message["id"], "sender": work["sender"], "token": work["token"],
             "form": {"actions": [action]}}
            for message, action in zip(work["messages"], forms, strict=True)
        ]  # fmt: skip
        owed = shop.adapter("apply_interpretations", p_items=items)
        assert [answer["result"]["outcome"] for answer in owed] == ["posted", "refused", "posted"]
        assert shop.on_hand(BREAD) == "-3"
