"""What the words of a message can be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_adapter.grammar.numbers import NumberWord


class Kind(StrEnum):
    """What a word or phrase does in a message. All but the first block are sections of `words`."""

    __hash__ = (
        str.__hash__
    )  # an Enum's own is slow, and the kind of a piece is looked up all the time

    CONTENT = auto()
    NUMBER = auto()
    MONEY = auto()
    SIZE = auto()
    PACK = auto()
    VERB = auto()
    REASON = auto()
    LINE = auto()
    STOP = auto()
    ASK = auto()
    LINK = auto()
    COMMA = auto()

    AGREES = auto()
    AND = auto()
    ARTICLE = auto()
    ASIDE = auto()
    AT = auto()
    BREAK = auto()
    BY = auto()
    CHOOSE = auto()
    COPULA = auto()
    CORRECT = auto()
    CREDIT = auto()
    CURRENCY = auto()
    DATE = auto()
    DAYS_AGO = auto()
    EACH = auto()
    FILLER = auto()
    FINISHED = auto()
    FOR = auto()
    FROM = auto()
    FUTURE = auto()
    GREETING = auto()
    HEDGE = auto()
    HOLDS = auto()
    INTENT = auto()
    LANGUAGE = auto()
    LAST = auto()
    LEFT = auto()
    LINKER = auto()
    LOOSE = auto()
    NO = auto()
    NOT = auto()
    OF = auto()
    OPTION = auto()
    ORDINAL = auto()
    PARTY = auto()
    PLACE = auto()
    QUERY = auto()
    SELF = auto()
    SLANG_MONEY = auto()
    SORRY = auto()
    THEY = auto()
    TIMES = auto()
    TO = auto()
    TOPIC = auto()
    TOTAL = auto()
    UNDO = auto()
    UNIT = auto()
    WAS = auto()
    WITH = auto()
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """An entry. `exact` verbs have a twin of the opposite direction: no typo may be read as one.

    `given` says of a verb that whom it was done for may stand behind it, without a preposition.
    """

    kind: Kind
    value: str = ""
    reading: str = ""
    person: str = ""
    exact: bool = False
    given: bool = False
    number: NumberWord | None = None
    follows_noun: bool = False
