"""`backroom products`: a shop's catalogue in and out as a file."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import output
from cli.commands.options import Company, Json
from cli.errors import CommandError

app = typer.Typer(help="Products in and out as a file.", no_args_is_help=True)


@app.command(
    "import",
    epilog='Example: backroom products import stock.csv --company "Thandi\'s Spaza" --dry-run',
)
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file; - is the input.")],
    company: Company,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, change nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create or update products from a CSV file, all or nothing.

    Columns, in any order: name, unit, price, cost, quantity, reorder_level,
    sku, barcode, aliases, pack, pack_size. Only name is needed. Several
    aliases or packs are separated by semicolons. A quantity becomes the
    opening stock of a product that has never moved.
    """
    from cli import catalogue, product_file
    from cli.database import connect, find_company

    rows = product_file.read(_content(file))
    with connect() as connection, output.counted("Products") as progress:
        company_id = find_company(connection, company)
        saved = catalogue.save(connection, company_id, rows, progress)
        if dry_run:
            connection.rollback()
    output.record({**asdict(saved), "dry_run": dry_run}, as_json=as_json)
    if saved.kept and not as_json:
        output.note(
            f"{saved.kept} quantities were left alone: those products have moved, so count them."
        )


@app.command(epilog='Example: backroom products export --company "Thandi\'s Spaza" -o stock.csv')
def export(
    company: Company,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: print it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the products as a file that `products import` takes."""
    from cli import catalogue, product_file
    from cli.database import connect, find_company

    with connect() as connection:
        products = catalogue.load(connection, find_company(connection, company))
    if as_json and target is None:
        output.rows(products, as_json=True)
        return
    content = product_file.write(products)
    if target is None:
        sys.stdout.write(content)
        return
    try:
        target.write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}.") from None
    if as_json:
        output.record({"file": str(target), "products": len(products)}, as_json=True)


def _content(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
