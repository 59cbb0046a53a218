"""What has been read so far, clause by clause, and what each clause hands on to the next.

A verb holds until the next one; a verb at the end also takes the items that waited for it; a number
without a name means the product before; a day said once is the day of everything, and of several
each is that of the goods it leads, or trails.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from edge_adapter.grammar.bookings import booking_of
from edge_adapter.grammar.clauses import names_before_verb
from edge_adapter.grammar.deeds import OPEN, Deed, deed_of, deliverer_of
from edge_adapter.grammar.forms import UNKNOWN, action_of
from edge_adapter.grammar.items import Item, Items, items_of
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.lexicon import lexicon
from edge_adapter.grammar.packs import pack_of
from edge_adapter.grammar.requests import is_bare_topic, question_of
from edge_adapter.grammar.typos import mend

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Piece
    from edge_adapter.interpretation import Action

_NOTHING = Decimal(0)
_RETURNS = frozenset(("return_in", "return_out"))
MOST_ACTIONS = 40
_MOST_NAME_WORDS = 4
_SILENT = frozenset((Kind.FILLER, Kind.GREETING, Kind.DATE, Kind.SELF, Kind.LINK, Kind.ARTICLE))
_FIGURES = frozenset((Kind.NUMBER, Kind.MONEY, Kind.SIZE, Kind.PACK))
_MATTER = _FIGURES | {Kind.CONTENT, Kind.UNIT}
_HEADS = frozenset((Kind.VERB, Kind.REASON, Kind.LEFT))
_TAKING_BACK = frozenset((Kind.SORRY, Kind.CORRECT))
_CONTRARY = _TAKING_BACK | {Kind.WRONG}
_MEASURES = frozenset(("kg", "g", "l", "ml", "rand"))
_OF_WHAT = [Kind.OF, Kind.CONTENT]
_PRICED_EACH = {Kind.NUMBER, Kind.EACH}
_SETTINGS = frozenset(("reorder_level", "low_stock", "setting", "pack", "profit", "history"))
_NOT_ONE = frozenset((Kind.NOT, Kind.TOTAL, Kind.INTENT, Kind.CREDIT, Kind.FINISHED))
_REPORTS = {"sales": "sales", "stock": "stock", "price": "price", "stocktake": "stocktake"}


@dataclass(slots=True)
class _Line:
    """An item with its verb, or still without."""

    item: Item
    deed: Deed | None
    places: Items
    when: str
    dated: bool  # by a word of its own clause


@dataclass(slots=True)
class _Heading:
    """A verb or topic that stands alone and may get a list below it."""

    deed: Deed
    when: str


class Account:
    """Takes clauses in order; `actions` is what they say together, `doubts` why to ask first."""

    def __init__(self) -> None:
        self.doubts: set[str] = set()
        self._entries: list[_Line | Action] = []
        self._lines: list[_Line] = []
        self._deed: Deed | None = None
        self._heading: _Heading | None = None
        self._when = ""
        self._whens: set[str] = set()
        self._leads = True  # whether days stand before their goods

    def take(self, clause: Clause) -> None:
        """Read one more clause."""
        kinds = clause.kinds
        if Kind.CREDIT in kinds and kinds.isdisjoint(_HEADS):
            self._owe(clause)
            if kinds.isdisjoint(_MATTER):
                return
        if Kind.DATE in kinds:
            self._date(clause, alone=kinds <= _SILENT)
        if kinds <= _SILENT:
            return
        if Kind.UNDO in kinds:
            self._entries.append(_undo(clause))
        elif clause.asked:
            question = self._question(clause) or UNKNOWN
            if self._entries[-1:] != [question]:  # "how did we do this week, sales?"
                self._entries.append(question)
        elif is_bare_topic(clause, kinds):
            self._entries += filter(None, [self._question(clause)])
        elif pack := pack_of(clause, kinds):
            self._entries.append(pack)
        else:
            self._take_statement(clause, kinds)

    def actions(self) -> list[Action]:
        """All that was read, in the order it was written; of too much, no more than shows that."""
        if self._heading:
            told = len(self._whens) < 2  # not "sales from monday to friday"
            self._entries.append(_report(self._heading) if told else UNKNOWN)
        day = next(iter(self._whens)) if len(self._whens) == 1 else ""
        lines = self._lines
        if len(self._whens) > 1 and not self._leads:
            self._share_days(lines)
        self._weigh_sizes([line.item for line in lines if not _is_level(line)])
        if len(lines) > 1:
            self._weigh_lump([line.item for line in lines])
            self._weigh_counts(lines)
        found: list[Action] = []
        left_open = False
        for entry in self._entries:
            action = self._book(entry, day or entry.when) if isinstance(entry, _Line) else entry
            if action is not UNKNOWN or not left_open:
                found.append(action)
            left_open = left_open or action is UNKNOWN
            if len(found) > MOST_ACTIONS:
                break
        return found

    def _date(self, clause: Clause, *, alone: bool) -> None:
        """A second day with no goods of its own leaves open when they went: "monday to friday"."""
        days = {piece.value for piece in clause.of(Kind.DATE)}
        if len(days) > 1 or (alone and self._lines and self._whens - days):
            self.doubts.add("unsure")
        if not self._whens:
            told = [piece.kind for piece in clause.pieces if piece.kind in _MATTER | {Kind.DATE}]
            self._leads = not self._lines and told[0] is Kind.DATE
        for piece in clause.of(Kind.DATE):
            self._when = piece.value
            self._whens.add(piece.value)

    def _share_days(self, lines: Sequence[_Line]) -> None:
        """Goods without a day of their own have the next one, as "3 bread, 2 milk yesterday, 4
        today" says; that is asked where a day stands before them too.
        """
        when = lines[-1].when if lines else ""
        for line in reversed(lines):
            if line.dated:
                when = line.when
            else:
                if line.when:
                    self.doubts.add("unsure")
                line.when = when

    def _question(self, clause: Clause) -> Action | None:
        if len({piece.value for piece in clause.of(Kind.DATE)}) > 1:
            return None
        named = [line.item.product for line in self._lines if line.item.words]
        return question_of(clause, self._when, named[-1] if named else "")

    def _take_statement(self, clause: Clause, kinds: Set[Kind]) -> None:
        deed = self._deed_of(clause, kinds)
        kinds = clause.kinds  # a verb may have been mended, a denial found to say "nothing"
        if not kinds.isdisjoint(_MATTER):
            self._heading = None
        named = names_before_verb(clause)
        found = items_of(clause.pieces[named:])
        stranger = named > 0 and not deliverer_of(clause)
        self._note_doubts(clause, found, deed, named=stranger)
        if Kind.FINISHED in kinds and found.items and not found.items[0].quantity:
            nothing = clause.of(Kind.FINISHED)[0]
            nothing.number, nothing.weak = _NOTHING, True
            found.items[0].quantity = nothing
        if deed is None:
            self._take_items(clause, found, self._deed)
            return
        if self._explain(clause, found, deed):
            return
        if deed.reason == "own_use" and deed.action == "write_off":
            self._take_home(clause, deed)
        self._deed = deed
        if deed.trails:
            self._settle(deed, complete=bool(found.items and found.items[0].words))
        if self._prices_waiting(found, deed):
            return
        if found.items:
            self._take_items(clause, found, deed)
        elif deed.blocked:
            self._entries.append(UNKNOWN)
        elif not deed.trails:
            waiting = any(line.deed is None for line in self._lines)
            if waiting and not deed.heading:
                self._settle(deed, complete=False)
            else:
                self._heading = _Heading(deed, self._when)

    def _prices_waiting(self, found: Items, deed: Deed) -> bool:
        """ "3 litres paraffin, I sold it for R66": the verb and the price of what waited for it."""
        if not self._lines or self._lines[-1].deed is not None or len(found.items) != 1:
            return False
        item, last = found.items[0], self._lines[-1].item
        if item.words or item.quantity or item.unit or item.lead or not item.price or last.price:
            return False
        self._settle(deed, complete=False)
        last.price, last.price_kind, last.lump = item.price, item.price_kind, item.lump
        return True

    def _explain(self, clause: Clause, found: Items, deed: Deed) -> bool:
        """ "threw away 2 bread, expired": why; "2 bread mouldy, threw them out": the same again;
        "customer returned 1 rice, the bag was torn": may it be sold again?
        """
        entry = self._entries[-1] if self._entries else None
        if not isinstance(entry, _Line) or entry.deed is None or clause.joined_by(Kind.LINE):
            return False
        if deed.action == OPEN or deed.blocked or deed.doubt:
            return False
        told = clause.has(Kind.REASON) and all(map(_is_container, found.items))
        if told and entry.deed.action == "return_in" and entry.item.quantity:
            entry.deed = entry.deed._replace(action=OPEN, reason=deed.reason)
            return True
        explained = entry.deed.action == "return_out" and deed.action == "write_off" and told
        same = entry.deed.action == deed.action and (told or not found.items)
        if not (explained or same):
            return False
        if deed.action != "write_off" or not clause.has(Kind.REASON):
            return not deed.heading
        if entry.deed.reason not in ("", "other", deed.reason):
            return False
        old = entry.deed
        for line in self._lines:
            if line.deed is old:
                line.deed = old._replace(reason=deed.reason)
        return True

    def _owe(self, clause: Clause) -> None:
        """ "Sipho took 1 bread and 1 milk on tick", "she will pay on Friday": so that is sold."""
        if any(piece.value == "unpaid" for piece in clause.of(Kind.CREDIT)):
            self.doubts.add("unsure")
        elif (taken := self._deed) and taken.owed:
            self._deed = taken._replace(action=taken.owed, owed="", takes=False)
            for line in self._lines:
                if line.deed is taken:
                    line.deed = self._deed

    def _take_home(self, clause: Clause, deed: Deed) -> None:
        """ "took 1 bread and 1 milk for the house": the bread went there too."""
        if not (clause.joined_by(Kind.AND) or clause.joined_by(Kind.COMMA)):
            return
        open_deed = self._deed
        if open_deed is None or open_deed.action != OPEN or open_deed.blocked:
            return
        for line in self._lines:
            if line.deed is open_deed and open_deed.takes and not line.places.to:
                line.deed = deed

    def _deed_of(self, clause: Clause, kinds: Set[Kind]) -> Deed | None:
        _find_nothing(clause, kinds)
        deed = deed_of(clause)
        holds = self._deed is not None and not self._deed.blocked
        if (deed is None and not holds and mend(clause)) or (
            deed is not None and deed.awaits and deed.action == "count" and mend(clause, sure=True)
        ):
            deed = deed_of(clause)
        if clause.has(Kind.FINISHED) and (deed is None or deed.action == "count"):
            return Deed("count", doubt="finished", blocked=deed.blocked if deed else "")
        return deed

    def _note_doubts(self, clause: Clause, found: Items, deed: Deed | None, *, named: bool) -> None:
        kinds = clause.kinds
        booked = deed is not None and deed.action != OPEN
        topics = {piece.value for piece in clause.of(Kind.TOPIC)} if Kind.TOPIC in kinds else set()
        if booked and "selling_price" in topics and deed and deed.heading != "selling_price":
            self.doubts.add("price_of_which")
        strange_origin = deed is not None and deed.action in ("sell", "count", "write_off")
        if (
            found.strays
            or (named and booked)
            or (found.origin and strange_origin and not found.from_here)
        ):
            self.doubts.add("word_left_over")
        if Kind.FINISHED in kinds and booked:
            self.doubts.add("finished")
        moved = deed is not None and deed.action in ("sell", "receive", "write_off", "count")
        if deed is not None and deed.heading == "stock":
            topics.discard("setting")
        below = "below" in [piece.value for piece in clause.pieces]
        loose = below and deed is not None and deed.action != "set_reorder_level"
        if Kind.HEDGE in kinds or loose or (moved and topics & _SETTINGS):
            self.doubts.add("unsure")
        if not kinds.isdisjoint(_CONTRARY) and not (
            Kind.CORRECT in kinds and kinds.isdisjoint(_MATTER | {Kind.SORRY})  # "it was payday"
        ):
            given_back = (deed or self._deed or Deed(OPEN)).action in _RETURNS
            if not (given_back and kinds.isdisjoint(_TAKING_BACK)):
                self.doubts.add("correction")

    def _take_items(self, clause: Clause, found: Items, deed: Deed | None) -> None:
        for place, item in enumerate(found.items):
            self._repeat_value(clause, item)
            if place == 0 and self._continues(clause, item, deed):
                continue
            if not item.words and item.quantity and self._may_carry(clause, item, first=place == 0):
                self._carry_product(item)
            self._share_name(clause, item)
            self._share_unit(clause, item)
            line = _Line(item, deed, found, self._when, clause.has(Kind.DATE))
            self._entries.append(line)
            self._lines.append(line)

    def _may_carry(self, clause: Clause, item: Item, *, first: bool) -> bool:
        """A number alone means the product before where a verb, a unit or a price makes sense of
        it; "3 coke and 2" does not say two of what.
        """
        if clause.joined_by(Kind.LINE):
            return False
        return bool(item.price or item.unit) or (first and clause.has(Kind.DATE, *_HEADS))

    def _share_name(self, clause: Clause, item: Item) -> None:
        """ "20 white and 15 brown bread": both are bread."""
        entry = self._entries[-1] if self._entries else None
        qualities = lexicon().qualities
        if not isinstance(entry, _Line) or not clause.joined_by(Kind.AND) or len(item.words) < 2:
            return
        words = [*entry.item.words, item.words[0]]
        if len(words) > 1 and all(word.word in qualities for word in words):
            entry.item.words += item.words[1:]

    def _repeat_value(self, clause: Clause, item: Item) -> None:
        """ "R15 airtime to Thabo and R50 to Lindiwe": airtime again, and no price."""
        entry = self._entries[-1] if self._entries else None
        if not isinstance(entry, _Line) or entry.item.unit != "rand" or entry.item.price:
            return
        told = item.words or item.quantity or item.price is None or item.price_kind == "unit_price"
        if clause.joined_by(Kind.AND) and clause.kinds.isdisjoint(_HEADS) and not told:
            item.words, item.quantity, item.unit = entry.item.words, item.price, "rand"
            item.price, item.price_kind = None, ""

    def _share_unit(self, clause: Clause, item: Item) -> None:
        """ "3 cases of coke and 2 of fanta": cases, too; so is "namabili e-fanta", as it agrees."""
        entry, count = self._entries[-1] if self._entries else None, item.quantity
        if not isinstance(entry, _Line) or count not in clause.pieces or item.behind or item.unit:
            return
        listed = clause.joined_by(Kind.AND) or clause.joined_by(Kind.COMMA)
        if not listed or not item.words or entry.item.unit in _MEASURES:
            return
        after = clause.pieces[clause.pieces.index(count) + 1 :]
        agrees = count.follows and bool(after) and after[0] is item.words[0]
        if agrees or [piece.kind for piece in after[:2]] == _OF_WHAT:
            item.unit = entry.item.unit

    def _carry_product(self, item: Item) -> None:
        """ "59 bread sold, 37 left": the 37 are bread."""
        for line in reversed(self._lines):
            if line.item.words and line.item.quantity:
                item.words = line.item.words
                item.unit = item.unit or line.item.unit
                return

    def _continues(self, clause: Clause, item: Item, deed: Deed | None) -> bool:
        """Is this no item of its own but the end of the one before: its price, or its name?"""
        entry = self._entries[-1] if self._entries else None
        if isinstance(entry, _Line) and self._counts(entry, item, deed):
            return True
        if not isinstance(entry, _Line) or not clause.kinds.isdisjoint(_HEADS):
            return False
        last = entry.item
        if item.lump and item.price and last.price and not item.words and not item.quantity:
            return self._adds_up(item.price)
        if (
            clause.kinds == _PRICED_EACH
            and last.words
            and last.quantity
            and not (last.price or last.unit)
        ):
            last.price, last.price_kind = item.quantity, "unit_price"  # "2 gas refills, 320 each"
            return True
        if self._prices_one(last, item) or (clause.joint and self._prices_named(item)):
            return True
        if item.quantity or item.lead or item.unit or last.price:
            return False
        if item.price and not item.words:
            last.price, last.price_kind = item.price, item.price_kind
            if clause.has(Kind.EACH):
                last.doubts.discard("size_or_quantity")
            return True
        named = item.words and last.words and last.quantity and not last.behind
        if named and clause.joint and clause.joined_by(Kind.AND) and not (deed and deed.blocked):
            last.words = [*last.words, clause.joint, *item.words]
            last.price, last.price_kind = item.price, item.price_kind
            return True
        return False

    def _prices_one(self, last: Item, item: Item) -> bool:
        """ "3 cases of castle, one case 259 rand": what one of them was, if no more was said."""
        one, price, count = item.quantity, item.price, last.quantity
        bare = one is None and not (item.words or last.price)
        if bare and item.price_kind == "unit_price" and item.unit and item.unit == last.unit:
            last.price, last.price_kind = price, "unit_price"  # "3 cases, R259 a case"
            return True
        if one is None or price is None or count is None or one.number != 1 or count.number == 1:
            return False
        if item.unit != last.unit or item.product.lower() not in ("", last.product.lower()):
            return False
        if item.words or last.price:
            said, of_all = last.price, (count.number or 0) * (price.number or 0)
            if said is None:
                self.doubts.add("price_of_which")
            elif not item.words and said.number in (price.number, of_all):
                one.weak = price.weak = True
            return price.weak
        one.weak = True
        last.price, last.price_kind = price, "unit_price"
        return True

    def _prices_named(self, item: Item) -> bool:
        """ "6 apples and 6 oranges sold, R3 each the apples": a price of what was named before."""
        if item.quantity or item.lead or item.unit or item.price is None or not item.words:
            return False
        named = item.product.lower()
        for line in self._lines:
            if line.item.product.lower() == named and line.item.quantity and not line.item.price:
                line.item.price, line.item.price_kind = item.price, item.price_kind
                return True
        return False

    def _adds_up(self, total: Piece) -> bool:
        """Is it the sum of the prices before it? Then it says at most what bare ones mean."""
        for kind in ("total_price", "unit_price"):
            found = Decimal(0)
            for line in self._lines:
                price, count = line.item.price, line.item.quantity
                if price is None or price.number is None:
                    return False
                bare = line.item.price_kind == "price"
                each = (kind if bare else line.item.price_kind) == "unit_price"
                found += price.number * ((count.number if count and each else None) or 1)
            if found == total.number:
                for line in self._lines:
                    if line.item.price_kind == "price":
                        line.item.price_kind = kind
                total.weak = True
                return True
        return False

    def _counts(self, line: _Line, item: Item, deed: Deed | None) -> bool:
        """ "I counted the bread, there are 7": the number of the product just named?

        So is "bread was delivered, 30 loaves".
        """
        same = line.deed is not None and deed is not None and line.deed.action == deed.action
        if item.quantity and _is_named_again(line, item, deed):
            line.item, line.deed = item, line.deed or deed
            return True
        if same and item.quantity and not item.words and _is_nothing(line.item, item):
            line.item.quantity, line.deed = item.quantity, deed
            self.doubts.discard("finished")
            return True
        if not same or line.item.quantity or not line.item.words:
            return False
        if not item.quantity:
            return _measures(line.item, item)
        counted = item.unit_piece is not None and item.words in ([], [item.unit_piece])
        if counted and item.unit_piece and not line.item.unit:
            line.item.unit = item.unit_piece.value
        elif item.words or item.price or item.unit:
            return False
        line.item.quantity, line.item.behind = item.quantity, True
        if item.price:
            line.item.price, line.item.price_kind = item.price, item.price_kind
        return True

    def _settle(self, deed: Deed, *, complete: bool) -> None:
        """Give a verb that came last to the items that waited for it.

        With `complete`, also to those of an auxiliary ("ek het 3 brood en 2 melk verkoop").
        """
        for line in self._lines:
            if line.deed is None or (complete and line.deed.awaits):
                line.deed = deed

    def _weigh_sizes(self, items: Sequence[Item]) -> None:
        """ "coke 2" is clear in a list where other names have their number behind them too."""
        doubted = [item for item in items if item.doubts]
        if not doubted:
            return
        behind = [item for item in items if item.behind]
        if all(item.doubts for item in behind) or not all(item.behind for item in doubted):
            for item in doubted:
                self.doubts |= item.doubts

    def _weigh_lump(self, items: Sequence[Item]) -> None:
        """ "3 coke, 2 fanta R60 in total": of the fanta, or of both?"""
        heads = items[0].heads and not any(item.price for item in items[1:])
        if heads or (items[-1].lump and not any(item.price for item in items[:-1])):
            self.doubts.add("price_of_which")

    def _weigh_counts(self, lines: Sequence[_Line]) -> None:
        """ "3 cases of coke and 5 singles" counted: their sum, or the second alone?"""
        counts = [line for line in lines if line.deed and line.deed.action == "count"]
        if len({line.item.product.lower() for line in counts}) < len(counts):
            self.doubts.add("counted_twice")
        whole = lines[0].item.quantity
        parts = [line.item for line in lines[1:]]
        if whole and whole.number and all(item.quantity for item in parts) and len(parts) > 1:
            qualities = lexicon().qualities
            described = all(word.word in qualities for item in parts for word in item.words)
            numbers = [item.quantity.number or 0 for item in parts if item.quantity]
            if described and sum(numbers) == whole.number:
                self.doubts.add("counted_twice")  # "7 kotas, 5 large and 2 small"

    def _book(self, line: _Line, when: str) -> Action:
        item, deed = line.item, line.deed
        is_name = 0 < len(item.words) <= _MOST_NAME_WORDS and len(self._entries) == 1
        if deed is None and not item.quantity and not is_name:
            return UNKNOWN
        if not item.words and ((deed and deed.heading == "stock") or len(self._entries) > 1):
            return UNKNOWN
        if deed and deed.doubt and not deed.blocked:
            self.doubts.add(deed.doubt)
        return booking_of(item, deed or Deed(OPEN), line.places, when)


def _is_named_again(line: _Line, item: Item, deed: Deed | None) -> bool:
    """ "Milk went sour, 4 x milk 2l", "was selling pies, 6 pies gone": now with how many."""
    last = line.item
    if last.quantity or last.price or last.unit or not last.words or not item.words:
        return False
    named = {word.word for word in item.words}
    if not all(word.word in named for word in last.words):
        return False
    if deed is None or line.deed is None or deed.action == line.deed.action:
        return True
    return deed.action == OPEN and not deed.blocked and line.deed.action == "sell"


def _measures(named: Item, item: Item) -> bool:
    """ "Chicken went off, 2kg thrown away", "checked the airtime, R350 left"."""
    if named.unit or named.price or named.lead or item.words not in ([], [item.lead]):
        return False
    if item.lead and item.lead.unit in _MEASURES:
        named.quantity, named.unit = item.lead, item.lead.unit
    elif item.price_kind == "price" and any(
        word.word in lexicon().value_items for word in named.words
    ):
        named.quantity, named.unit = item.price, "rand"
    return named.quantity is not None


def _is_nothing(finished: Item, item: Item) -> bool:
    """ "No more candles, zero left" is sure of it."""
    said, again = finished.quantity, item.quantity
    if said is None or again is None:
        return False
    return said.kind is Kind.FINISHED and again.number == _NOTHING


def _is_container(item: Item) -> bool:
    """Is it no more than what goods come in ("the bag", "die blik")?"""
    return not (item.quantity or item.price) and all(word.kind is Kind.UNIT for word in item.words)


def _is_level(line: _Line) -> bool:
    """The number of a reorder level is no size."""
    return line.deed is not None and line.deed.action == "set_reorder_level"


def _undo(clause: Clause) -> Action:
    """One thing taken back, by a clause that says little else; "undo everything" is not that."""
    if clause.asked or not clause.kinds.isdisjoint(_NOT_ONE):
        return UNKNOWN
    named = [piece for piece in clause.pieces if piece.kind is not Kind.LAST and piece.number != 1]
    found = items_of(named)
    if not found.items:
        return action_of({"action": "undo"}) or UNKNOWN
    item = found.items[0]
    if len(found.items) > 1 or not 0 < len(item.words) <= _MOST_NAME_WORDS:
        return UNKNOWN
    return action_of({"action": "undo", "product": item.product}) or UNKNOWN


def _report(heading: _Heading) -> Action:
    """A heading without a list asks for the report of that name."""
    action = _REPORTS.get(heading.deed.heading)
    if action is None:
        return UNKNOWN
    when = heading.when if action == "sales" else ""
    return action_of({"action": action, "when": when}) or UNKNOWN


def _find_nothing(clause: Clause, kinds: Set[Kind]) -> None:
    """ "no bread left" says that there is none, as "bread finished" does."""
    if Kind.NOT not in kinds or Kind.CONTENT not in kinds or not kinds.isdisjoint(_FIGURES):
        return
    verbs = {verb.value for verb in clause.of(Kind.VERB)}
    if verbs == {"have"} or (not verbs and Kind.LEFT in kinds):
        for piece in clause.of(Kind.NOT):
            piece.kind = Kind.FINISHED
