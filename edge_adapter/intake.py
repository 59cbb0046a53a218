"""Webhooks that arrive together are stored together: one database call for all that wait.

While a call is under way, later webhooks gather; the next call takes them all. So a lone webhook
waits for nobody, and a flood costs few commits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from edge_adapter.backend import Arrival, Backend, Report, SenderWork

_MOST: Final = 1000  # messages or statuses in one call


@dataclass(slots=True)
class _Waiting:
    arrivals: Sequence[Arrival]
    reports: Sequence[Report]
    stored: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Intake:
    """Stores webhooks; hands on the senders that came with them. Run `run()` as one task."""

    def __init__(self, backend: Backend, accept: Callable[[Sequence[SenderWork]], None]) -> None:
        self._backend = backend
        self._accept = accept
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()

    async def store(self, arrivals: Sequence[Arrival], reports: Sequence[Report]) -> None:
        """Return once everything is durable; raises what the backend raises."""
        parts = [
            _Waiting(arrivals[start : start + _MOST], reports[start : start + _MOST])
            for start in range(0, max(len(arrivals), len(reports), 1), _MOST)
        ]
        for part in parts:
            self._waiting.put_nowait(part)
        await asyncio.gather(*(part.stored for part in parts))

    async def run(self) -> None:
        """Store until cancelled."""
        held: _Waiting | None = None
        while True:
            batch = [held or await self._waiting.get()]
            held = None
            while not self._waiting.empty():
                following = self._waiting.get_nowait()
                if _overfull([*batch, following]):
                    held = following
                    break
                batch.append(following)
            await self._store(batch)

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        try:
            received = await self._backend.receive(
                [arrival for part in batch for arrival in part.arrivals],
                [report for part in batch for report in part.reports],
            )
        except Exception as error:
            for part in batch:
                if not part.stored.done():
                    part.stored.set_exception(error)
            return
        for part in batch:
            if not part.stored.done():
                part.stored.set_result(None)
        self._accept(received.work)


def _overfull(batch: Sequence[_Waiting]) -> bool:
    return (
        sum(len(part.arrivals) for part in batch) > _MOST
        or sum(len(part.reports) for part in batch) > _MOST
    )
