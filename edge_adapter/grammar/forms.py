"""Fields to one action of the closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from edge_adapter.interpretation import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = Action(action="unknown")


def action_of(fields: Mapping[str, str]) -> Action | None:
    """The action with these fields, empty ones left out; None if they don't fit the form."""
    try:
        return Action.model_validate({name: value for name, value in fields.items() if value})
    except ValidationError:
        return None
