"""How much data and time a run takes."""

from __future__ import annotations

from dataclasses import dataclass

from cli.load import Load


@dataclass(frozen=True)
class Size:
    """rounds: alternating runs of each pair. seconds: of each run against the clock.

    transactions: of each client in runs over stored messages. reads: queries of each run.
    """

    many: Load
    few: Load
    catalogue: Load
    rounds: int
    seconds: int
    transactions: int
    reads: int


FULL = Size(
    many=Load(1_000, 200, 1_000_000),
    few=Load(10, 200, 10_000),
    catalogue=Load(1, 5_000, 0, seed=2),
    rounds=5,
    seconds=6,
    transactions=400,
    reads=200,
)
QUICK = Size(
    many=Load(60, 200, 60_000),
    few=Load(10, 200, 10_000),
    catalogue=Load(1, 5_000, 0, seed=2),
    rounds=3,
    seconds=2,
    transactions=60,
    reads=100,
)
