"""What the ledger promises, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.conftest import Database
from tests.database.shop import Shop, line

COKE = "Coca-Cola 2L"
BREAD = "Albany White Bread 700g"


def refused(error: pytest.ExceptionInfo[psycopg.Error]) -> tuple[str | None, str | None]:
    """SQLSTATE and machine word."""
    return error.value.sqlstate, error.value.diag.message_hint


def test_a_sale_lowers_and_a_receipt_raises_what_is_on_hand(shop: Shop) -> None:
    answer = shop.record(
        "clerk", "k", line("sell", "coke 2l", "3"), line("receive", "bread", "10", unit_price="12")
    )
    assert answer["kind"] == "mixed"
    assert [
        (x["product"], x["quantity"], x["balance"], x["unit_price"]) for x in answer["lines"]
    ] == [
        (COKE, "-3", "-3", "25.000000"),
        (BREAD, "10", "10", "12.000000"),
    ]
    assert (shop.on_hand(COKE), shop.on_hand(BREAD)) == ("-3", "10")


def test_a_count_moves_the_stock_to_what_was_counted_and_an_equal_count_is_a_line_of_zero(
    shop: Shop,
) -> None:
    shop.record("clerk", "1", line("receive", "bread", "10"))
    shop.record("clerk", "2", line("count", "bread", "7"))
    answer = shop.record("clerk", "3", line("count", "bread", "7"))
    assert answer["lines"][0]["quantity"] == "0"
    assert shop.on_hand(BREAD) == "7"


def test_packs_dozens_and_weights_are_booked_in_base_units(shop: Shop) -> None:
    answer = shop.record(
        "clerk",
        "1",
        line("receive", "coke 2l", "2", unit="case", total_price="200"),
        line("receive", "bread", "1", unit="dozen"),
        line("sell", "potatoes", "500", unit="g"),
    )
    assert [x["quantity"] for x in answer["lines"]] == ["12", "12", "-0.5"]
    assert answer["lines"][0]["unit_price"] == "16.666667"
    assert answer["lines"][0]["amount"] == "200.00"


@pytest.mark.own_database
def test_changing_a_pack_later_changes_no_history(shop: Shop) -> None:
    shop.record("clerk", "1", line("receive", "coke 2l", "2", unit="case"))
    shop.connection.execute("update public.product_packs set factor = 24")
    assert shop.on_hand(COKE) == "12"
    assert shop.value("select factor from public.transactions") == 6


def test_decimals_are_exact(shop: Shop) -> None:
    shop.record("clerk", "1", line("receive", "potatoes", "0.1"))
    shop.record("clerk", "2", line("receive", "potatoes", "0.2"))
    assert shop.on_hand("Potatoes") == "0.3"


def test_the_same_key_gives_the_same_answer_and_books_once(shop: Shop) -> None:
    first = shop.record("clerk", "k", line("sell", "bread", "1"))
    shop.record("clerk", "other", line("sell", "bread", "1"))
    assert shop.record("clerk", "k", line("sell", "bread", "1")) == first
    assert shop.on_hand(BREAD) == "-2"


def test_a_key_used_for_something_else_is_refused(shop: Shop) -> None:
    shop.record("clerk", "k", line("sell", "bread", "1"))
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "k", line("sell", "bread", "2"))
    assert refused(error) == ("PT409", "key_reused")


def test_a_bad_line_undoes_the_whole_operation(shop: Shop) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "k", line("sell", "bread", "1"), line("sell", "caviar", "1"))
    assert refused(error) == ("PT404", "unknown_product")
    assert shop.lines() == 0


@pytest.mark.parametrize(
    ("quantity", "word"),
    [
        ("0", "bad_quantity"),
        ("-1", "bad_quantity"),
        ("NaN", "bad_quantity"),
        ("Infinity", "bad_quantity"),
        ("1e3", "bad_quantity"),
        ("1.0001", "bad_quantity"),
        ("1.00000000000000000001", "bad_quantity"),
        ("100000000000", "bad_quantity"),
        ("9" * 40, "bad_quantity"),
        ("three", "bad_quantity"),
        ("", "bad_quantity"),
    ],
)
def test_an_amount_that_is_none_is_refused(shop: Shop, quantity: str, word: str) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "k", line("sell", "bread", quantity))
    assert refused(error) == ("PT422", word)
    assert shop.lines() == 0


@pytest.mark.parametrize("price", ["-1", "NaN", "1.005", "1000000000000", "free"])
def test_a_price_that_is_none_is_refused(shop: Shop, price: str) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "k", line("receive", "bread", "1", unit_price=price))
    assert refused(error) == ("PT422", "bad_price")


def test_a_reversal_takes_everything_back_whatever_came_between(shop: Shop) -> None:
    first = shop.record("clerk", "1", line("receive", "bread", "10"), line("sell", "coke 2l", "1"))
    shop.record("clerk", "2", line("sell", "bread", "4"))
    back = shop.reverse("clerk", "3", first["id"])
    assert back["kind"] == "reversal"
    assert back["reverses"] == first["id"]
    assert (shop.on_hand(BREAD), shop.on_hand(COKE)) == ("-4", "0")


def test_an_operation_is_reversed_at_most_once_and_a_reversal_never(shop: Shop) -> None:
    first = shop.record("clerk", "1", line("sell", "bread", "1"))
    back = shop.reverse("clerk", "2", first["id"])
    assert shop.reverse("clerk", "2", first["id"]) == back
    with pytest.raises(psycopg.Error) as error:
        shop.reverse("clerk", "3", first["id"])
    assert refused(error) == ("PT409", "already_reversed")
    with pytest.raises(psycopg.Error) as error:
        shop.reverse("clerk", "4", back["id"])
    assert refused(error) == ("PT409", "is_reversal")


def test_a_clerk_takes_back_only_their_own_and_a_manager_anyones(shop: Shop) -> None:
    owners = shop.record("owner", "1", line("sell", "bread", "1"))
    with pytest.raises(psycopg.Error) as error:
        shop.reverse("clerk", "2", owners["id"])
    assert refused(error) == ("PT403", "role_too_low")
    assert shop.reverse("manager", "3", owners["id"])["kind"] == "reversal"


def test_a_viewer_books_nothing_and_a_clerk_writes_nothing_off(shop: Shop) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.record("viewer", "1", line("sell", "bread", "1"))
    assert refused(error) == ("PT403", "role_too_low")
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "2", line("write_off", "bread", "1", reason="expired"))
    assert refused(error) == ("PT403", "role_too_low")
    assert shop.record("manager", "3", line("write_off", "bread", "1"))["kind"] == "write_off"


def test_stock_may_go_negative_unless_the_company_blocks_it(shop: Shop) -> None:
    shop.record("clerk", "1", line("sell", "bread", "3"))
    assert shop.on_hand(BREAD) == "-3"
    shop.connection.execute("update public.companies set negative_stock = 'block'")
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "2", line("sell", "bread", "1"))
    assert refused(error) == ("PT422", "not_enough_stock")


@pytest.mark.parametrize(
    "statement",
    [
        "update public.transactions set quantity = 0",
        "delete from public.transactions",
        "truncate public.transactions",
        "update public.operations set member_id = null",
        "delete from public.operations",
        "truncate public.operations cascade",
    ],
)
def test_history_cannot_be_changed_even_by_the_owner_of_the_tables(
    shop: Shop, statement: str
) -> None:
    shop.record("clerk", "1", line("sell", "bread", "3"))
    with pytest.raises(psycopg.Error) as error:
        shop.connection.execute(statement)
    assert refused(error) == ("PT405", "append_only")
    assert shop.lines() == 1


def test_balances_are_gapless_running_and_equal_to_the_sum_of_the_lines_under_many_writers(
    own_database: Database,
) -> None:
    with own_database.connect() as connection:
        shop = Shop.open(connection)
        shop.user("clerk")

    def sell(number: int) -> None:
        with own_database.connect() as mine:
            writer = Shop(mine, shop.id, shop.phones)
            writer.record("clerk", f"k{number}", line("sell", "bread", "1"))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(sell, range(60)))
    with own_database.connect() as connection:
        shop = Shop(connection, shop.id, shop.phones, products=shop.products)
        assert shop.on_hand(BREAD) == "-60"
        wrong = shop.value(
            """
            select count(*) from (
                select
                    seq, balance_after,
                    row_number() over stock as place,
                    sum(quantity) over stock as running
                from public.transactions
                window stock as (partition by company_id, product_id, location_id order by seq)
            ) as line
            where seq <> place or balance_after <> running
            """
        )
        assert wrong == 0


def test_a_member_of_another_company_reaches_nothing(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    answer = shop.record("owner", "1", line("sell", "bread", "1"))
    for query, *values in (
        ("select public.record_operation(%s, 'k', '[]')", shop.id),
        ("select public.reverse_operation(%s, 'k', %s)", shop.id, answer["id"]),
    ):
        with pytest.raises(psycopg.Error) as error:
            other.as_user("owner", query, *values)
        assert refused(error) == ("PT403", "not_a_member")
    with pytest.raises(psycopg.Error) as error:
        other.record(
            "owner", "2", {**line("sell", "x", "1"), "product_id": str(shop.products[COKE])}
        )
    assert refused(error) == ("PT404", "unknown_product")
