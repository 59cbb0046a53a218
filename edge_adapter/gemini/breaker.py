"""Asks the model only while it answers: keeps a pause that Google asks for, sits out outages.

A short pause is waited out once, since the message is still worth it; after a longer one, or after
three failures in a row, nobody asks until the time is up, and the grammar's reading stands. After
failures one question then tries, and the others go on waiting for what comes of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Final

from edge_adapter import metrics
from edge_adapter.gemini.answer import Busy, ModelAnswer, Unavailable
from edge_adapter.gemini.interpreter import Interpreter

PATIENCE_SECONDS: Final = 2.0
_FAILURES: Final = 3
# Of no use, but the model is there.
_ANSWERS: Final = frozenset(("blocked", "malformed", "truncated", "too_many", "empty"))
_FIRST_PAUSE: Final = 15.0
_LONGEST_PAUSE: Final = 300.0


class Breaker:
    """An Interpreter in front of another. `clock` gives seconds that only rise."""

    def __init__(
        self, interpreter: Interpreter, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._interpreter = interpreter
        self._clock = clock
        self._closed_at = 0.0
        self._failures = 0
        self._pause = _FIRST_PAUSE

    async def read_text(self, text: str, today: date, products: Sequence[str] = ()) -> ModelAnswer:
        """As the interpreter behind answers, or Unavailable("paused")."""
        return await self._ask(lambda: self._interpreter.read_text(text, today, products))

    async def read_media(
        self,
        data: bytes,
        mime: str,
        today: date,
        caption: str = "",
        products: Sequence[str] = (),
    ) -> ModelAnswer:
        """As the interpreter behind answers, or Unavailable("paused")."""
        return await self._ask(
            lambda: self._interpreter.read_media(data, mime, today, caption, products)
        )

    async def _ask(self, ask: Callable[[], Awaitable[ModelAnswer]]) -> ModelAnswer:
        if self._clock() < self._closed_at:
            return self._noted(ModelAnswer(Unavailable("paused")))
        if self._failures >= _FAILURES:
            self._closed_at = self._clock() + self._pause
        answer = self._noted(await ask())
        if isinstance(answer.result, Busy) and answer.result.after_seconds <= PATIENCE_SECONDS:
            await asyncio.sleep(answer.result.after_seconds)
            answer = self._noted(await ask())
        match answer.result:
            case Busy(after_seconds):
                self._closed_at = self._clock() + after_seconds
            case Unavailable(reason) if reason not in _ANSWERS:
                self._failed()
            case _:
                self._failures, self._pause, self._closed_at = 0, _FIRST_PAUSE, 0.0
        return answer

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= _FAILURES:
            self._closed_at = self._clock() + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def _noted(self, answer: ModelAnswer) -> ModelAnswer:
        match answer.result:
            case Busy():
                outcome = "busy"
            case Unavailable(reason):
                outcome = reason
            case _:
                outcome = "answered"
        metrics.MODEL_CALLS.labels(outcome).inc()
        metrics.MODEL_TOKENS.labels("input").inc(answer.tokens.input)
        metrics.MODEL_TOKENS.labels("output").inc(answer.tokens.output)
        return answer
