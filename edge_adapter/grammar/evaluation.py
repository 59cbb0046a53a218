"""How well the grammar reads: sentences with what they should say, scored per language.

A corpus file is TOML: `language`, then tables of sentence = reading. A reading is actions joined
by " ; ", each its name followed by `field=value` pairs, or `ask` for a sentence that must not be
booked as it stands.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

from edge_adapter.grammar import parse
from edge_adapter.grammar.lexicon import LANGUAGES
from edge_adapter.guard import WRITES, guard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from edge_adapter.interpretation import Interpretation

_PAIR = re.compile(r" (\w+)=")
_ASK = "ask"
_OPPOSITE = {
    "sell": {"receive", "return_in"},
    "receive": {"sell", "return_out"},
    "return_in": {"return_out", "sell"},
    "return_out": {"return_in", "receive"},
}


class Sentence(NamedTuple):
    """`actions` is None where the only right thing is to ask."""

    language: str
    text: str
    actions: tuple[dict[str, str], ...] | None


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
    """Every sentence of a folder's corpus files, one file per language."""
    sentences = []
    for language in LANGUAGES:
        corpus = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
        corpus.pop("language")
        for table in corpus.values():
            for text, reading in table.items():
                sentences.append(Sentence(language, text, _actions(reading)))
    return sentences


def score(sentences: Iterable[Sentence]) -> dict[str, Score]:
    """Read every sentence and judge it, per language."""
    judged: dict[str, list[tuple[str, Miss | None]]] = {}
    for sentence in sentences:
        judged.setdefault(sentence.language, []).append(_judge(sentence))
    return {language: _sum(judgements) for language, judgements in judged.items()}


def _actions(reading: str) -> tuple[dict[str, str], ...] | None:
    if reading == _ASK:
        return None
    actions = []
    for part in reading.split(" ; "):
        name, *rest = _PAIR.split(part)
        actions.append({"action": name, **dict(zip(rest[::2], rest[1::2], strict=True))})
    return tuple(actions)


def _judge(sentence: Sentence) -> tuple[str, Miss | None]:
    got = parse(sentence.text)
    verdict = guard(sentence.text, got, origin="grammar")
    said = [action.model_dump(exclude_none=True) for action in got.actions]
    names = {action["action"] for action in said}
    books = verdict.outcome == "ok" and "unknown" not in names and names & WRITES
    if sentence.actions is None:
        judged = "wrong" if books else "exact"
    elif _same(said, sentence.actions) and verdict.outcome == "ok":
        judged = "exact"
    elif books or any(action["action"] not in (*WRITES, "unknown") for action in said):
        judged = "wrong_direction" if _turned(said, sentence.actions) else "wrong"
    else:
        judged = "asked"
    if judged == "exact":
        return judged, None
    return judged, Miss(sentence, judged, got, " ".join(verdict))


def _same(said: list[dict[str, str]], expected: tuple[dict[str, str], ...]) -> bool:
    return len(said) == len(expected) and all(
        one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
        for one, other in zip(said, expected, strict=True)
    )


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
