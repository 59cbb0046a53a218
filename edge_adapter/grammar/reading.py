"""A message read whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from edge_adapter.grammar.account import MOST_ACTIONS, Account
from edge_adapter.grammar.clauses import clauses
from edge_adapter.grammar.corrections import correction_of
from edge_adapter.grammar.cutting import cut
from edge_adapter.grammar.forms import UNKNOWN
from edge_adapter.grammar.requests import answer_of, command_of, language_of, opening_of
from edge_adapter.interpretation import Interpretation

if TYPE_CHECKING:
    from collections.abc import Sequence, Set
    from datetime import date

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Pieces
    from edge_adapter.interpretation import Action


@dataclass(frozen=True, slots=True)
class Reading:
    """`clauses` is what the message was read by; `doubts` are machine words for why the reading
    should be confirmed before it is booked; `overflows`: there is more than a form holds.
    """

    interpretation: Interpretation
    message: Pieces
    clauses: Sequence[Clause]
    doubts: Set[str] = field(default_factory=frozenset)
    overflows: bool = False


def read(text: str, today: date | None = None) -> Reading:
    """Read a message. `today` changes nothing where no day is counted back from it."""
    reading = read_on(text, None)
    return read_on(text, today) if today and reading.message.counts_days else reading


@lru_cache(maxsize=8)
def read_on(text: str, today: date | None) -> Reading:
    """Read a message: as a command, an answer, a correction, else clause by clause.

    The last few readings are kept, since the guard looks at what the parser has just read.
    """
    message = cut(text, today)
    parts = clauses(message.pieces)
    action = (
        command_of(message)
        or opening_of(message)
        or language_of(message)
        or answer_of(message)
        or correction_of(parts)
    )
    if action:
        return _reading(message, parts, [action], frozenset())
    account = Account()
    for part in parts:
        account.take(part)
    return _reading(message, parts, account.actions(), account.doubts)


def _reading(
    message: Pieces, parts: Sequence[Clause], actions: list[Action], doubts: Set[str]
) -> Reading:
    overflows = len(actions) > MOST_ACTIONS
    if overflows or not actions:
        actions, doubts = [UNKNOWN], frozenset()
    interpretation = Interpretation(language=message.language, actions=actions)
    return Reading(interpretation, message, parts, doubts, overflows)
