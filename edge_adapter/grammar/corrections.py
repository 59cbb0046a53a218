"""What a message says was meant instead: "that was 5", "not coke, fanta", "received, not sold"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_adapter.grammar.clauses import Clause
from edge_adapter.grammar.deeds import OPEN, deed_of
from edge_adapter.grammar.forms import action_of
from edge_adapter.grammar.items import items_of
from edge_adapter.grammar.lexemes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_adapter.grammar.pieces import Piece
    from edge_adapter.interpretation import Action

_DROPPED = frozenset((Kind.CORRECT, Kind.SORRY, Kind.WRONG, Kind.NO))
_SIGNS = _DROPPED | {Kind.NOT, Kind.WAS}
_HINTS = _SIGNS | {Kind.TO}
_TOLD = frozenset((Kind.NUMBER, Kind.MONEY, Kind.VERB))
_BEFORE_NOT = frozenset((Kind.SORRY, Kind.NO, Kind.FILLER, Kind.GREETING))
_MOST_WORDS = 4
_SAID = frozenset((Kind.CONTENT, Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.UNIT, Kind.PACK))


def correction_of(parts: Sequence[Clause]) -> Action | None:
    """The correction a message makes; None if it makes none, or tells something of its own."""
    pieces = [piece for part in parts for piece in part.pieces]
    kinds = [piece.kind for piece in pieces]
    if _HINTS.isdisjoint(kinds) or any(part.asked for part in parts):
        return None
    if any(part.joined_by(Kind.LINE) for part in parts[1:]):
        return None
    if Kind.INTENT in kinds or Kind.UNDO in kinds:
        return None
    if change := _change(pieces, kinds):
        return change
    if not _is_correction(parts, pieces, kinds):
        return None
    meant, denied = _sides(parts)
    fields = _fields(meant, denied)
    if fields is None:
        return None
    return action_of({"action": "correct", **fields})


def _change(pieces: list[Piece], kinds: Sequence[Kind]) -> Action | None:
    """ "change coke to fanta"."""
    if Kind.TO not in kinds or not _TOLD.isdisjoint(kinds):
        return None
    if not any(piece.value == "setting" for piece in pieces):
        return None
    found = items_of(pieces)
    if len(found.items) > 1 or not found.to or len(found.to.split()) > _MOST_WORDS:
        return None
    product = found.items[0].product if found.items else ""
    return action_of({"action": "correct", "product": product, "to_product": found.to})


def _is_correction(parts: Sequence[Clause], pieces: Sequence[Piece], kinds: Sequence[Kind]) -> bool:
    if _SIGNS.isdisjoint(kinds):
        return False
    verb = kinds.index(Kind.VERB) if Kind.VERB in kinds else len(kinds)
    if Kind.WRONG in kinds and Kind.VERB not in kinds:
        return True
    if Kind.CORRECT in kinds and kinds.index(Kind.CORRECT) <= verb + 1:
        return Kind.VERB not in kinds or kinds.index(Kind.CORRECT) < verb or Kind.NOT in kinds
    if Kind.NO in kinds and Kind.VERB not in kinds:
        return any(len(part.of(Kind.CONTENT)) < _MOST_WORDS and part.has(*_SAID) for part in parts)
    if Kind.NOT in kinds and not {Kind.LEFT, Kind.FINISHED, Kind.TOPIC} & set(kinds):
        if Kind.VERB in kinds:
            verbs = {piece.value for piece in pieces if piece.kind is Kind.VERB} - {"have"}
            return len(verbs) == 2 and not {Kind.NUMBER, Kind.CONTENT} & set(kinds)
        return len(parts) <= 3 and _contrasts(parts, kinds)
    if Kind.SORRY in kinds or (Kind.WAS in kinds and {Kind.NUMBER, Kind.MONEY} & set(kinds)):
        topics = {piece.value for piece in pieces if piece.kind is Kind.TOPIC}
        return topics <= {"price"} and not {Kind.VERB, Kind.REASON, Kind.LEFT} & set(kinds)
    return False


def _contrasts(parts: Sequence[Clause], kinds: Sequence[Kind]) -> bool:
    """Does something stand against what is denied? "not coke, fanta", not "not coke".

    A "not" that only ever denies a verb sets no thing against another.
    """
    if any(piece.value == "verb" for part in parts for piece in part.of(Kind.NOT)):
        return False
    place = kinds.index(Kind.NOT)
    if not _BEFORE_NOT.issuperset(kinds[:place]):
        return any(kind in _SAID for kind in kinds[:place])
    said = [part for part in parts if part.has(*_SAID)]
    return len(said) > 1


def _sides(parts: Sequence[Clause]) -> tuple[list[Piece], list[Piece]]:
    """The pieces that hold, and those that a "not" takes back (up to the next comma or "but")."""
    meant: list[Piece] = []
    denied: list[Piece] = []
    for part in parts:
        side = meant
        for place, piece in enumerate(part.pieces):
            if piece.kind is Kind.CONTENT and part.pieces[place - 1].kind is Kind.WRONG and place:
                continue  # "wrong quantity" names what was wrong, not what it should be
            if piece.kind is Kind.NOT:
                side = denied
            elif piece.kind in _DROPPED:
                side = meant if piece.kind is Kind.CORRECT else side
            else:
                side.append(piece)
    return meant, denied


def _fields(meant: list[Piece], denied: list[Piece]) -> dict[str, str] | None:
    """What it should have been. A word without a number names the product that was meant."""
    fields: dict[str, str] = {}
    deed = deed_of(Clause(meant))
    if (
        deed
        and deed.action != OPEN
        and any(piece.kind in (Kind.VERB, Kind.REASON) for piece in meant)
    ):
        fields["to_action"] = deed.action
        if deed.reason:
            fields["reason"] = deed.reason
    found, wrong = items_of(meant), items_of(denied)
    if len(found.items) > 1 or found.strays or len(wrong.items) > 1:
        return None
    if any(len(item.words) > _MOST_WORDS for item in (*found.items, *wrong.items)):
        return None
    dates = [piece for piece in meant if piece.kind is Kind.DATE]
    if dates:
        fields["when"] = dates[-1].value
    old = wrong.items[0] if wrong.items else None
    if old and old.words:
        fields["product"] = old.product
    if not found.items:
        return fields if fields or not denied else None
    item = found.items[0]
    if item.words and not (old and old.words) and item.quantity:
        fields["product"] = item.product
    elif item.words:
        fields["to_product"] = item.product
    if item.quantity:
        if item.quantity.number is None:
            return None
        fields["quantity"] = f"{item.quantity.number:f}"
        if item.unit:
            fields["unit"] = item.unit
    if item.price:
        if item.price.number is None:
            return None
        fields[item.price_kind] = f"{item.price.number:f}"
    return fields
