"""How figures are shown: a table for people, and the page docs/figures.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from cli.bench.figure import Figure

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(rounds: Sequence[Decimal]) -> str:
    """One bar per run, the highest full, so that an unsteady machine shows."""
    most = max(rounds, default=Decimal(0))
    if not most:
        return ""
    return "".join(_BARS[min(7, int(value / most * 8))] for value in rounds)


def print_table(figures: Sequence[Figure]) -> None:
    """The table on stdout."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("figure", "value", "unit", "baseline", "ratio", "runs", "goal", ""):
        table.add_column(heading, justify="right" if heading in _NUMBERS else "left")
    for figure in figures:
        style = {True: "green", False: "red", None: ""}[figure.met]
        table.add_row(*_cells(figure), style=style)
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)


def page(figures: Sequence[Figure], server: str) -> str:
    """docs/figures.md."""
    lines = [
        "# Figures",
        "",
        f"Printed by `backroom bench --markdown` on {datetime.now(UTC):%Y-%m-%d}, {server}.",
        "A ratio is the value divided by the baseline, the median of alternating runs on one",
        "server under the same settings. Bars show the runs; `docs/scale.md` says what they mean.",
        "",
        "| figure | value | unit | baseline | ratio | runs | goal | met |",
        "|---|--:|---|--:|--:|---|---|---|",
        *(f"| {' | '.join(_cells(figure))} |" for figure in figures),
    ]
    return "\n".join(lines) + "\n"


_NUMBERS = ("value", "baseline", "ratio")


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name.replace("_", " "),
        _number(figure.value),
        figure.unit,
        _number(figure.baseline),
        _number(figure.ratio),
        sparkline(figure.rounds),
        figure.goal,
        {True: "yes", False: "no", None: ""}[figure.met],
    )


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,f}"
