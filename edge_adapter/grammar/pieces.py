"""What a message is made of once its words are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set
    from decimal import Decimal

    from edge_adapter.grammar.lexemes import Kind, Lexeme
    from edge_adapter.interpretation import Language


@dataclass(slots=True, eq=False)
class Piece:
    """One word, phrase, number or mark.

    `number` is None for a number that has no single reading; `doubt` says why it should be asked
    about; `follows` marks a number that belongs to the noun before it; `counts` one that can only
    be a quantity ("3x"); `weak` one that need not be meant as a number ("a bread"). `word` is the
    text in small letters.
    """

    kind: Kind
    text: str
    start: int
    end: int
    lexeme: Lexeme | None = None
    number: Decimal | None = None
    unit: str = ""
    value: str = ""
    doubt: str = ""
    follows: bool = False
    counts: bool = False
    weak: bool = False
    word: str = field(init=False)

    def __post_init__(self) -> None:
        self.word = self.text.lower()


@dataclass(slots=True)
class Pieces:
    """A message cut up: its cleaned text, language, words (whole-message commands) and pieces.

    `kinds` are those of the pieces as they were cut; some change while a message is read.
    """

    text: str
    language: Language
    words: tuple[str, ...]
    pieces: list[Piece]
    kinds: Set[Kind]

    @property
    def counts_days(self) -> bool:
        """Does a day wait for a date to count from ("5 days ago"), or is it no date at all?"""
        return any(piece.doubt == "date" for piece in self.pieces)
