"""Written numbers to exact decimals: figures with any separators, fractions, words in any language.

Shared by the grammar and the guard: there is one reader of numbers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATORS = re.compile(r"[.,' ]")
_FIGURES = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_MOST_DIGITS = 11


def amount(figures: str, *, measured: bool = False) -> tuple[Decimal | None, str]:
    """Read "1 200,50", "R1,200" or "12,5": value and doubt; value None if it can't be read one way.

    The last separator with one or two digits behind it is the decimal one, with three digits it
    groups thousands, unless the number is `measured` ("1.250kg") or starts with a nought ("0.250").
    """
    if figures.isdecimal():
        if len(figures) > _MOST_DIGITS or (len(figures) > 3 and figures[0] == "0"):
            return None, ""
        return Decimal(figures), ""
    parts = _SEPARATORS.split(figures)
    *whole, tail = parts
    marks = _SEPARATORS.findall(figures)
    decimal_tail = len(tail) < 3 or (
        len(parts) == 2 and (measured or whole[0] == "0" or len(tail) > 3)
    )
    if decimal_tail and marks[-1] not in ".,":
        return None, ""
    groups = whole if decimal_tail else parts
    group_marks = marks[:-1] if decimal_tail else marks
    if any(len(group) != 3 for group in groups[1:]) or len(set(group_marks)) > 1:
        return None, ""
    if len(groups) > 1 and (len(groups[0]) > 3 or groups[0].startswith("0")):
        return None, ""
    if decimal_tail and len(groups) > 1 and marks[-1] in group_marks:
        return None, ""
    digits = "".join(groups)
    if len(digits) > _MOST_DIGITS or (decimal_tail and len(tail) > 6):
        return None, ""
    if decimal_tail:
        return Decimal(f"{digits}.{tail}"), ""
    return Decimal(digits), "thousands" if marks == ["."] else ""


def fraction(figures: str) -> Decimal | None:
    """Read "½", "1½", "3/4", "2 1/2"; None where it has no exact decimal below one."""
    whole, _, rest = (
        figures.replace("½", " ½").replace("¼", " ¼").replace("¾", " ¾").rpartition(" ")
    )
    if rest in _FIGURES:
        part = _FIGURES[rest]
    else:
        above, below = (int(figure) for figure in rest.split("/"))
        if below not in (2, 4, 5, 8) or above >= below:
            return None
        part = Decimal(above) / below
    return Decimal(whole.strip() or 0) + part


class NumberWord(NamedTuple):
    """What a word adds to a number being read. `role` is one of

    `unit` (three), `ten` (twenty), `scale` (hundred: multiplies what came before), `times`
    (amashumi: is multiplied by what comes next), `plus` (nambili: and two), `part` (half).
    """

    role: str
    value: Decimal


def words_to_number(words: Sequence[NumberWord | None]) -> tuple[Decimal, int] | None:
    """Read the longest number at the start; None stands for "and". Returns value and words used."""
    total, current, used = Decimal(0), None, 0
    last, pending = "", False
    for place, word in enumerate(words):
        if word is None:
            if current is None or pending:
                break
            pending = True
            continue
        role, value = word
        if role == "part":
            if current is None:
                return (value, 1)
            if not pending:
                break
            return (total + current + value, place + 1)
        if role == "times" and current and current >= 10 * value and current % (10 * value) == 0:
            total, current = total + current, None  # "ikhulu namashumi amabili": 100 + 10 x 2
        joined = _join(last, role, current, value, joined=pending)
        if joined is None:
            break
        current, pending, used = joined, False, place + 1
        last = "plus" if last == "times" else role
        if role == "scale" and value >= 1000:
            total, current = total + current, Decimal(0)
    return None if current is None else (total + current, used)


def _join(
    last: str, role: str, current: Decimal | None, value: Decimal, *, joined: bool
) -> Decimal | None:
    if role == "scale":
        return None if joined else (current or Decimal(1)) * value
    if current is None:
        return value
    if role == "plus":
        return None if current % (100 if value >= 10 else 10) else current + value
    if last == "times":
        return current * value
    if last in ("scale", "plus") and value < 100:
        return current + value
    if last == "ten" and role == "unit" and value < 10:
        return current + value
    if last == "unit" and role == "ten" and joined and current < 10:
        return current + value
    return None
