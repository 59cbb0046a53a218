"""`backroom eval`: how well the whole reads and books, sentence by sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.options import Json


def evaluate(
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="A folder of sentences and talks. Default: tests/corpus.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="en, af, zu, xh or st; may be repeated. Default: all of them."),
    ] = None,
    misses: Annotated[
        bool, typer.Option("--misses", help="Also print what did not go as written, and how.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say a corpus to a shop of its own and judge what that did to the shop's books.

    Ends with a non-zero status when a target is missed. Nothing that it does is kept.
    """
    import psycopg
    from psycopg.rows import dict_row

    from cli import output
    from cli.errors import CommandError
    from cli.evaluation import campaign, display
    from cli.stack.scratch import scratch
    from cli.stack.settings import ROOT, StackSettings

    said = campaign.load(corpus or ROOT / "tests" / "corpus", language or ())
    with (
        output.counted("Sentences and talks") as progress,
        scratch(StackSettings().postgres_bin) as cluster,
        psycopg.connect(cluster.url(), autocommit=True, row_factory=dict_row) as connection,
    ):
        connection.execute("set session authorization postgres")
        report = campaign.run(connection, said, progress)
    if as_json:
        output.record(display.fields(report, misses=misses), as_json=True)
    else:
        display.show(report, misses=misses)
    if report.missed:
        raise CommandError(f"Targets missed: {'; '.join(report.missed)}.")
