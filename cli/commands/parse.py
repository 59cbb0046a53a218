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
    """Show how a message is read; nothing is booked."""
    from edge_adapter.grammar import parse as read

    interpretation = read(text).model_dump(mode="json", exclude_none=True)
    if as_json:
        output.record(interpretation, as_json=True)
        return
    output.rows(interpretation["actions"], as_json=False)
