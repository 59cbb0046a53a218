"""`backroom company`: tenants and who works in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

import typer

from cli import output
from cli.commands.options import Company, Json
from cli.errors import CommandError

app = typer.Typer(help="Companies and their members.", no_args_is_help=True)

_LONGEST_NAME = 120


class Language(StrEnum):
    """What a company is answered in, unless a person chooses another."""

    EN = "en"
    AF = "af"
    ZU = "zu"
    XH = "xh"
    ST = "st"


class Role(StrEnum):
    """From who may do everything to who may only read."""

    OWNER = "owner"
    MANAGER = "manager"
    CLERK = "clerk"
    VIEWER = "viewer"


@app.command(epilog='Example: backroom company onboard "Corner Shop" --owner-phone "082 000 0001"')
def onboard(
    name: Annotated[str, typer.Argument(help="What the shop is called.")],
    owner_phone: Annotated[str, typer.Option(help="The owner's phone, as people write it.")],
    owner_name: Annotated[str, typer.Option(help="What the owner is called.")] = "Owner",
    company_id: Annotated[
        UUID | None,
        typer.Option("--id", help="Its id; the same id again changes nothing. Default: a new one."),
    ] = None,
    language: Annotated[Language, typer.Option(help="What it is answered in.")] = Language.EN,
    as_json: Json = False,
) -> None:
    """Make a company with its owner, who can write to the bot at once."""
    from cli.database import connect
    from cli.phones import parse_phone

    if not 1 <= len(name.strip()) <= _LONGEST_NAME:
        raise CommandError(f"A company's name has 1 to {_LONGEST_NAME} characters.")
    phone = parse_phone(owner_phone)
    with connect() as connection:
        answer = connection.execute(
            "select private.onboard_company(%s, %s, %s, %s, %s) as answer",
            [company_id or uuid4(), name, phone, owner_name, language.value],
        ).fetchall()[0]["answer"]
    output.record(answer, as_json=as_json)


@app.command("list", epilog="Example: backroom company list --json")
def list_companies(as_json: Json = False) -> None:
    """Every company, oldest first."""
    from cli.database import connect, report

    with connect() as connection:
        output.rows(report(connection, "companies"), as_json=as_json)


@app.command(epilog='Example: backroom company show "Thandi\'s Spaza"')
def show(
    company: Annotated[str, typer.Argument(metavar="ID|NAME", help="The company, by id or name.")],
    as_json: Json = False,
) -> None:
    """One company and its members."""
    from cli.database import connect, find_company, report

    with connect() as connection:
        company_id = find_company(connection, company)
        record = report(connection, "company", company_id)[0]
        members = report(connection, "members", company_id)
    if as_json:
        output.record({**record, "members": members}, as_json=True)
    else:
        output.record(record, as_json=False)
        output.rows(members, as_json=False)


@app.command(
    epilog="Example: backroom company invite 0820000003 --name Lerato --role clerk"
    ' --company "Thandi\'s Spaza"'
)
def invite(
    phone: Annotated[str, typer.Argument(help="Their phone, as people write it.")],
    company: Company,
    name: Annotated[str, typer.Option(help="What they are called.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.CLERK,
    as_json: Json = False,
) -> None:
    """Add a member by phone, or change the name and role of one who is there."""
    from cli.database import connect, find_company
    from cli.phones import parse_phone

    digits = parse_phone(phone)
    with connect() as connection:
        company_id = find_company(connection, company)
        member_id = connection.execute(
            "select private.add_member(%s, %s, %s, %s::public.member_role) as id",
            [company_id, digits, name, role.value],
        ).fetchall()[0]["id"]
    output.record({"company_id": company_id, "member_id": member_id}, as_json=as_json)
