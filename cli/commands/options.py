"""The options that many commands share, so that they read the same everywhere."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Company: TypeAlias = Annotated[
    str, typer.Option("--company", "-c", metavar="ID|NAME", help="The company, by id or by name.")
]
