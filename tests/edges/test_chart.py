"""Sales of several days become a picture; whatever else is asked does not."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from edge_adapter.chart import chart
from edge_adapter.graph import CAPTION_LIMIT
from edge_adapter.wording.language import LANGUAGES, wording_of
from edge_adapter.wording.render import render


def _row(product: str, amount: str | None, quantity: str = "3", unit: str = "each") -> Any:
    return {"product": product, "unit": unit, "quantity": quantity, "amount": amount}


ROWS = [_row(f"Product {place}", f"{1000 - place}.50") for place in range(9)]
DAYS = [{"day": f"2026-11-{day:02}", "amount": f"{day * 3}.25"} for day in range(16, 23)]


def _result(**changes: Any) -> dict[str, Any]:
    answer = {"action": "sales", "when": "this_week", "rows": ROWS, "days": DAYS, **changes}
    return {"outcome": "answered", "answers": [answer]}


def _picture(result: dict[str, Any], language: str = "en") -> Image.Image:
    drawn = chart(result, language)
    assert drawn is not None
    return Image.open(BytesIO(drawn))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_week_is_a_png_that_a_phone_shows_at_once(language: str) -> None:
    picture = _picture(_result(), language)
    assert (picture.format, picture.width) == ("PNG", 1080)
    assert len(chart(_result(), language) or b"") < 100_000


def test_each_language_is_written_in_its_own_words() -> None:
    drawn = {chart(_result(), language) for language in LANGUAGES}
    assert len(drawn) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_week_fit_under_the_picture(language: str) -> None:
    assert len(render(_result(), language).text) <= CAPTION_LIMIT


def test_the_best_day_stands_out() -> None:
    colours = {colour for _, colour in _picture(_result()).convert("RGB").getcolors(9999) or ()}
    assert (11, 122, 75) in colours


@pytest.mark.parametrize(
    "changes",
    [
        {"rows": [_row("😀 Bröd “čerstvý” " * 9, "5")]},
        {"rows": [_row("Airtime", "50.00", "50", "rand")]},
        {"rows": [_row("No price", None)]},
        {"rows": [_row("Free", "0.00")]},
        {"rows": [_row("Loss", "-5.00")]},
        {"days": [{"day": "2026-11-16", "amount": "0"}, {"day": "2026-11-17", "amount": "0.01"}]},
        {"days": [{"day": "2026-11-16", "amount": "-3"}, {"day": "2026-11-17", "amount": "5"}]},
        {"days": [{"day": f"2026-10-{d:02}", "amount": "999999999.99"} for d in range(1, 32)]},
    ],
    ids=["odd letters", "rand", "unpriced", "free", "loss", "cent", "return day", "month"],
)
def test_whatever_was_sold_can_be_drawn(changes: dict[str, Any]) -> None:
    assert _picture(_result(**changes)).height > 900


@pytest.mark.parametrize("count", [1, 7, 31])
def test_no_sum_is_written_over_the_edge_or_over_another(count: int) -> None:
    """The margins stay blank, and so does what lies between two columns above them."""
    days = [{"day": f"2026-10-{d + 1:02}", "amount": "9999999999999.99"} for d in range(count)]
    rows = [_row("W" * 80, "99999999999999.99", "99999999999.999", "kg")] * 40
    picture = _picture(_result(days=days, rows=rows)).convert("L")
    for left in (0, picture.width - 12):
        margin = picture.crop((left, 0, left + 12, picture.height))
        assert min(pixel for pixel, many in enumerate(margin.histogram()) if many) > 240
    if count == 7:
        between = picture.crop((560, 260, 1000, 300))  # the best day is the first
        assert min(pixel for pixel, many in enumerate(between.histogram()) if many) > 240


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_says_which_days_it_is_of(language: str) -> None:
    spans = [
        wording_of(language).span(date(2026, 11, first), date(2026, 11, 28)) for first in (2, 23)
    ]
    assert all("28" in span for span in spans)
    assert spans[0] != spans[1]
    earlier = [{**day, "day": day["day"].replace("-11-", "-10-")} for day in DAYS]
    assert chart(_result(), language) != chart(_result(days=earlier), language)


@pytest.mark.parametrize(
    "result",
    [
        _result(action="profit"),
        _result(rows=[]),
        _result(days=None),
        _result(days=[{"day": "2026-11-16", "amount": "0"}]),
        {**_result(), "outcome": "posted"},
        {"outcome": "answered", "answers": _result()["answers"] * 2},
        {"outcome": "answered", "code": "help"},
        {"outcome": "refused", "code": "role_too_low"},
    ],
)
def test_what_is_no_answer_about_days_is_no_picture(result: dict[str, Any]) -> None:
    assert chart(result, "en") is None


def test_money_above_a_column_has_no_cents() -> None:
    assert wording_of("en").round_money("1240.50") == "R1\u00a0240"
    assert wording_of("zu").round_money("980") == "R980"
