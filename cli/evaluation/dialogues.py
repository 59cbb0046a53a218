"""Talks of several turns: as they are written, and how they went in a shop of their own.

`dialogues/<language>.toml`: `language`, then a table per talk, named by what it shows, whose
`turns` are steps; see `Step`. `dialogues/shop.csv` holds the products of every talk's shop.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from cli.errors import CommandError
from cli.evaluation.shop import Shop
from edge_adapter.grammar.lexicon import LANGUAGES

if TYPE_CHECKING:
    from cli.database import Connection
    from cli.evaluation.effects import Line
    from cli.evaluation.talk import Turn
    from cli.product_file import ProductRow

FOLDER = "dialogues"

_LINE = re.compile(r"(\w+) ([+-]\d+(?:\.\d+)?) (.+?)(?: for R(-?\d+(?:\.\d+)?))?")


class Booked(BaseModel):
    """A line as it is written: `sell -3 Coca-Cola 2L`, and ` for R75` where money is told too."""

    model_config = ConfigDict(frozen=True)

    kind: str
    quantity: Decimal
    product: str
    amount: Decimal | None

    @classmethod
    def read(cls, written: object) -> object:
        """The written form taken apart; raises ValueError for one that is none."""
        found = _LINE.fullmatch(str(written))
        if found is None:
            raise ValueError(f"{written!r} is not like `sell -3 Coca-Cola 2L for R75`")
        return dict(zip(("kind", "quantity", "product", "amount"), found.groups(), strict=True))

    def fits(self, line: Line) -> bool:
        """Whether the ledger's line is this one; money counts where it was written."""
        return (self.kind, self.quantity, self.product) == (
            line.kind,
            line.quantity,
            line.product,
        ) and self.amount in (None, line.amount)

    def __str__(self) -> str:
        amount = "" if self.amount is None else f" for R{self.amount}"
        return f"{self.kind} {self.quantity:+f} {self.product}{amount}"


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


_Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Step(BaseModel):
    """One message and what must come of it; what is left out of the latter is not looked at.

    say or tap: typed words, or the place or title of an option of the reply before (or of the reply
    to turn `reply_to`). by: who writes. reply_to: the turn whose answer is quoted. after: how long
    after the turn before ("2 days").

    books: the lines written, none if left out. question: the kind of what is asked back, none if
    left out. options: the titles offered. outcome, code: as `say --json` tells them. reply: words
    that the reply holds. without: words that it must not hold. language: of the reply. on_hand:
    balances afterwards.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str | None = None
    tap: int | str | None = None
    by: Literal["owner", "manager", "clerk", "viewer"] = "owner"
    reply_to: int | None = Field(default=None, ge=1)
    after: str | None = None

    books: Annotated[
        tuple[Annotated[Booked, BeforeValidator(Booked.read)], ...], BeforeValidator(_listed)
    ] = ()
    question: str | None = None
    options: tuple[str, ...] | None = None
    outcome: str | None = None
    code: str | None = None
    reply: _Words = ()
    without: _Words = ()
    language: str | None = None
    on_hand: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _one_message(self) -> Self:
        if (self.say is None) == (self.tap is None):
            raise ValueError("a turn either says or taps")
        return self


@dataclass(frozen=True)
class Dialogue:
    """A talk as it is written."""

    language: str
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Talked:
    """How a talk went. fault: where it first left what is written; None when it never did."""

    dialogue: Dialogue
    fault: str | None


class _Talk(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    turns: tuple[Step, ...] = Field(min_length=1)


def load(folder: Path) -> list[Dialogue]:
    """Every talk of a corpus folder, by language; raises CommandError for one that is misspelt."""
    dialogues = []
    for language in LANGUAGES:
        file = folder / FOLDER / f"{language}.toml"
        if not file.exists():
            continue
        written = tomllib.loads(file.read_text("utf-8"))
        written.pop("language")
        for name, talk in written.items():
            try:
                steps = _Talk.model_validate(talk).turns
            except ValidationError as error:
                fault = error.errors(include_url=False)[0]
                where = ".".join(map(str, fault["loc"]))
                raise CommandError(f"{file}, {name!r}, {where}: {fault['msg']}.") from None
            dialogues.append(Dialogue(language, name, steps))
    return dialogues


def hold(
    connection: Connection, products: Mapping[int, ProductRow], dialogues: Iterable[Dialogue]
) -> Iterator[Talked]:
    """Holds every talk, each in a shop of its own. connection: as `postgres`, autocommit."""
    for dialogue in dialogues:
        yield Talked(dialogue, _fault(Shop.open(connection, products), dialogue))


def _fault(shop: Shop, dialogue: Dialogue) -> str | None:
    turns: list[Turn] = []
    for place, step in enumerate(dialogue.steps, 1):
        said = f"turn {place}, {step.say if step.say is not None else f'tap {step.tap}'!r}"
        known = shop.operations()
        if step.after is not None:
            shop.let_questions_age(step.after)
        quoted = None if step.reply_to is None else turns[step.reply_to - 1]
        talk = shop.talks[step.by]
        if step.say is not None:
            turn = talk.say(step.say, reply_to=None if quoted is None else quoted.wamid)
        else:
            asked = quoted or turns[-1]
            button = _option(asked, step.tap)
            if button is None:
                titles = [option.title for option in asked.reply.options]
                return f"{said}: there are only {titles}"
            turn = talk.tap(button, reply_to=asked.wamid)
        turns.append(turn)
        faults = [*_faults(step, turn, shop.lines(besides=known)), *_balances(step, shop)]
        if faults:
            return f"{said}: {'; '.join(faults)} (reply: {turn.reply.text!r})"
    return None


def _option(turn: Turn, wanted: int | str | None) -> str | None:
    """The id of an option by its place or its title."""
    for place, option in enumerate(turn.reply.options, 1):
        if wanted in (place, option.title):
            return option.id
    return None


def _faults(step: Step, turn: Turn, lines: list[Line]) -> Iterator[str]:
    waiting = list(lines)
    for booked in step.books:
        fitting = next((line for line in waiting if booked.fits(line)), None)
        if fitting is None:
            yield f"expected {booked}, got {_words(lines)}"
        else:
            waiting.remove(fitting)
    if waiting:
        yield f"expected no more than {_words(step.books)}, got {_words(lines)}"
    told: dict[str, Any] = {
        "question": turn.question,
        "outcome": turn.result.get("outcome"),
        "code": turn.result.get("code"),
        "language": turn.language,
        "options": tuple(option.title for option in turn.reply.options),
    }
    for field, got in told.items():
        wanted = getattr(step, field)
        if got != wanted and (wanted is not None or field == "question"):
            yield f"expected {field} {wanted!r}, got {got!r}"
    text = " ".join(turn.reply.text.split())
    if not text:
        yield "there is no reply"
    yield from (f"the reply lacks {words!r}" for words in step.reply if words not in text)
    yield from (f"the reply holds {words!r}" for words in step.without if words in text)


def _balances(step: Step, shop: Shop) -> Iterator[str]:
    for product, wanted in step.on_hand.items():
        got = shop.on_hand(product)
        if got != wanted:
            yield f"expected {wanted} {product} on hand, got {got}"


def _words(lines: tuple[Booked, ...] | list[Line]) -> str:
    return ", ".join(map(str, lines)) or "nothing"
