"""Meta's error codes: what each means for a message, and how operators learn of them.

A code comes as the answer to a send, later in a message's status, or for the account as a whole.
Which rule a code has: graph_errors.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

import structlog

from edge_adapter import metrics

log = structlog.get_logger(__name__)

Source = Literal["send", "status", "account"]

_EVENTS: Final[dict[Source, str]] = {
    "send": "send_refused",
    "status": "reply_failed",
    "account": "account_error",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What to `do` about a message; `reason` is a word; `after_seconds` the least pause."""

    do: Literal["retry", "pair", "dead", "alarm"]
    reason: str
    after_seconds: float = 0


def rule_of(code: int | None) -> Rule | None:
    """None for a code that the table does not name."""
    return None if code is None else _rules().get(code)


def note(
    source: Source, code: int | None, *, reason: str = "unknown", outbox_id: str | None = None
) -> None:
    """Log an error and count it; `reason` where the table has none. Never a phone or words."""
    rule = rule_of(code)
    reason = rule.reason if rule else reason
    # An answer to a send without a code is not the Graph API's.
    if (source == "send" and code is None) or (rule is not None and rule.do == "alarm"):
        log.error("sending_stopped", source=source, code=code, reason=reason, outbox_id=outbox_id)
    else:
        log.warning(_EVENTS[source], source=source, code=code, reason=reason, outbox_id=outbox_id)
    metrics.META_ERRORS.labels(source, "other" if rule is None else str(code), reason).inc()


@cache
def _rules() -> dict[int, Rule]:
    table = tomllib.loads(resources.files(__package__).joinpath("graph_errors.toml").read_text())
    rules: dict[int, Rule] = {}
    for row in table["error"]:
        rule = Rule(row["do"], row["reason"], row.get("after_seconds", 0))
        codes = list(row.get("codes", []))
        for low, high in row.get("ranges", []):
            codes.extend(range(low, high + 1))
        for code in codes:
            if code in rules:
                raise ValueError(f"graph_errors.toml names {code} twice")
            rules[code] = rule
    return rules
