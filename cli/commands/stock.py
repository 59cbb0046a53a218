"""`backroom stock`: what is on hand."""

from __future__ import annotations

from cli import output
from cli.commands.options import Company, Json


def stock(company: Company, as_json: Json = False) -> None:
    """Show what a company has on hand, by product and location."""
    from cli.database import connect, find_company, report

    with connect() as connection:
        output.rows(report(connection, "stock", find_company(connection, company)), as_json=as_json)
