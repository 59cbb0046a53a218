"""What the record of changes holds, who may read it, and that nobody chooses who it names."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.conftest import Database
from tests.database.refusal import refuses
from tests.database.shop import Shop, line

COKE = "Coca-Cola 2L"


def entries(shop: Shop, table: str, action: str = "update") -> list[tuple[UUID | None, Any]]:
    """(member, changes) of a table's entries, oldest first."""
    return shop.connection.execute(
        "select member_id, changes from public.audit_log"
        " where company_id = %s and table_name = %s and action = %s order by at",
        [shop.id, table, action],
    ).fetchall()


def set_price(shop: Shop, who: str, price: str) -> Any:
    return shop.as_user(
        who,
        "update public.products set price = %s where id = %s returning id",
        price,
        shop.products[COKE],
    )


def test_a_change_is_kept_with_who_made_it_and_the_changed_columns_only(shop: Shop) -> None:
    set_price(shop, "manager", "26.50")
    assert entries(shop, "products") == [
        (shop.members["manager"], {"price": {"from": "25.00", "to": "26.50"}})
    ]
    at, role, record = shop.connection.execute(
        "select abs(extract(epoch from now() - at)), database_role, record_id"
        " from public.audit_log where action = 'update'"
    ).fetchone() or (None, None, None)
    assert at is not None
    assert at < 60
    assert (role, record) == ("authenticated", shop.products[COKE])


def test_a_write_that_changes_nothing_leaves_no_entry(shop: Shop) -> None:
    set_price(shop, "manager", "25.00")
    assert entries(shop, "products") == []


def test_what_is_added_and_removed_is_kept_whole(shop: Shop) -> None:
    product = shop.products[COKE]
    pack = shop.as_user(
        "manager",
        "insert into public.product_packs (company_id, id, product_id, name, factor)"
        " values (%s, %s, %s, 'tray', 24) returning id",
        shop.id,
        uuid4(),
        product,
    )
    shop.as_user("manager", "delete from public.product_packs where id = %s returning id", pack)
    manager = shop.members["manager"]
    assert entries(shop, "product_packs", "insert")[-1] == (
        manager,
        {
            "product_id": {"from": None, "to": str(product)},
            "name": {"from": None, "to": "tray"},
            "factor": {"from": None, "to": "24"},
        },
    )
    assert entries(shop, "product_packs", "delete") == [
        (
            manager,
            {
                "product_id": {"from": str(product), "to": None},
                "name": {"from": "tray", "to": None},
                "factor": {"from": "24", "to": None},
            },
        )
    ]


@pytest.mark.parametrize(
    "table", ["companies", "locations", "members", "products", "product_aliases", "product_packs"]
)
def test_every_table_that_changes_is_kept(shop: Shop, table: str) -> None:
    assert entries(shop, table, "insert")


def test_members_and_settings_name_the_owner_who_changed_them(shop: Shop) -> None:
    owner, clerk = shop.members["owner"], shop.members["clerk"]
    shop.as_user(
        "owner", "select public.change_member_role(%s, 'a', %s, 'manager')", shop.id, clerk
    )
    shop.as_user(
        "owner",
        "select public.update_company(%s, 'b', %s)",
        shop.id,
        Jsonb({"locked_before": "2026-03-01"}),
    )
    assert entries(shop, "members") == [(owner, {"role": {"from": "clerk", "to": "manager"}})]
    assert entries(shop, "companies") == [
        (owner, {"locked_before": {"from": None, "to": "2026-03-01"}})
    ]


def test_who_leaves_and_who_registers_are_named_themselves(shop: Shop) -> None:
    shop.as_user("clerk", "select public.leave_company(%s, 'k')", shop.id)
    assert entries(shop, "members") == [
        (shop.members["clerk"], {"status": {"from": "active", "to": "deactivated"}})
    ]
    other = Shop(shop.connection, uuid4(), shop.phones)
    answer = other.as_user("clerk", "select public.register_company(%s, 'B shop')", other.id)
    ((member, _),) = entries(other, "members", "insert")
    assert member == UUID(answer["owner_member_id"])


def test_names_of_people_are_not_kept(shop: Shop) -> None:
    shop.connection.execute("update public.members set name = 'Somebody Else'")
    kept = shop.value(
        "select string_agg(changes::text, '') from public.audit_log where table_name = 'members'"
    )
    assert "name" not in kept
    assert entries(shop, "members") == []


@pytest.mark.own_database
def test_an_operator_is_kept_as_the_role_of_the_database(shop: Shop) -> None:
    shop.connection.execute(
        "update public.products set price = 30 where id = %s", [shop.products[COKE]]
    )
    assert entries(shop, "products") == [(None, {"price": {"from": "25.00", "to": "30"}})]
    assert shop.value("select distinct database_role from public.audit_log") == "postgres"


def test_in_the_chat_the_member_is_who_our_own_function_says(shop: Shop) -> None:
    with shop.connection.transaction():
        shop.connection.execute(
            "select private.act_as(m) from public.members as m where id = %s",
            [shop.members["manager"]],
        )
        shop.connection.execute("update public.products set price = 30 where name = %s", [COKE])
        shop.connection.execute("select private.act_as(null)")
        shop.connection.execute("update public.products set price = 31 where name = %s", [COKE])
    shop.connection.execute("update public.products set price = 32 where name = %s", [COKE])
    assert [member for member, _ in entries(shop, "products")] == [
        shop.members["manager"],
        None,
        None,
    ]


def test_a_member_acts_in_their_own_company_only(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    with shop.connection.transaction():
        shop.connection.execute(
            "select private.act_as(m) from public.members as m where id = %s",
            [other.members["manager"]],
        )
        shop.connection.execute(
            "update public.products set price = 30 where id = %s", [shop.products[COKE]]
        )
    assert [member for member, _ in entries(shop, "products")] == [None]


@pytest.mark.parametrize("forged", ["owner", "nonsense", ""])
def test_a_client_cannot_choose_who_is_recorded(shop: Shop, forged: str) -> None:
    user = shop.user("manager")
    with shop.connection.transaction():
        shop.connection.execute("set local role authenticated")
        for setting, value in (
            ("request.jwt.claims", json.dumps({"sub": str(user), "role": "authenticated"})),
            ("backroom.acting_member", str(shop.members.get(forged, forged))),
        ):
            shop.connection.execute("select set_config(%s, %s, true)", [setting, value])
        shop.connection.execute("update public.products set price = 30 where name = %s", [COKE])
    assert [member for member, _ in entries(shop, "products")] == [shop.members["manager"]]


def test_no_client_may_say_who_acts_or_write_an_entry(shop: Shop) -> None:
    for query in (
        "select private.act_as(m) from public.members as m",
        f"insert into public.audit_log (company_id) values ('{shop.id}') returning id",
        "update public.audit_log set member_id = null returning id",
        "delete from public.audit_log returning id",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            shop.as_user("owner", query)


@pytest.mark.own_database
@pytest.mark.parametrize(
    "statement",
    [
        "update public.audit_log set member_id = null",
        "delete from public.audit_log",
        "truncate public.audit_log",
        "set session_replication_role = replica; delete from public.audit_log",
    ],
)
def test_the_record_is_never_changed_not_even_by_a_superuser(
    own_database: Database, shop: Shop, statement: str
) -> None:
    before = shop.value("select count(*) from public.audit_log")
    superuser = psycopg.connect(own_database.admin_url, autocommit=True)
    with superuser, refuses(405, "append_only"):
        superuser.execute(statement.encode())
    assert shop.value("select count(*) from public.audit_log") == before


def test_managers_and_owners_read_it_and_only_that_of_their_company(shop: Shop) -> None:
    Shop.open(shop.connection)
    total = shop.value("select count(*) from public.audit_log where company_id = %s", shop.id)
    read = "select count(*) from public.audit_log"
    assert [shop.as_user(who, read) for who in ("owner", "manager", "clerk", "viewer")] == [
        total,
        total,
        0,
        0,
    ]


def test_what_is_changed_by_message_names_whoever_wrote_it(shop: Shop) -> None:
    manager = shop.members["manager"]
    shop.say("manager", {"action": "set_price", "product": "coke 2l", "price": "27"})
    shop.say("manager", {"action": "set_reorder_level", "product": "coke 2l", "quantity": "4"})
    shop.say("manager", {"action": "add_product", "name": "Milk"})
    shop.say("manager", line("set_pack", "coke 2l", "12", unit="tray"))
    assert entries(shop, "products") == [
        (manager, {"price": {"from": "25.00", "to": "27"}}),
        (manager, {"reorder_level": {"from": None, "to": "4"}}),
    ]
    added, changes = entries(shop, "products", "insert")[-1]
    assert (added, changes["name"]["to"]) == (manager, "Milk")
    packed, changes = entries(shop, "product_packs", "insert")[-1]
    assert (packed, changes["name"]["to"], changes["factor"]["to"]) == (manager, "tray", "12")


def test_an_import_and_a_merge_are_kept(shop: Shop) -> None:
    shop.value(
        "select private.save_products(%s, %s)", shop.id, Jsonb([{"name": COKE, "price": "26"}])
    )
    small, large = shop.products["Coca-Cola 500ml"], shop.products[COKE]
    shop.as_user("manager", "select public.merge_products(%s, 'm', %s, %s)", shop.id, small, large)
    (imported, price), (merged, became) = entries(shop, "products")
    assert (imported, price) == (None, {"price": {"from": "25.00", "to": "26"}})
    assert merged == shop.members["manager"]
    assert became["merged_into"] == {"from": None, "to": str(large)}
    assert became.keys() == {"merged_into", "archived_at"}
