"""How well the grammar reads: sentences with what they should say, scored per language.

A corpus file is TOML: `language`, then tables of sentence = reading. A reading is actions joined
by " ; ", each its name followed by `field=value` pairs, or `ask` for a sentence that must not be
booked as it stands. A day may be told from the day it is said: `when=3 days ago`, `when=the 20th`,
`when=last friday`. A reading that ends in " ?" or " ? kind" is right, and yet the shop must ask
back before it books: any question, or one of that kind.

A corpus folder holds `<language>.toml` and, of sentences written after the grammar,
`held_out/<language>.toml`.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from edge_adapter.grammar import parse
from edge_adapter.grammar.lexicon import LANGUAGES
from edge_adapter.guard import WRITES, guard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from edge_adapter.interpretation import Interpretation

ANY_QUESTION = ""
_HELD_OUT = "held_out"
_PAIR = re.compile(r" (\w+)=")
_QUESTION = re.compile(r" \?(?: (\w+))?$")
_ASK = "ask"
_MEASURES = ("kg", "g", "l", "ml")
_SAID_ON = date(2026, 11, 27)  # a Friday
_OPPOSITE = {
    "sell": {"receive", "return_in"},
    "receive": {"sell", "return_out"},
    "return_in": {"return_out", "sell"},
    "return_out": {"return_in", "receive"},
}


class Sentence(NamedTuple):
    """`actions` is None where nothing may be booked. `question`: what a shop asks back first, a
    kind or ANY_QUESTION; None where it needs not ask.
    """

    language: str
    text: str
    actions: tuple[dict[str, str], ...] | None
    question: str | None = None


class Miss(NamedTuple):
    """A sentence that was not read exactly, and how it was judged."""

    sentence: Sentence
    judged: str
    got: Interpretation
    verdict: str


class Score(NamedTuple):
    """Counts of sentences.

    `asked`: a question that was not needed; `wrong`: booked or answered something else;
    `wrong_direction`: of those, goods booked in instead of out or out instead of in.
    """

    sentences: int
    exact: int
    asked: int
    wrong: int
    wrong_direction: int
    misses: tuple[Miss, ...]


def load(folder: Path) -> list[Sentence]:
    """Every sentence of a corpus folder, by language."""
    return [
        sentence
        for language in LANGUAGES
        for place in (folder, folder / _HELD_OUT)
        for sentence in _read(place / f"{language}.toml")
    ]


def dated(sentence: Sentence, today: date) -> Sentence:
    """A sentence whose days are what a form may say, said today."""
    if sentence.actions is None:
        return sentence
    actions = tuple(
        {**action, "when": _counted(action["when"], today)} if "when" in action else action
        for action in sentence.actions
    )
    return sentence._replace(actions=actions)


def _counted(when: str, today: date) -> str:
    for days in range(1, 366):
        day = today - timedelta(days)
        if when in (f"{days} days ago", f"the {day.day}th", f"last {day:%A}".lower()):
            return day.isoformat()
    return when


def _dated(actions: Iterable[dict[str, str]]) -> tuple[dict[str, str], ...]:
    """Actions whose days and weekdays are dates, as they were on the day they are judged."""
    week = {
        f"{day:%A}".lower(): day.isoformat()
        for day in (_SAID_ON - timedelta(days) for days in range(7))
    }
    return tuple(
        {**action, "when": week.get(when) or _counted(when, _SAID_ON)}
        if (when := action.get("when"))
        else action
        for action in actions
    )


def score(sentences: Iterable[Sentence]) -> dict[str, Score]:
    """Read every sentence and judge it, per language."""
    judged: dict[str, list[tuple[str, Miss | None]]] = {}
    for sentence in sentences:
        judged.setdefault(sentence.language, []).append(_judge(sentence))
    return {language: _sum(judgements) for language, judgements in judged.items()}


def _read(file: Path) -> Iterator[Sentence]:
    if not file.exists():
        return
    corpus = tomllib.loads(file.read_text("utf-8"))
    language = corpus.pop("language")
    for table in corpus.values():
        for text, reading in table.items():
            asked = _QUESTION.search(reading)
            yield Sentence(
                language,
                text,
                _actions(_QUESTION.sub("", reading)),
                (asked[1] or ANY_QUESTION) if asked else None,
            )


def _actions(reading: str) -> tuple[dict[str, str], ...] | None:
    if reading == _ASK:
        return None
    actions = []
    for part in reading.split(" ; "):
        name, *rest = _PAIR.split(part)
        actions.append({"action": name, **dict(zip(rest[::2], rest[1::2], strict=True))})
    return tuple(actions)


def _judge(sentence: Sentence) -> tuple[str, Miss | None]:
    got = parse(sentence.text, today=_SAID_ON)
    verdict = guard(sentence.text, got, origin="grammar")
    said = [action.model_dump(exclude_none=True) for action in got.actions]
    names = {action["action"] for action in said}
    books = verdict.outcome == "ok" and "unknown" not in names and names & WRITES
    if sentence.actions is None:
        judged = "wrong" if books else "exact"
    elif same(_dated(said), _dated(sentence.actions)) and verdict.outcome == "ok":
        judged = "exact"
    elif books or any(action["action"] not in (*WRITES, "unknown") for action in said):
        judged = "wrong_direction" if _turned(said, sentence.actions) else "wrong"
    else:
        judged = "asked"
    if judged == "exact":
        return judged, None
    return judged, Miss(sentence, judged, got, " ".join(verdict))


def same(said: Sequence[dict[str, str]], expected: tuple[dict[str, str], ...]) -> bool:
    """Whether two readings say the same, numbers by value and words whatever their case.

    "Sugar 2kg" may be two kilograms or a bag called so: which, only the shop knows.
    """
    return len(said) == len(expected) and all(
        one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
        for one, other in zip(said, map(_named_by_size, expected, said), strict=True)
    )


def _named_by_size(expected: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """An expected amount of goods as the size in their name, where the reading has it there."""
    if "quantity" in said or expected.get("unit") not in _MEASURES or "product" not in expected:
        return expected
    size = f"{expected.get('quantity', '')}{expected['unit']}"
    named = {**expected, "product": f"{expected['product']} {size}"}
    return {key: value for key, value in named.items() if key not in ("quantity", "unit")}


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return one.lower() == other.lower()


def _turned(said: list[dict[str, str]], expected: tuple[dict[str, str], ...]) -> bool:
    right = {action["action"] for action in expected}
    return any(
        action["action"] not in right and _OPPOSITE.get(action["action"], set()) & right
        for action in said
    )


def _sum(judgements: list[tuple[str, Miss | None]]) -> Score:
    names = [name for name, _ in judgements]
    turned = names.count("wrong_direction")
    return Score(
        sentences=len(names),
        exact=names.count("exact"),
        asked=names.count("asked"),
        wrong=names.count("wrong") + turned,
        wrong_direction=turned,
        misses=tuple(miss for _, miss in judgements if miss),
    )
