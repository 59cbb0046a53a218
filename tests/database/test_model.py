"""What the model may cost a shop and each of its people in a day, and what it did cost."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.database.shop import Shop, line

USAGE = {"model": "gemini-x", "calls": 1, "input_tokens": 900, "output_tokens": 100, "cost": 520}


def hand_out(shop: Shop, role: str = "owner") -> tuple[dict[str, Any], dict[str, str]]:
    """A message as it is handed to an adapter, and the lease it comes with."""
    received = shop.adapter("receive_messages", p_messages=[shop.arrival(role)])
    (work,) = received["work"]
    return work["messages"][-1], {"sender": work["sender"], "token": work["token"]}


def read_by_model(shop: Shop, role: str = "owner", **usage: Any) -> bool:
    """One message that the model read; whether it was allowed to."""
    message, lease = hand_out(shop, role)
    item = {
        "id": message["id"], **lease, "code": "media_unread", "usage": {**USAGE, **usage},
    }  # fmt: skip
    shop.adapter("apply_interpretations", p_items=[item])
    shop.adapter("apply_interpretations", p_items=[item])  # a repeated call counts nothing
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease])
    return bool(message["model_allowed"])


def limit(shop: Shop, **columns: int) -> None:
    """What an operator sets."""
    for column, value in columns.items():
        shop.connection.execute(
            f"update public.companies set {column} = %s where id = %s".encode(), [value, shop.id]
        )


def test_what_was_spent_is_counted_once_by_member_day_and_model(shop: Shop) -> None:
    read_by_model(shop)
    read_by_model(shop)
    read_by_model(shop, model="gemini-y")
    read_by_model(shop, "clerk")
    spent = shop.connection.execute(
        "select member_id, model, calls, input_tokens, output_tokens, cost, day"
        " from private.model_usage where company_id = %s order by model, calls",
        [shop.id],
    ).fetchall()
    today = shop.value(
        "select private.today_of(c) from public.companies as c where id = %s", shop.id
    )
    owner, clerk = shop.members["owner"], shop.members["clerk"]
    assert spent == [
        (clerk, "gemini-x", 1, 900, 100, 520, today),
        (owner, "gemini-x", 2, 1800, 200, 1040, today),
        (owner, "gemini-y", 1, 900, 100, 520, today),
    ]


def test_each_persons_budget_is_their_own(shop: Shop) -> None:
    limit(shop, model_calls_a_day_each=2)
    assert [read_by_model(shop) for _ in range(3)] == [True, True, False]
    assert read_by_model(shop, "clerk")


@pytest.mark.parametrize("budget", [{"model_calls_a_day": 2}, {"model_cost_a_day": 521}])
def test_the_shops_budget_is_everybodys(shop: Shop, budget: dict[str, int]) -> None:
    limit(shop, **budget)
    assert [read_by_model(shop, role) for role in ("owner", "clerk", "manager")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_new_day_has_a_new_budget_where_the_shop_is(shop: Shop) -> None:
    limit(shop, model_calls_a_day=1)
    read_by_model(shop)
    assert not hand_out(shop)[0]["model_allowed"]
    shop.connection.execute("update private.model_usage set day = day - 1")
    assert hand_out(shop, "clerk")[0]["model_allowed"]


def test_the_day_ends_at_midnight_where_the_shop_is(shop: Shop) -> None:
    """The two zones are 25 hours apart, so their dates always differ."""
    days = []
    for timezone in ("Pacific/Pago_Pago", "Pacific/Kiritimati"):
        shop.connection.execute(
            "update public.companies set timezone = %s where id = %s", [timezone, shop.id]
        )
        limit(shop, model_calls_a_day=1)
        assert read_by_model(shop), f"nothing was spent yet on the day in {timezone}"
        assert not hand_out(shop, "manager")[0]["model_allowed"]
        days.append(
            shop.value("select max(day) from private.model_usage where company_id = %s", shop.id)
        )
        shop.connection.execute("update private.senders set leased_until = '-infinity'")
    assert days[0] < days[1]


def test_another_shop_spends_nothing_of_this_one(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    limit(shop, model_calls_a_day=1)
    read_by_model(other)
    assert hand_out(shop)[0]["model_allowed"]


@pytest.mark.own_database
def test_a_stranger_has_no_budget(shop: Shop) -> None:
    assert read_by_model(shop, "27849990009") is False
    assert shop.value("select count(*) from private.model_usage") == 0


@pytest.mark.parametrize(
    "usage",
    [
        {"model": None},
        {"calls": -5, "input_tokens": -1, "output_tokens": -1, "cost": -100},
        {"calls": 10**15, "input_tokens": 10**15, "output_tokens": 10**15, "cost": 10**15},
        {"model": "x" * 5000},
    ],
)
def test_no_count_of_the_adapters_breaks_a_message_or_gives_budget_back(
    shop: Shop, usage: dict[str, Any]
) -> None:
    read_by_model(shop)
    before = shop.value("select sum(cost) from private.model_usage")
    read_by_model(shop, **usage)
    assert shop.value("select sum(cost) from private.model_usage") >= before


def test_product_names_are_handed_out_only_where_the_owner_says_so(shop: Shop) -> None:
    assert hand_out(shop)[0]["product_names"] is None
    shop.as_user(
        "owner",
        "select public.update_company(%s, 'share', %s)",
        shop.id,
        Jsonb({"share_product_names": True}),
    )
    assert hand_out(shop, "clerk")[0]["product_names"] == sorted(shop.products)


# --- drafts of what was heard or seen -------------------------------------------------------------


def heard(shop: Shop, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A voice note of the owner's as the adapter hands it over."""
    message, lease = hand_out(shop)
    form = {"language": "en", "verdict": "confirm", "reason": "heard", "actions": list(actions)}
    item = {"id": message["id"], **lease, "form": form | more, "transcript": "I heard this"}
    (owed,) = shop.adapter("apply_interpretations", p_items=[item])
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease])
    result: dict[str, Any] = owed["result"]
    return result


def test_a_yes_books_every_line_but_those_that_could_not_be_read(shop: Shop) -> None:
    lines = (
        line("receive", "white bread", "10", certainty="sure"),
        line("receive", "coke 2l", "3", certainty="unread"),
        {"action": "unknown", "certainty": "unread"},
        line("receive", "potatoes", "2", certainty="unsure", unit="kg"),
    )
    question = heard(shop, *lines, document_total="90.00", lines_total="50.00")["question"]
    assert question["kind"] == "confirm_draft"
    assert [action["certainty"] for action in question["details"]["actions"]] == [
        "sure", "unread", "unread", "unsure",
    ]  # fmt: skip
    assert question["details"]["document_total"] == "90.00"
    assert shop.lines() == 0
    shop.say("owner", {"action": "confirm"})
    assert shop.on_hand("Albany White Bread 700g") == "10"
    assert shop.on_hand("Potatoes") == "2"
    assert shop.lines() == 2


def test_a_draft_of_nothing_readable_is_refused(shop: Shop) -> None:
    result = heard(shop, line("receive", "white bread", "10", certainty="unread"))
    assert (result["outcome"], result["code"]) == ("refused", "unread")


def test_why_is_it_10_quotes_what_was_heard(shop: Shop) -> None:
    heard(shop, line("receive", "white bread", "10"))
    shop.say("owner", {"action": "confirm"}, text="yes")
    answered = shop.say("owner", {"action": "history", "product": "white bread"})
    (row,) = answered["result"]["answers"][0]["rows"]
    assert row["said"] == "I heard this"


def test_a_correction_by_reply_that_is_confirmed_corrects_what_it_replied_to(shop: Shop) -> None:
    first = shop.say("owner", line("receive", "white bread", "10"))
    shop.say("owner", line("receive", "coke 2l", "4"))
    arrival = shop.arrival("owner", reply_to=first["wamid"])
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    lease = {"sender": work["sender"], "token": work["token"]}
    form = {
        "language": "en", "verdict": "confirm", "reason": "unsure",
        "actions": [{"action": "correct", "quantity": "6"}],
    }  # fmt: skip
    item = {"id": work["messages"][-1]["id"], **lease, "form": form}
    shop.adapter("apply_interpretations", p_items=[item])
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease])
    shop.say("owner", {"action": "confirm"})
    assert shop.on_hand("Albany White Bread 700g") == "6"
    assert shop.on_hand("Coca-Cola 2L") == "4"


def test_sales_of_a_week_come_by_day_too(shop: Shop) -> None:
    shop.say("owner", line("sell", "white bread", "2", unit_price="18.50"))
    asked = shop.say("owner", {"action": "sales", "when": "this_week"})
    (answer,) = asked["result"]["answers"]
    days = answer["days"]
    assert days[-1] == {
        "day": str(shop.value("select (now() at time zone 'Africa/Johannesburg')::date")),
        "amount": "37.00",
    }
    assert len(days) == shop.value(
        "select extract(isodow from now() at time zone 'Africa/Johannesburg')::integer"
    )
    assert {day["amount"] for day in days[:-1]} <= {"0.00"}
    today = shop.say("owner", {"action": "sales", "when": "today"})["result"]["answers"][0]
    assert "days" not in today
