"""The last look before a reading may book: does the message really say this, and only this?

The same reader of numbers and words serves whoever parsed. Every number of the interpretation must
stand in the text and every number of the text must be used once; no word may be left over; what was
denied, planned or asked is never booked. A model's reading books at once only where the text holds
an exact verb of the same direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from edge_adapter.grammar import MOST_CHARACTERS
from edge_adapter.grammar.clauses import clauses
from edge_adapter.grammar.deeds import OPEN, deed_of
from edge_adapter.grammar.lexicon import Kind
from edge_adapter.grammar.reading import Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Piece, Pieces
    from edge_adapter.interpretation import Action, Interpretation

Origin = Literal["grammar", "model"]


class Verdict(NamedTuple):
    """`ok`: hand on as it is. `confirm`: only as a draft that the sender confirms. `reject`: not at
    all, treat the message as not understood. `reason` is empty for `ok`, else one of

    confirm: not_done unsure correction finished doubtful_number size_or_quantity price_of_which
    word_left_over word_not_in_text negated intended partly_understood no_exact_verb
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
_DOZEN = 12


def guard(text: str, interpretation: Interpretation, *, origin: Origin) -> Verdict:
    """Judge an interpretation of a text. Pure: the same arguments get the same verdict."""
    if len(text) > MOST_CHARACTERS:
        return Verdict("reject", "too_long")
    actions = interpretation.actions
    names: set[str] = {action.action for action in actions}
    reading = read(text)
    if origin == "model" and (verdict := _unsaid(names, reading.message.pieces)):
        return verdict
    writes = [action for action in actions if action.action in WRITES]
    if not writes:
        return _OK
    asides = [action for action in actions if action.action == "unknown"]
    claims = _Claims(reading.message, writes + asides)
    return (
        claims.numbers()
        or _standing(reading, claims.used, origin)
        or _direction(reading, writes, origin)
        or claims.words()
        or _doubts(reading, actions, origin)
        or _OK
    )


def _unsaid(names: set[str], pieces: list[Piece]) -> Verdict | None:
    """A model may not answer a question, nor undo, for someone who did not say so."""
    kinds = {piece.kind for piece in pieces}
    if names & {"confirm", "choose"} or ("undo" in names and Kind.UNDO not in kinds):
        return Verdict("reject", "no_exact_word")
    return None


class _Claims:
    """Matches what an interpretation claims with the pieces of the text, each used once."""

    def __init__(self, message: Pieces, writes: list[Action]) -> None:
        self.message = message
        self.pieces = pieces = message.pieces
        self.writes = writes
        self.figures = [piece for piece in pieces if piece.kind in _FIGURES]
        self.used: list[Piece] = []
        self.unbooked = [
            piece for clause in clauses(pieces) if _blocked(clause) for piece in clause.pieces
        ]

    def numbers(self) -> Verdict | None:
        if any(piece.number is None and piece.doubt != "date" for piece in self.figures):
            return Verdict("reject", "unreadable_number")
        for action in self.writes:
            for number, units in _numbers(action):
                piece = self._find(number, units)
                if piece is None:
                    return Verdict("reject", "number_not_in_text")
                self.used.append(piece)
        named = {word for action in self.writes for word in _words(action)}
        for piece in self.figures:
            if not self._is_used(piece) and not self._is_excused(piece, named):
                return Verdict("reject", "number_left_over")
        return None

    def words(self) -> Verdict | None:
        """Every word of the message is said by the interpretation, and the other way round."""
        named = {word for action in self.writes for word in _words(action)}
        known = set(self.message.words)
        for piece in self.pieces:
            known.update(piece.word.split())
        if not named <= known:
            return Verdict("confirm", "word_not_in_text")
        excused = False
        for piece in self.pieces:
            if piece.kind in _PARTIES:
                excused = True
            elif piece.kind is not Kind.CONTENT:
                excused = excused and piece.kind in _PARTY_WORDS
            elif not excused and not named.issuperset(piece.word.split()):
                return Verdict("confirm", "word_left_over")
        return None

    def _find(self, number: str, units: frozenset[str]) -> Piece | None:
        candidates = [
            piece
            for piece in (*self.figures, *self._implied())
            if not self._is_used(piece) and _fits(piece, number, units, self._dozens(piece))
        ]
        return min(candidates, key=lambda piece: piece.kind is not Kind.NUMBER, default=None)

    def _implied(self) -> Iterator[Piece]:
        """ "a" may mean one and "finished" none; neither has to."""
        for piece in self.pieces:
            if piece.kind in (Kind.ARTICLE, Kind.FINISHED) and piece.number is not None:
                yield piece

    def _dozens(self, piece: Piece) -> bool:
        place = self.pieces.index(piece)
        following = self.pieces[place + 1 : place + 2]
        return bool(following) and following[0].value == "dozen"

    def _is_used(self, piece: Piece) -> bool:
        return any(piece is used for used in self.used)

    def _is_excused(self, piece: Piece, named: set[str]) -> bool:
        """Part of a name, of a pack's size, of what a correction denies, or "one" said loosely."""
        if named.issuperset(piece.word.split()) or any(piece is one for one in self.unbooked):
            return True
        if piece.kind is Kind.PACK:
            return any(action.unit == piece.unit for action in self.writes)
        if piece.weak or piece.word == "one" or piece.doubt == "date":
            return True
        actions = {action.action for action in self.writes}
        if "set_pack" in actions and piece.number == 1:
            return True
        before = self.pieces[: self.pieces.index(piece)]
        return "correct" in actions and any(one.kind is Kind.NOT for one in before)


def _numbers(action: Action) -> Iterator[tuple[str, frozenset[str]]]:
    """The numbers of an action, each with the units its figure may carry in the text."""
    if action.quantity is not None:
        yield action.quantity, frozenset((action.unit or "",))
    for price in (action.unit_price, action.total_price, action.price):
        if price is not None:
            yield price, frozenset(("rand", ""))


def _fits(piece: Piece, number: str, units: frozenset[str], dozens: bool) -> bool:
    if piece.number is None:
        return False
    value = piece.number
    if piece.kind is Kind.MONEY and "rand" not in units:
        return False
    if piece.kind in (Kind.SIZE, Kind.PACK) and piece.unit not in units:
        return False
    return type(value)(number) in ((value, value * _DOZEN) if dozens else (value,))


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


def _standing(reading: Reading, used: list[Piece], origin: Origin) -> Verdict | None:
    """What is denied, planned or asked in the message may not be what is booked."""
    if any(action.action == "correct" for action in reading.interpretation.actions):
        return None
    found = ""
    for clause in clauses(reading.message.pieces):
        if not (blocked := _blocked(clause)):
            continue
        if origin == "model" and any(piece is one for piece in clause.pieces for one in used):
            return Verdict("reject", blocked)
        found = blocked if blocked != "question" else found
    return Verdict("confirm", found) if found else None


def _blocked(clause: Clause) -> str:
    deed = deed_of(clause)
    return deed.blocked if deed else "question" if clause.asked else ""


def _direction(reading: Reading, writes: list[Action], origin: Origin) -> Verdict | None:
    """A model's direction must be the one that an exact verb of the message has."""
    if origin == "grammar":
        return None
    deeds = [deed for clause in clauses(reading.message.pieces) if (deed := deed_of(clause))]
    said = {deed.action for deed in deeds if deed.exact}
    for action in writes:
        if action.action in said:
            continue
        if said & _OPPOSITES.get(action.action, set()) and OPEN not in said:
            return Verdict("reject", "direction_conflict")
        corrects = any(piece.kind is Kind.CORRECT for piece in reading.message.pieces)
        if action.action != "correct" or not corrects:
            return Verdict("confirm", "no_exact_verb")
    return None


def _doubts(reading: Reading, actions: list[Action], origin: Origin) -> Verdict | None:
    doubts = set(reading.doubts)
    if origin == "model":
        kinds = {piece.kind for piece in reading.message.pieces}
        doubts = {"unsure"} if Kind.HEDGE in kinds else set()
    if any(piece.doubt and piece.number is not None for piece in reading.message.pieces):
        doubts.add("doubtful_number")
    if doubts:
        return Verdict("confirm", min(doubts))
    if any(action.action == "unknown" and not action.product for action in actions):
        return Verdict("confirm", "partly_understood")
    return None
