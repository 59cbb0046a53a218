"""What a message takes back itself: "sold 3 coke, no wait 4", "1kg wors sorry 2kg wors"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from edge_adapter.grammar.lexicon import Lexicon
    from edge_adapter.grammar.pieces import Piece

_SIGNS = frozenset((Kind.SORRY, Kind.CORRECT, Kind.NO, Kind.NOT))
_PAUSES = frozenset((Kind.COMMA, Kind.STOP, Kind.LINK, Kind.FILLER, Kind.BREAK))
_AMOUNTS = frozenset((Kind.NUMBER, Kind.SIZE, Kind.MONEY))
_WORDS = frozenset((Kind.CONTENT, Kind.UNIT, Kind.OF, Kind.SIZE))


def may_retract(kinds: Set[Kind]) -> bool:
    """Is there any sign that something may be taken back?"""
    return not kinds.isdisjoint(_SIGNS)


def retract(pieces: list[Piece], entries: Lexicon) -> list[Piece]:
    """Leave out what the same message takes back; what else it may mean stays as it is."""
    place = 0
    while place < len(pieces):
        end = place
        while end < len(pieces) and pieces[end].kind in _SIGNS | _PAUSES:
            end += 1
        if end > place and _takes_back(pieces[place:end], entries):
            kept = _replaced(pieces[:place], pieces[end:])
            if kept is not None:
                before, pieces = kept
                place = len(before)
                pieces = before + pieces
                continue
        place = max(end, place + 1)
    return pieces


def _takes_back(signs: Sequence[Piece], entries: Lexicon) -> bool:
    """A "sorry", an "I mean", or a "no" that does not also say "not": "3 coke hhayi 4"."""
    for piece in signs:
        if piece.kind in (Kind.NO, Kind.NOT):
            if piece.lexeme is None or piece.lexeme.kind is not Kind.NO:
                return False
            if piece.lexeme.value != "or_not":
                return True
        if piece.kind is Kind.SORRY or piece.word in entries.retracting:
            return True
    return False


def _replaced(before: list[Piece], behind: list[Piece]) -> tuple[list[Piece], list[Piece]] | None:
    """What stays before and behind a sign; None if the one does not clearly stand for the other."""
    verb = [piece for piece in before[-1:] if piece.kind is Kind.VERB]  # "3 coke sold, sorry 4"
    before = before[: len(before) - len(verb)]
    at = len(before) - 1
    if at >= 0 and before[at].kind is Kind.EACH:
        at, before = at - 1, before[:at]  # "R13 each sorry R14 each"
    while at >= 0 and before[at].kind in _WORDS and not _is_amount(before, at):
        at -= 1
    if at < 0 or before[at].kind not in _AMOUNTS or not behind:
        return None
    old, words = before[at], before[at + 1 :]
    named = 0
    while named < len(behind) and behind[named].kind is Kind.CONTENT:
        named += 1
    start = at
    while start and before[start - 1].kind is Kind.CONTENT:
        start -= 1
    if named and behind[named : named + 1] and behind[named].kind is old.kind:
        again = _said(behind[:named]) == _said(before[start:at]) and not words
        return (before[:start], behind) if again and not verb else None  # "coke 3, no wait coke 4"
    new = behind[0]
    if new.kind is not old.kind or new.unit != old.unit:
        return None
    end = 1
    while end < len(behind) and behind[end].kind in _WORDS:
        end += 1
    said, meant = _said(words), _said(behind[1:end])
    if meant <= said:
        return [*before[:at], new, *words, *verb], behind[end:]
    if said <= meant or new.number == old.number:
        return [*before[:at], *behind[:end], *verb], behind[end:]
    return None


def _is_amount(pieces: Sequence[Piece], place: int) -> bool:
    """A size is how much, where no number stands before it: "1kg wors", not "3 coke 2l"."""
    piece = pieces[place]
    return piece.kind is Kind.SIZE and all(
        one.kind is not Kind.NUMBER for one in pieces[max(place - 4, 0) : place]
    )


def _said(words: Sequence[Piece]) -> set[str]:
    return {piece.word for piece in words if piece.kind is not Kind.OF}
