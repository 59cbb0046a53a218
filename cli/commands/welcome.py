"""What one sees when the stack is up: where things are, who can sign in, what to try."""

from __future__ import annotations

from cli import demo
from cli.stack.supervisor import Stack


def welcome(stack: Stack) -> None:
    """Prints the screen to stdout."""
    from rich.console import Console
    from rich.table import Table

    addresses = stack.addresses()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, url in (
        ("Dashboard", addresses["dashboard_url"]),
        ("API", addresses["api_url"]),
        ("What WhatsApp got", f"{addresses['graph_url']}/_standin/messages"),
    ):
        grid.add_row(label, f"[cyan]{url}[/]")
    for shop in demo.SHOPS:
        grid.add_row("")
        for person in (shop.owner, *shop.staff):
            shown = shop.name if person is shop.owner else ""
            grid.add_row(shown, f"{_spoken(person.phone)}  {person.name}, {person.role}")
    console = Console(highlight=False)
    console.print("\n[bold]The Backroom is up[/]\n", grid, "\nTry:")
    phone = _spoken(demo.SHOPS[0].owner.phone)
    for command in (
        f'backroom say "sold 3 coke 2l and got 10 bread at R12" --as {phone}',
        f"backroom chat --as {phone}",
        f'backroom ledger --company "{demo.SHOPS[0].name}"',
    ):
        console.print(f"  .venv/bin/{command}", soft_wrap=True)
    console.print()


def _spoken(phone: str) -> str:
    """As people in South Africa write it."""
    return f"0{phone[2:]}" if phone.startswith("27") else f"+{phone}"
