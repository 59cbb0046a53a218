"""Random histories against a plain model: sales, counts, the past, reversals, duplicates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.refusal import refuses
from tests.database.shop import Shop, line

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(days=400)
PRODUCT = "Potatoes"


def book(shop: Shop, key: str, request: dict[str, Any], at: datetime | None) -> Any:
    """`record_operation`, dated."""
    return shop.as_user(
        "owner",
        "select public.record_operation(%s, %s, %s, %s)",
        shop.id,
        key,
        Jsonb([request]),
        at,
    )


@pytest.mark.own_database
def test_reversing_a_receipt_takes_its_cost_out_of_the_average(shop: Shop) -> None:
    shop.record("owner", "1", line("receive", "bread", "10", unit_price="10"))
    second = shop.record("owner", "2", line("receive", "bread", "10", unit_price="20"))
    shop.record("owner", "3", line("sell", "bread", "5"))
    shop.reverse("owner", "4", second["id"])
    value = shop.as_user(
        "owner",
        "select value from public.stock_on_hand where product_id = %s",
        shop.products["Albany White Bread 700g"],
    )
    assert value == Decimal("50.00")
    revalued = shop.value("select unit_cost from public.transactions where kind = 'revaluation'")
    assert revalued == Decimal(10)


def test_a_locked_period_refuses_all_but_the_owner(shop: Shop) -> None:
    old = book(shop, "1", line("sell", "bread", "1"), NOW)
    shop.connection.execute("update public.companies set locked_before = current_date")
    sale = Jsonb([line("sell", "bread", "1")])
    for query, *values in (
        ("select public.record_operation(%s, 'x', %s, %s)", shop.id, sale, NOW),
        ("select public.reverse_operation(%s, 'y', %s)", shop.id, old["id"]),
    ):
        with pytest.raises(psycopg.Error) as error:
            shop.as_user("manager", query, *values)
        assert (error.value.sqlstate, error.value.diag.message_hint) == ("PT423", "period_locked")
    assert shop.reverse("owner", "z", old["id"])["kind"] == "reversal"


@pytest.mark.parametrize(
    ("moment", "word"),
    [(timedelta(days=1), "in_the_future"), (timedelta(days=-4000), "too_long_ago")],
)
def test_a_moment_that_cannot_be_is_refused(shop: Shop, moment: timedelta, word: str) -> None:
    with pytest.raises(psycopg.Error) as error:
        book(shop, "1", line("sell", "bread", "1"), datetime.now(UTC) + moment)
    assert error.value.diag.message_hint == word


@pytest.mark.own_database
def test_a_transfer_conserves_and_takes_its_cost_along(shop: Shop) -> None:
    shop.connection.execute(
        "insert into public.locations (company_id, name) values (%s, 'Back room')", [shop.id]
    )
    shop.record("owner", "1", line("receive", "bread", "10", unit_price="12"))
    moved = shop.record("clerk", "2", line("transfer", "bread", "4", to_location="back room"))
    assert [entry["quantity"] for entry in moved["lines"]] == ["-4", "4"]
    assert shop.on_hand("Albany White Bread 700g") == "10"
    rows = shop.connection.execute(
        "select quantity, average_cost from public.inventory order by quantity"
    ).fetchall()
    assert rows == [(Decimal(4), Decimal(12)), (Decimal(6), Decimal(12))]
    shop.reverse("clerk", "3", moved["id"])
    assert shop.value("select sum(quantity) from public.inventory where quantity > 0") == 10


def test_what_was_booked_before_its_day_was_locked_is_answered_again(shop: Shop) -> None:
    again = "select public.record_operation(%s, 'sale', %s, %s)"
    values = [shop.id, Jsonb([line("sell", "bread", "1")]), NOW]
    booked = shop.as_user("clerk", again, *values)
    shop.connection.execute("update public.companies set locked_before = current_date")
    assert shop.as_user("clerk", again, *values) == booked
    assert shop.lines() == 1


def test_merging_moves_the_stock_the_cost_and_the_names_and_keeps_history(shop: Shop) -> None:
    first, second = shop.products["Coca-Cola 500ml"], shop.products["Coca-Cola 2L"]
    shop.record("owner", "1", line("receive", "coke 500ml", "4", unit_price="9"))
    answer = shop.as_user(
        "manager",
        "select public.merge_products(%s, 'm', %s, %s)",
        shop.id,
        first,
        second,
    )
    assert [entry["balance"] for entry in answer["lines"]] == ["0", "4"]
    assert shop.value("select count(*) from private.match_products(%s, 'coke 500ml')", shop.id) == 1
    shop.record("clerk", "2", line("sell", "coke 500ml", "1"))
    assert shop.on_hand("Coca-Cola 2L") == "3"
    assert shop.value("select count(*) from public.movements where product_id = %s", second) == 4


# --- moments that are the same: whoever says "yesterday" says noon --------------------------------

BREAD, SMALL, LARGE = "Albany White Bread 700g", "Coca-Cola 500ml", "Coca-Cola 2L"
_keys = count(1)


def then(shop: Shop, days_ago: int, *lines: dict[str, Any], who: str = "owner") -> Any:
    """An operation of noon some days ago, all of a day at the same moment; 0 is now."""
    noon = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    return shop.as_user(
        who,
        "select public.record_operation(%s, %s, %s, %s)",
        shop.id,
        f"then {next(_keys)}",
        Jsonb(list(lines)),
        noon - timedelta(days=days_ago) if days_ago else None,
    )


def levels(shop: Shop, product: str) -> dict[str, tuple[Decimal, Decimal | None]]:
    """Place → quantity and average cost, as the dashboard shows them."""
    with shop.connection.transaction():
        shop.be("viewer")
        rows = shop.connection.execute(
            "select location, quantity, average_cost from public.stock_on_hand"
            " where company_id = %s and product_id = %s",
            [shop.id, shop.products[product]],
        ).fetchall()
    return {place: (quantity, cost) for place, quantity, cost in rows}


def test_a_count_is_answered_by_the_reversal_of_what_was_booked_before_it_at_the_same_moment(
    shop: Shop,
) -> None:
    sale = then(shop, 1, line("sell", "bread", "3"))
    then(shop, 1, line("count", "bread", "7"))
    later = then(shop, 1, line("sell", "bread", "2"))
    shop.reverse("owner", "a", sale["id"])
    assert shop.on_hand(BREAD) == "5"
    shop.reverse("owner", "b", later["id"])
    assert shop.on_hand(BREAD) == "7"


def test_what_a_count_had_seen_already_changes_no_cost_at_the_same_moment(shop: Shop) -> None:
    then(shop, 1, line("count", "bread", "7"))
    then(shop, 1, line("receive", "bread", "10", unit_price="12"))
    then(shop, 2, line("receive", "bread", "5", unit_price="10"))
    assert levels(shop, BREAD)["Shop"] == (Decimal(17), Decimal("11.176471"))


def test_two_counts_of_a_product_in_one_operation_are_taken_back_as_one(shop: Shop) -> None:
    counted = then(shop, 1, line("count", "bread", "5"), line("count", "bread", "7"))
    then(shop, 2, line("receive", "bread", "3"))
    assert shop.on_hand(BREAD) == "7"
    shop.reverse("owner", "r", counted["id"])
    assert shop.on_hand(BREAD) == "3"


def test_a_clock_that_runs_ahead_books_now(shop: Shop) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=4)
    answer = book(shop, "ahead", line("count", "bread", "7"), ahead)
    assert datetime.fromisoformat(answer["occurred_at"]) < ahead
    then(shop, 0, line("sell", "bread", "2"))
    assert shop.on_hand(BREAD) == "5"
    assert book(shop, "ahead", line("count", "bread", "7"), ahead) == answer


# --- cost that travels ----------------------------------------------------------------------------


@pytest.fixture
def two_places(shop: Shop) -> Shop:
    """A shop with a back room."""
    shop.connection.execute(
        "insert into public.locations (company_id, name) values (%s, 'Back room')", [shop.id]
    )
    return shop


def test_a_cost_that_is_taken_back_is_taken_back_wherever_the_goods_have_gone(
    two_places: Shop,
) -> None:
    shop = two_places
    then(shop, 0, line("receive", "bread", "10", unit_price="10"))
    dear = then(shop, 0, line("receive", "bread", "10", unit_price="20"))
    then(shop, 0, line("transfer", "bread", "5", to_location="back room"))
    shop.reverse("owner", "r", dear["id"])
    assert levels(shop, BREAD) == {
        "Shop": (Decimal(5), Decimal(10)),
        "Back room": (Decimal(5), Decimal(10)),
    }


def test_a_delivery_typed_in_late_costs_what_it_did_wherever_it_has_gone(two_places: Shop) -> None:
    shop = two_places
    moved = then(shop, 1, line("transfer", "bread", "4", to_location="back room"))
    then(shop, 2, line("receive", "bread", "10", unit_price="12"))
    assert levels(shop, BREAD)["Back room"] == (Decimal(4), Decimal(12))
    shop.reverse("owner", "r", moved["id"])
    assert levels(shop, BREAD) == {
        "Shop": (Decimal(10), Decimal(12)),
        "Back room": (Decimal(0), None),
    }


def test_a_transfer_before_a_count_at_one_place_moves_the_other_alone(two_places: Shop) -> None:
    shop = two_places
    then(shop, 3, line("receive", "bread", "10", unit_price="12"))
    then(shop, 1, line("count", "bread", "6"))
    moved = then(shop, 2, line("transfer", "bread", "4", to_location="back room"))
    assert levels(shop, BREAD) == {
        "Shop": (Decimal(6), Decimal(12)),
        "Back room": (Decimal(4), Decimal(12)),
    }
    shop.reverse("owner", "r", moved["id"])
    assert levels(shop, BREAD) == {
        "Shop": (Decimal(6), Decimal(12)),
        "Back room": (Decimal(0), None),
    }


# --- products that became one ---------------------------------------------------------------------


def merge(shop: Shop, product: str, into: str) -> Any:
    """`merge_products` as the manager."""
    return shop.as_user(
        "manager",
        "select public.merge_products(%s, %s, %s, %s)",
        shop.id,
        f"merge {next(_keys)}",
        shop.products[product],
        shop.products[into],
    )


def test_what_comes_back_to_a_merged_product_comes_to_the_one_it_became(shop: Shop) -> None:
    then(shop, 0, line("receive", "coke 500ml", "10", unit_price="10"))
    sale = then(shop, 0, line("sell", "coke 500ml", "3"))
    merge(shop, SMALL, LARGE)
    merge(shop, LARGE, BREAD)
    assert shop.on_hand(BREAD) == "7"
    shop.reverse("owner", "r", sale["id"])
    assert levels(shop, BREAD)["Shop"] == (Decimal(10), Decimal(10))
    assert (shop.on_hand(SMALL), shop.on_hand(LARGE)) == ("0", "0")


def test_a_cost_taken_back_after_a_merge_leaves_the_one_product(shop: Shop) -> None:
    then(shop, 0, line("receive", "coke 2l", "10", unit_price="20"))
    dear = then(shop, 0, line("receive", "coke 500ml", "10", unit_price="40"))
    then(shop, 0, line("receive", "coke 500ml", "10", unit_price="10"))
    merge(shop, SMALL, LARGE)
    assert levels(shop, LARGE)["Shop"] == (Decimal(30), Decimal("23.333333"))
    shop.reverse("owner", "r", dear["id"])
    assert levels(shop, LARGE)["Shop"] == (Decimal(20), Decimal(15))


def test_a_count_after_a_merge_has_seen_what_comes_back(shop: Shop) -> None:
    sale = then(shop, 0, line("sell", "coke 500ml", "3"))
    merge(shop, SMALL, LARGE)
    then(shop, 0, line("count", "coke 2l", "8"))
    shop.reverse("owner", "r", sale["id"])
    assert shop.on_hand(LARGE) == "8"


def test_a_merge_is_not_taken_back_nor_its_product_taken_up_again(shop: Shop) -> None:
    answer = merge(shop, SMALL, LARGE)
    assert answer["kind"] == "merge"
    with refuses(409, "is_merge"):
        shop.reverse("owner", "r", answer["id"])
    with pytest.raises(psycopg.errors.CheckViolation):
        shop.as_user(
            "manager",
            "update public.products set archived_at = null where id = %s returning id",
            shop.products[SMALL],
        )


def test_less_than_nothing_is_merged_even_where_that_is_blocked(shop: Shop) -> None:
    then(shop, 0, line("sell", "coke 500ml", "3"))
    shop.connection.execute(
        "update public.companies set negative_stock = 'block' where id = %s", [shop.id]
    )
    merge(shop, SMALL, LARGE)
    assert shop.on_hand(LARGE) == "-3"


def test_the_barcode_of_a_merged_product_finds_the_one_it_became(shop: Shop) -> None:
    for product, barcode in ((SMALL, "6001000000017"), (LARGE, "6001000000024")):
        shop.connection.execute(
            "update public.products set barcode = %s where id = %s",
            [barcode, shop.products[product]],
        )
    merge(shop, SMALL, LARGE)
    for barcode in ("6001000000017", "6001000000024"):
        assert (
            shop.value("select product_id from private.match_products(%s, %s)", shop.id, barcode)
            == shop.products[LARGE]
        )
