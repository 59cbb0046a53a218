"""`backroom login`: a user's session on the local stack, by phone and code."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json


def login(
    phone: Annotated[str, typer.Argument(help="Whose session, as people write a phone number.")],
    as_json: Json = False,
) -> None:
    """Sign in on the local stack as a phone's owner would, and print the session.

    The code is read from where the adapter of the local stack puts it instead of sending it.
    """
    from cli.database import connect, report
    from cli.phones import parse_phone
    from cli.session import sign_in

    digits = parse_phone(phone)
    session = sign_in(digits)
    with connect() as connection:
        companies = report(connection, "memberships", digits)
    output.record(
        {
            "access_token": session.access_token,
            "refresh_token": session.refresh_token,
            "user_id": session.user_id,
            "companies": companies,
        },
        as_json=as_json,
    )
