"""How much a pack holds: "a case of coke is 24", "1 tray eggs = 30"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_adapter.grammar.forms import action_of
from edge_adapter.grammar.items import items_of
from edge_adapter.grammar.lexemes import Kind

if TYPE_CHECKING:
    from collections.abc import Set

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Piece
    from edge_adapter.interpretation import Action

_LOOSE = frozenset(("each", "kg", "g", "l", "ml", "rand"))
_UNNAMED = frozenset((Kind.UNIT, Kind.NUMBER, Kind.ARTICLE, Kind.FILLER))
_NAMING = frozenset((Kind.CONTENT, Kind.SIZE, Kind.OF))
_TELLING = frozenset((Kind.VERB, Kind.REASON, Kind.LEFT, Kind.MONEY, Kind.NOT, Kind.INTENT))


def pack_of(clause: Clause, kinds: Set[Kind]) -> Action | None:
    """The pack size that a clause states; None if it states none."""
    pieces = clause.pieces
    if Kind.UNIT not in kinds or Kind.NUMBER not in kinds:
        return None
    place = next((place for place, piece in enumerate(pieces) if _says_holds(piece)), 0)
    before, after = pieces[:place], pieces[place + 1 :]
    sizes = [piece for piece in after if piece.kind is Kind.NUMBER]
    packs = [piece for piece in before if piece.kind is Kind.UNIT and piece.value not in _LOOSE]
    if len(packs) != 1 or len(sizes) != 1 or sizes[0].number is None:
        return None
    if any(piece.kind in _TELLING and not _says_holds(piece) for piece in pieces):
        return None
    found = items_of(before)
    if all(piece.kind in _UNNAMED for piece in before):
        names = [piece for piece in after if piece.kind in _NAMING]  # "a tray has 30 eggs"
        found = items_of([*before, *names])
    if len(found.items) != 1 or not found.items[0].words:
        return None
    item = found.items[0]
    product = item.product
    if item.quantity and item.behind:
        product = f"{product} {item.quantity.text}"
    elif item.quantity and item.quantity.number != 1:
        return None
    size = f"{sizes[0].number:f}"
    unit = packs[0].value
    return action_of({"action": "set_pack", "product": product, "unit": unit, "quantity": size})


def _says_holds(piece: Piece) -> bool:
    return piece.kind in (Kind.HOLDS, Kind.COPULA, Kind.LINK) or piece.value == "have"
