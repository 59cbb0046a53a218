"""The books of a shop as plain Python keeps them: what stands, replayed in the order it happened.

No running sums, no adjustments, no revaluations: those are how the database gets there. A count
sets the shelf, all else moves it, and what is reversed never was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

Stock = tuple[str, str]
"""Product and place."""

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def exact_cost(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Line:
    """One line as it was asked for, in base units; `amount` is for all of it."""

    kind: str
    product: str
    place: str
    quantity: Decimal
    amount: Decimal | None = None
    to_place: str | None = None
    into: str | None = None  # of a merge: the product that the other becomes


@dataclass
class Level:
    """What is at one place, and what one unit of it has cost on average."""

    quantity: Decimal = Decimal(0)
    cost: Decimal | None = None

    def move(self, quantity: Decimal, cost: Decimal | None = None) -> None:
        if cost is not None and quantity > 0:
            if self.cost is None or self.quantity <= 0:
                self.cost = cost
            else:
                worth = self.quantity * self.cost + quantity * cost
                self.cost = exact_cost(worth / (self.quantity + quantity))
        self.quantity += quantity


@dataclass
class Day:
    """A product's sales of a day; the margin is that of the sales whose cost is known."""

    quantity: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)


@dataclass
class Books:
    """Operations by key, in the order they were booked; `became` says what merged products are."""

    operations: dict[str, tuple[datetime, list[Line]]] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    became: dict[str, str] = field(default_factory=dict)
    zone: ZoneInfo = JOHANNESBURG

    def book(self, key: str, at: datetime, lines: list[Line]) -> None:
        self.operations[key] = (at, lines)

    def reverse(self, key: str) -> None:
        self.reversed.add(key)

    def merge(self, key: str, at: datetime, product: str, into: str) -> None:
        self.book(key, at, [Line("merge", product, "", Decimal(0), into=into)])
        self.became = {was: into if now == product else now for was, now in self.became.items()} | {
            product: into
        }

    def told_as(self, product: str) -> str:
        return self.became.get(product, product)

    def levels(self, until: datetime | None = None) -> dict[Stock, Level]:
        return self._replay(until)[0]

    def days(self) -> dict[tuple[date, str], Day]:
        """Sales by day where the shop is and product, merged ones under what they became."""
        return self._replay()[1]

    def _replay(
        self, until: datetime | None = None
    ) -> tuple[dict[Stock, Level], dict[tuple[date, str], Day]]:
        levels: dict[Stock, Level] = defaultdict(Level)
        days: dict[tuple[date, str], Day] = defaultdict(Day)
        standing = [
            (at, number, lines)
            for number, (key, (at, lines)) in enumerate(self.operations.items())
            if key not in self.reversed and (until is None or at <= until)
        ]
        for at, _, lines in sorted(standing, key=lambda operation: operation[:2]):
            for line in lines:
                self._apply(line, levels)
                if line.kind in ("sell", "return_in"):
                    sign = 1 if line.kind == "sell" else -1
                    level = levels[line.product, line.place]
                    day = days[at.astimezone(self.zone).date(), self.told_as(line.product)]
                    day.quantity += sign * line.quantity
                    day.amount += sign * (line.amount or 0)
                    if level.cost is not None and line.amount is not None:
                        day.margin += sign * (line.amount - line.quantity * level.cost)
        return levels, days

    @staticmethod
    def _apply(line: Line, levels: dict[Stock, Level]) -> None:
        here = levels[line.product, line.place]
        match line.kind:
            case "count":
                here.move(line.quantity - here.quantity)
            case "receive" | "opening":
                cost = None if line.amount is None else exact_cost(line.amount / line.quantity)
                here.move(line.quantity, cost)
            case "return_in":
                here.move(line.quantity)
            case "transfer":
                assert line.to_place is not None
                here.move(-line.quantity)
                levels[line.product, line.to_place].move(line.quantity, here.cost)
            case "merge":
                assert line.into is not None
                for product, place in [stock for stock in levels if stock[0] == line.product]:
                    gone = levels[product, place]
                    levels[line.into, place].move(gone.quantity, gone.cost)
                    gone.move(-gone.quantity)
            case _:
                here.move(-line.quantity)
