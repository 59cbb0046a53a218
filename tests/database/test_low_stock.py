"""Low stock is told once: by the booking that takes a product down to its level from above."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.conftest import Database
from tests.database.shop import Shop, line

BREAD, BROWN = "Albany White Bread 700g", "Albany Brown Bread 700g"
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def bakery(shop: Shop) -> Shop:
    """Eight loaves in the shop, to be warned about at five, and a back room."""
    shop.connection.execute(
        "insert into public.locations (company_id, name) values (%s, 'Back room')", [shop.id]
    )
    shop.record("owner", "stock", line("receive", "bread", "8", unit_price="12"))
    return shop


def notices(shop: Shop) -> list[tuple[str, Decimal, Decimal]]:
    """Operation, what was left and the level, in order, as a viewer reads them."""
    with shop.connection.transaction():
        shop.be("viewer")
        return shop.connection.execute(
            "select operation_id::text, quantity, reorder_level from public.low_stock_notices"
            " order by created_at"
        ).fetchall()


def at(shop: Shop, moment: datetime, key: str, *lines: dict[str, Any]) -> Any:
    return shop.as_user(
        "owner",
        "select public.record_operation(%s, %s, %s, %s)",
        shop.id,
        key,
        Jsonb(list(lines)),
        moment,
    )


def reverse_the_receipt(shop: Shop) -> Any:
    more = shop.record("owner", "more", line("receive", "bread", "4"))
    shop.record("clerk", "some", line("sell", "bread", "5"))
    return shop.reverse("owner", "undo", more["id"])


def merge(shop: Shop) -> Any:
    """What was sold under another name comes off this one."""
    shop.record("clerk", "brown", line("sell", "brown bread", "6"))
    return shop.as_user(
        "manager",
        "select public.merge_products(%s, 'merge', %s, %s)",
        shop.id,
        shop.products[BROWN],
        shop.products[BREAD],
    )


def count_twice(shop: Shop) -> Any:
    """What lies in the back room was below nothing, so all of it is less than in the shop."""
    shop.record("clerk", "back", line("sell", "bread", "2", location="Back room"))
    return shop.record("clerk", "shop", line("sell", "bread", "1"))


FALLS: dict[str, Callable[[Shop], Any]] = {
    "a sale": lambda shop: shop.record("clerk", "k", line("sell", "bread", "3")),
    "a sale of much more": lambda shop: shop.record("clerk", "k", line("sell", "bread", "20")),
    "a write-off": lambda shop: shop.record("owner", "k", line("write_off", "bread", "3")),
    "a return to the supplier": lambda shop: shop.record(
        "clerk", "k", line("return_out", "bread", "3")
    ),
    "a count": lambda shop: shop.record("clerk", "k", line("count", "bread", "5")),
    "two lines together": lambda shop: shop.record(
        "clerk", "k", line("sell", "bread", "2"), line("sell", "bread", "1")
    ),
    "a sale of yesterday": lambda shop: at(shop, YESTERDAY, "k", line("sell", "bread", "3")),
    "the undoing of a receipt": reverse_the_receipt,
    "a merge": merge,
    "a sale where another place is below nothing": count_twice,
}  # fmt: skip


@pytest.mark.parametrize("how", FALLS)
def test_whatever_takes_a_product_to_its_level_is_noted_once(bakery: Shop, how: str) -> None:
    done = FALLS[how](bakery)
    ((operation, left, level),) = notices(bakery)
    assert (operation, left, level) == (done["id"], Decimal(bakery.on_hand(BREAD)), Decimal(5))
    assert done["low_stock"] == [
        {
            "product_id": str(bakery.products[BREAD]),
            "product": BREAD,
            "unit": "each",
            "quantity": bakery.on_hand(BREAD),
            "reorder_level": "5",
        }
    ]
    bakery.record("clerk", "further", line("sell", "bread", "1"))
    assert len(notices(bakery)) == 1


def before_the_count(shop: Shop) -> Any:
    """The count saw the shelf, so that a sale before it takes nothing away."""
    shop.record("clerk", "count", line("count", "bread", "8"))
    return at(shop, YESTERDAY, "k", line("sell", "bread", "6"))


def set_the_level(shop: Shop) -> Any:
    shop.connection.execute(
        "update public.products set reorder_level = 10 where id = %s", [shop.products[BREAD]]
    )
    return shop.record("clerk", "k", line("sell", "bread", "1"))


NONE: dict[str, Callable[[Shop], Any]] = {
    "a sale that leaves more": lambda shop: shop.record("clerk", "k", line("sell", "bread", "2")),
    "a delivery": lambda shop: shop.record("clerk", "k", line("receive", "bread", "1")),
    "a transfer": lambda shop: shop.record(
        "clerk", "k", line("transfer", "bread", "8", to_location="Back room")
    ),
    "a sale that a delivery makes up for": lambda shop: shop.record(
        "clerk", "k", line("sell", "bread", "6"), line("receive", "bread", "6")
    ),
    "a product without a level": lambda shop: shop.record(
        "clerk", "k", line("sell", "brown bread", "6")
    ),
    "a sale before a count": before_the_count,
    "a level that was raised above what there is": set_the_level,
}  # fmt: skip


@pytest.mark.parametrize("how", NONE)
def test_what_does_not_cross_the_level_is_not_noted(bakery: Shop, how: str) -> None:
    assert "low_stock" not in NONE[how](bakery)
    assert notices(bakery) == []


def test_going_above_the_level_arms_it_again(bakery: Shop) -> None:
    for number, (action, quantity) in enumerate(
        [("sell", "3"), ("receive", "1"), ("sell", "1"), ("count", "0"), ("return_in", "6"),
         ("sell", "2")]
    ):  # fmt: skip
        bakery.record("owner", str(number), line(action, "bread", quantity))
    assert [left for _, left, _ in notices(bakery)] == [5, 5, 4]


def test_what_was_merged_away_or_put_aside_runs_no_lower(bakery: Shop) -> None:
    bakery.connection.execute(
        "update public.products set reorder_level = 5 where id = %s", [bakery.products[BROWN]]
    )
    bakery.record("owner", "brown", line("receive", "brown bread", "9"))
    bakery.as_user(
        "manager",
        "select public.merge_products(%s, 'merge', %s, %s)",
        bakery.id,
        bakery.products[BROWN],
        bakery.products[BREAD],
    )
    more = bakery.record("owner", "more", line("receive", "coke", "9"))
    bakery.connection.execute(
        "update public.products set reorder_level = 5, archived_at = now() where id = %s",
        [bakery.products["Coca-Cola 2L"]],
    )
    bakery.reverse("owner", "undo", more["id"])
    assert notices(bakery) == []


def test_a_request_that_is_repeated_is_answered_the_same_and_noted_once(bakery: Shop) -> None:
    first = bakery.record("clerk", "k", line("sell", "bread", "3"))
    assert bakery.record("clerk", "k", line("sell", "bread", "3")) == first
    assert len(notices(bakery)) == 1


def test_what_is_refused_leaves_no_notice(bakery: Shop) -> None:
    bakery.connection.execute(
        "update public.companies set negative_stock = 'block' where id = %s", [bakery.id]
    )
    with pytest.raises(psycopg.Error, match="not that much"):
        bakery.record("clerk", "k", line("sell", "bread", "9"))
    assert notices(bakery) == []


def test_of_many_who_sell_at_once_one_takes_it_to_its_level(own_database: Database) -> None:
    with own_database.connect() as connection:
        shop = Shop.open(connection)
        shop.record("owner", "stock", line("receive", "bread", "30"))
        start = Barrier(50)

        def sell(number: int) -> bool:
            """Neighbours in pairs ask the very same."""
            with own_database.connect() as mine:
                seller = Shop(mine, shop.id, shop.phones)
                start.wait()
                done = seller.record("owner", f"k{number // 2}", line("sell", "bread", "1"))
            return "low_stock" in done

        with ThreadPoolExecutor(50) as pool:
            told = list(pool.map(sell, range(50)))
        assert shop.on_hand(BREAD) == "5"
        ((_, left, _),) = notices(shop)
        assert left == 5
        assert sum(told) == 2  # the one, and whoever asked the same


def test_a_notice_is_told_in_the_reply_and_kept_with_the_words(bakery: Shop) -> None:
    owed = bakery.say("clerk", line("sell", "bread", "4"), text="sold 4 bread")
    assert [one["product"] for one in owed["result"]["operation"]["low_stock"]] == [BREAD]
    with bakery.connection.transaction():
        bakery.be("viewer")
        history = bakery.connection.execute(
            "select product, quantity, reorder_level, operation_kind::text, member, said"
            " from public.low_stock_history"
        ).fetchall()
        ran_low_at, noted_at = bakery.connection.execute(
            "select low.ran_low_at, notice.created_at from public.low_stock as low"
            " inner join public.low_stock_notices as notice"
            " on low.product_id = notice.product_id"
        ).fetchone() or (None, None)
    assert history == [(BREAD, 4, 5, "sell", "clerk", "sold 4 bread")]
    assert ran_low_at == noted_at
