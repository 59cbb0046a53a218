"""A model that is busy or away is left alone for a while, and asked again afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from edge_adapter.gemini.answer import Busy, ModelAnswer, Unavailable
from edge_adapter.gemini.breaker import Breaker
from edge_adapter.grammar import parse

pytestmark = pytest.mark.anyio
TODAY = date(2026, 11, 22)
READ = parse("sold 3 bread")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Model:
    """Answers in turn; the last answer for ever."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def read_text(
        self,
        text: str,  # noqa: ARG002
        today: date,  # noqa: ARG002
        products: Sequence[str] = (),  # noqa: ARG002
    ) -> ModelAnswer:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return ModelAnswer(answer)  # type: ignore[arg-type]

    async def read_media(
        self,
        data: bytes,  # noqa: ARG002
        mime: str,  # noqa: ARG002
        today: date,
        caption: str = "",  # noqa: ARG002
        products: Sequence[str] = (),  # noqa: ARG002
    ) -> ModelAnswer:
        return await self.read_text("", today)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def _results(breaker: Breaker, times: int) -> Sequence[object]:
    return [(await breaker.read_text("words", TODAY)).result for _ in range(times)]


async def test_a_short_pause_is_waited_out_once() -> None:
    model = Model(Busy(0.01), READ)
    assert await _results(Breaker(model), 1) == [READ]
    assert model.asked == 2


async def test_a_long_pause_is_kept_and_nobody_asks_meanwhile() -> None:
    clock = Clock()
    model = Model(Busy(53.0), READ)
    breaker = Breaker(model, clock)
    assert await _results(breaker, 2) == [Busy(53.0), Unavailable("paused")]
    clock.now = 53.0
    assert await _results(breaker, 1) == [READ]
    assert model.asked == 2


async def test_three_failures_in_a_row_pause_and_each_next_pause_is_longer() -> None:
    clock = Clock()
    model = Model(Unavailable("timeout"))
    breaker = Breaker(model, clock)
    await _results(breaker, 5)
    assert model.asked == 3
    clock.now = 15.0
    await _results(breaker, 2)
    assert model.asked == 4
    clock.now = 30.0
    assert await _results(breaker, 1) == [Unavailable("paused")]
    clock.now = 45.0
    await _results(breaker, 1)
    assert model.asked == 5


async def test_an_answer_that_is_no_use_is_no_outage() -> None:
    model = Model(Unavailable("malformed"))
    await _results(Breaker(model), 5)
    assert model.asked == 5
