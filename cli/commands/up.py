"""`backroom up`, `down`, `status`: the whole stack on this machine."""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from cli import output
from cli.commands.options import Json


def up(
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Leave it running in the background.")
    ] = False,
) -> None:
    """Start the whole local stack, with two demo shops to try it on.

    Without --detach it runs until Ctrl-C. Running it twice does no harm.
    """
    from cli import demo
    from cli.commands.welcome import welcome
    from cli.stack.supervisor import Stack

    stack = Stack()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    with output.progress("Starting") as say:
        started = stack.up(keeper=not detach, say=say)
    if not started:
        output.note("The stack is running already; `backroom down` stops it.")
        welcome(stack)
        return
    stay = False
    try:
        with output.progress("Filling the demo shops") as say:
            say("filling the demo shops")
            demo.seed(stack.database_url)
        welcome(stack)
        stay = detach
        if detach:
            output.note("Running in the background; `backroom down` stops it.")
        else:
            output.note("Ctrl-C stops it.")
            stack.watch()
    except KeyboardInterrupt:
        output.note("Stopping …")
    finally:
        if not stay:
            stack.down()


def down() -> None:
    """Stop the local stack. The data stays."""
    from cli.stack.supervisor import Stack

    output.note("Stopped." if Stack().down() else "Nothing was running.")


def status(as_json: Json = False) -> None:
    """Show where the local stack is and how each part does."""
    from cli.stack.supervisor import Stack

    stack = Stack()
    states = stack.states()
    if as_json:
        output.record({**stack.addresses(), "parts": states}, as_json=True)
        return
    output.rows([{"part": name, "state": state} for name, state in states.items()], as_json=False)
    output.record(stack.addresses(), as_json=False)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
