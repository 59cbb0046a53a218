"""An item and what was done with it, as an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_adapter.grammar.deeds import OPEN
from edge_adapter.grammar.forms import UNKNOWN, action_of
from edge_adapter.grammar.lexemes import Kind

if TYPE_CHECKING:
    from edge_adapter.grammar.deeds import Deed
    from edge_adapter.grammar.items import Item, Items
    from edge_adapter.interpretation import Action

_MOST_PRODUCT_WORDS = 8
_FIGURES = frozenset((Kind.NUMBER, Kind.SIZE))
_MOVES = frozenset(("sell", "receive", "write_off", "return_in", "return_out", "transfer"))


def booking_of(item: Item, deed: Deed, places: Items, when: str) -> Action:
    """The action for one item; `unknown` where it can't be said in the closed form."""
    if deed.blocked or len(item.words) > _MOST_PRODUCT_WORDS or _is_unreadable(item):
        return UNKNOWN
    counted = deed.action == "count" and item.price is not None  # "ek het 3 brood vir R54"
    fields = {
        "action": OPEN if counted else deed.action,
        "product": item.product,
        "quantity": f"{item.quantity.number:f}" if item.quantity else "",
        "unit": item.unit,
        "reason": deed.reason,
        "when": when,
    }
    if item.quantity and item.quantity.number == 0 and deed.action in _MOVES:
        return UNKNOWN
    if item.price:
        level = deed.action == "set_reorder_level" and item.price.kind is Kind.NUMBER
        fields["quantity" if level else item.price_kind] = f"{item.price.number:f}"
    if deed.action == "transfer":
        fields |= {"location": places.origin, "to_location": places.to}
        if not places.to and not places.origin:
            fields["action"] = OPEN
    if deed.action in ("set_price", "add_product"):
        fields = _catalogue(item, fields)
    if not item.product and not item.quantity:
        return UNKNOWN
    if item.words and all(word.kind in _FIGURES for word in item.words):
        return UNKNOWN
    return action_of(fields) or UNKNOWN


def _catalogue(item: Item, fields: dict[str, str]) -> dict[str, str]:
    """A new product or price: a number between the name and its price is part of the name."""
    action, product, quantity = fields["action"], fields["product"], fields["quantity"]
    price = f"{item.price.number:f}" if item.price else ""
    if item.behind and item.quantity and price:
        product, quantity = f"{product} {item.quantity.text}", ""
    both = {"action": action, "unit": item.unit}
    if action == "set_price":
        return {**both, "product": product, "unit_price": price or quantity}
    return {**both, "name": product, "unit_price": price, "quantity": quantity}


def _is_unreadable(item: Item) -> bool:
    for piece in (item.quantity, item.price, item.lead):
        if piece is not None and piece.number is None:
            return True
    return any(word.number is None for word in item.words if word.kind is Kind.NUMBER)
