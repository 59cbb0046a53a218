"""The words of a message, read by rules: no network, no database, never an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_adapter.grammar.forms import UNKNOWN
from edge_adapter.grammar.glosses import gloss
from edge_adapter.grammar.reading import read
from edge_adapter.interpretation import Interpretation

if TYPE_CHECKING:
    from datetime import date

__all__ = ["MOST_CHARACTERS", "gloss", "parse"]

MOST_CHARACTERS = 1000


def parse(text: str, *, today: date | None = None) -> Interpretation:
    """Read a message of at most 1,000 characters; what is not understood is one `unknown`.

    A longer text is not read at all. `today` (the shop's date) is needed for "5 days ago" only;
    every other day is handed on as it was said.
    """
    if len(text) > MOST_CHARACTERS:
        return Interpretation(language="en", actions=[UNKNOWN])
    return read(text, today).interpretation
