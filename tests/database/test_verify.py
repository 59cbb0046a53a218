"""`backroom db verify` finds nothing in what was booked, and whatever was tampered with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.types.json import Jsonb

from cli.database import connect
from cli.verification import Verified, verify
from tests.conftest import Database
from tests.database.shop import Shop, line

if TYPE_CHECKING:
    from cli.database import Connection

pytestmark = pytest.mark.own_database
LONG_AGO = datetime.now(UTC) - timedelta(days=30)


def books(connection: Connection) -> Verified:
    """What `verify` says, and that its progress ends at the last company."""
    heard: list[tuple[int, int]] = []
    found = verify(connection, lambda done, of: heard.append((done, of)))
    assert heard[-1] == (found.companies, found.companies)
    return found


@pytest.fixture
def traded(shop: Shop) -> Shop:
    """A shop that has done everything: the past, counts, transfers, a merge, reversals."""
    shop.connection.execute(
        "insert into public.locations (company_id, name) values (%s, 'Back room')", [shop.id]
    )
    shop.record("owner", "1", line("receive", "bread", "10", unit_price="12"))
    shop.record("owner", "2", line("receive", "bread", "10", unit_price="15"))
    shop.record("clerk", "3", line("sell", "bread", "2"), line("sell", "bread", "1"))
    shop.record("clerk", "4", line("transfer", "bread", "4", to_location="back room"))
    shop.record("clerk", "5", line("count", "bread", "12"))
    shop.record("clerk", "low", line("sell", "bread", "12"))
    shop.record("clerk", "again", line("return_in", "bread", "12"))
    shop.record("manager", "6", line("write_off", "coke 2l", "1"))
    shop.as_user(
        "owner",
        "select public.record_operation(%s, '7', %s, %s)",
        shop.id,
        Jsonb([line("receive", "bread", "5", unit_price="30")]),
        LONG_AGO,
    )
    counted = shop.record("clerk", "8", line("count", "coke 500ml", "9"))
    shop.record("owner", "9", line("receive", "coke 500ml", "6", unit_price="9"))
    shop.reverse("owner", "10", counted["id"])
    shop.say("clerk", line("sell", "coke 2l", "3"))
    shop.say("clerk", {"action": "undo"})
    shop.as_user(
        "manager",
        "select public.merge_products(%s, '11', %s, %s)",
        shop.id,
        shop.products["Coca-Cola 500ml"],
        shop.products["Coca-Cola 2L"],
    )
    return shop


@pytest.fixture
def tampering(own_database: Database) -> Iterator[Connection]:
    """A superuser whose changes no trigger stops, and who leaves nothing behind."""
    with connect(own_database.admin_url) as connection:
        connection.execute("set local search_path = public")
        for table in (
            "audit_log", "inventory", "low_stock_notices", "operations", "products", "transactions"
        ):  # fmt: skip
            connection.execute(f"alter table {table} disable trigger all")
        # Levels are what they are for a while already.
        connection.execute("update audit_log set at = at - interval '1 hour'")
        connection.execute("update products set created_at = created_at - interval '1 hour'")
        yield connection
        connection.rollback()


def test_the_books_of_a_shop_that_did_everything_add_up(
    own_database: Database, traded: Shop
) -> None:
    with connect(own_database.url) as connection:
        found = books(connection)
    assert found.differences == []
    assert found.companies == 1
    assert found.lines == traded.lines() >= 15


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        ("balance", "update inventory set quantity = quantity + 1"),
        ("balance", "delete from inventory where quantity <> 0"),
        ("last_seq", "update inventory set last_seq = last_seq + 1"),
        (
            "shelf",
            "update transactions set typed_quantity = typed_quantity + 1 where kind = 'count'",
        ),
        ("shelf", "update transactions set occurred_at = now() where kind = 'receive'"),
        ("margin", "update transactions set amount = amount + 0.01 where kind = 'revaluation'"),
        ("margin", "update transactions set unit_cost = 1 where kind = 'sell'"),
        ("unit_price", "update transactions set amount = amount * 2 where kind = 'sell'"),
        ("unit_price", "update transactions set unit_price = 1 where kind = 'reversal'"),
        ("typed", "update transactions set factor = 2 where kind = 'write_off'"),
        ("typed", "update transactions set typed_quantity = 9 where kind = 'adjustment'"),
        ("kind", "update transactions set kind = 'opening' where kind = 'receive'"),
        ("kind", "update operations set kind = 'sell' where kind = 'write_off'"),
        ("moment", "update transactions set occurred_at = now() where kind = 'sell'"),
        ("moment", "update operations set created_at = now()"),
        ("average_cost", "update inventory set average_cost = average_cost + 0.000001"),
        ("average_cost", "update transactions set unit_price = 1 where kind = 'receive'"),
        ("last_cost", "update transactions set unit_cost = 3"),
        ("seq", "update transactions set seq = seq + 1000 where seq > 1"),
        ("balance_after", "update transactions set balance_after = balance_after + 0.001"),
        ("balance_after", "update transactions set quantity = quantity - 1 where kind = 'sell'"),
        ("direction", "update transactions set quantity = -quantity where kind = 'receive'"),
        ("reversal", "update transactions set quantity = quantity * 2 where kind = 'reversal'"),
        ("reversal", "delete from transactions where kind = 'reversal'"),
        ("transfer", "update transactions set quantity = 1 where kind = 'transfer'"),
        ("operation", "delete from operations where kind = 'transfer'"),
        ("operation", "update transactions set operation_id = gen_random_uuid()"),
        ("balance", "update transactions set product_id = gen_random_uuid() where kind = 'sell'"),
        ("balance", "update transactions set location_id = gen_random_uuid() where kind = 'sell'"),
        ("balance", "update transactions set company_id = gen_random_uuid() where kind = 'sell'"),
        ("reversed", "delete from operations where id in (select reverses_id from operations)"),
        ("member", "update operations set member_id = gen_random_uuid()"),
        ("replaced", "update operations set replaces_id = gen_random_uuid()"),
        ("company", "update operations set company_id = gen_random_uuid()"),
        ("low_stock", "delete from low_stock_notices"),
        ("low_stock", "update low_stock_notices set quantity = quantity - 1"),
        ("low_stock", "update low_stock_notices set reorder_level = reorder_level + 100"),
        ("low_stock", "update low_stock_notices set operation_id = gen_random_uuid()"),
        ("low_stock", "update low_stock_notices set product_id = gen_random_uuid()"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_whatever_was_tampered_with_is_found(
    tampering: Connection, fault: str, statement: str
) -> None:
    assert books(tampering).differences == []
    assert tampering.execute(statement.encode()).rowcount
    assert fault in {difference["fault"] for difference in books(tampering).differences}


def test_the_command_counts_and_fails_on_a_difference(own_database: Database, traded: Shop) -> None:
    def db_verify() -> tuple[int, Any, str]:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "db", "verify", "--json"],
            env={**os.environ, "BACKROOM_DATABASE_URL": own_database.admin_url},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout), done.stderr

    status, told, _ = db_verify()
    assert (status, told["differences"]) == (0, [])
    assert (told["companies"], told["lines"]) == (1, traded.lines())

    product = traded.products["Potatoes"]
    location = traded.value("select id from public.locations where company_id = %s", traded.id)
    traded.connection.execute(
        "insert into public.inventory values (%s, %s, %s, 1, null, 1)",
        [traded.id, product, location],
    )
    status, told, said = db_verify()
    assert status != 0
    assert {difference["fault"] for difference in told["differences"]} == {
        "balance",
        "last_seq",
        "shelf",
    }
    assert told["differences"][0]["product_id"] == str(product)
    assert "Traceback" not in said
