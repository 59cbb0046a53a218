"""`backroom adapter …`: the service that talks to WhatsApp, and its key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.tokens import LONGEST_DAYS

app = typer.Typer(no_args_is_help=True, help="The service that talks to WhatsApp, and its key.")


@app.command(epilog="Example: backroom adapter serve")
def serve() -> None:
    """Serve the adapter until Ctrl-C, with the settings of the environment or of .env."""
    from edge_adapter.main import main

    raise typer.Exit(main())


@app.command(epilog="Example: backroom adapter key --signing-key key.json --days 180")
def key(
    signing_key: Annotated[
        Path | None,
        typer.Option(
            "--signing-key",
            metavar="FILE",
            help="A hosted project's private key, from `supabase gen signing-key`; "
            "without it, the local stack's secret signs.",
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=LONGEST_DAYS, help="How long the token is good for.")
    ] = LONGEST_DAYS,
) -> None:
    """Print a token that lets the adapter call its functions: SUPABASE_ADAPTER_TOKEN.

    The adapter holds the token and never the key.
    """
    from cli.errors import CommandError
    from cli.stack.supervisor import Stack
    from cli.tokens import mint

    if signing_key is None:
        print(mint(Stack().secrets.jwt_secret, days))
        return
    try:
        print(mint(signing_key.read_text(), days))
    except OSError as error:
        raise CommandError(f"{signing_key} cannot be read: {error.strerror}.") from None
