"""Longer talks: corrections, lessons, the missing delivery, the shelf counted, why it is seven."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.database.shop import Shop, line
from tests.database.test_histories import differences

COKE = "Coca-Cola 2L"
BREAD = "Albany White Bread 700g"


def choose(option: str) -> dict[str, str]:
    return {"action": "choose", "option": option}


def question(owed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = owed["result"]["question"]
    return found


# --- corrections ----------------------------------------------------------------------------------


def test_that_was_5_books_the_message_again_and_links_the_two(shop: Shop) -> None:
    first = shop.say("clerk", line("sell", "bread", "3"), text="sold 3 bread")
    fixed = shop.say("clerk", {"action": "correct", "quantity": "5"}, text="that was 5")
    operation = fixed["result"]["operation"]
    assert operation["replaces"] == first["result"]["operation"]["id"]
    assert [entry["quantity"] for entry in operation["lines"]] == ["-5"]
    assert shop.on_hand(BREAD) == "-5"


def test_not_coke_fanta_changes_the_product_by_reply_to_an_older_message(shop: Shop) -> None:
    first = shop.say("clerk", line("sell", "coke 2l", "3"), line("sell", "bread", "1"))
    shop.say("clerk", line("sell", "bread", "2"))
    shop.say(
        "clerk",
        {"action": "correct", "product": "coke 2l", "to_product": "coke 500ml"},
        reply_to=first["wamid"],
    )
    assert (shop.on_hand(COKE), shop.on_hand("Coca-Cola 500ml")) == ("0", "-3")
    assert shop.on_hand(BREAD) == "-3"


def test_a_correction_of_several_lines_asks_which(shop: Shop) -> None:
    shop.say("clerk", line("sell", "coke 2l", "3"), line("sell", "bread", "1"))
    asked = shop.say("clerk", {"action": "correct", "quantity": "5"})
    assert question(asked)["kind"] == "which_line"
    shop.say("clerk", choose(BREAD))
    assert (shop.on_hand(COKE), shop.on_hand(BREAD)) == ("-3", "-5")


def test_a_sale_that_was_a_receipt_is_turned_round(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "3"))
    shop.say("clerk", {"action": "correct", "to_action": "receive"})
    assert shop.on_hand(BREAD) == "3"


def test_a_message_that_was_corrected_means_what_stands_in_its_place(shop: Shop) -> None:
    first = shop.say("clerk", line("sell", "bread", "3"))
    shop.say("clerk", {"action": "correct", "quantity": "5"})
    shop.say("clerk", {"action": "correct", "quantity": "6"}, reply_to=first["wamid"])
    assert shop.on_hand(BREAD) == "-6"
    shop.say("clerk", {"action": "undo"}, reply_to=first["wamid"])
    assert shop.on_hand(BREAD) == "0"
    again = shop.say("clerk", {"action": "undo"}, reply_to=first["wamid"])
    assert again["result"]["code"] == "already_reversed"


def test_undoing_a_correction_leaves_nothing_booked(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "3"))
    shop.say("clerk", {"action": "correct", "quantity": "5"})
    shop.say("clerk", {"action": "undo"})
    assert shop.on_hand(BREAD) == "0"


# --- lessons --------------------------------------------------------------------------------------


def test_it_is_teaches_a_name_with_who_and_when(shop: Shop) -> None:
    asked = shop.say("clerk", line("sell", "albani loaf", "2"))
    assert question(asked)["kind"] == "unknown_product"
    shop.say("clerk", {"action": "unknown", "product": "white bread"})
    assert shop.on_hand(BREAD) == "-2"
    assert shop.say("clerk", line("sell", "albani loaf", "1"))["result"]["outcome"] == "posted"
    taught = shop.connection.execute(
        "select member_id, created_at is not null from public.product_aliases"
        " where company_id = %s and alias = 'albani loaf'",
        [shop.id],
    ).fetchall()
    assert taught == [(shop.members["clerk"], True)]


def test_a_taught_name_can_be_taken_away_by_a_manager_only(shop: Shop) -> None:
    removal = (
        "with gone as (delete from public.product_aliases returning 1) select count(*) from gone"
    )
    assert shop.as_user("clerk", removal) == 0
    assert shop.as_user("manager", removal) > 0


# --- the missing delivery -------------------------------------------------------------------------


def test_going_below_zero_is_booked_and_asked_about_and_the_delivery_came_before(
    shop: Shop,
) -> None:
    asked = shop.say("clerk", line("sell", "bread", "3"))
    assert asked["result"]["outcome"] == "posted"
    assert question(asked)["kind"] == "negative_stock"
    assert question(shop.say("clerk", choose("add")))["kind"] == "how_many"
    shop.say("clerk", {"action": "choose", "quantity": "10"})
    assert shop.on_hand(BREAD) == "7"
    kinds = shop.connection.execute(
        "select kind::text from public.transactions where company_id = %s order by occurred_at",
        [shop.id],
    ).fetchall()
    assert [kind for (kind,) in kinds] == ["receive", "sell"]


def test_going_further_below_zero_does_not_ask_again(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "3"))
    assert "question" not in shop.say("clerk", line("sell", "bread", "1"))["result"]


def test_counting_now_sets_the_shelf(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "3"))
    shop.say("clerk", choose("count"))
    shop.say("clerk", choose("4"))
    assert shop.on_hand(BREAD) == "4"


# --- days -----------------------------------------------------------------------------------------


def test_yesterdays_sale_is_dated_yesterday_and_a_later_count_stays_right(shop: Shop) -> None:
    shop.say("clerk", line("count", "bread", "7"))
    shop.say("clerk", line("sell", "bread", "5", when="yesterday"))
    assert shop.on_hand(BREAD) == "7"
    assert shop.value(
        "select (now() - occurred_at) between interval '1 hour' and interval '40 hours'"
        " from public.transactions where company_id = %s and kind = 'sell'",
        shop.id,
    )


def days(shop: Shop) -> list[tuple[int, str, str]]:
    """Days ago, kind and quantity of every line, in the order they were booked."""
    return shop.connection.execute(
        "select (now() at time zone 'Africa/Johannesburg')::date"
        " - (occurred_at at time zone 'Africa/Johannesburg')::date,"
        " kind::text, trim_scale(quantity)::text"
        " from public.transactions where company_id = %s order by created_at, line_no",
        [shop.id],
    ).fetchall()


def test_a_message_of_several_days_books_each_line_on_its_own_as_one(shop: Shop) -> None:
    sold = shop.say(
        "clerk", line("sell", "bread", "5", when="yesterday"), line("sell", "bread", "1")
    )
    operation = sold["result"]["operation"]
    assert len({entry["day"] for entry in operation["lines"]}) == 2
    assert "day" not in operation
    assert days(shop) == [(1, "sell", "-5"), (0, "sell", "-1")]
    assert question(sold)["details"]["balance"] == "-6"
    assert shop.value("select count(*) from public.operations where company_id = %s", shop.id) == 1
    undone = shop.say("clerk", {"action": "undo"})
    assert {entry["day"] for entry in undone["result"]["operation"]["lines"]} == {
        entry["day"] for entry in operation["lines"]
    }
    assert days(shop)[2:] == [(1, "reversal", "5"), (0, "reversal", "1")]
    assert shop.on_hand(BREAD) == "0"
    assert differences(shop) == []


@pytest.mark.parametrize("order", [1, -1])
def test_a_count_of_one_day_saw_what_the_message_tells_of_the_day_before(
    shop: Shop, order: int
) -> None:
    shop.record("owner", "k", line("receive", "bread", "20", unit_price="12"))
    told = [
        line("sell", "bread", "4", when="day_before_yesterday"),
        line("count", "bread", "30", when="yesterday"),
        line("sell", "bread", "1"),
    ]
    shop.say("clerk", *told[::order])
    # The delivery of today comes on top of what was there yesterday.
    assert shop.on_hand(BREAD) == "49"
    assert differences(shop) == []
    shop.say("clerk", {"action": "undo"})
    assert shop.on_hand(BREAD) == "20"
    assert differences(shop) == []


def test_costs_of_a_message_of_several_days_are_those_of_their_days(shop: Shop) -> None:
    shop.say(
        "owner",
        line("receive", "bread", "10", unit_price="20", when="yesterday"),
        line("receive", "bread", "10", unit_price="10", when="day_before_yesterday"),
        line("sell", "bread", "5"),
    )
    assert shop.value(
        "select average_cost from public.inventory where company_id = %s", shop.id
    ) == Decimal(15)
    assert differences(shop) == []


def test_a_correction_keeps_the_day_of_each_line_and_moves_the_one_it_names(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "5", when="yesterday"), line("sell", "coke 2l", "1"))
    shop.say("clerk", {"action": "correct", "product": "bread", "quantity": "6"})
    assert days(shop)[-2:] == [(1, "sell", "-6"), (0, "sell", "-1")]
    shop.say("clerk", {"action": "correct", "product": "coke 2l", "when": "day_before_yesterday"})
    assert days(shop)[-2:] == [(1, "sell", "-6"), (2, "sell", "-1")]
    shop.say("clerk", {"action": "correct", "when": "today"})
    assert days(shop)[-2:] == [(0, "sell", "-6"), (0, "sell", "-1")]
    assert differences(shop) == []


def test_of_several_days_none_may_be_to_come_or_locked(shop: Shop) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    for actions in (
        [line("sell", "bread", "1"), line("sell", "bread", "1", when=ahead)],
        [line("sell", "bread", "1", when=ahead), line("sell", "bread", "1", when="yesterday")],
    ):
        assert shop.say("clerk", *actions)["result"]["code"] == "in_the_future"
    shop.connection.execute(
        "update public.companies"
        " set locked_before = (now() at time zone 'Africa/Johannesburg')::date where id = %s",
        [shop.id],
    )
    refused = shop.say(
        "clerk", line("sell", "bread", "1"), line("sell", "bread", "1", when="yesterday")
    )
    assert refused["result"]["code"] == "period_locked"
    assert shop.lines() == 0


# --- the shelf ------------------------------------------------------------------------------------


def test_a_stocktake_walks_the_shelf_blind_nets_sales_off_and_books_on_yes(shop: Shop) -> None:
    shop.record("owner", "1", line("receive", "brown bread", "10", unit_price="12"))
    shop.record("owner", "2", line("receive", "bread", "10", unit_price="15"))
    first = shop.say("clerk", {"action": "stocktake"})
    assert question(first)["details"]["product"] == "Airtime"  # by name
    shop.say("clerk", choose("skip"))
    # One short on the shelf, and one more sold while the count goes on.
    assert question(shop.say("clerk", choose("9")))["details"]["product"] == BREAD
    shop.say("manager", line("sell", "brown bread", "1"))
    shop.say("clerk", choose("10"))
    summary = shop.say("clerk", choose("finish"))
    (brown, white) = question(summary)["details"]["differences"]
    assert (brown["expected"], brown["counted"], brown["difference"]) == ("10", "9", "-1")
    assert brown["amount"] == "-12.00"
    assert white["difference"] == "0"
    booked = shop.say("clerk", {"action": "confirm"})
    assert booked["result"]["outcome"] == "posted"
    assert shop.on_hand("Albany Brown Bread 700g") == "8"
    assert shop.on_hand(BREAD) == "10"


def test_a_stocktake_that_is_cancelled_books_nothing(shop: Shop) -> None:
    shop.say("clerk", {"action": "stocktake"})
    shop.say("clerk", choose("9"))
    shop.say("clerk", {"action": "reject"})
    assert shop.lines() == 0


# --- asking ---------------------------------------------------------------------------------------


def test_why_is_it_seven_tells_the_last_count_and_what_moved_since(shop: Shop) -> None:
    shop.say("clerk", line("receive", "bread", "50"), text="got 50 bread")
    shop.say("owner", line("count", "bread", "10"), text="counted bread 10")
    shop.say("clerk", line("sell", "bread", "3"), text="sold 3 bread")
    (answer,) = shop.say("viewer", {"action": "history", "product": "bread"})["result"]["answers"]
    assert [(row["kind"], row["balance"], row["said"]) for row in answer["rows"]] == [
        ("count", "10", "counted bread 10"),
        ("sell", "7", "sold 3 bread"),
    ]


def test_sales_leave_out_what_was_undone(shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "3"))
    shop.say("clerk", line("sell", "bread", "2"))
    shop.say("clerk", {"action": "undo"})
    (answer,) = shop.say("viewer", {"action": "sales", "when": "this_week"})["result"]["answers"]
    assert [(row["product"], row["quantity"], row["amount"]) for row in answer["rows"]] == [
        (BREAD, "3", "55.50")
    ]


def test_the_value_of_the_stock_is_told_at_cost_and_at_price(shop: Shop) -> None:
    shop.record("owner", "1", line("receive", "bread", "10", unit_price="12"))
    (answer,) = shop.say("viewer", {"action": "value"})["result"]["answers"]
    assert [(row["at_cost"], row["at_price"]) for row in answer["rows"]] == [("120.00", "185.00")]


def test_a_message_that_tells_and_asks_is_booked_and_then_answered(shop: Shop) -> None:
    owed = shop.say("clerk", line("receive", "bread", "3"), {"action": "stock", "product": "bread"})
    assert owed["result"]["outcome"] == "posted"
    assert owed["result"]["answers"][0]["rows"][0]["quantity"] == "3"


# --- the catalogue --------------------------------------------------------------------------------


def test_a_manager_sets_prices_levels_and_packs_by_chat_and_a_clerk_does_not(shop: Shop) -> None:
    price = {"action": "set_price", "product": "bread", "unit_price": "19.50"}
    assert shop.say("clerk", price)["result"]["code"] == "role_too_low"
    changed = shop.say("manager", price)["result"]
    assert (changed["outcome"], changed["changes"][0]["price"]) == ("posted", "19.50")
    shop.say("manager", {"action": "set_reorder_level", "product": "bread", "quantity": "8"})
    shop.say(
        "manager", {"action": "set_pack", "product": "bread", "unit": "tray", "quantity": "12"}
    )
    shop.say("clerk", line("receive", "bread", "2", unit="tray"))
    assert shop.on_hand(BREAD) == "24"


def test_a_new_product_by_chat_and_never_twice(shop: Shop) -> None:
    added = {"action": "add_product", "name": "simba chips 36g", "unit_price": "9"}
    assert shop.say("manager", added)["result"]["changes"][0]["product"] == "Simba Chips 36g"
    assert shop.say("manager", added)["result"]["code"] == "product_exists"


# --- several companies ----------------------------------------------------------------------------


def test_a_person_of_two_companies_switches_by_name_or_by_choice(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    shop.connection.execute("update public.companies set name = 'Other' where id = %s", [other.id])
    shop.value("select private.add_member(%s, %s, 'Both', 'clerk')", other.id, shop.phones["clerk"])
    asked = shop.say("clerk", {"action": "switch_company"})
    assert question(asked)["kind"] == "which_company"
    switched = shop.say("clerk", choose("Other"))
    assert switched["result"]["code"] == "company_set"
    shop.say("clerk", line("sell", "bread", "1"))
    assert (shop.lines(), other.lines()) == (0, 1)


def test_what_was_said_in_another_shop_is_told_so_and_books_nothing(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    shop.connection.execute("update public.companies set name = 'Other' where id = %s", [other.id])
    shop.value("select private.add_member(%s, %s, 'Both', 'clerk')", other.id, shop.phones["clerk"])
    booked = shop.say("clerk", line("sell", "bread", "3"))
    asked = shop.say("clerk", line("sell", "bread", "500"))
    shop.say("clerk", {"action": "switch_company", "name": "Other"})
    undo = f"op:{booked['result']['operation']['id']}:undo"
    yes = f"q:{question(asked)['id']}:yes"
    for told in (
        shop.say("clerk", {"action": "undo"}, reply_to=booked["wamid"]),
        shop.say("clerk", {"action": "correct", "quantity": "5"}, reply_to=booked["wamid"]),
        shop.say("clerk", {"action": "confirm"}, reply_to=asked["wamid"]),
        shop.say("clerk", choose(""), type="interactive", button_id=undo),
        shop.say("clerk", choose(""), type="interactive", button_id=yes),
    ):
        assert told["result"] == {
            "outcome": "refused", "code": "other_shop", "details": {"name": "A shop"}
        }  # fmt: skip
    assert (shop.on_hand(BREAD), other.lines()) == ("-3", 0)


def test_the_language_first_shown_stays_until_changed(shop: Shop) -> None:
    arrival = shop.arrival("clerk")
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    form = {"language": "zu", "verdict": "ok", "actions": [line("sell", "bread", "1")]}
    base = {"id": work["messages"][0]["id"], "sender": work["sender"], "token": work["token"]}
    (owed,) = shop.adapter("apply_interpretations", p_items=[{**base, "form": form}])
    assert owed["language"] == "zu"
    lease = {"sender": work["sender"], "token": work["token"]}
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease])
    assert shop.say("clerk", {"action": "help"})["language"] == "zu"
    changed = shop.say("clerk", {"action": "language", "option": "af"})
    assert changed["language"] == "af"
