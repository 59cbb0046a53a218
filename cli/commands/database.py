"""`backroom db …`: the local database alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json
from cli.errors import CommandError

app = typer.Typer(no_args_is_help=True, help="The database alone.")


@app.command(epilog="Example: backroom db start")
def start() -> None:
    """Start the database with all migrations."""
    from cli.stack.supervisor import Stack

    stack = Stack()
    with output.progress("Database") as say:
        stack.start_database(say)
    output.note("The database runs; `backroom db url` prints its address.")


@app.command(epilog="Example: backroom db stop")
def stop() -> None:
    """Stop the database, and with it whatever else of the stack runs. The data stays."""
    from cli.stack.supervisor import Stack

    output.note("Stopped." if Stack().down() else "Nothing was running.")


@app.command(epilog="Example: backroom db migrate")
def migrate() -> None:
    """Apply the migrations that are missing, with the Supabase CLI."""
    from cli.stack.supervisor import Stack

    applied = Stack().migrate()
    output.note("\n".join(applied) if applied else "Nothing to apply.")


@app.command(epilog="Example: backroom db reset --yes")
def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete all data of the local database and apply all migrations anew."""
    from cli.stack.supervisor import Stack

    if not yes:
        typer.confirm("Delete all data of the local database?", abort=True)
    with output.progress("Database") as say:
        Stack().reset(say)
    output.note("The database is empty; `backroom seed demo` fills the demo shops.")


@app.command(epilog="Example: backroom db rollback --to 20261122000650")
def rollback(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="The migration that stays the newest; 0 undoes all. Default: undo the newest.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Undo migrations, newest first, with the data they hold."""
    from cli.database import connect
    from cli.rollback import loss, roll_back, steps

    with connect(autocommit=True) as connection:
        files = steps(connection, to)
        lost = loss(connection, files)
        if files and not yes:
            _tell("Undone, in this order", [file.stem for file in files])
            _tell("Lost tables", [f"{table}: {rows} rows" for table, rows in lost.tables.items()])
            _tell("Lost columns", lost.columns)
            _tell("Lost views", lost.views)
            _tell("Lost functions", lost.functions)
            typer.confirm("Is there a backup, and may all this go?", abort=True, err=True)
        done = []
        for file in roll_back(connection, files):
            done.append(file.stem)
            output.note(f"{file.stem} is undone.")

    if as_json:
        output.record(
            {
                "migrations": done,
                "tables": [{"table": table, "rows": rows} for table, rows in lost.tables.items()],
                "columns": lost.columns,
                "views": lost.views,
                "functions": lost.functions,
            },
            as_json=True,
        )
    elif not done:
        output.note("Nothing to undo.")


@app.command(epilog="Example: backroom db verify --json")
def verify(as_json: Json = False) -> None:
    """Recompute every balance, cost and number of the ledger; fail where one is recorded wrong."""
    from cli.database import connect
    from cli.verification import verify as recompute

    with connect() as connection, output.counted("Companies") as progress:
        found = recompute(connection, progress)
    if as_json:
        output.record(
            {
                "companies": found.companies,
                "lines": found.lines,
                "differences": found.differences,
            },
            as_json=True,
        )
    elif found.differences:
        output.rows(found.differences, as_json=False)
    else:
        output.note(f"{found.lines} lines of {found.companies} companies add up.")
    if found.differences:
        raise CommandError(f"{len(found.differences)} things in the books do not add up.")


@app.command(epilog="Example: backroom db prune --words 365")
def prune(
    keep: Annotated[
        int, typer.Option(metavar="DAYS", min=30, help="How long what is done with is kept.")
    ] = 90,
    words: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Erase the words of messages older than this."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take away what is kept for a while only: old messages, replies, answers and questions."""
    from cli.database import connect
    from cli.retention import prune as take_away

    with connect(autocommit=True) as connection, output.progress("Pruning") as say:
        taken = take_away(connection, keep, words, lambda rows: say(f"{rows} rows"))
    output.record(taken, as_json=as_json)


def _tell(what: str, names: Sequence[str]) -> None:
    if names:
        output.note("\n  ".join([f"{what} ({len(names)}):", *names]))


@app.command(epilog='Example: psql "$(backroom db url)"')
def url() -> None:
    """Print the database's address, for psql and other programs."""
    from cli.database import database_url

    print(database_url())
