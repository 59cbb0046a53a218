"""A message read whole: clauses to actions, with what one clause hands on to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge_adapter.grammar.clauses import Clause, clauses
from edge_adapter.grammar.corrections import correction_of
from edge_adapter.grammar.deeds import OPEN, Deed, deed_of
from edge_adapter.grammar.items import Item, Items, items_of
from edge_adapter.grammar.lexicon import Kind
from edge_adapter.grammar.packs import pack_of
from edge_adapter.grammar.pieces import Piece, cut
from edge_adapter.grammar.requests import (
    answer_of,
    command_of,
    language_of,
    opening_of,
    question_of,
)
from edge_adapter.grammar.typos import mend
from edge_adapter.interpretation import Action, Interpretation

if TYPE_CHECKING:
    from datetime import date

    from edge_adapter.interpretation import Language

_MOST_ACTIONS = 40
_MOST_PRODUCT_WORDS = 8
_MOST_NAME_WORDS = 4
_HEADING_QUESTIONS = {
    "sales": "sales",
    "stock": "stock",
    "price": "price",
    "stocktake": "stocktake",
}
UNKNOWN = Action(action="unknown")
_ZERO = Decimal(0)
_SILENT = frozenset((Kind.FILLER, Kind.GREETING, Kind.DATE, Kind.SELF, Kind.LINK, Kind.ARTICLE))
_FIGURES = (Kind.NUMBER, Kind.MONEY, Kind.SIZE, Kind.PACK)


@dataclass(slots=True)
class Reading:
    """`doubts` are machine words for why the reading should be confirmed before it is booked."""

    interpretation: Interpretation
    pieces: list[Piece]
    doubts: set[str] = field(default_factory=set)


@lru_cache(maxsize=8)
def read(text: str, today: date | None = None) -> Reading:
    """Read a message; never raises on any text."""
    message = cut(text, today)
    whole = (
        command_of(message)
        or opening_of(message, text)
        or language_of(message)
        or answer_of(message.pieces)
    )
    if whole:
        return _reading(message.language, [whole], message.pieces, set())
    parts = clauses(message.pieces)
    if corrected := correction_of(parts):
        return _reading(message.language, [corrected], message.pieces, set())
    account = _Account()
    for part in parts:
        account.take(part)
    return _reading(message.language, account.actions(), message.pieces, account.doubts)


def _reading(
    language: Language, actions: list[Action], pieces: list[Piece], doubts: set[str]
) -> Reading:
    if len(actions) > _MOST_ACTIONS:
        actions, doubts = [UNKNOWN], set()
    interpretation = Interpretation(language=language, actions=actions or [UNKNOWN])
    return Reading(interpretation, pieces, doubts)


@dataclass(slots=True)
class _Entry:
    """An item waiting for its verb, or an action that is ready."""

    item: Item | None = None
    deed: Deed | None = None
    places: Items | None = None
    when: str = ""
    action: Action | None = None


class _Account:
    """What has been read so far."""

    def __init__(self) -> None:
        self.entries: list[_Entry] = []
        self.deed: Deed | None = None
        self.heading: tuple[Deed, str] | None = None
        self.when = ""
        self.whens: set[str] = set()
        self.doubts: set[str] = set()

    def take(self, clause: Clause) -> None:
        """Read one clause into entries."""
        self._take_date(clause)
        if not any(piece.kind not in _SILENT for piece in clause.pieces):
            return
        if clause.has(Kind.UNDO):
            self._take_undo(clause)
            return
        if clause.asked:
            self._take_question(clause)
            return
        _find_nothing(clause)
        if _is_bare_topic(clause):
            if question := question_of(clause, self.when, self._last_product()):
                self.entries.append(_Entry(action=question))
            return
        if pack := pack_of(clause):
            self.entries.append(_Entry(action=pack))
            return
        deed = deed_of(clause)
        if deed is None and not self._carries() and mend(clause):
            deed = deed_of(clause)
        if clause.has(Kind.FINISHED) and (deed is None or deed.action == "count"):
            deed = Deed("count", doubt="finished", blocked=deed.blocked if deed else "")
        self._take_statement(clause, deed)

    def _is_single(self) -> bool:
        return len(self.entries) == 1

    def _carries(self) -> bool:
        return self.deed is not None and not self.deed.blocked

    def _take_date(self, clause: Clause) -> None:
        for piece in clause.of(Kind.DATE):
            self.when = piece.value
            self.whens.add(piece.value)

    def _take_undo(self, clause: Clause) -> None:
        found = items_of([piece for piece in clause.pieces if piece.kind is not Kind.LAST])
        product = found.items[0].product if found.items else ""
        self.entries.append(_Entry(action=_action({"action": "undo", "product": product})))

    def _take_question(self, clause: Clause) -> None:
        question = question_of(clause, self.when, self._last_product())
        self.entries.append(_Entry(action=question or UNKNOWN))

    def _take_statement(self, clause: Clause, deed: Deed | None) -> None:
        self._flush_heading(clause)
        named = _names_before_verb(clause)
        if named and deed and deed.action != OPEN:
            self.doubts.add("word_left_over")
        found = items_of(clause.pieces[named:])
        if deed and deed.action != "transfer" and found.origin and deed.action != "receive":
            self._note_origin(deed)
        if clause.has(Kind.FINISHED) and found.items and not found.items[0].quantity:
            finished = clause.of(Kind.FINISHED)[0]
            finished.number, finished.weak = _ZERO, True
            found.items[0].quantity = finished
        if found.strays:
            self.doubts.add("word_left_over")
        if clause.has(Kind.HEDGE):
            self.doubts.add("unsure")
        if clause.has(Kind.SORRY, Kind.CORRECT):
            self.doubts.add("correction")
        if deed is None:
            self._take_items(clause, found, self.deed)
            return
        if not found.items and not deed.blocked:
            if deed.trails or (self._pending() and not deed.heading):
                self._settle(deed)
                self.deed = deed
                return
            self.heading = (deed, self.when)
            self.deed = deed
            return
        if deed.trails:
            self._settle(deed)
            if found.items and found.items[0].words:
                self._complete(deed)
        self._take_items(clause, found, deed)
        self.deed = deed

    def _note_origin(self, deed: Deed) -> None:
        if deed.action not in ("return_in", OPEN):
            self.doubts.add("word_left_over")

    def _take_items(self, clause: Clause, found: Items, deed: Deed | None) -> None:
        if not found.items and deed and deed.blocked:
            self.entries.append(_Entry(action=UNKNOWN))
        for place, item in enumerate(found.items):
            if place == 0 and self._continues(clause, item, deed):
                continue
            if not item.words and item.quantity and not clause.joined_by(Kind.LINE):
                self._carry_product(item)
            self.entries.append(_Entry(item, deed, found, self.when))

    def _carry_product(self, item: Item) -> None:
        """ "59 bread sold, 37 left": the 37 are bread."""
        for entry in reversed(self.entries):
            if entry.item and entry.item.words and entry.item.quantity:
                item.words = entry.item.words
                if not item.unit:
                    item.unit = entry.item.unit
                return

    def _continues(self, clause: Clause, item: Item, deed: Deed | None) -> bool:
        """Is this no item of its own but the end of the one before: its price, or its name?"""
        last = self.entries[-1].item if self.entries else None
        if last is None or clause.has(Kind.VERB, Kind.REASON, Kind.LEFT):
            return False
        bare = not item.words and not item.quantity and not item.lead and not item.unit
        if bare and item.price and last.price is None:
            last.price, last.price_kind = item.price, item.price_kind
            return True
        named = item.words and not item.quantity and not item.price and not item.lead
        goes_on = clause.joined_by(Kind.AND) and last.price is None and not last.behind
        if goes_on and named and last.quantity and last.words and clause.joint:
            if deed is None or not deed.blocked:
                last.words = [*last.words, clause.joint, *item.words]
                return True
        return False

    def _pending(self) -> list[_Entry]:
        return [entry for entry in self.entries if entry.item and entry.deed is None]

    def _settle(self, deed: Deed) -> None:
        """Give the verb at the end to the items that were waiting for one."""
        for entry in self._pending():
            entry.deed = deed

    def _complete(self, deed: Deed) -> None:
        """ "ek het 3 brood en 2 melk verkoop": the verb at the end is that of the auxiliary too."""
        for entry in self.entries:
            if entry.deed and entry.deed.awaits:
                entry.deed = deed

    def _flush_heading(self, clause: Clause) -> None:
        """A heading over a list is spent once its list begins."""
        if clause.has(Kind.CONTENT, Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.UNIT):
            self.heading = None

    def _last_product(self) -> str:
        for entry in reversed(self.entries):
            if entry.item and entry.item.words:
                return entry.item.product
        return ""

    def actions(self) -> list[Action]:
        """All that was read, in the order it was written."""
        if self.heading:
            deed, when = self.heading
            self.entries.append(_Entry(action=_heading_question(deed, when)))
        one_day = next(iter(self.whens)) if len(self.whens) == 1 else ""
        self._weigh_sizes()
        found: list[Action] = []
        for entry in self.entries:
            if entry.action:
                found.append(entry.action)
            elif entry.item:
                found.append(self._book(entry, one_day or entry.when))
        return _without_repeats(found)

    def _weigh_sizes(self) -> None:
        """ "coke 2" is clear in a list where other names have their number behind them too."""
        behind = [entry.item for entry in self.entries if entry.item and entry.item.behind]
        if all(item.doubts for item in behind) or any(
            entry.item.doubts for entry in self.entries if entry.item and not entry.item.behind
        ):
            for entry in self.entries:
                self.doubts |= entry.item.doubts if entry.item else set()

    def _book(self, entry: _Entry, when: str) -> Action:
        item, deed, places = entry.item, entry.deed, entry.places
        assert item is not None
        if deed and deed.blocked:
            return UNKNOWN
        if len(item.words) > _MOST_PRODUCT_WORDS or _is_unreadable(item):
            return UNKNOWN
        if not item.quantity and deed is None and not (self._is_single() and _is_name(item)):
            return UNKNOWN
        if deed and deed.heading == "stock" and not item.words:
            return UNKNOWN
        if deed and deed.doubt:
            self.doubts.add(deed.doubt)
        if any(piece.doubt for piece in (item.quantity, item.price, *item.words) if piece):
            self.doubts.add("doubtful_number")
        return _booking(item, deed or Deed(OPEN), places, when) or UNKNOWN


def _booking(item: Item, deed: Deed, places: Items | None, when: str) -> Action | None:
    action = deed.action
    fields = {
        "action": action,
        "product": item.product,
        "quantity": f"{item.quantity.number:f}" if item.quantity else "",
        "unit": item.unit,
        "reason": deed.reason,
        "when": when,
    }
    if item.price:
        fields[item.price_kind] = f"{item.price.number:f}"
    if action == "transfer" and places:
        if not places.to and not places.origin:
            fields["action"] = OPEN
        fields |= {"location": places.origin, "to_location": places.to}
    if action in ("set_price", "add_product"):
        fields = _catalogue(item, fields)
    if fields["action"] == OPEN and not fields["product"] and not fields["quantity"]:
        return UNKNOWN
    return _action(fields)


def _catalogue(item: Item, fields: dict[str, str]) -> dict[str, str]:
    """A new product or price: a number beside a price is part of the name."""
    action = fields["action"]
    product, quantity, unit = fields["product"], fields["quantity"], fields["unit"]
    price = f"{item.price.number:f}" if item.price else ""
    if item.behind and item.quantity and price:
        product, quantity = f"{product} {item.quantity.text}", ""
    if action == "set_price":
        if not price:
            price, quantity = quantity, ""
        return {"action": action, "product": product, "unit_price": price, "unit": unit}
    return {
        "action": action,
        "name": product,
        "unit_price": price,
        "quantity": quantity,
        "unit": unit,
    }


def _heading_question(deed: Deed, when: str) -> Action:
    action = _HEADING_QUESTIONS.get(deed.heading, "unknown")
    return _action({"action": action, "when": when if action == "sales" else ""}) or UNKNOWN


def _is_name(item: Item) -> bool:
    return 0 < len(item.words) <= _MOST_NAME_WORDS


def _is_unreadable(item: Item) -> bool:
    return any(
        piece is not None and piece.number is None
        for piece in (item.quantity, item.price, item.lead)
    ) or any(word.kind is Kind.NUMBER and word.number is None for word in item.words)


def _names_before_verb(clause: Clause) -> int:
    """How many pieces in front of the verb only name someone ("Sipho sold 3 coke")."""
    kinds = [piece.kind for piece in clause.pieces]
    heads = (Kind.VERB, Kind.REASON)
    place = next((place for place, kind in enumerate(kinds) if kind in heads), 0)
    before, after = kinds[:place], kinds[place:]
    names = Kind.CONTENT in before and not set(before) & set(_FIGURES)
    return place if names and Kind.CONTENT in after else 0


def _find_nothing(clause: Clause) -> None:
    """ "no bread left" says that there is none, as "bread finished" does."""
    keeps = clause.has(Kind.LEFT) or any(verb.value == "have" for verb in clause.of(Kind.VERB))
    others = [verb for verb in clause.of(Kind.VERB) if verb.value != "have"]
    if keeps and not others and clause.has(Kind.CONTENT) and not clause.has(*_FIGURES):
        for piece in clause.of(Kind.NOT):
            piece.kind = Kind.FINISHED


def _is_bare_topic(clause: Clause) -> bool:
    """A topic and perhaps a product, without a number: "coke price", "stock bread"."""
    if clause.has(Kind.FINISHED) or not clause.has(Kind.TOPIC, Kind.LEFT):
        return False
    if clause.has(*_FIGURES, Kind.VERB, Kind.REASON, Kind.NOT, Kind.INTENT):
        return False
    topics = {piece.value for piece in clause.of(Kind.TOPIC)}
    if topics & {"new_product", "reorder_level", "pack", "setting"}:
        return False
    return not (topics & {"price", "stock"}) or clause.has(Kind.CONTENT, Kind.TOTAL)


def _action(fields: dict[str, str]) -> Action | None:
    try:
        return Action.model_validate({key: value for key, value in fields.items() if value})
    except ValidationError:
        return None


def _without_repeats(actions: list[Action]) -> list[Action]:
    """One `unknown` without fields is enough."""
    seen = False
    kept = []
    for action in actions:
        if action == UNKNOWN:
            if seen:
                continue
            seen = True
        kept.append(action)
    return kept
