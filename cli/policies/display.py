"""The matrix as people read it: objects down, attackers across, a symbol per verb."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli.policies.arena import Result
from cli.policies.attacks import BARRED, DENIED, HIDDEN, READ_ONLY, VERBS
from cli.policies.campaign import Report
from cli.policies.matrix import Matrix

_ALLOWED, _HIDDEN, _DENIED, _FAILED = "●", "○", "·", "✗"
_STYLES = {_ALLOWED: "green", _HIDDEN: "cyan", _DENIED: "dim", _FAILED: "bold red"}
_PIPED_WIDTH = 120
_ORDER = (_DENIED, _HIDDEN, _ALLOWED, _FAILED)


def show(report: Report, matrix: Matrix) -> None:
    """Prints the tables, then every failure in a sentence, then the sums."""
    console = Console()
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    plain = [result for result in report.results if not result.attack.before or result.failed]
    columns = list(dict.fromkeys(actor.column for actor in matrix.actors.values()))
    console.print(
        Group(
            _grid("tables and views: select insert update delete truncate", plain, matrix, columns),
            _grid("functions: execute", plain, matrix, columns, verbs=("execute",)),
            _legend(),
        )
    )
    for failure in report.failures:
        console.print(Text(f"{_FAILED} {failure}", style="red"), soft_wrap=True)
    for survivor in report.survivors:
        console.print(Text(f"{_FAILED} survived: {survivor}", style="red"), soft_wrap=True)
    for survivor in report.explained:
        console.print(Text(f"explained: {survivor}", style="yellow"), soft_wrap=True)
    console.print(summary(report), soft_wrap=True)


def summary(report: Report) -> str:
    """The sums in one line."""
    text = f"{len(report.results)} attacks, {len(report.failures)} failed."
    if report.mutants:
        share = 100 * (report.killed + len(report.explained)) / report.mutants
        text += f" {report.mutants} mutants, {report.killed} killed ({share:.1f} % accounted for)."
    return text


def _grid(
    title: str,
    results: Sequence[Result],
    matrix: Matrix,
    columns: Sequence[str],
    verbs: Sequence[str] = VERBS,
) -> RenderableType:
    cells: dict[tuple[str, str, str], str] = {}
    for result in results:
        attack = result.attack
        actor = matrix.actors.get(attack.actor)
        if attack.verb not in verbs or actor is None:
            continue
        place = (attack.target, actor.column, attack.verb)
        cells[place] = max(cells.get(place, _DENIED), _symbol(result), key=_ORDER.index)
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), title=title, title_justify="left"
    )
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="center")
    for target in dict.fromkeys(target for target, _, _ in cells):
        row = [
            Text.assemble(
                *(
                    (symbol, _STYLES[symbol])
                    for verb in verbs
                    if (symbol := cells.get((target, column, verb)))
                )
            )
            for column in columns
        ]
        # A function that nobody may call says nothing beyond its name.
        if verbs == VERBS or any(set(cell.plain) - {_DENIED} for cell in row):
            table.add_row(target.removeprefix("public."), *row)
    return table


def _symbol(result: Result) -> str:
    if result.failed:
        return _FAILED
    if result.outcome in (DENIED, READ_ONLY):
        return _DENIED
    if result.outcome in (BARRED, HIDDEN, "answers null") or result.outcome.startswith("refused"):
        return _HIDDEN
    return _ALLOWED


def _legend() -> Text:
    meaning = {
        _ALLOWED: "own rows only",
        _HIDDEN: "no row, or refused with a word",
        _DENIED: "no privilege",
        _FAILED: "not as expected",
    }
    return Text("   ").join(
        Text.assemble((symbol, _STYLES[symbol]), f" {words}") for symbol, words in meaning.items()
    )
