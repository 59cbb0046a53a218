"""What is known of model families, from families.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib import resources

from edge_adapter.gemini.answer import Tokens


@dataclass(frozen=True, slots=True)
class Thinking:
    """At most one of the two is set: a model refuses both together."""

    budget: int | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class _Family:
    thinking: Thinking
    price: Price
    gone: date | None


def thinking(model: str) -> Thinking:
    """The least thinking that the model's family allows; nothing for a family that is not known."""
    family = _family(model)
    return family.thinking if family else Thinking()


def is_known(model: str) -> bool:
    """Whether anything here is about this model."""
    return _family(model) is not None


def gone(model: str) -> date | None:
    """The day from which Google no longer serves the model, where one was announced."""
    family = _family(model)
    return family.gone if family else None


def cost(model: str, tokens: Tokens) -> int:
    """Millionths of a US dollar, rounded up; a family not known is as dear as the dearest."""
    family = _family(model)
    price = family.price if family else _dearest()
    spent = price.input * tokens.input + price.output * tokens.output
    return int(spent.to_integral_value(ROUND_CEILING))


def _family(model: str) -> _Family | None:
    known = [prefix for prefix in _families() if model.startswith(prefix)]
    return _families()[max(known, key=len)] if known else None


def _dearest() -> Price:
    prices = [family.price for family in _families().values()]
    return Price(max(price.input for price in prices), max(price.output for price in prices))


@cache
def _families() -> dict[str, _Family]:
    table = tomllib.loads(resources.files(__package__).joinpath("families.toml").read_text("utf-8"))
    return {
        row["prefix"]: _Family(
            Thinking(row.get("thinking_budget"), row.get("thinking_level")),
            Price(*map(Decimal, row["price"])),
            row.get("gone"),
        )
        for row in table["family"]
    }
