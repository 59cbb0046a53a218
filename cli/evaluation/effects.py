"""What a written reading must come to in a shop: computed simply, and from nothing of the product.

A reading is what a person wrote beside the sentence; an `Effects` is what the ledger, the catalogue
and the answers must then hold. Prices follow the shop: what was not said is the list price going
out and unknown coming in; a bare price is for each or for all, whichever is nearer to the usual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from cli.errors import CommandError
from cli.evaluation.catalogue import DEFAULT_LOCATION, Catalogue, units_in
from cli.product_file import ProductRow
from edge_adapter.grammar.evaluation import ANY_QUESTION, Sentence

Action = Mapping[str, str]

# Which way goods go; a count is the difference that it makes.
DIRECTION = {"sell": -1, "receive": 1, "write_off": -1, "return_in": 1, "return_out": -1}
ASKING = frozenset(("stock", "low_stock", "sales", "profit", "value", "history", "price"))
CATALOGUE = frozenset(("add_product", "set_price", "set_reorder_level", "set_pack"))
_STOCK = DIRECTION.keys() | {"count", "transfer"}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MEASURED = re.compile(r"(.+?) ?(\d+(?:\.\d+)?) ?(kg|g|l|ml)", re.IGNORECASE)
_BEFORE = 3  # how many were sold in the message that an undo or a correction is about


@dataclass(frozen=True)
class Line:
    """A line of the ledger: signed base units; `amount` in rands; `day` where the shop is."""

    kind: str
    product: str
    quantity: Decimal
    amount: Decimal | None
    reason: str | None
    location: str
    day: date

    def __str__(self) -> str:
        amount = "" if self.amount is None else f" for R{self.amount.normalize():f}"
        reason = f" ({self.reason})" if self.reason else ""
        place = "" if self.location == DEFAULT_LOCATION else f" at {self.location}"
        quantity = f"{self.quantity.normalize():+f}"
        return f"{self.kind} {quantity} {self.product}{amount}{reason}{place} on {self.day}"


@dataclass(frozen=True)
class Change:
    """A change of the catalogue; `product` case folded; `value`: price, level or size of a pack."""

    action: str
    product: str
    value: Decimal | None
    unit: str | None = None

    def __str__(self) -> str:
        value = "" if self.value is None else f" {self.value.normalize():f}"
        return " ".join(filter(None, (self.action, self.product, self.unit))) + value


@dataclass(frozen=True)
class Answer:
    """An answer to a question; `product` None where it is about all of them."""

    action: str
    when: str
    product: str | None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.action, self.product, self.when)))


@dataclass(frozen=True)
class Effects:
    """What a message did, or must do. `question`: the kind of what it asks back before it books."""

    lines: tuple[Line, ...] = ()
    changes: tuple[Change, ...] = ()
    answers: tuple[Answer, ...] = ()
    question: str | None = None

    @property
    def writes(self) -> bool:
        return bool(self.lines or self.changes)

    def __str__(self) -> str:
        asked = [] if self.question is None else [f"question {self.question or 'of any kind'}"]
        parts = [*self.lines, *self.changes, *self.answers, *asked]
        return "; ".join(map(str, parts)) or "nothing"


@dataclass(frozen=True)
class Expectation:
    """`before`: what was booked just before, as a form's action; None for a talk's first message.

    effects: None where nothing may be booked and the reading is judged, as of an answer to a
    question. unlisted: the product or pack that is why, since the shop does not keep it.
    """

    effects: Effects | None
    before: Action | None = None
    unlisted: str | None = None


class _UnlistedError(Exception):
    """A product that the shop does not keep, or a pack whose size it never said."""


class _FieldError(Exception):
    """A field that an action of a reading lacks, or whose number is none."""


def expected(sentence: Sentence, shop: Catalogue, today: date) -> Expectation:
    """What a sentence must come to, said in a shop whose stock is as its file opens it.

    A sentence about a product or a pack that the shop does not keep must be read as written, and
    book nothing. Raises CommandError for a bare price of what the shop has not priced, and for a
    reading that lacks a field or whose number is none.
    """
    try:
        return _expected(sentence, shop, today)
    except _UnlistedError as unlisted:
        return Expectation(None, unlisted=str(unlisted))
    except _FieldError as wrong:
        raise CommandError(f"The corpus reads {sentence.text!r} as {wrong}.") from None


def _field(action: Action, name: str) -> str:
    if name not in action:
        raise _FieldError(f"{action['action']} without its {name}")
    return action[name]


def _number(action: Action, name: str) -> Decimal:
    said = _field(action, name)
    try:
        number = Decimal(said)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise _FieldError(f"{action['action']} whose {name} is {said!r}, which is no number")
    return number


def _expected(sentence: Sentence, shop: Catalogue, today: date) -> Expectation:
    actions = sentence.actions
    if actions is None:
        return Expectation(Effects(question=ANY_QUESTION))
    actions = tuple(dict(_by_measure(action, shop)) for action in actions)
    if sentence.question is not None:
        # Which product it is comes before any other question.
        known = all(shop.product(a["product"]) for a in actions if "product" in a)
        return Expectation(Effects(question=sentence.question if known else ANY_QUESTION))
    names = {action["action"] for action in actions}
    if names <= {"undo"}:
        before = {"action": "sell", "product": actions[0].get("product", "bread")}
        return Expectation(*_after(before, (), shop, today))
    if names <= {"correct"}:
        return _corrected(actions[0], shop, today)
    if not names <= _STOCK | ASKING | CATALOGUE | {"unknown"}:
        return Expectation(None)
    if (question := _needed(actions)) is not None:
        return Expectation(Effects(question=question))
    return Expectation(
        Effects(
            lines=_lines([a for a in actions if a["action"] in _STOCK], shop, today),
            changes=tuple(_change(a, shop) for a in actions if a["action"] in CATALOGUE),
            answers=tuple(_answer(a, shop) for a in actions if a["action"] in ASKING),
        )
    )


def places(sentences: Sequence[Sentence]) -> set[str]:
    """Every location that sentences name, beside the shop itself; a name in any letters is one."""
    named = {
        action[field].casefold()
        for sentence in sentences
        for action in sentence.actions or ()
        for field in ("location", "to_location")
        if field in action
    }
    return named - {DEFAULT_LOCATION.casefold()}


# --- stock ----------------------------------------------------------------------------------------


def _by_measure(action: Action, shop: Catalogue) -> Action:
    """ "sugar 2kg" and no other number: two kilograms, where the shop keeps sugar by weight."""
    said = _MEASURED.fullmatch(action.get("product", ""))
    if action["action"] not in _STOCK or "quantity" in action or said is None:
        return action
    goods, quantity, unit = said.groups()
    product = shop.product(goods)
    if shop.product(action["product"]) or product is None or units_in(product, unit) is None:
        return action
    return {**action, "product": goods, "quantity": quantity, "unit": unit}


def _needed(actions: Sequence[Action]) -> str | None:
    """The question without which nothing can be booked: which way, or how many."""
    for action in actions:
        if action["action"] == "unknown":
            return "which_action" if "quantity" in action else ANY_QUESTION
        if action["action"] in _STOCK and "product" not in action:
            return ANY_QUESTION
        if action["action"] in _STOCK and "quantity" not in action:
            return "how_many"
    return None


def _lines(actions: Sequence[Action], shop: Catalogue, today: date) -> tuple[Line, ...]:
    # Goods that name no day are about the first that is named. The shop opened its books today.
    days = [_day(action["when"], today) for action in actions if "when" in action]
    on_hand: dict[str, Decimal] = {}
    lines: list[Line] = []
    for action in actions:
        day = _day(action["when"], today) if "when" in action else (days or [today])[0]
        product = _product(_field(action, "product"), shop)
        opened = product.quantity or Decimal(0) if day == today else Decimal(0)
        held = on_hand.get(product.name, opened)
        booked = list(_line(action, product, held, day))
        on_hand[product.name] = held + sum(
            line.quantity for line in booked if line.location == DEFAULT_LOCATION
        )
        lines += booked
    return tuple(lines)


def _line(action: Action, product: ProductRow, held: Decimal, day: date) -> list[Line]:
    kind = action["action"]
    quantity = _quantity(action, product)
    place = _place(action.get("location"))
    line = Line(kind, product.name, quantity, None, None, place, day)
    if kind == "count":
        return [replace(line, quantity=quantity - held)]
    if kind == "transfer":
        there = _place(action.get("to_location"))
        return [replace(line, quantity=-quantity), replace(line, location=there)]
    if kind == "write_off":
        return [replace(line, quantity=-quantity, reason=action.get("reason", "other"))]
    amount = _amount(action, product)
    return [replace(line, quantity=DIRECTION[kind] * quantity, amount=amount)]


def _quantity(action: Action, product: ProductRow) -> Decimal:
    factor = units_in(product, action.get("unit"))
    if factor is None:
        raise _UnlistedError(f"{action.get('unit')} of {product.name}")
    return _number(action, "quantity") * factor


def _amount(action: Action, product: ProductRow) -> Decimal | None:
    said = _number(action, "quantity")
    goes_out = action["action"] in ("sell", "return_in")
    if "total_price" in action:
        return _number(action, "total_price")
    if "unit_price" in action:
        return _cents(_number(action, "unit_price") * said)
    usual = product.price if goes_out else product.cost
    if "price" in action:
        price = _number(action, "price")
        return min(
            price, _cents(price * said), key=lambda paid: _apart(paid, action, product, usual)
        )
    if goes_out and usual is not None:
        return _cents(usual * _quantity(action, product))
    return None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _apart(amount: Decimal, action: Action, product: ProductRow, usual: Decimal | None) -> Decimal:
    """How many times too much or too little an amount is."""
    at_usual = (usual or Decimal(0)) * _quantity(action, product)
    if not at_usual:
        raise CommandError(f"The corpus prices {product.name!r}, its shop does not.")
    return max(amount / at_usual, at_usual / amount)


def _place(name: str | None) -> str:
    known = (name or DEFAULT_LOCATION).casefold()
    return DEFAULT_LOCATION if known == DEFAULT_LOCATION.casefold() else known


def _day(when: str, today: date) -> date:
    if when in _WEEKDAYS:
        return today - timedelta((today.weekday() - _WEEKDAYS.index(when)) % 7)
    if when in ("today", "yesterday", "day_before_yesterday"):
        return today - timedelta(("today", "yesterday", "day_before_yesterday").index(when))
    if re.fullmatch(r"--\d\d-\d\d", when):
        this_year = date.fromisoformat(f"{today.year}{when[1:]}")
        return this_year if this_year <= today else this_year.replace(year=today.year - 1)
    return date.fromisoformat(when)


# --- fixing ---------------------------------------------------------------------------------------


def _after(
    before: Action, instead: Sequence[Action], shop: Catalogue, today: date
) -> tuple[Effects, Action]:
    """The message before taken back, and what is booked in its place."""
    name = _product(before["product"], shop).name
    before = {"quantity": str(_BEFORE), **before, "product": name}
    (booked,) = _lines([before], shop, today)
    taken_back = replace(
        booked,
        kind="reversal",
        quantity=-booked.quantity,
        amount=None if booked.amount is None else -booked.amount,
    )
    return Effects(lines=(taken_back, *_lines(instead, shop, today))), before


def _corrected(correction: Action, shop: Catalogue, today: date) -> Expectation:
    """Said after a sale of three, of the product named or of another than it should have been."""
    turned_to = correction.get("to_action", "sell")
    meant = correction.get("to_product", "bread")
    other = "coke" if "to_product" in correction else "bread"
    before = {
        "action": "receive" if turned_to == "sell" and "to_action" in correction else "sell",
        "product": correction.get("product", other),
    }
    if correction.keys() == {"action"}:
        _, booked = _after(before, (), shop, today)
        return Expectation(Effects(question=ANY_QUESTION), booked)
    instead = {
        "quantity": str(_BEFORE),
        **before,
        **{
            key: value for key, value in correction.items() if not key.startswith(("to_", "action"))
        },
        "action": turned_to,
    }
    if "to_product" in correction:
        instead["product"] = meant
    return Expectation(*_after(before, [instead], shop, today))


# --- the rest -------------------------------------------------------------------------------------


def _change(action: Action, shop: Catalogue) -> Change:
    kind = action["action"]
    if kind == "add_product":
        price = _number(action, "unit_price") if "unit_price" in action else None
        return Change(kind, _field(action, "name").casefold(), price)
    product = _product(_field(action, "product"), shop).name.casefold()
    if kind == "set_price":
        return Change(kind, product, _number(action, "unit_price"))
    return Change(kind, product, _number(action, "quantity"), action.get("unit"))


def _answer(action: Action, shop: Catalogue) -> Answer:
    named = action.get("product")
    product = None if named is None else _product(named, shop).name
    return Answer(action["action"], action.get("when", "today"), product)


def _product(word: str, shop: Catalogue) -> ProductRow:
    product = shop.product(word)
    if product is None:
        raise _UnlistedError(word)
    return product
