"""Products into a real database and out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from cli import catalogue, demo, product_file
from cli.database import connect, find_company, report
from cli.errors import CommandError
from cli.product_file import ProductFileError
from cli.rows import PublicStockOnHand
from tests.conftest import Database

if TYPE_CHECKING:
    from cli.database import Connection


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """One transaction that is never committed."""
    with connect(database.url) as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def shop(connection: Connection) -> UUID:
    company_id = uuid4()
    connection.execute(
        "select private.onboard_company(%s, 'Corner Shop', '27831234567')", [company_id]
    )
    return company_id


def imported(connection: Connection, shop: UUID, content: str) -> catalogue.Saved:
    return catalogue.save(connection, shop, product_file.read(content.encode()))


def exported(connection: Connection, shop: UUID) -> str:
    return product_file.write(catalogue.load(connection, shop))


def stock(connection: Connection, shop: UUID) -> dict[str, tuple[str, str | None]]:
    rows = map(PublicStockOnHand.model_validate, report(connection, "stock", shop))
    return {
        row.product: (
            str(row.quantity),
            None if row.average_cost is None else str(row.average_cost),
        )
        for row in rows
    }


def conflicts(connection: Connection, shop: UUID, content: str) -> list[str]:
    with pytest.raises(ProductFileError) as refusal:
        imported(connection, shop, content)
    return refusal.value.faults


FILE = '''\
name,unit,price,cost,quantity,reorder_level,sku,barcode,aliases,pack,pack_size
Coca-Cola 2L,each,29.00,24.10,36,12,COK,2000000000015,coke;coke 2l,case;pallet,6;480
Potatoes,kg,18.00,12.333333,1.5,,,,,,
"Tea, ""rooibos""",,,,0,,,,,,
'''


def test_an_import_opens_the_stock_at_its_cost(connection: Connection, shop: UUID) -> None:
    saved = imported(connection, shop, FILE)
    assert saved == catalogue.Saved(products=3, created=3, updated=0, opened=2, kept=0)
    assert stock(connection, shop) == {
        "Coca-Cola 2L": ("36", "24.100000"),
        "Potatoes": ("1.5", "12.333333"),
        'Tea, "rooibos"': ("0", None),
    }


def test_the_same_file_twice_books_its_stock_once(connection: Connection, shop: UUID) -> None:
    imported(connection, shop, FILE)
    again = imported(connection, shop, FILE)
    assert again == catalogue.Saved(products=3, created=0, updated=3, opened=0, kept=2)
    assert stock(connection, shop)["Coca-Cola 2L"][0] == "36"


def test_an_export_imports_into_another_shop_and_exports_the_same(
    connection: Connection, shop: UUID
) -> None:
    imported(connection, shop, FILE)
    out = exported(connection, shop)
    other = uuid4()
    connection.execute("select private.onboard_company(%s, 'Other', '27831234568')", [other])
    imported(connection, other, out)
    assert exported(connection, other) == out
    assert "coke;coke 2l,case;pallet,6;480" in out


def test_an_import_changes_only_what_the_file_says(connection: Connection, shop: UUID) -> None:
    imported(connection, shop, FILE)
    before = exported(connection, shop)
    imported(connection, shop, "name,price\npotatoes,19.00\n")
    assert exported(connection, shop) == before.replace("kg,18.00", "kg,19.00")


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("name\nBread\nbréad\n", "line 3, name: the same product as line 2"),
        ("name,unit\npotatoes,each\n", "line 2, unit: this product is counted in kg"),
        ("name,sku\nFanta,COK\n", "line 2, sku: already the sku of Coca-Cola 2L"),
        ("name,sku\nA,1\nB,1\n", "line 3, sku: the same as in line 2"),
        ("name,barcode\nFanta,2000000000015\n", "line 2, barcode: already the barcode of"),
        ("name,aliases\nFanta,COKE\n", 'line 2, aliases: "COKE" already means Coca-Cola 2L'),
        ("name,aliases\nFanta,potatoes\n", 'line 2, aliases: "potatoes" is the name of Potatoes'),
        ("name,aliases\nA,x\nB,X\n", 'line 3, aliases: "X" also stands in line 2'),
        ("name,aliases\nA,b\nB,\n", 'line 2, aliases: "b" is also the name in line 3'),
        ("name,quantity\nBread,-1\n", "line 2, quantity: opening stock cannot be below zero"),
        ("name\n!!!\n", "line 2, name: a name needs letters or digits"),
    ],
)
def test_what_contradicts_the_shop_or_itself_is_named_and_nothing_is_kept(
    connection: Connection, shop: UUID, rows: str, fault: str
) -> None:
    imported(connection, shop, FILE)
    before = exported(connection, shop)
    (found,) = conflicts(connection, shop, rows)
    assert found.startswith(fault)
    assert exported(connection, shop) == before


def test_a_long_file_is_told_to_in_steps(connection: Connection, shop: UUID) -> None:
    steps: list[tuple[int, int]] = []
    rows = product_file.read(
        b"name,quantity,cost\n" + b"".join(b"Thing %d,2,1\n" % n for n in range(1201))
    )
    saved = catalogue.save(connection, shop, rows, lambda *step: steps.append(step))
    assert (saved.created, saved.opened) == (1201, 1201)
    assert steps[-1] == (1201, 1201)
    assert len(steps) > 1
    assert set(stock(connection, shop).values()) == {("2", "1.000000")}


# --- the demo -------------------------------------------------------------------------------------


def meanings(connection: Connection, shop: demo.Shop, said: str) -> list[str]:
    query = "select match.name from private.match_products(%s, %s) as match"
    rows: list[dict[str, Any]] = connection.execute(query, [shop.id, said]).fetchall()
    return [row["name"] for row in rows]


def test_the_demo_is_the_same_however_often_it_is_seeded(connection: Connection) -> None:
    first = demo.seed(connection)
    before = [exported(connection, shop.id) for shop in demo.SHOPS]
    again = demo.seed(connection)
    assert all(saved.created == saved.products >= 30 for saved in first.values())
    assert all(saved.created == saved.opened == 0 for saved in again.values())
    assert [exported(connection, shop.id) for shop in demo.SHOPS] == before


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("coke 2l", "Coca-Cola 2L"),
        ("2 litre coke", "Coca-Cola 2L"),
        ("bread", "Albany White Bread 700g"),
        ("white bread", "Albany White Bread 700g"),
        ("brown bread", "Albany Brown Bread 700g"),
        ("brood", "Albany White Bread 700g"),
        ("isinkwa", "Albany White Bread 700g"),
        ("bohobe", "Albany White Bread 700g"),
        ("milk", "Clover Fresh Milk 1L"),
        ("eggs", "Large Eggs"),
        ("amaqanda", "Large Eggs"),
        ("airtime", "Airtime"),
        ("tsoekere", "Selati White Sugar 2.5kg"),
    ],
)
def test_in_the_demo_what_people_say_means_one_product(
    connection: Connection, said: str, meant: str
) -> None:
    demo.seed(connection)
    assert meanings(connection, demo.SHOPS[0], said) == [meant]


def test_in_the_demo_a_bare_coke_is_three_products_in_one_shop_and_one_in_the_other(
    connection: Connection,
) -> None:
    demo.seed(connection)
    assert len(meanings(connection, demo.SHOPS[0], "coke")) == 3
    assert meanings(connection, demo.SHOPS[1], "coke") == ["Coca-Cola 300ml Can"]


# --- companies by name ----------------------------------------------------------------------------


def test_a_company_is_found_by_id_and_by_a_name_however_it_is_spelled(
    connection: Connection, shop: UUID
) -> None:
    assert find_company(connection, str(shop).upper()) == shop
    assert find_company(connection, "  corner SHOP ") == shop


def test_a_name_that_two_companies_bear_names_neither(connection: Connection, shop: UUID) -> None:
    other = uuid4()
    connection.execute("select private.onboard_company(%s, 'corner shop', '27831234568')", [other])
    with pytest.raises(CommandError, match=r"Several companies") as refusal:
        find_company(connection, "Corner Shop")
    assert str(shop) in str(refusal.value)
    assert str(other) in str(refusal.value)


def test_a_refusal_of_the_database_is_one_sentence(database: Database) -> None:
    with (
        pytest.raises(CommandError) as refusal,
        connect(database.url) as opened,
    ):
        opened.execute("select private.onboard_company(%s, 'Shop', 'abc')", [uuid4()])
    assert str(refusal.value) == "A phone number is its country code and number, digits only."
