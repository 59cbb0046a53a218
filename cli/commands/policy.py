"""`backroom policy`: is every tenant's data closed to every other?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json

app = typer.Typer(help="Prove that no tenant reaches another's data.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Prove that no tenant reaches another's data."""


@app.command("test", epilog="Example: backroom policy test --mutate")
def attack(
    mutate: Annotated[
        bool,
        typer.Option(
            "--mutate",
            help="Also weaken each policy, grant and check in turn: all must be noticed.",
        ),
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            help="A superuser's address. Default: the running stack, else a database made for the "
            "run, which is also what --mutate uses.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Attack every table, view and function as everybody; nothing that it does is kept."""
    import psycopg

    from cli.errors import CommandError
    from cli.policies import campaign, display, matrix, scratch

    data = matrix.load()
    with (
        scratch.target(url, mutate=mutate) as (address, words),
        output.counted("Mutants" if mutate else "Attacks") as progress,
    ):
        if sys.stderr.isatty():
            output.note(f"Attacking {words}.")
        try:
            with psycopg.connect(address, connect_timeout=10) as connection:
                report = campaign.run(connection, data, mutate=mutate, progress=progress)
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error).strip().splitlines()[0]
            raise CommandError(f"The attacks could not run: {said}.") from error

    if as_json:
        output.record(
            {
                "attacks": len(report.results),
                "failed": len(report.failures),
                "mutants": report.mutants,
                "killed": report.killed,
                "survivors": report.survivors,
                "failures": report.failures,
            },
            as_json=True,
        )
    else:
        display.show(report, data)
    if not report.passed:
        output.note(display.summary(report))
        sys.exit(1)
