"""`backroom bench`: the figures that the design promises, measured on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json


def bench(
    only: Annotated[
        list[str] | None,
        typer.Option(help="A group of figures; may be repeated. Default: all of them."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Little data and short runs: does it work at all?")
    ] = False,
    pgledger: Annotated[
        Path | None,
        typer.Option(help="A checkout of pgledger to compare with.", exists=True, file_okay=False),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page docs/figures.md.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure booking, messages, reads and the adapter on a server made for the run."""
    from rich.console import Console

    from cli.bench import campaign, report
    from cli.bench.size import FULL, QUICK
    from cli.errors import CommandError
    from cli.stack.postgres import binaries, version
    from cli.stack.settings import StackSettings

    groups = only or list(campaign.GROUPS)
    if unknown := set(groups) - set(campaign.GROUPS):
        raise CommandError(
            f"There are no figures {', '.join(sorted(unknown))!r}; "
            f"the groups are {', '.join(campaign.GROUPS)}."
        )
    system = StackSettings().postgres_bin
    size = QUICK if quick else FULL
    with Console(stderr=True).status("Starting …") as status:
        figures = list(
            campaign.run(
                groups,
                size,
                system=system,
                pgledger=pgledger,
                say=lambda step: status.update(f"Measuring: {step} …"),
            )
        )
    if as_json:
        output.record({figure.name: figure.fields() for figure in figures}, as_json=True)
    elif markdown:
        server = (
            f"PostgreSQL {version(binaries(system))}, {size.many.companies:,} companies, "
            f"{size.many.transactions:,} lines"
        )
        print(report.page(figures, server), end="")
    else:
        report.print_table(figures)
