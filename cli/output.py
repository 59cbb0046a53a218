"""What commands print: a table for people or JSON for programs on stdout, remarks on stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

_PIPED_WIDTH = 200


def rows(entries: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Prints a JSON array, or a table with every column that any entry has."""
    if as_json:
        _print_json(entries)
        return
    if not entries:
        note("Nothing yet.")
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    columns = list(dict.fromkeys(column for entry in entries for column in entry))
    for column in columns:
        right = all(isinstance(entry.get(column), int | Decimal) for entry in entries)
        table.add_column(column.replace("_", " "), justify="right" if right else "left")
    for entry in entries:
        table.add_row(*(Text(_cell(entry.get(column))) for column in columns))
    _print_table(table)


def record(entry: Mapping[str, Any], *, as_json: bool) -> None:
    """Prints one entry: a JSON object, or a line per field."""
    if as_json:
        _print_json(entry)
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    for field, value in entry.items():
        table.add_row(Text(field.replace("_", " "), style="dim"), Text(_cell(value)))
    _print_table(table)


def note(sentence: str) -> None:
    """Prints a remark where it does not disturb what a program reads."""
    print(sentence, file=sys.stderr)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Says on stderr which step is under way; each finished step leaves a line with its seconds.

    Yields the function that begins the next step.
    """
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    begun: list[tuple[str, float]] = []

    def finish(mark: str) -> None:
        if begun:
            step, start = begun.pop()
            console.print(f"{mark} {step} [dim]{time.monotonic() - start:.1f} s[/]")

    with console.status(f"{what} …") as status:

        def say(step: str) -> None:
            finish("[green]✓[/]")
            status.update(f"{step} …")
            begun.append((step, time.monotonic()))

        try:
            yield say
        except BaseException:
            finish("[red]✗[/]")
            raise
        finish("[green]✓[/]")


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for work that knows how much of it there is; nothing where nobody watches.

    what: the things that are counted. Yields the function that hears how many are done, and of
    how many.
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    """Numbers stay exact and moments unambiguous: as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M}"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return str(value)


def _print_table(table: object) -> None:
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    console.print(table)
