"""Sales of a week or a month as a picture: what each day brought, and what sold best.

Drawn for a phone held upright, at twice its size and then scaled down, which smooths every edge.
Shapes: `private.answer` in `supabase/migrations/*_answers.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from edge_adapter.wording.language import CURRENCY, Wording, plain, wording_of

_WIDTH: Final = 1080
_MARGIN: Final = 72
_SCALE: Final = 2
_DAYS_HEIGHT: Final = 430  # the columns, without what is written above and below them
_ROW_HEIGHT: Final = 104
_BEST_SHOWN: Final = 5
_DAYS_LABELLED: Final = 7  # a longer time has a number under every fifth day

_PAPER: Final = "#FFFCF5"
_INK: Final = "#1F2A24"
_SOFT: Final = "#6B7770"
_TRACK: Final = "#EDE8DA"
_BAR: Final = "#8CC9A8"
_BEST: Final = "#0B7A4B"

Row = Mapping[str, Any]


def chart(result: Mapping[str, Any], language: str, currency: str = CURRENCY) -> bytes | None:
    """A PNG for a result that answers one question about sales of several days; else None."""
    answers: Sequence[Row] = result.get("answers") or ()
    if len(answers) != 1 or result.get("outcome") != "answered":
        return None
    (given,) = answers
    if given.get("action") != "sales" or not given.get("rows") or not given.get("days"):
        return None
    days = [(date.fromisoformat(day["day"]), Decimal(day["amount"])) for day in given["days"]]
    if sum(amount > 0 for _, amount in days) == 0:
        return None
    wording = wording_of(result.get("language") or language, currency)
    best = [row for row in given["rows"] if row.get("amount") is not None]
    return _drawn(wording, wording.when(given["when"]), days, best)


def _drawn(
    wording: Wording, when: str, days: Sequence[tuple[date, Decimal]], rows: Sequence[Row]
) -> bytes:
    shown = rows[:_BEST_SHOWN]
    height = 330 + _DAYS_HEIGHT + 130 + 110 + _ROW_HEIGHT * len(shown) + 40
    sheet = _Sheet.blank(height)
    total = sum((amount for _, amount in days), Decimal())
    title, span = wording.say("chart", "title", when=when), wording.span(days[0][0], days[-1][0])
    sheet.write(_MARGIN, 84, f"{title} · {span}", 44, _SOFT)
    money = wording.money(str(total))
    sheet.write(
        _MARGIN, 146, money, sheet.largest(money, 96, _WIDTH - 2 * _MARGIN), _INK, bold=True
    )
    bottom = 330 + _DAYS_HEIGHT
    _columns(sheet, wording, days, bottom)
    top = bottom + 130
    sheet.write(_MARGIN, top, wording.say("chart", "best"), 40, _SOFT)
    _bars(sheet, wording, shown, top + 84)
    return sheet.png()


def _columns(
    sheet: _Sheet, wording: Wording, days: Sequence[tuple[date, Decimal]], bottom: int
) -> None:
    """A column for each day, the best one dark and with its amount above it. A day's amount that
    is wider than its place is left to the words beside the picture.
    """
    most = max(amount for _, amount in days)
    step = (_WIDTH - 2 * _MARGIN) / len(days)
    few = len(days) <= _DAYS_LABELLED
    amounts = [wording.round_money(str(amount)) for _, amount in days]
    all_fit = few and all(sheet.width(words, 30) <= step - 12 for words in amounts)
    width = min(step * (0.62 if few else 0.7), 96)
    labelled = False
    for place, ((day, amount), words) in enumerate(zip(days, amounts, strict=True)):
        middle = _MARGIN + step * (place + 0.5)
        left, right = middle - width / 2, middle + width / 2
        best = amount == most and not labelled
        if amount > 0:
            height = max(float(amount / most) * _DAYS_HEIGHT, 10.0)
            sheet.box(left, bottom - height, right, bottom, _BEST if best else _BAR)
            if all_fit or best:
                size = 34 if best else 30
                sheet.centred(
                    middle, bottom - height - 50, words, size, _INK if best else _SOFT, bold=best
                )
        else:
            sheet.box(left, bottom - 6, right, bottom, _TRACK)
        labelled = labelled or best
        if few:
            sheet.centred(middle, bottom + 18, wording.weekday(day), 34, _SOFT)
        elif day.day == 1 or day.day % 5 == 0:
            sheet.centred(middle, bottom + 18, str(day.day), 32, _SOFT)


def _bars(sheet: _Sheet, wording: Wording, rows: Sequence[Row], top: int) -> None:
    """A bar for each product, its name and what it brought above it."""
    most = max((Decimal(row["amount"]) for row in rows), default=Decimal())
    full = _WIDTH - 2 * _MARGIN
    for place, row in enumerate(rows):
        y = top + place * _ROW_HEIGHT
        money = wording.money(row["amount"])
        left = _WIDTH - _MARGIN - sheet.width(money, 36, bold=True)
        sheet.write(left, y, money, 36, _INK, bold=True)
        quantity = "" if row["unit"] == "rand" else wording.amount(row["quantity"], row["unit"])
        room = left - _MARGIN - 32 - (sheet.width(f"  × {quantity}", 32) if quantity else 0)
        name = sheet.fitting(plain(row["product"]), 36, room)
        sheet.write(_MARGIN, y, name, 36, _INK)
        if quantity:
            after = _MARGIN + sheet.width(name, 36)
            sheet.write(after, y + 3, f"  × {quantity}", 32, _SOFT)
        sheet.box(_MARGIN, y + 56, _MARGIN + full, y + 72, _TRACK)
        part = float(Decimal(row["amount"]) / most) if most > 0 else 0.0
        if part > 0:
            end = _MARGIN + max(full * part, 16.0)
            sheet.box(_MARGIN, y + 56, end, y + 72, _BEST if place == 0 else _BAR)


# --- paper and pen --------------------------------------------------------------------------------


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "Lato-Bold.ttf" if bold else "Lato-Regular.ttf"
    with resources.as_file(resources.files("font_lato").joinpath("files", name)) as file:
        return ImageFont.truetype(file, size * _SCALE)


@cache
def _has(letter: str) -> bool:
    """Whether the font can write it; what it cannot is left out rather than shown as a box."""
    return letter == " " or bytes(_font(8, False).getmask(letter)) != bytes(
        _font(8, False).getmask("\uffff")
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A picture being drawn; lengths are in pixels of the finished one."""

    image: Image.Image
    pen: ImageDraw.ImageDraw

    @classmethod
    def blank(cls, height: int) -> _Sheet:
        image = Image.new("RGB", (_WIDTH * _SCALE, height * _SCALE), _PAPER)
        return cls(image, ImageDraw.Draw(image))

    def write(
        self, x: float, y: float, words: str, size: int, colour: str, *, bold: bool = False
    ) -> None:
        self.pen.text((x * _SCALE, y * _SCALE), _written(words), colour, _font(size, bold))

    def centred(
        self, x: float, y: float, words: str, size: int, colour: str, *, bold: bool = False
    ) -> None:
        width = self.width(words, size, bold=bold)
        left = min(max(x - width / 2, 12.0), _WIDTH - 12 - width)
        self.write(left, y, words, size, colour, bold=bold)

    def width(self, words: str, size: int, *, bold: bool = False) -> float:
        return _font(size, bold).getlength(_written(words)) / _SCALE

    def largest(self, words: str, size: int, room: float) -> int:
        """The size, or a smaller one in which the bold words are no wider than the room."""
        width = self.width(words, size, bold=True)
        return size if width <= room else int(size * room / width)

    def fitting(self, words: str, size: int, room: float) -> str:
        """The words, or their beginning, in so much room."""
        shown = words
        while shown and self.width(shown if shown == words else f"{shown}…", size) > room:
            shown = shown[:-1].rstrip()
        return shown if shown == words else f"{shown}…"

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        corner = min(10.0, (bottom - top) / 2, (right - left) / 2) * _SCALE
        edges = (left * _SCALE, top * _SCALE, right * _SCALE, bottom * _SCALE)
        self.pen.rounded_rectangle(edges, corner, colour)

    def png(self) -> bytes:
        small = self.image.reduce(_SCALE).quantize(
            128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        written = BytesIO()
        small.save(written, "PNG")
        return written.getvalue()


def _written(words: str) -> str:
    return "".join(letter for letter in words if _has(letter))
