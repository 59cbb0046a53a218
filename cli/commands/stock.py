"""`backroom stock`: what is on hand."""

from __future__ import annotations

from cli import output
from cli.commands.options import Company, Json


def stock(company: Company, as_json: Json = False) -> None:
    """Show what a company has on hand, by product and location."""
    from cli.database import connect, find_company, report
    from cli.rows import PublicStockOnHand

    with connect() as connection:
        found = report(connection, "stock", find_company(connection, company))
    output.rows(
        [
            {
                "product": row.product,
                "location": row.location,
                "quantity": row.quantity,
                "unit": row.unit,
                "average_cost": row.average_cost,
            }
            for row in map(PublicStockOnHand.model_validate, found)
        ],
        as_json=as_json,
    )
