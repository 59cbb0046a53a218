"""`backroom seed`: data to try things on."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json

app = typer.Typer(help="Fill the database with data to try things on.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Fill the database with data to try things on."""


@app.command("demo", epilog="Example: backroom seed demo")
def seed_demo(as_json: Json = False) -> None:
    """Put two demo shops into the database; running it again changes nothing."""
    from cli import demo

    rows = [
        {
            "company_id": shop.id,
            "company": shop.name,
            "owner_phone": shop.owner.phone,
            "staff": ", ".join(f"{person.name} {person.phone}" for person in shop.staff),
            "products": saved.products,
            "created": saved.created,
            "opened": saved.opened,
        }
        for shop, saved in demo.seed().items()
    ]
    output.rows(rows, as_json=as_json)


@app.command(
    "load",
    epilog="Example: backroom seed load --companies 1000 --products 200 --transactions 1000000",
)
def seed_load(
    companies: Annotated[int, typer.Option(help="How many companies.")] = 10,
    products: Annotated[int, typer.Option(help="Products of each company.")] = 200,
    transactions: Annotated[int, typer.Option(help="Ledger lines in all.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Another number makes other data.")] = 1,
    as_json: Json = False,
) -> None:
    """Fill the database with many companies; running it again adds only what is missing."""
    from cli import load
    from cli.database import database_url

    amount = load.Load(companies, products, transactions, seed)
    with output.counted("Companies") as progress:
        made = load.run(database_url(), amount, progress)
    output.record(
        {"companies": made.companies, "lines": made.lines, "seconds": made.seconds},
        as_json=as_json,
    )
