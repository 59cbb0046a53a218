"""`backroom seed`: data to try things on."""

from __future__ import annotations

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
