"""`backroom`: every command, and how each of them ends.

A command module imports what it needs when it runs, so that help and `parse` start at once.
"""

from __future__ import annotations

import os
import sys

import typer

from cli.commands import (
    adapter,
    bench,
    company,
    database,
    doctor,
    evaluate,
    ledger,
    login,
    parse,
    policy,
    products,
    say,
    seed,
    stock,
    up,
)
from cli.errors import CommandError

app = typer.Typer(
    name="backroom",
    help="A stock keeper for small shops that lives in WhatsApp.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

STACK = "This machine"
SHOP = "The shop"
CHAT = "The chat"
OPERATIONS = "Operations"

app.command(rich_help_panel=STACK, epilog="Example: backroom up --detach")(up.up)
app.command(rich_help_panel=STACK, epilog="Example: backroom down")(up.down)
app.command(rich_help_panel=STACK, epilog="Example: backroom status --json")(up.status)
app.add_typer(database.app, name="db", rich_help_panel=STACK)
app.add_typer(adapter.app, name="adapter", rich_help_panel=STACK)
app.add_typer(company.app, name="company", rich_help_panel=SHOP)
app.add_typer(products.app, name="products", rich_help_panel=SHOP)
app.command(
    rich_help_panel=SHOP, epilog='Example: backroom stock --company "Thandi\'s Spaza" --json'
)(stock.stock)
app.command(
    rich_help_panel=SHOP,
    epilog='Example: backroom ledger --company "Thandi\'s Spaza" --product "coke 2l" --limit 10',
)(ledger.ledger)
app.command(
    rich_help_panel=CHAT,
    epilog='Example: backroom say "sold 3 coke 2l" --as 0820000001',
)(say.say)
app.command(rich_help_panel=CHAT, epilog="Example: backroom chat --as 0820000001")(say.chat)
app.command(
    rich_help_panel=CHAT,
    epilog='Example: backroom parse "sold 3 coke 2l and got 10 bread at R12" --json',
)(parse.parse)
app.command(rich_help_panel=OPERATIONS, epilog="Example: backroom login 0820000001 --json")(
    login.login
)
app.command(rich_help_panel=OPERATIONS, epilog="Example: backroom doctor --json")(doctor.doctor)
app.command(rich_help_panel=OPERATIONS, epilog="Example: backroom bench --quick")(bench.bench)
app.command(
    "eval", rich_help_panel=OPERATIONS, epilog="Example: backroom eval --language zu --misses"
)(evaluate.evaluate)
app.add_typer(policy.app, name="policy", rich_help_panel=OPERATIONS)
app.add_typer(seed.app, name="seed", rich_help_panel=OPERATIONS)


def run() -> None:
    """The program: whatever goes wrong is one line on stderr and a status that is not 0."""
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:  # how the command was typed
        if not (message := error.format_message()):  # nothing after it: help was shown
            sys.exit(0)
        print(f"backroom: {message}", file=sys.stderr)
        sys.exit(error.exit_code)
    except CommandError as error:
        print(f"backroom: {error}", file=sys.stderr)
        sys.exit(1)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:  # whoever reads the output has had enough; nothing more can be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(status or 0)


if __name__ == "__main__":
    run()
