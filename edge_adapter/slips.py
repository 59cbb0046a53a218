"""What is checked of words that were heard or seen: does each line stand there, do they add up?"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from edge_adapter.interpretation import Action, Interpretation

# `1 250,00`, `R1,250.00`, `12.5`, `3`
_FIGURE = re.compile(r"\d{1,3}(?:[ .,\u00a0\u202f]\d{3})+(?:[.,]\d{1,3})?(?!\d)|\d+(?:[.,]\d+)?")
_CENT: Final = Decimal("0.01")


def doubted(found: Interpretation, printed: str | None) -> Interpretation:
    """Each action with a certainty: what names no deed and no number is unread, and where words
    were `printed`, what has a number or a name that is not among them is unsure.
    """
    figures = None if printed is None else _figures(printed)
    words = set(re.findall(r"\w+", (printed or "").lower()))
    actions = [_doubted(action, figures, words) for action in found.actions]
    return found.model_copy(update={"actions": actions})


def lines_total(found: Interpretation) -> Decimal:
    """What the lines come to, in rands and cents; a line without a price adds nothing."""
    total = sum((_amount(action) for action in found.actions), Decimal())
    return total.quantize(_CENT)


def _amount(action: Action) -> Decimal:
    if action.certainty == "unread":
        return Decimal()
    if action.total_price is not None:
        return Decimal(action.total_price)
    each = action.unit_price or action.price
    return Decimal(each or 0) * Decimal(action.quantity or 1)


def _doubted(action: Action, figures: set[Decimal] | None, words: set[str]) -> Action:
    certainty = action.certainty or "unsure"
    if action.action == "unknown" and action.quantity is None:
        certainty = "unread"
    if certainty == "sure" and figures is not None:
        numbers = (action.quantity, action.unit_price, action.total_price, action.price)
        named = set(re.findall(r"\w+", (action.product or "").lower()))
        if not named <= words or any(Decimal(n) not in figures for n in numbers if n):
            certainty = "unsure"
    return action.model_copy(update={"certainty": certainty})


def _figures(words: str) -> set[Decimal]:
    """Every number that the digits of a text can be read as."""
    found: set[Decimal] = set()
    for figure in _FIGURE.findall(words):
        found.update(map(_decimal, (figure, *re.split(r"\s", figure), *re.findall(r"\d+", figure))))
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
