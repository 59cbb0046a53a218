"""The last look before a reading may book: does the message really say this, and only this?

The same reader of numbers and words serves whoever parsed. Every number of the interpretation must
stand in the text and every number of the text must be used once; no word may be left over; what was
denied, planned or asked is never booked. A model's reading books at once only where the text holds
an exact verb of the same direction.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from edge_adapter.grammar import MOST_CHARACTERS
from edge_adapter.grammar.deeds import OPEN, blocked_by, deed_of, deliverer_of
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.reading import Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Set

    from edge_adapter.grammar.pieces import Piece
    from edge_adapter.interpretation import Action, Interpretation

Origin = Literal["grammar", "model"]


class Verdict(NamedTuple):
    """`ok`: hand on as it is. `confirm`: only as a draft that the sender confirms. `reject`: not at
    all, treat the message as not understood. `reason` is empty for `ok`, else one of

    confirm: not_done unsure correction finished doubtful_number size_or_quantity price_of_which
    counted_twice word_left_over word_not_in_text negated intended partly_understood no_exact_verb
    reject: too_long number_not_in_text number_left_over unreadable_number negated intended question
    direction_conflict no_exact_word
    """

    outcome: Literal["ok", "confirm", "reject"]
    reason: str = ""


STOCK = frozenset(("sell", "receive", "count", "write_off", "return_in", "return_out", "transfer"))
CATALOGUE = frozenset(("add_product", "set_price", "set_reorder_level", "set_pack"))
WRITES = STOCK | CATALOGUE | {"correct"}

_OK = Verdict("ok")
_OPPOSITES = {
    "sell": {"receive", "return_in"},
    "receive": {"sell", "return_out", "write_off"},
    "return_in": {"return_out", "sell"},
    "return_out": {"return_in", "receive"},
}
_FIGURES = frozenset((Kind.NUMBER, Kind.MONEY, Kind.SIZE, Kind.PACK))
_PARTIES = frozenset((Kind.TO, Kind.FROM, Kind.BY))
_PARTY_WORDS = frozenset(
    (Kind.FILLER, Kind.ARTICLE, Kind.PARTY, Kind.THEY, Kind.SELF, Kind.OF, Kind.PLACE)
)
_MONEY = frozenset(("rand", ""))
_DOZEN = 12
# Marks that show what follows in another order than it was typed in: "03" is seen as "30".
_REORDERED = re.compile("[\u202d\u202e]")


def guard(text: str, interpretation: Interpretation, *, origin: Origin) -> Verdict:
    """Judge an interpretation of a text. Pure: the same arguments get the same verdict."""
    if len(text) > MOST_CHARACTERS:
        return Verdict("reject", "too_long")
    actions = interpretation.actions
    names: set[str] = {action.action for action in actions}
    reading = read(text)
    if origin == "model" and not _is_said(names, reading):
        return Verdict("reject", "no_exact_word")
    if not names & WRITES:
        return _OK
    if _REORDERED.search(text):
        return Verdict("confirm", "unsure")
    claims = _Claims(reading, actions, interpretation.document_total)
    return (
        claims.numbers()
        or claims.standing(origin)
        or claims.direction(origin)
        or claims.words()
        or _doubts(reading, actions, origin)
        or _OK
    )


def exact_deeds(text: str) -> frozenset[str]:
    """The stock actions that a text has an exact verb of."""
    deeds = map(deed_of, read(text[:MOST_CHARACTERS]).clauses)
    return frozenset(deed.action for deed in deeds if deed and deed.exact) & STOCK


def opposed(action: str, said: Set[str]) -> bool:
    """Whether words tell the other way, and not this one."""
    return action not in said and bool(said & _OPPOSITES.get(action, set()))


def _is_said(names: set[str], reading: Reading) -> bool:
    """A model may not answer a question for anybody, nor undo where the words don't say so."""
    undoes = any(action.action == "undo" for action in reading.interpretation.actions)
    return not names & {"confirm", "choose"} and (undoes or "undo" not in names)


class _Claims:
    """Matches what an interpretation claims with the pieces of the text, each used once."""

    def __init__(self, reading: Reading, actions: Sequence[Action], total: str | None) -> None:
        self.message = reading.message
        self.pieces = reading.message.pieces
        self.clauses = reading.clauses
        self.actions = [one for one in actions if one.action in WRITES or one.action == OPEN]
        self.total = total
        self.names: set[str] = {action.action for action in self.actions}
        self.named = {word for action in self.actions for word in _words(action)}
        others = (one for one in actions if one.action not in WRITES and one.action != OPEN)
        self.asked = {word for one in others for word in _words(one)}
        self.blocked = {
            piece: blocked
            for clause in self.clauses
            if (blocked := blocked_by(clause))
            for piece in clause.pieces
        }
        self.used: set[Piece] = set()

    def numbers(self) -> Verdict | None:
        """Every number said stands in the text, every number of the text is said once."""
        figures = [piece for piece in self.pieces if piece.kind in _FIGURES]
        if any(piece.number is None and piece.doubt != "date" for piece in figures):
            return Verdict("reject", "unreadable_number")
        claimed = [claim for action in self.actions for claim in _numbers(action)]
        if self.total is not None:
            claimed.append((self.total, _MONEY))
        for number, units in claimed:
            piece = self._find(number, units)
            if piece is None:
                return Verdict("reject", "number_not_in_text")
            self.used.add(piece)
        if any(piece not in self.used and not self._excused(piece) for piece in figures):
            return Verdict("reject", "number_left_over")
        return None

    def standing(self, origin: Origin) -> Verdict | None:
        """What is denied, planned or asked in the message may not be what is booked."""
        if "correct" in self.names:
            return None
        if origin == "model":
            for piece in self.used:
                if blocked := self.blocked.get(piece):
                    return Verdict("reject", blocked)
        reasons = set(self.blocked.values()) - {"question"}
        return Verdict("confirm", min(reasons)) if reasons else None

    def direction(self, origin: Origin) -> Verdict | None:
        """A model's direction must be the one that an exact verb of the message has."""
        if origin == "grammar":
            return None
        deeds = filter(None, map(deed_of, self.clauses))
        said = {deed.action for deed in deeds if deed.exact}
        corrects = any(piece.kind is Kind.CORRECT for piece in self.pieces)
        for action in self.actions:
            if action.action in said or (action.action == "correct" and corrects):
                continue
            if said & _OPPOSITES.get(action.action, set()) and OPEN not in said:
                return Verdict("reject", "direction_conflict")
            if action.action != OPEN:
                return Verdict("confirm", "no_exact_verb")
        return None

    def words(self) -> Verdict | None:
        """Every word of the message is said by the interpretation, and the other way round."""
        known = set(self.message.words)
        for piece in self.pieces:
            known.update(piece.word.split())
        if not self.named <= known:
            return Verdict("confirm", "word_not_in_text")
        excused = False
        aside = {piece for clause in self.clauses for piece in deliverer_of(clause)}
        aside |= {
            piece
            for clause in self.clauses
            if clause.asked
            for piece in clause.pieces
            if self.asked.issuperset(piece.word.split())
        }
        for piece in self.pieces:
            if piece in aside:
                continue
            if piece.kind in _PARTIES:
                excused = True
            elif piece.kind is not Kind.CONTENT:
                excused = excused and piece.kind in _PARTY_WORDS
            elif not excused and not self.named.issuperset(piece.word.split()):
                return Verdict("confirm", "word_left_over")
        return None

    def _find(self, number: str, units: frozenset[str]) -> Piece | None:
        """A piece that may be meant by the number: a price rather money, all else a plain one."""
        value = Decimal(number)
        found = None
        for place, piece in enumerate(self.pieces):
            if piece in self.used or piece.number is None or not _carries(piece, units):
                continue
            following = self.pieces[place + 1 : place + 2]
            dozens = bool(following) and following[0].value == "dozen"
            if piece.number == value or (dozens and piece.number * _DOZEN == value):
                if piece.kind is Kind.SIZE or piece.kind is (
                    Kind.MONEY if units is _MONEY else Kind.NUMBER
                ):
                    return piece
                found = found or piece
        return found

    def _excused(self, piece: Piece) -> bool:
        """Part of a name, of a pack's size, of what is not booked, or "one" said loosely."""
        if self.named.issuperset(piece.word.split()) or piece in self.blocked:
            return True
        if piece.weak or piece.word == "one" or piece.doubt == "date":
            return True
        if piece.kind is Kind.PACK:
            return any(action.unit == piece.unit for action in self.actions)
        if "set_pack" in self.names and piece.number == 1:
            return True
        before = self.pieces[: self.pieces.index(piece)]
        return "correct" in self.names and any(one.kind is Kind.NOT for one in before)


def _numbers(action: Action) -> Iterator[tuple[str, frozenset[str]]]:
    """The numbers of an action, each with the units its figure may carry in the text."""
    if action.quantity is not None:
        yield action.quantity, frozenset((action.unit or "",))
    for price in (action.unit_price, action.total_price, action.price):
        if price is not None:
            yield price, _MONEY


def _carries(piece: Piece, units: frozenset[str]) -> bool:
    """May the piece be a number of these units? "a" and "itreyi" may mean one, "finished" none."""
    if piece.kind is Kind.MONEY:
        return "rand" in units
    if piece.kind in (Kind.SIZE, Kind.PACK):
        return piece.unit in units
    return piece.kind in (Kind.NUMBER, Kind.ARTICLE, Kind.UNIT, Kind.FINISHED)


def _words(action: Action) -> Iterator[str]:
    fields = (
        action.product,
        action.to_product,
        action.name,
        action.location,
        action.to_location,
    )
    for text in fields:
        if text:
            yield from text.lower().split()


def _doubts(reading: Reading, actions: Sequence[Action], origin: Origin) -> Verdict | None:
    doubts = set(reading.doubts)
    if origin == "model":
        kinds = {piece.kind for piece in reading.message.pieces}
        doubts = {"unsure"} if Kind.HEDGE in kinds else set()
    if any(piece.doubt and piece.number is not None for piece in reading.message.pieces):
        doubts.add("doubtful_number")
    if doubts:
        return Verdict("confirm", min(doubts))
    if any(action.action == OPEN and not action.product for action in actions):
        return Verdict("confirm", "partly_understood")
    return None
