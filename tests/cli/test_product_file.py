"""Product files as spreadsheets write them."""

from __future__ import annotations

import codecs
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.product_file import COLUMNS, ProductFileError, read, write

HEADER = ",".join(COLUMNS)


def faults(content: str | bytes) -> list[str]:
    with pytest.raises(ProductFileError) as refusal:
        read(content.encode() if isinstance(content, str) else content)
    return refusal.value.faults


def test_every_column_is_read_with_exact_numbers() -> None:
    content = (
        f"{HEADER}\n"
        "Coca-Cola 2L,each,29.00,24.105,36,12,COK,2000000000015,coke 2l; 2l coke,case;pallet,6;480"
    )
    row = read(content.encode())[2]
    assert row.name == "Coca-Cola 2L"
    assert row.unit == "each"
    assert (row.price, row.cost) == (Decimal("29.00"), Decimal("24.105"))
    assert (row.quantity, row.reorder_level) == (Decimal(36), Decimal(12))
    assert (row.sku, row.barcode) == ("COK", "2000000000015")
    assert row.aliases == ("coke 2l", "2l coke")
    assert dict(zip(row.pack, row.pack_size, strict=True)) == {
        "case": Decimal(6),
        "pallet": Decimal(480),
    }


def test_only_the_name_is_needed_and_what_is_blank_stays_unsaid() -> None:
    row = read(b"name,price\nBread,\n")[2]
    assert row.model_dump(exclude_defaults=True) == {"name": "Bread"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_delimiters_line_ends_and_a_byte_order_mark_make_no_difference(
    delimiter: str, end: str, mark: bytes
) -> None:
    lines = [["name", "price", "aliases"], ["Rooibos té", "12.50", '"tea;tee"']]
    content = end.join(delimiter.join(cells) for cells in [*lines, [""]])
    (row,) = read(mark + content.encode()).values()
    assert (row.name, row.price, row.aliases) == ("Rooibos té", Decimal("12.50"), ("tea", "tee"))


def test_the_unicode_text_of_a_spreadsheet_is_read_too() -> None:
    assert read("name\tprice\nTé\t3\n".encode("utf-16"))[2].name == "Té"


@pytest.mark.parametrize(
    ("cell", "price"),
    [("12", "12"), ("12.5", "12.5"), ('"12,50"', "12.50"), ("R12.50", "12.50"), ("r 12", "12")],
)
def test_prices_are_read_as_people_write_them(cell: str, price: str) -> None:
    assert read(f"name,price\nBread,{cell}\n".encode())[2].price == Decimal(price)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("price", '"1,250"'),  # a thousand, or one and a quarter?
        ("price", "12.505"),
        ("price", "-1"),
        ("price", "1e3"),
        ("price", "NaN"),
        ("price", "twelve"),
        ("price", "1000000000000"),
        ("cost", "1.0000001"),
        ("quantity", "0.0005"),
        ("reorder_level", "-1"),
        ("barcode", "6.001E+12"),
        ("barcode", "12345"),
        ("unit", "boxes"),
        ("sku", "x" * 41),
        ("aliases", "x" * 81),
        ("pack", "case"),
        ("pack_size", "6"),
    ],
)
def test_a_cell_that_does_not_fit_is_named_by_line_and_column(column: str, cell: str) -> None:
    (fault,) = faults(f"name,{column}\nMilk,\nBread,{cell}\n")
    assert fault.startswith("line 3, pack" if "pack" in column else f"line 3, {column}: ")


def test_all_faults_are_listed_at_once() -> None:
    found = faults("name,price,unit\nBread,x,boxes\n,5,each\nMilk,5,each\nEggs,1,2,3\n")
    assert [fault.split(":")[0] for fault in found] == [
        "line 2, unit",
        "line 2, price",
        "line 3, name",
        "line 5",
    ]


def test_a_line_is_counted_where_its_record_begins() -> None:
    found = faults('name,price\n"Bread,\n\n white",1\n\nMilk,x\n')
    assert [fault.split(":")[0] for fault in found] == ["line 2, name", "line 6, price"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"name,price\n",
        b"title,price\nBread,1\n",
        b"name,price,price\nBread,1,2\n",
        b"name,colour\nBread,white\n",
        b'name,price\n"Bread,1\n',
        b"name\nCr\xe8me\n",
        b"PK\x03\x04\x14\x00\x06\x00",
    ],
)
def test_what_is_no_product_file_is_refused_in_a_sentence(content: bytes) -> None:
    assert all(fault and "\n" not in fault for fault in faults(content))


printable = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
amounts = st.decimals(0, 99999, places=2)


@given(st.lists(st.tuples(printable, amounts), min_size=1, max_size=5))
def test_whatever_is_written_is_read_back(products: list[tuple[str, Decimal]]) -> None:
    blank = dict.fromkeys(COLUMNS, "")
    content = write({**blank, "name": name, "price": f"{price:f}"} for name, price in products)
    rows = list(read(content.encode()).values())
    assert [(row.name, row.price) for row in rows] == products
