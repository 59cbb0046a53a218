"""`backroom db …`: the local database alone."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import output

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


@app.command(epilog='Example: psql "$(backroom db url)"')
def url() -> None:
    """Print the database's address, for psql and other programs."""
    from cli.database import database_url

    print(database_url())
