"""What is known of model families, from families.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Thinking:
    """At most one of the two is set: a model refuses both together."""

    budget: int | None = None
    level: str | None = None


def thinking(model: str) -> Thinking:
    """The least thinking that the model's family allows; nothing for a family that is not known."""
    known = [prefix for prefix in _families() if model.startswith(prefix)]
    return _families()[max(known, key=len)] if known else Thinking()


@cache
def _families() -> dict[str, Thinking]:
    table = tomllib.loads(resources.files(__package__).joinpath("families.toml").read_text("utf-8"))
    return {
        row["prefix"]: Thinking(row.get("thinking_budget"), row.get("thinking_level"))
        for row in table["family"]
    }
