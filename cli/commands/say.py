"""`backroom say` and `backroom chat`: writing to the bot as a shop's phone would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli import output
from cli.commands.options import Json
from cli.errors import CommandError

if TYPE_CHECKING:
    from rich.console import Console

    from cli.conversation import Chat, Option, Reply

_SLOWEST = 5.0  # seconds that a part which works may take to answer

Phone: TypeAlias = Annotated[
    str, typer.Option("--as", metavar="PHONE", help="Who writes, as people write a phone number.")
]
Timeout: TypeAlias = Annotated[
    float, typer.Option(min=0.1, max=600, help="Seconds to wait for the reply.")
]


def say(
    phone: Phone,
    text: Annotated[str | None, typer.Argument(help="The message.")] = None,
    reply_to: Annotated[
        str | None, typer.Option(metavar="WAMID", help="The message this one replies to.")
    ] = None,
    button: Annotated[
        str | None, typer.Option(metavar="ID|KEY", help="Tap this option instead of writing.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Send this voice note, picture or PDF; TEXT goes under it."
        ),
    ] = None,
    timeout: Timeout = 20,
    as_json: Json = False,
) -> None:
    """Send one message to the local bot as WhatsApp would, and show its reply."""
    from cli.conversation import outcome

    if (text is None and file is None) == (button is None):
        raise CommandError("Say either a TEXT, a --file or a --button.")
    with _chat(phone, timeout) as chat:
        if file is not None:
            exchange = chat.say(chat.attach(file, text or ""), reply_to=reply_to, timeout=timeout)
        else:
            said = text if text is not None else chat.option(str(button), reply_to)
            exchange = chat.say(said, reply_to=reply_to, timeout=timeout)
        if not as_json:
            _show(exchange.reply, chat)
    if as_json:
        output.record(outcome(exchange), as_json=True)


def chat(phone: Phone, timeout: Timeout = 20) -> None:
    """Write to the local bot line by line; a number taps an option, an empty line ends it."""
    from rich.console import Console

    from cli.conversation import Tap

    console = Console()
    console.print("[dim]A number taps an option. An empty line ends the chat.[/dim]")
    options: tuple[Option, ...] = ()
    wamid = ""
    with _chat(phone, timeout) as line:
        while typed := _prompt(console):
            tapped = int(typed) - 1 if typed.isdecimal() else -1
            said = Tap(options[tapped], wamid) if 0 <= tapped < len(options) else typed
            try:
                reply = line.say(said, timeout=timeout).reply
            except CommandError as error:
                console.print(f"[red]{error}[/red]")
                continue
            _show(reply, line)
            options = reply.options if reply else ()
            wamid = reply.wamid if reply else ""


def _prompt(console: Console) -> str:
    try:
        return console.input("[bold green]› [/bold green]").strip()
    except (EOFError, KeyboardInterrupt):
        return ""


@contextmanager
def _chat(phone: str, timeout: float) -> Iterator[Chat]:
    import httpx

    from cli.conversation import Chat, wiring
    from cli.database import connect
    from cli.phones import parse_phone

    sender = parse_phone(phone)
    wires = wiring()
    with (
        connect(autocommit=True) as connection,
        # This machine only: a proxy of the environment has no business in between.
        httpx.Client(timeout=max(timeout, _SLOWEST), trust_env=False) as client,
    ):
        yield Chat(wires, connection, client, sender)


def _show(reply: Reply | None, chat: Chat) -> None:
    """The reply as a bubble, its options numbered below; its picture as an address."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.text import Text

    console = Console()
    if reply is None:
        console.print("[dim](no reply)[/dim]")
        return
    bubble = Text(reply.text)
    if picture := chat.picture_url(reply):
        bubble = Text.assemble((f"{picture}\n", "dim"), bubble)
    for number, option in enumerate(reply.options, 1):
        label = option.description or option.title
        bubble.append(f"\n{number} ", style="dim").append(f"[ {label} ]", style="bold cyan")
    panel = Panel.fit(bubble, title="The Backroom", title_align="left", border_style="green")
    console.print(Padding(panel, (0, 0, 0, 2)))
