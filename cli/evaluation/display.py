"""A report as people read it: a language a line, then what did not go as written."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.evaluation.campaign import Report
from cli.evaluation.score import (
    LEAST_EXACT,
    MOST_ASKED,
    MOST_WRONG_BOOKING,
    NAMES,
    Score,
    percent,
)

_PIPED_WIDTH = 200


def fields(report: Report, *, misses: bool) -> dict[str, Any]:
    """The report as JSON shows it: per language its counts, with `misses` what went otherwise."""
    answer: dict[str, Any] = {}
    for language, one in report.scores.items():
        answer[language] = vars(one) | {"missed": list(one.missed(language))}
        if misses:
            answer[language]["misses"] = [
                {
                    "said": miss.sentence.text,
                    "judgement": miss.judgement,
                    "expected": miss.expected,
                    "got": miss.got,
                }
                for miss in report.misses
                if miss.sentence.language == language
            ] + [
                {"talk": talk.dialogue.name, "fault": talk.fault}
                for talk in report.faults
                if talk.dialogue.language == language
            ]
    return answer


def show(report: Report, *, misses: bool) -> None:
    """Prints the table of the languages, its targets below it, and with `misses` all of those."""
    console = Console()
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for heading in (
        "sentences",
        "exact",
        "asked",
        "wrong",
        "booked wrongly",
        "wrong direction",
        "not kept",
        "dialogues",
    ):
        table.add_column(heading, justify="right")
    table.add_column("targets")
    for language, one in report.scores.items():
        table.add_row(NAMES[language], *_cells(one), _verdict(one, language))
    console.print(table)
    console.print(_targets(report), style="dim", soft_wrap=True)
    if misses:
        for miss in report.misses:
            console.print(
                Text(
                    f"{miss.sentence.language} {miss.judgement}: {miss.sentence.text!r}\n"
                    f"    expected {miss.expected}\n"
                    f"    got      {miss.got}"
                ),
                soft_wrap=True,
            )
        for talk in report.faults:
            name = talk.dialogue
            console.print(Text(f"{name.language} {name.name!r}: {talk.fault}"), soft_wrap=True)


def _cells(one: Score) -> list[str]:
    return [
        str(one.sentences),
        percent(one.share(one.exact)),
        percent(one.share(one.asked)),
        str(one.wrong),
        str(one.wrong_booking),
        str(one.wrong_direction),
        str(one.unlisted),
        f"{one.dialogues_exact} of {one.dialogues}",
    ]


def _verdict(one: Score, language: str) -> Text:
    missed = list(one.missed(language))
    if missed:
        return Text(f"✗ {'; '.join(missed)}", style="red")
    return Text("✓ met", style="green")


def _targets(report: Report) -> str:
    exact = ", ".join(f"{NAMES[one]} {percent(LEAST_EXACT[one])}" for one in report.scores)
    return (
        f"Targets: exact at least {exact}; asked at most {percent(MOST_ASKED)}; booked wrongly at "
        f"most {percent(MOST_WRONG_BOOKING)}; wrong direction none; every dialogue as written."
    )
