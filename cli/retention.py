"""Taking away what is kept for a while only, as the server does by itself where it has pg_cron."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from cli.database import report

if TYPE_CHECKING:
    from cli.database import Connection


def prune(
    connection: Connection, keep: int, words: int | None, progress: Callable[[int], None]
) -> dict[str, int]:
    """Takes away everything that is due, bite by bite; how many rows of each kind.

    keep, words: days, as `private.prune` takes them. connection: commits each statement by itself,
    so that nobody waits long. progress: hears how many rows are done.
    """
    taken: Counter[str] = Counter()
    while True:
        (bite,) = report(connection, "prune", keep, words)
        taken.update(bite["pruned"])
        if not any(bite["pruned"].values()):
            return dict(taken)
        progress(taken.total())
