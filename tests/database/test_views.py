"""What people look at, on histories that were corrected, merged, moved and dated back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from cli.database import REPORTS
from tests.database.refusal import refuses
from tests.database.shop import Shop, line

BREAD, BROWN = "Albany White Bread 700g", "Albany Brown Bread 700g"
NOON = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
_keys = count(1)


def book(shop: Shop, days_ago: int, *lines: dict[str, Any]) -> Any:
    """An operation of noon some days ago; 0 is now."""
    return shop.as_user(
        "owner",
        "select public.record_operation(%s, %s, %s, %s)",
        shop.id,
        f"k{next(_keys)}",
        Jsonb(list(lines)),
        NOON - timedelta(days=days_ago) if days_ago else None,
    )


def undo(shop: Shop, operation: dict[str, Any]) -> Any:
    return shop.reverse("owner", f"u{next(_keys)}", operation["id"])


def merge(shop: Shop, product: str, into: str) -> None:
    shop.as_user(
        "manager",
        "select public.merge_products(%s, %s, %s, %s)",
        shop.id,
        f"m{next(_keys)}",
        shop.products[product],
        shop.products[into],
    )


def read(shop: Shop, columns: str, view: str, order: str = "1") -> list[tuple[Any, ...]]:
    """Rows of a view as a viewer sees them."""
    with shop.connection.transaction():
        shop.be("viewer")
        query = f"select {columns} from public.{view} where company_id = %s order by {order}"
        return shop.connection.execute(query.encode(), [shop.id]).fetchall()


def sales(shop: Shop) -> list[tuple[Any, ...]]:
    """(days ago, quantity, amount, margin) of each day's sales, all products."""
    rows = read(shop, "day, quantity, amount, margin", "daily_sales", "day desc, amount")
    today = date.fromisoformat(
        shop.value(
            "select (now() at time zone timezone)::date::text from public.companies where id = %s",
            shop.id,
        )
    )
    return [((today - day).days, *numbers) for day, *numbers in rows]


# --- sales and their margin -----------------------------------------------------------------------


def test_a_sale_that_is_taken_back_counts_no_more_and_a_return_counts_against(shop: Shop) -> None:
    book(shop, 2, line("receive", "bread", "10", unit_price="10"))
    wrong = book(shop, 1, line("sell", "bread", "4", unit_price="18"))
    book(shop, 1, line("sell", "bread", "3", unit_price="18"))
    book(shop, 0, line("return_in", "bread", "1", unit_price="18"))
    assert sales(shop) == [(0, -1, -18, -8), (1, 7, 126, 56)]
    undo(shop, wrong)
    assert sales(shop) == [(0, -1, -18, -8), (1, 3, 54, 24)]


def test_a_sale_dated_back_is_told_on_its_day_at_the_cost_of_that_day(shop: Shop) -> None:
    book(shop, 3, line("receive", "bread", "10", unit_price="10"))
    book(shop, 1, line("receive", "bread", "10", unit_price="20"))
    book(shop, 2, line("sell", "bread", "4", unit_price="18"))
    assert sales(shop) == [(2, 4, 72, 32)]


def test_a_delivery_typed_in_late_gives_the_sales_since_their_margin(shop: Shop) -> None:
    book(shop, 2, line("sell", "bread", "5", unit_price="20"))
    book(shop, 0, line("sell", "bread", "1", unit_price="20"))
    assert sales(shop) == [(0, 1, 20, None), (2, 5, 100, None)]
    late = book(shop, 3, line("receive", "bread", "10", unit_price="12"))
    assert sales(shop) == [(0, 1, 20, 8), (2, 5, 100, 40)]
    undo(shop, late)
    assert sales(shop) == [(0, 1, 20, None), (2, 5, 100, None)]


def test_a_cost_typed_wrong_and_corrected_leaves_no_trace_in_the_margin(shop: Shop) -> None:
    wrong = book(shop, 4, line("receive", "bread", "10", unit_price="120"))
    book(shop, 3, line("sell", "bread", "4", unit_price="18"))
    sale = book(shop, 2, line("sell", "bread", "2", unit_price="18"))
    assert sales(shop) == [(2, 2, 36, -204), (3, 4, 72, -408)]
    undo(shop, wrong)
    book(shop, 4, line("receive", "bread", "10", unit_price="12"))
    assert sales(shop) == [(2, 2, 36, 12), (3, 4, 72, 24)]
    undo(shop, sale)
    assert sales(shop) == [(3, 4, 72, 24)]


def test_what_changes_no_margin_adds_no_day_of_sales(shop: Shop) -> None:
    cheap = book(shop, 2, line("receive", "bread", "10", unit_price="10"))
    book(shop, 1, line("receive", "bread", "10", unit_price="20"))
    undo(shop, cheap)
    assert sales(shop) == []


def test_sales_of_a_merged_product_are_those_of_the_one_it_became(shop: Shop) -> None:
    book(shop, 2, line("receive", "white bread", "10", unit_price="10"))
    book(shop, 1, line("sell", "white bread", "2", unit_price="18"))
    book(shop, 1, line("sell", "brown bread", "1", unit_price="17"))
    merge(shop, BREAD, BROWN)
    rows = read(shop, "product_id, quantity, amount, margin", "daily_sales")
    assert rows == [(shop.products[BROWN], 3, 53, 16)]


@pytest.mark.parametrize(
    ("timezone", "days"),
    [("Africa/Johannesburg", ["2026-03-02"]), ("UTC", ["2026-03-01"]),
     ("Pacific/Kiritimati", ["2026-03-02"]), ("America/New_York", ["2026-03-01"])],
)  # fmt: skip
def test_a_day_ends_at_midnight_where_the_shop_is(
    shop: Shop, timezone: str, days: list[str]
) -> None:
    shop.as_user(
        "owner", "select public.update_company(%s, 'z', %s)", shop.id, Jsonb({"timezone": timezone})
    )
    shop.as_user(
        "owner",
        "select public.record_operation(%s, 'k', %s, '2026-03-01T22:30:00Z')",
        shop.id,
        Jsonb([line("sell", "bread", "1")]),
    )
    assert [str(day) for (day,) in read(shop, "day", "daily_sales")] == days


def test_margins_that_were_restated_follow_the_shop_to_another_time_zone(shop: Shop) -> None:
    """Two sales of one evening, of which the later is after midnight two time zones to the east."""

    def at(moment: str, *lines: dict[str, Any]) -> None:
        shop.as_user(
            "owner",
            "select public.record_operation(%s, %s, %s, %s)",
            shop.id,
            f"k{next(_keys)}",
            Jsonb(list(lines)),
            moment,
        )

    def move(timezone: str) -> list[tuple[str, Any, Any]]:
        shop.as_user(
            "owner",
            "select public.update_company(%s, %s, %s)",
            shop.id,
            f"z{next(_keys)}",
            Jsonb({"timezone": timezone}),
        )
        query = (REPORTS / "verify.sql").read_bytes()
        assert psycopg.RawCursor(shop.connection).execute(query, [[shop.id]]).fetchall() == []
        return [
            (str(day), amount, margin)
            for day, amount, margin in read(shop, "day, amount, margin", "daily_sales")
        ]

    at("2026-11-18T10:00:00Z", line("receive", "bread", "10", unit_price="5"))
    at("2026-11-20T20:00:00Z", line("sell", "bread", "1", unit_price="18"))
    at("2026-11-20T21:30:00Z", line("sell", "bread", "3", unit_price="18"))
    at("2026-11-19T10:00:00Z", line("receive", "bread", "10", unit_price="10"))
    at_home = [("2026-11-20", 72, 42)]
    apart = [("2026-11-20", 18, Decimal("10.5")), ("2026-11-21", 54, Decimal("31.5"))]
    assert move("Africa/Maputo") == at_home
    assert move("Africa/Nairobi") == apart
    moved = shop.value(
        "select id from public.operations where company_id = %s and kind = 'revaluation'", shop.id
    )
    with refuses(409, "is_revaluation"):
        shop.reverse("owner", "undo", moved)
    assert move("Africa/Johannesburg") == at_home


# --- what runs out --------------------------------------------------------------------------------


def age(shop: Shop, days: int) -> None:
    """The shop has kept its products for so long."""
    shop.connection.execute(
        "update public.products set created_at = now() - make_interval(days => %s)"
        " where company_id = %s",
        [days, shop.id],
    )


def low(shop: Shop) -> list[tuple[Any, ...]]:
    return read(shop, "product, quantity, reorder_level, days_of_cover", "low_stock")


@pytest.mark.parametrize(("kept", "cover"), [(100, "5.6"), (7, "1.4"), (0, "0.2")])
def test_cover_is_at_the_pace_of_the_last_28_days_or_since_the_product_is_kept(
    shop: Shop, kept: int, cover: str
) -> None:
    age(shop, kept)
    book(shop, 40, line("receive", "bread", "100"))
    book(shop, 35, line("sell", "bread", "76"))
    book(shop, 5, line("sell", "bread", "21"))
    gone = book(shop, 4, line("sell", "bread", "2"))
    book(shop, 3, line("return_in", "bread", "1"))
    undo(shop, gone)
    book(shop, 0, line("count", "bread", "4"))
    assert low(shop) == [(BREAD, 4, 5, Decimal(cover))]


def test_cover_is_not_told_where_nothing_was_sold_and_is_0_below_nothing(shop: Shop) -> None:
    assert low(shop) == [(BREAD, 0, 5, None)]
    book(shop, 0, line("return_in", "bread", "2"))
    assert low(shop) == [(BREAD, 2, 5, None)]
    book(shop, 0, line("sell", "bread", "9"))
    assert low(shop) == [(BREAD, -7, 5, 0)]


def test_what_is_above_its_level_or_archived_is_not_low(shop: Shop) -> None:
    book(shop, 0, line("receive", "bread", "6"))
    assert low(shop) == []
    book(shop, 0, line("sell", "bread", "1"))
    assert low(shop) == [(BREAD, 5, 5, Decimal("5.0"))]
    shop.connection.execute(
        "update public.products set archived_at = now() where id = %s", [shop.products[BREAD]]
    )
    assert low(shop) == []


def test_the_pace_of_a_merged_product_is_part_of_the_one_it_became(shop: Shop) -> None:
    age(shop, 100)
    book(shop, 5, line("sell", "brown bread", "20"))
    book(shop, 5, line("sell", "white bread", "8"))
    merge(shop, BROWN, BREAD)
    book(shop, 0, line("count", "white bread", "4"))
    assert low(shop) == [(BREAD, 4, 5, Decimal("4.0"))]


# --- the past, value and links --------------------------------------------------------------------


def test_the_timeline_tells_the_balance_of_each_moment_as_it_is_known_now(shop: Shop) -> None:
    book(shop, 1, line("count", "bread", "7"))
    book(shop, 0, line("sell", "bread", "2"))
    book(shop, 2, line("receive", "bread", "5"))
    rows = read(shop, "kind, quantity, balance", "stock_timeline", "occurred_at, created_at")
    assert rows == [
        ("receive", 5, 5), ("count", 7, 12), ("adjustment", -5, 7), ("sell", -2, 5),
    ]  # fmt: skip


def test_the_timeline_of_a_merged_product_is_that_of_both(shop: Shop) -> None:
    book(shop, 3, line("receive", "white bread", "10"))
    book(shop, 2, line("receive", "brown bread", "5"))
    merge(shop, BREAD, BROWN)
    rows = read(shop, "product_id, kind, balance", "stock_timeline", "occurred_at, seq, line_no")
    assert {row[0] for row in rows} == {shop.products[BROWN]}
    assert [row[1:] for row in rows] == [
        ("receive", 10), ("receive", 15), ("transfer", 5), ("transfer", 15),
    ]  # fmt: skip


def test_value_is_at_cost_and_at_price_and_says_how_many_have_no_cost(shop: Shop) -> None:
    columns = "products, at_cost, at_price, without_cost"
    book(shop, 0, line("receive", "bread", "3", total_price="10"))
    assert read(shop, columns, "valuation") == [(1, 10, Decimal("55.50"), 0)]
    book(shop, 0, line("receive", "brown bread", "2"))
    wrong = book(shop, 0, line("receive", "bread", "7", total_price="100"))
    assert read(shop, columns, "valuation") == [(2, 110, 220, 1)]
    undo(shop, wrong)
    assert read(shop, columns, "valuation") == [(2, 10, Decimal("90.50"), 1)]


def test_an_operation_and_its_reversal_are_linked_both_ways(shop: Shop) -> None:
    sale = book(shop, 0, line("sell", "bread", "3"))
    back = undo(shop, sale)
    links = {
        str(row[0]): (row[1] and str(row[1]), row[2] and str(row[2]))
        for row in read(shop, "operation_id, reverses_id, reversed_by_id", "operation_links")
    }
    assert links == {sale["id"]: (None, back["id"]), back["id"]: (sale["id"], None)}


def test_every_view_runs_with_the_rights_of_whoever_reads(shop: Shop) -> None:
    rows = shop.connection.execute(
        "select relname from pg_class where relkind in ('v', 'm')"
        " and relnamespace = any(array['public', 'private']::regnamespace[])"
        " and not coalesce(reloptions @> '{security_invoker=true}', false)"
    ).fetchall()
    assert rows == []
