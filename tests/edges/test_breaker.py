"""A model that is busy or away is left alone for a while, and asked again afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date

import pytest

from edge_adapter.gemini.answer import Busy, Unavailable
from edge_adapter.gemini.breaker import PATIENCE_SECONDS, Breaker
from edge_adapter.gemini.interpreter import Interpreter, open_interpreter
from edge_adapter.interpretation import Interpretation
from edge_adapter.settings import Settings
from tests.edges.conftest import Standin
from tests.edges.test_settings import COMPLETE

pytestmark = pytest.mark.anyio
TODAY = date(2026, 11, 22)
FORM = {"language": "en", "actions": [{"action": "sell", "product": "bread", "quantity": "3"}]}
READ = Interpretation.model_validate(FORM)
PAUSED = Unavailable("paused")
AWAY = Unavailable("http_503")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def model(google: Standin) -> AsyncIterator[Interpreter]:
    settings = Settings(**COMPLETE, gemini_api_key="key", gemini_url=google.url)
    async with open_interpreter(settings) as interpreter:
        assert interpreter is not None
        yield interpreter


async def _results(breaker: Breaker, times: int) -> list[object]:
    return [(await breaker.read_text("words", TODAY)).result for _ in range(times)]


async def test_a_short_pause_is_waited_out_once(model: Interpreter, google: Standin) -> None:
    google.post("answers", status=429, retry_delay="0.5s")
    google.post("answers", form=FORM)
    started = time.monotonic()
    assert await _results(Breaker(model), 1) == [READ]
    assert 0.5 <= time.monotonic() - started < PATIENCE_SECONDS
    assert len(google.get("requests")) == 2


async def test_a_second_pause_is_not_waited_out(model: Interpreter, google: Standin) -> None:
    google.post("answers", status=429, retry_delay="0.1s", times=2)
    assert await _results(Breaker(model), 1) == [Busy(0.1)]
    assert len(google.get("requests")) == 2


async def test_a_long_pause_is_kept_and_nobody_asks_meanwhile(
    model: Interpreter, google: Standin
) -> None:
    clock = Clock()
    google.post("answers", status=429, retry_delay="53s")
    google.post("answers", form=FORM)
    breaker = Breaker(model, clock)
    assert await _results(breaker, 2) == [Busy(53.0), PAUSED]
    clock.now = 52.9
    assert await _results(breaker, 1) == [PAUSED]
    clock.now = 53.0
    assert await _results(breaker, 1) == [READ]
    assert len(google.get("requests")) == 2


async def test_three_failures_in_a_row_pause_and_each_next_pause_is_longer(
    model: Interpreter, google: Standin
) -> None:
    clock = Clock()
    google.post("answers", status=503, times=100)
    breaker = Breaker(model, clock)
    assert await _results(breaker, 5) == [AWAY, AWAY, AWAY, PAUSED, PAUSED]
    clock.now = 15.0
    assert await _results(breaker, 2) == [AWAY, PAUSED]
    clock.now = 44.9
    assert await _results(breaker, 1) == [PAUSED]
    clock.now = 45.0
    assert await _results(breaker, 1) == [AWAY]
    assert len(google.get("requests")) == 5


async def test_after_a_pause_one_question_tries_for_all_and_an_answer_ends_it(
    model: Interpreter, google: Standin
) -> None:
    clock = Clock()
    google.post("answers", status=503, times=3)
    google.post("answers", form=FORM, delay_seconds=0.3, times=5)
    breaker = Breaker(model, clock)
    await _results(breaker, 3)
    clock.now = 15.0
    together = await asyncio.gather(*(_results(breaker, 1) for _ in range(4)))
    assert together == [[READ], [PAUSED], [PAUSED], [PAUSED]]
    assert await _results(breaker, 2) == [READ, READ]


async def test_an_answer_that_is_no_use_is_no_outage(model: Interpreter, google: Standin) -> None:
    google.post("answers", text="not json", times=5)
    assert await _results(Breaker(model), 5) == [Unavailable("malformed")] * 5
    assert len(google.get("requests")) == 5
