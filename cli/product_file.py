"""A file of products: CSV text ↔ ProductRow, checked cell by cell, numbers exact.

Takes what spreadsheets write: a byte order mark, commas, semicolons, tabs or bars between cells, a
comma as the decimal sign, `R` before a price. Knows nothing of any shop.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from cli.errors import CommandError

COLUMNS = (
    "name",
    "unit",
    "price",
    "cost",
    "quantity",
    "reorder_level",
    "sku",
    "barcode",
    "aliases",
    "pack",
    "pack_size",
)
_DELIMITERS = ",;\t|"


class ProductFileError(CommandError):
    """Nothing of the file was used. `faults` has one sentence each, with its line number."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"Nothing was imported, {count} in the file: {'; '.join(faults)}")


# --- cells ----------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,9})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")


def _blank_is_none(cell: object) -> object:
    return cell.strip() or None if isinstance(cell, str) else cell


def _number(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    digits = re.sub(r"^(?:R|ZAR)\s*|\s", "", cell.strip(), flags=re.IGNORECASE)
    if _THOUSANDS.fullmatch(digits):
        raise ValueError(f"{cell!r} can be read in two ways; write it without the comma")
    if not _NUMBER.fullmatch(digits):
        raise ValueError(f"{cell!r} is not a number")
    return Decimal(digits.replace(",", "."))


def _limits(lowest: str, highest: str, places: int) -> AfterValidator:
    """From `lowest` to `highest` with at most so many decimals: refused else, never rounded."""

    def check(value: Decimal) -> Decimal:
        exponent = value.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            raise ValueError(f"{value} has more than {places} decimals")
        if not Decimal(lowest) <= value <= Decimal(highest):
            raise ValueError(f"{value} is not between {lowest} and {highest}")
        return value

    return AfterValidator(check)


def _several(cell: object) -> object:
    """`a; b` → (`a`, `b`); blanks between semicolons are nothing, repeats count once."""
    if not isinstance(cell, str):
        return cell
    return tuple(dict.fromkeys(part for piece in cell.split(";") if (part := piece.strip())))


def _words(longest: int) -> StringConstraints:
    return StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=longest,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]*$",
    )


# The limits are those of the columns of `products`, `product_aliases` and `product_packs`.
_Number = BeforeValidator(_number)
_Price = Annotated[Decimal, _Number, _limits("0", "999999999999.99", 2)]
_Cost = Annotated[Decimal, _Number, _limits("0", "99999999.999999", 6)]
_Quantity = Annotated[Decimal, _Number, _limits("-99999999999.999", "99999999999.999", 3)]
_Level = Annotated[Decimal, _Number, _limits("0", "99999999999.999", 3)]
_PackSize = Annotated[Decimal, _Number, _limits("0.001", "1000000", 3)]
_Pack = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[a-z][a-z0-9 -]{0,29}$"),
]


class ProductRow(BaseModel):
    """One product; what is None is left as the shop has it.

    Money in rands; `quantity`, `reorder_level` and `pack_size` in units of `unit`.

    `pack` and `pack_size` belong together, first to first: a case of 6, a pallet of 480.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, _words(80)]
    unit: Literal["each", "kg", "g", "l", "ml", "rand"] | None = None
    price: _Price | None = None
    cost: _Cost | None = None
    quantity: _Quantity | None = None
    reorder_level: _Level | None = None
    sku: Annotated[str, _words(40)] | None = None
    barcode: Annotated[str, StringConstraints(pattern=r"^[0-9]{6,14}$")] | None = None
    aliases: Annotated[tuple[Annotated[str, _words(80)], ...], BeforeValidator(_several)] = ()
    pack: Annotated[tuple[_Pack, ...], BeforeValidator(_several)] = ()
    pack_size: tuple[_PackSize, ...] = ()

    @model_validator(mode="after")
    def _every_pack_has_a_size(self) -> Self:
        if len(self.pack) != len(self.pack_size):
            raise ValueError("every pack needs its pack_size, and the other way round")
        return self


_MESSAGES = {
    "missing": "is needed",
    "literal_error": "is one of each, kg, g, l, ml, rand",
    "string_too_long": "is too long",
}


def _faults(line: int, error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        column = str(fault["loc"][0]) if fault["loc"] else "pack"
        message = _MESSAGES.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        if fault["type"] == "string_pattern_mismatch":
            message = f"{fault['input']!r} " + {
                "barcode": "is not 6 to 14 digits",
                "pack": "is not a word such as case or tray",
            }.get(column, "holds a character that cannot be printed")
        yield f"line {line}, {column}: {message}"


# --- the file -------------------------------------------------------------------------------------


def read(content: bytes) -> dict[int, ProductRow]:
    """File → rows by the line each begins on; raises ProductFileError with every fault found."""
    records = _records(_text(content))
    header = next(records, None)
    if header is None:
        raise ProductFileError(["the file is empty"])
    columns = _columns(header[1])
    rows: dict[int, ProductRow] = {}
    faults: list[str] = []
    for line, cells in records:
        if len(cells) > len(columns):
            faults.append(f"line {line}: {len(cells)} cells under {len(columns)} columns")
            continue
        filled = {
            column: value
            for column, cell in zip(columns, cells, strict=False)
            if (value := cell.strip())
        }
        if "pack_size" in filled:
            sizes = filled.pop("pack_size").split(";")
            pack_sizes: Any = [size for size in sizes if size.strip()]
        else:
            pack_sizes = ()
        try:
            rows[line] = ProductRow.model_validate({**filled, "pack_size": pack_sizes})
        except ValidationError as error:
            faults.extend(_faults(line, error))
    if not rows and not faults:
        faults.append("the file has no products, only its header")
    if faults:
        raise ProductFileError(faults)
    return rows


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise ProductFileError(["the file is not UTF-8 text; save it as `CSV UTF-8`"]) from None
    if "\x00" in text:
        raise ProductFileError(["the file is not text; save it as `CSV UTF-8`"])
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not blank, each with the line it begins on."""
    first, _, _ = text.partition("\n")
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise ProductFileError([f"line {line}: not CSV ({error})"]) from None


def _columns(header: list[str]) -> list[str]:
    columns = [cell.strip().lower().replace(" ", "_") for cell in header]
    faults = [
        f"line 1: unknown column {column!r}; the columns are {', '.join(COLUMNS)}"
        for column in columns
        if column not in COLUMNS
    ]
    faults += [
        f"line 1: the column {column} stands there twice"
        for column in dict.fromkeys(columns)
        if column in COLUMNS and columns.count(column) > 1
    ]
    if "name" not in columns:
        faults.append("line 1: there is no column `name`")
    if faults:
        raise ProductFileError(faults)
    return columns


def write(rows: Iterable[Mapping[str, str]]) -> str:
    """Rows of text by column → CSV that `read` takes; every line ends in a line feed."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
