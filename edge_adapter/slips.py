"""What is checked of words that were heard or seen: does each line stand there, do they add up?

Of a slip, only what stands together is clear: a line's name and its numbers in one printed line, or
in one and the line of figures beside it. The total must be printed too, and be what the lines come
to, to the cent; VAT, delivery or a discount may lie between, where the slip says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Final, Literal

from edge_adapter.interpretation import Action, Interpretation

# `1 250,00`, `R1,250.00`, `12.5`, `3`
_FIGURE = re.compile(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?:[.,]\d{1,3})?(?!\d)|\d+(?:[.,]\d+)?")
_AMOUNT = re.compile(rf"(?<!\d)(?:{_FIGURE.pattern})(?!\s*%)(?!\d)")
_WORD = re.compile(r"\w+")
_NUMBERED = re.compile(r"\S*\d\S*")
_CENT: Final = Decimal("0.01")
_MOST_CHARGES: Final = 6  # lines; more are no slip's

Totals = Literal["alone", "agree", "agree_with_charges", "differ", "unread"]


def doubted(found: Interpretation, printed: str | None) -> Interpretation:
    """Each action with a certainty: what names no deed and no number is unread, and where words
    were `printed`, what does not stand together in them is unsure.
    """
    slip = None if printed is None else _Slip.read(printed, found)
    actions = [_doubted(action, slip) for action in found.actions]
    return found.model_copy(update={"actions": actions})


def goods(found: Interpretation) -> Interpretation | None:
    """Without what names no goods: VAT, delivery, a total. None where nothing is left."""
    no_goods = _words_for("no_goods")
    actions = [
        action
        for action in found.actions
        if not (words := _letters(action.product)) or not words <= no_goods
    ]
    return found.model_copy(update={"actions": actions}) if actions else None


def lines_total(found: Interpretation) -> Decimal:
    """What the lines come to in rands, each to the cent as tills round; one without a price adds
    nothing.
    """
    return sum((_amount(action) for action in found.actions), Decimal("0.00"))


def totals(found: Interpretation, printed: str | None) -> Totals:
    """How the slip's total stands to its lines. `alone`: there is no money to add up; `unread`: no
    total that is printed. What was heard has no print.
    """
    lines = lines_total(found)
    if found.document_total is None and (printed is None or not lines):
        return "alone"
    if found.document_total is None:
        return "unread"
    total = Decimal(found.document_total)
    if printed is not None and total not in _figures(printed):
        return "unread"
    if total == lines:
        return "agree"
    return "agree_with_charges" if _is_charged(printed or "", total - lines) else "differ"


def _amount(action: Action) -> Decimal:
    if action.certainty == "unread":
        return Decimal()
    if action.total_price is not None:
        return Decimal(action.total_price)
    each = action.unit_price or action.price
    amount = Decimal(each or 0) * Decimal(action.quantity or 1)
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _doubted(action: Action, slip: _Slip | None) -> Action:
    certainty = action.certainty or "unsure"
    if action.action == "unknown" and action.quantity is None:
        certainty = "unread"
    if certainty == "sure" and slip is not None and not slip.takes(action):
        certainty = "unsure"
    return action.model_copy(update={"certainty": certainty})


# --- what stands together -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slip:
    """Printed lines; `named`: those on which a product stands. Each is taken once per product."""

    lines: list[str]
    named: frozenset[int]
    taken: set[tuple[int, frozenset[str]]]

    @classmethod
    def read(cls, printed: str, found: Interpretation) -> _Slip:
        lines = [line for line in printed.splitlines() if line.strip()]
        words = [set(_WORD.findall(line.lower())) for line in lines]
        names = [name for action in found.actions if (name := _name(action))]
        named = frozenset(
            place for place, held in enumerate(words) if any(name <= held for name in names)
        )
        return cls(lines, named, set())

    def takes(self, action: Action) -> bool:
        """Whether the action's name and its numbers stand together, on a line not yet taken."""
        name = _name(action)
        numbers = {
            Decimal(number)
            for number in (action.quantity, action.unit_price, action.total_price, action.price)
            if number
        }
        for place, line in enumerate(self.lines):
            if not name <= set(_WORD.findall(line.lower())) or (place, name) in self.taken:
                continue
            own = _figures(_without(line, name))
            if any(numbers <= own | beside for beside in (set(), *self._beside(place))):
                self.taken.add((place, name))
                return True
        return False

    def _beside(self, place: int) -> Iterator[set[Decimal]]:
        """The figures of a line above or below that names nothing itself."""
        for near in (place + 1, place - 1):
            if 0 <= near < len(self.lines) and near not in self.named:
                yield _figures(self.lines[near])


def _name(action: Action) -> frozenset[str]:
    return frozenset(_WORD.findall((action.product or "").lower()))


def _without(line: str, name: frozenset[str]) -> str:
    """The line without the numbers that are part of a name: a "2l" is no two."""

    def kept(found: re.Match[str]) -> str:
        words = set(_WORD.findall(found[0].lower()))
        return "" if words <= name and not found[0].isdecimal() else found[0]

    return _NUMBERED.sub(kept, line)


# --- what stands between the lines and the total --------------------------------------------------


def _is_charged(printed: str, difference: Decimal) -> bool:
    """Whether charges that are printed, each added, taken off or in the prices, come to it."""
    options = []
    for line in printed.splitlines():
        if _words_for("charges").isdisjoint(_letters(line)):
            continue
        amounts = {_decimal(figure) for figure in _AMOUNT.findall(line)}
        options.append({Decimal(), *amounts, *(-amount for amount in amounts)})
    if not 0 < len(options) <= _MOST_CHARGES:
        return False
    sums = {Decimal()}
    for option in options:
        sums = {whole + part for whole in sums for part in option}
    return difference in sums


def _letters(text: str | None) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", (text or "").lower()))


@cache
def _words_for(kind: str) -> frozenset[str]:
    table = tomllib.loads(resources.files(__package__).joinpath("slips.toml").read_text("utf-8"))
    return frozenset(table[kind])


# --- figures --------------------------------------------------------------------------------------


def _figures(words: str) -> set[Decimal]:
    """Every number that the digits of a text can be read as."""
    found: set[Decimal] = set()
    for figure in _FIGURE.findall(words):
        found.update(map(_decimal, (figure, *re.split(r"\s", figure))))
    return found


def _decimal(figure: str) -> Decimal:
    """A comma or a point before one or two last digits is decimal, elsewhere it parts thousands."""
    whole, _, cents = re.sub(r"[ \u00a0\u202f]", "", figure).rpartition(
        max(".,", key=lambda mark: figure.rfind(mark))
    )
    if not whole:
        return Decimal(re.sub(r"\D", "", figure))
    if len(cents) == 3 and "." not in figure:
        return Decimal(re.sub(r"\D", "", figure))
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{cents}")
