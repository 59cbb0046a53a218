"""What a measurement says: one figure, beside its baseline and its goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`; `baseline` is what it is compared with, `ratio` the two divided.

    value: None where it was not measured. goal: in words. met: None without a goal.
    rounds: the ratio, or else the value, of each alternating run.
    """

    name: str
    value: Decimal | None
    unit: str
    baseline: Decimal | None = None
    ratio: Decimal | None = None
    goal: str = ""
    met: bool | None = None
    rounds: tuple[Decimal, ...] = ()

    def fields(self) -> dict[str, Decimal | str | None]:
        """The JSON form: {value, unit, baseline, ratio}."""
        return {
            "value": self.value,
            "unit": self.unit,
            "baseline": self.baseline,
            "ratio": self.ratio,
        }


@dataclass(frozen=True)
class Pair:
    """One alternating run: ours, then the baseline."""

    value: Decimal
    baseline: Decimal

    @property
    def ratio(self) -> Decimal:
        return self.value / self.baseline


def compared(
    name: str, unit: str, pairs: Iterable[Pair], *, least: Decimal | None = None
) -> Figure:
    """The medians of alternating runs; `least` is the ratio to reach."""
    runs = tuple(pairs)
    ratio = median(pair.ratio for pair in runs)
    return Figure(
        name,
        rounded(median(pair.value for pair in runs)),
        unit,
        rounded(median(pair.baseline for pair in runs)),
        rounded(ratio),
        "" if least is None else f"ratio ≥ {least}",
        None if least is None else ratio >= least,
        tuple(pair.ratio for pair in runs),
    )


def unmeasured(name: str, unit: str, why: str) -> Figure:
    """A figure that this run could not take."""
    return Figure(name, None, unit, goal=f"not measured: {why}")


def rounded(value: Decimal) -> Decimal:
    """Three significant places are more than a measurement holds."""
    return Decimal(f"{value:.0f}") if value >= 100 else Decimal(f"{value:.3g}")
