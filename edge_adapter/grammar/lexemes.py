"""What the words of a message can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from edge_adapter.grammar.numbers import NumberWord


class Kind(str):
    """What a word or phrase does in a message. All but the first block are sections of `words`.

    Each is the only one of its name, so `is` compares them. They are no Enum since Python 3.11
    looks up an Enum's members slowly: that took a tenth of the time to read a message.
    """

    __slots__ = ()

    CONTENT: ClassVar[Kind]
    NUMBER: ClassVar[Kind]
    MONEY: ClassVar[Kind]
    SIZE: ClassVar[Kind]
    MARK: ClassVar[Kind]
    PACK: ClassVar[Kind]
    VERB: ClassVar[Kind]
    REASON: ClassVar[Kind]
    LINE: ClassVar[Kind]
    STOP: ClassVar[Kind]
    ASK: ClassVar[Kind]
    LINK: ClassVar[Kind]
    COMMA: ClassVar[Kind]

    AGREES: ClassVar[Kind]
    AND: ClassVar[Kind]
    ARTICLE: ClassVar[Kind]
    ASIDE: ClassVar[Kind]
    AT: ClassVar[Kind]
    BREAK: ClassVar[Kind]
    BY: ClassVar[Kind]
    CHOOSE: ClassVar[Kind]
    COPULA: ClassVar[Kind]
    CORRECT: ClassVar[Kind]
    CREDIT: ClassVar[Kind]
    CURRENCY: ClassVar[Kind]
    DATE: ClassVar[Kind]
    DAYS_AGO: ClassVar[Kind]
    EACH: ClassVar[Kind]
    FILLER: ClassVar[Kind]
    FINISHED: ClassVar[Kind]
    FOR: ClassVar[Kind]
    FROM: ClassVar[Kind]
    FUTURE: ClassVar[Kind]
    GREETING: ClassVar[Kind]
    HEDGE: ClassVar[Kind]
    HOLDS: ClassVar[Kind]
    INTENT: ClassVar[Kind]
    LANGUAGE: ClassVar[Kind]
    LAST: ClassVar[Kind]
    LEFT: ClassVar[Kind]
    LINKER: ClassVar[Kind]
    LOOSE: ClassVar[Kind]
    NO: ClassVar[Kind]
    NOT: ClassVar[Kind]
    OF: ClassVar[Kind]
    OPTION: ClassVar[Kind]
    ORDINAL: ClassVar[Kind]
    PARTY: ClassVar[Kind]
    PLACE: ClassVar[Kind]
    QUERY: ClassVar[Kind]
    SELF: ClassVar[Kind]
    SLANG_MONEY: ClassVar[Kind]
    SORRY: ClassVar[Kind]
    THEY: ClassVar[Kind]
    TIMES: ClassVar[Kind]
    TO: ClassVar[Kind]
    TOPIC: ClassVar[Kind]
    TOTAL: ClassVar[Kind]
    UNDO: ClassVar[Kind]
    UNIT: ClassVar[Kind]
    WAS: ClassVar[Kind]
    WITH: ClassVar[Kind]
    WRONG: ClassVar[Kind]


KINDS = {name.lower(): Kind(name.lower()) for name in Kind.__annotations__}
for _kind in KINDS.values():
    setattr(Kind, _kind.upper(), _kind)


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
