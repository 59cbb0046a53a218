"""`backroom ledger`: the lines that the stock adds up from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import output
from cli.commands.options import Company, Json
from cli.errors import CommandError

if TYPE_CHECKING:
    from cli.rows import PublicMovements

_READABLE = ("occurred_at", "member", "kind", "product", "quantity", "balance_after", "said")


def ledger(
    company: Company,
    product: Annotated[
        str | None, typer.Option(help="Only this product, in the shop's own words or by id.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="The newest so many lines.")] = 50,
    as_json: Json = False,
) -> None:
    """Show the stock ledger, newest line first."""
    from cli.database import connect, find_company, report
    from cli.rows import PublicMovements

    with connect() as connection:
        company_id = find_company(connection, company)
        product_ids = None
        if product is not None:
            product_ids = [
                row["id"] for row in report(connection, "find_products", company_id, product)
            ]
            if not product_ids:
                raise CommandError(f"This company has no product that {product!r} can mean.")
        found = report(connection, "ledger", company_id, product_ids, limit)
    lines = [_line(row) for row in map(PublicMovements.model_validate, found)]
    if not as_json:
        lines = [{column: line[column] for column in _READABLE} for line in lines]
    output.rows(lines, as_json=as_json)


def _line(row: PublicMovements) -> dict[str, Any]:
    return {
        "id": f"{row.operation_id}:{row.line_no}",
        "operation_id": row.operation_id,
        "kind": row.kind,
        "product": row.product,
        "quantity": row.quantity,
        "balance_after": row.balance_after,
        "unit_price": row.unit_price,
        "unit_cost": row.unit_cost,
        "occurred_at": row.occurred_at,
        "member": row.member,
        "said": row.said,
    }
