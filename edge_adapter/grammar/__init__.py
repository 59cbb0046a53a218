"""The words of a message, read by rules: no network, no database, never an exception."""

from __future__ import annotations

from datetime import date

from edge_adapter.interpretation import Action, Interpretation

__all__ = ["parse"]


def parse(text: str, *, today: date | None = None) -> Interpretation:
    """Read a message of at most 1,000 characters; what is not understood is one `unknown`."""
    return Interpretation(language="en", actions=[Action(action="unknown")])
