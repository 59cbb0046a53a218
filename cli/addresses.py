"""Where the parts of the local stack answer, as `status --json` names them."""

from __future__ import annotations

from collections.abc import Mapping

from cli.errors import CommandError


def addresses() -> Mapping[str, str]:
    """Of the stack that is up; raises CommandError when none is."""
    from cli.stack import record
    from cli.stack.settings import StackSettings

    up = record.read(StackSettings().state / "stack.json")
    if up is None:
        raise CommandError("The local stack is not up: run `backroom up`.")
    return up.addresses
