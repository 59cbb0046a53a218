"""How the database refuses: a status, a word, a sentence, and what it is about."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.conftest import Database
from tests.database.refusal import refuses
from tests.database.shop import Shop, line


def details(error: pytest.ExceptionInfo[psycopg.Error]) -> Any:
    """What the refusal is about, as the API hands it on in `details`."""
    return json.loads(error.value.diag.message_detail or "null")


def test_a_refusal_names_what_there_is_not_enough_of(shop: Shop) -> None:
    shop.as_user(
        "owner",
        "select public.update_company(%s, 'k', '{\"negative_stock\": \"block\"}')",
        shop.id,
    )
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "s", line("sell", "coke", "2"), line("sell", "bread", "1.5"))
    assert error.value.sqlstate == "PT422"
    assert error.value.diag.message_hint == "not_enough_stock"
    assert sorted(details(error)["products"], key=lambda row: row["product"]) == [
        {
            "product_id": str(shop.products["Albany White Bread 700g"]),
            "product": "Albany White Bread 700g",
            "missing": "1.5",
        },
        {
            "product_id": str(shop.products["Coca-Cola 2L"]),
            "product": "Coca-Cola 2L",
            "missing": "2",
        },
    ]


def test_a_refusal_names_the_role_that_is_needed(shop: Shop) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.record("viewer", "s", line("sell", "coke", "2"))
    assert details(error) == {"role": "viewer", "needed": "clerk"}


def test_a_refusal_names_the_setting_it_did_not_take(shop: Shop) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.as_user(
            "owner", "select public.update_company(%s, 'k', '{\"timezone\": \"Mars\"}')", shop.id
        )
    assert details(error) == {"field": "timezone"}


def test_a_refusal_without_particulars_has_none(shop: Shop) -> None:
    with pytest.raises(psycopg.Error) as error:
        shop.record("clerk", "", line("sell", "coke", "2"))
    assert error.value.diag.message_detail is None


@pytest.mark.own_database
@pytest.mark.parametrize("table", ["operations", "transactions", "audit_log"])
@pytest.mark.parametrize("role", ["service_role", "authenticated", "anon"])
def test_whoever_is_ever_let_in_hears_why_history_stays(
    own_database: Database, table: str, role: str
) -> None:
    """The trigger needs no right of whoever writes: 405, not a helper's missing privilege."""
    with own_database.connect() as opening:
        Shop.open(opening).record("owner", "k", line("receive", "coke", "1"))
    with psycopg.connect(own_database.admin_url) as connection:
        connection.execute(f"grant all on all tables in schema public to {role}")
        connection.execute(f"alter table public.{table} disable row level security")
        connection.execute(f"set local role {role}")
        for statement in (
            f"update public.{table} set company_id = company_id",
            f"delete from public.{table}",
            f"truncate public.{table} cascade",
        ):
            connection.execute("savepoint before")
            with refuses(405, "append_only"):
                connection.execute(statement.encode())
            connection.execute("rollback to savepoint before")


def test_whoever_may_write_members_keeps_an_owner(own_database: Database) -> None:
    with own_database.connect() as opening:
        Shop.open(opening)
    with psycopg.connect(own_database.admin_url) as connection:
        connection.execute("grant select, update on public.members to service_role")
        connection.execute("grant execute on function private.is_legible(text) to service_role")
        connection.execute("set local role service_role")
        with refuses(409, "last_owner"):
            connection.execute("update public.members set role = 'clerk' where role = 'owner'")
