"""Sentences said in a shop, each as if it were the first, and what the shop made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import psycopg

from cli.errors import CommandError
from cli.evaluation.catalogue import Catalogue
from cli.evaluation.effects import (
    DIRECTION,
    Answer,
    Change,
    Effects,
    Expectation,
    Line,
    expected,
    places,
)
from cli.evaluation.shop import Shop
from edge_adapter.grammar.evaluation import ANY_QUESTION, Sentence, dated, same

if TYPE_CHECKING:
    from cli.database import Connection
    from cli.evaluation.talk import Turn

# `asked`: nothing was done where something was due. `wrong`: something else was done or answered.
Judgement = Literal["exact", "asked", "wrong", "wrong_booking", "wrong_direction"]


@dataclass(frozen=True)
class Judged:
    """A sentence, what it had to come to and what it did, in words.

    unlisted: the product or pack that it names and the shop does not keep; None for none.
    """

    sentence: Sentence
    judgement: Judgement
    expected: str
    got: str
    unlisted: str | None = None


def judge(
    connection: Connection, shop: Catalogue, sentences: Iterable[Sentence]
) -> Iterator[Judged]:
    """Says every sentence in a shop of its own making; what it books is taken back by rollback.

    connection: as `postgres`, each statement committed by itself.
    """
    sentences = list(sentences)
    counter = Shop.open(connection, shop.rows, places(sentences))
    today = counter.today()
    opened = counter.operations()
    for sentence, expectation in _expectations(sentences, shop, today):
        try:
            with connection.transaction(force_rollback=True):
                yield _said(sentence, expectation, counter, list(opened))
        except psycopg.Error as error:
            words = str(error).splitlines()[0]
            yield Judged(sentence, "wrong", str(expectation.effects), f"failed: {words}")


def _expectations(
    sentences: Iterable[Sentence], shop: Catalogue, today: date
) -> list[tuple[Sentence, Expectation]]:
    """All of them before any is said; raises CommandError with every fault of the corpus."""
    found: list[tuple[Sentence, Expectation]] = []
    faults: list[str] = []
    for sentence in sentences:
        try:
            found.append((sentence, expected(dated(sentence, today), shop, today)))
        except CommandError as error:
            faults.append(str(error))
    if faults:
        raise CommandError(" ".join(dict.fromkeys(faults)))
    return found


def _said(sentence: Sentence, expectation: Expectation, shop: Shop, known: list[Any]) -> Judged:
    talk = shop.talks["owner"]
    if expectation.before is not None:
        talk.book(dict(expectation.before))
        known = shop.operations()
    turn = talk.say(sentence.text)
    told = turn.result
    effects = Effects(
        lines=tuple(shop.lines(besides=known)),
        changes=_changes(told),
        answers=_answers(told),
        question=turn.question,
    )
    wanted = expectation.effects
    if wanted is None:
        return Judged(
            sentence,
            _read(sentence, effects, turn),
            f"the reading {sentence.actions}",
            f"{(turn.form or {}).get('actions')} → {_words(effects, turn)}",
            expectation.unlisted,
        )
    return Judged(sentence, _judgement(wanted, effects, turn), str(wanted), _words(effects, turn))


def _read(sentence: Sentence, got: Effects, turn: Turn) -> Judgement:
    """Of a sentence that books nothing as it stands: was it at least read as written?"""
    if got.writes:
        return "wrong_booking"
    if _reads(turn, sentence):
        return "exact"
    return "asked" if turn.result.get("outcome") == "not_understood" else "wrong"


def _judgement(wanted: Effects, got: Effects, turn: Turn) -> Judgement:
    booked_right = (
        Counter(wanted.lines) == Counter(got.lines)
        and Counter(wanted.changes) == Counter(got.changes)
    )  # fmt: skip
    if got.writes and not booked_right:
        return "wrong_direction" if _turned(wanted.lines, got.lines) else "wrong_booking"
    if wanted.question is not None:
        return "exact" if wanted.question in (ANY_QUESTION, got.question) else "wrong"
    if booked_right and _answered(wanted.answers, turn.result.get("answers") or ()):
        return "exact"
    return "wrong" if got.answers else "asked"


def _turned(wanted: tuple[Line, ...], got: tuple[Line, ...]) -> bool:
    """Whether goods came in that should have gone out, or the other way round."""
    due = {(line.product, line.quantity > 0) for line in wanted if line.kind in DIRECTION}
    return any(
        (line.product, line.quantity < 0) in due and (line.product, line.quantity > 0) not in due
        for line in got
        if line.kind in DIRECTION
    )


def _answered(wanted: tuple[Answer, ...], told: Iterable[Mapping[str, Any]]) -> bool:
    told = list(told)
    return len(wanted) == len(told) and all(map(_fits, wanted, told))


def _fits(wanted: Answer, told: Mapping[str, Any]) -> bool:
    if "near" in told or (wanted.action, wanted.when) != (told["action"], told["when"]):
        return False
    if wanted.product is None:
        return told["said"] is None
    shown = {row["product"] for row in told["rows"] if "product" in row}
    return not shown or wanted.product in shown


def _reads(turn: Turn, sentence: Sentence) -> bool:
    """Whether the form says what the sentence does; what the adapter adds aside."""
    said = [
        {field: value for field, value in action.items() if field not in ("gloss", "to_gloss")}
        for action in (turn.form or {}).get("actions", ())
    ]
    return same(said, sentence.actions or ())


def _changes(result: Mapping[str, Any]) -> tuple[Change, ...]:
    holds = {"set_reorder_level": "reorder_level", "set_pack": "quantity"}
    return tuple(
        Change(
            one["action"],
            one["product"].casefold(),
            None if (value := one[holds.get(one["action"], "price")]) is None else Decimal(value),
            one["unit"] if one["action"] == "set_pack" else None,
        )
        for one in result.get("changes") or ()
    )


def _answers(result: Mapping[str, Any]) -> tuple[Answer, ...]:
    return tuple(
        Answer(one["action"], one.get("when", "today"), one["said"])
        for one in result.get("answers") or ()
    )


def _words(effects: Effects, turn: Turn) -> str:
    """What a message did, and where it did nothing, why."""
    if effects != Effects():
        return str(effects)
    return " ".join(filter(None, (turn.result.get("outcome"), turn.result.get("code"))))
