"""What a signed-in person sees and does, before there is a dashboard: their own company alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast
from uuid import uuid4

import httpx
import psycopg
import pytest
from postgrest import CountMethod, SyncSelectRequestBuilder
from postgrest.exceptions import APIError
from supabase import AuthApiError, Client

from cli.demo import SHOPS, Shop
from cli.rows import PublicInventory, PublicStockOnHand, PublicTransactions
from tests.conftest import Connection, WholeStack
from tests.signin.conftest import Open

READ = ("inventory", "transactions", "stock_on_hand", "products", "companies", "members")


@pytest.fixture
def connection(stack: WholeStack) -> Iterator[Connection]:
    with psycopg.connect(stack.database_url, autocommit=True) as opened:
        yield opened


def _companies(client: Client, table: str) -> set[str]:
    """Whose rows a client sees."""
    column = "id" if table == "companies" else "company_id"
    return {row[column] for row in _rows(client.table(table).select(column))}


def _rows(query: SyncSelectRequestBuilder) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", query.execute().data)


@pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.owner.name)
def test_an_owner_signs_in_by_phone_and_sees_their_own_company_alone(
    sign_in: Open, connection: Connection, shop: Shop
) -> None:
    owner = sign_in(shop.owner.phone)
    assert {table: _companies(owner, table) for table in READ} == {
        table: {str(shop.id)} for table in READ
    }
    (lines,) = connection.execute(
        "select count(*) from public.transactions where company_id = %s", [shop.id]
    ).fetchone() or (0,)
    assert lines > 0
    read = owner.table("transactions").select("seq", count=CountMethod.exact).execute()
    assert read.count == lines


def test_a_wrong_code_opens_nothing(client: Open) -> None:
    one = client()
    one.auth.sign_in_with_otp({"phone": f"+{SHOPS[0].owner.phone}"})
    with pytest.raises(AuthApiError):
        one.auth.verify_otp({"phone": f"+{SHOPS[0].owner.phone}", "token": "x", "type": "sms"})


def test_the_header_of_another_company_shows_nothing(sign_in: Open) -> None:
    owner = sign_in(SHOPS[0].owner.phone, x_company_id=str(SHOPS[1].id))
    for table in ("inventory", "transactions", "stock_on_hand", "products"):
        assert _companies(owner, table) == set(), table


def test_the_header_of_the_own_company_changes_nothing(sign_in: Open) -> None:
    owner = sign_in(SHOPS[0].owner.phone, x_company_id=str(SHOPS[0].id))
    assert _companies(owner, "inventory") == {str(SHOPS[0].id)}


def test_who_is_in_no_company_sees_nothing(sign_in: Open) -> None:
    stranger = sign_in("27829990077")
    for table in READ:
        assert _companies(stranger, table) == set(), table


def test_anonymous_sees_nothing(client: Open) -> None:
    for table in READ:
        with pytest.raises(APIError) as refused:
            client().table(table).select("*").execute()
        assert refused.value.code == "42501", table


def test_the_adapters_key_reads_no_table(stack: WholeStack, client: Open) -> None:
    token = (stack.app_secret_file.with_name("adapter_token")).read_text().strip()
    adapter = client(Authorization=f"Bearer {token}")
    adapter.rpc("receive_messages", {"p_messages": []}).execute()
    for table in READ:
        with pytest.raises(APIError) as refused:
            adapter.table(table).select("*").execute()
        assert refused.value.code == "42501", table


# --- booking --------------------------------------------------------------------------------------


def _product(owner: Client) -> tuple[str, Decimal]:
    """A product and what is on hand of it."""
    row = PublicStockOnHand.model_validate(_rows(owner.table("stock_on_hand").select("*"))[0])
    return str(row.product_id), row.quantity or Decimal(0)


def _on_hand(owner: Client, product_id: str) -> Decimal:
    rows = _rows(owner.table("inventory").select("*").eq("product_id", product_id))
    return sum((PublicInventory.model_validate(row).quantity for row in rows), Decimal(0))


def test_numbers_travel_as_text_and_stay_exact(sign_in: Open) -> None:
    shop = SHOPS[1]
    owner = sign_in(shop.owner.phone)
    product_id, before = _product(owner)
    quantity, price = Decimal(3), Decimal("19.99")
    line = {
        "action": "receive",
        "product_id": product_id,
        "quantity": str(quantity),
        "unit_price": str(price),
    }
    arguments = {"p_company_id": str(shop.id), "p_key": str(uuid4()), "p_lines": [line]}
    booked = owner.rpc("record_operation", arguments).execute().data
    assert owner.rpc("record_operation", arguments).execute().data == booked
    assert _on_hand(owner, product_id) == before + quantity
    lines = owner.table("transactions").select("*").eq("product_id", product_id)
    (newest,) = _rows(lines.order("seq", desc=True).limit(1))
    read = PublicTransactions.model_validate(newest)
    assert (read.quantity, read.balance_after, read.unit_price) == (
        quantity,
        before + quantity,
        price,
    )


def test_a_key_used_for_something_else_is_a_conflict(sign_in: Open, stack: WholeStack) -> None:
    shop = SHOPS[1]
    owner = sign_in(shop.owner.phone)
    product_id, _ = _product(owner)
    line = {"action": "sell", "product_id": product_id, "quantity": "1"}
    arguments = {"p_company_id": str(shop.id), "p_key": str(uuid4()), "p_lines": [line]}
    owner.rpc("record_operation", arguments).execute()
    other = {**arguments, "p_lines": [{**line, "quantity": "2"}]}
    with pytest.raises(APIError) as refused:
        owner.rpc("record_operation", other).execute()
    assert (refused.value.code, refused.value.hint) == ("PT409", "key_reused")

    session = owner.auth.get_session()
    assert session is not None
    answer = httpx.post(
        f"{stack.api_url}/rest/v1/rpc/record_operation",
        json=other,
        headers={
            "apikey": stack.publishable_key,
            "authorization": f"Bearer {session.access_token}",
        },
        trust_env=False,
    )
    assert answer.status_code == 409


def test_nobody_books_for_another_company(sign_in: Open) -> None:
    thandi, sipho = (sign_in(shop.owner.phone) for shop in SHOPS)
    product_id, before = _product(sipho)
    line = {"action": "sell", "product_id": product_id, "quantity": "1"}
    for company in SHOPS:
        arguments = {"p_company_id": str(company.id), "p_key": str(uuid4()), "p_lines": [line]}
        with pytest.raises(APIError) as refused:
            thandi.rpc("record_operation", arguments).execute()
        assert (refused.value.code or "").startswith("PT4")
    assert _on_hand(sipho, product_id) == before


def test_who_is_removed_sees_nothing_at_once_with_the_same_token(
    sign_in: Open, connection: Connection
) -> None:
    shop, phone = SHOPS[1], "27825550001"
    (member_id,) = connection.execute(
        "select private.add_member(%s, %s, 'Zola', 'clerk')", [shop.id, phone]
    ).fetchone() or (None,)
    clerk = sign_in(phone)
    assert _companies(clerk, "inventory") == {str(shop.id)}
    sign_in(shop.owner.phone).rpc(
        "deactivate_member",
        {"p_company_id": str(shop.id), "p_key": str(uuid4()), "p_member_id": str(member_id)},
    ).execute()
    for table in ("inventory", "transactions", "stock_on_hand", "products", "companies"):
        assert _companies(clerk, table) == set(), table
