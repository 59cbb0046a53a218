"""`backroom parse`: how a message is read, with neither database nor network."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json


def parse(
    text: Annotated[str, typer.Argument(help="The message, in any of the five languages.")],
    as_json: Json = False,
) -> None:
    """Show how the grammar reads a message; nothing is booked.

    A row for each action, then the language and whether it would be booked:
    ok (at once), confirm (after a question) or reject (not understood).
    --json prints the interpretation alone, the form that every parser fills.
    Products are words here: only a shop's catalogue knows them.
    """
    from edge_adapter.grammar import parse as read
    from edge_adapter.guard import guard

    found = read(text)
    interpretation = found.model_dump(mode="json", exclude_none=True)
    if as_json:
        output.record(interpretation, as_json=True)
        return
    output.rows(interpretation["actions"], as_json=False)
    verdict = guard(text, found, origin="grammar")
    why = f" ({verdict.reason})" if verdict.reason else ""
    output.note(f"language: {found.language}, verdict: {verdict.outcome}{why}")
