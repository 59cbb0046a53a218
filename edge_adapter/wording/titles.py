"""Product names → titles short enough for WhatsApp that still tell the products apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

TITLE_LIMIT: Final = 24  # of a row in a list; what fits a button (20) stays whole anyway

_SIZE: Final = re.compile(r"\S*\d\S*(?: (?:ml|l|g|kg|s|pack))?$", re.IGNORECASE)
_LONGEST_SIZE: Final = 10
_WORST_CUT: Final = 8  # letters given up to end at a word


def titles(names: Sequence[str], limit: int = TITLE_LIMIT) -> list[str]:
    """One title for each name, no two alike, none longer than `limit`."""
    ways: tuple[Callable[[Sequence[str], int], list[str]], ...] = (_shortened, _own_words)
    for way in ways:
        made = way(names, limit)
        if all(made) and len({title.casefold() for title in made}) == len(made):
            return made
    return [f"{place}. {shorten(name, limit - 4)}" for place, name in enumerate(names, 1)]


def shorten(name: str, limit: int) -> str:
    """Cut in the middle: how a name begins says what it is, its end says which size."""
    if len(name) <= limit:
        return name
    found = _SIZE.search(name)
    size = found.group() if found and len(found.group()) <= _LONGEST_SIZE else ""
    end = f"… {size}" if size else "…"
    head = name[: limit - len(end)]
    whole_words = head.rsplit(" ", 1)[0]
    if name[len(head)] != " " and len(head) - len(whole_words) <= _WORST_CUT:
        head = whole_words
    return head.rstrip(" ,-") + end


def _shortened(names: Sequence[str], limit: int) -> list[str]:
    return [shorten(name, limit) for name in names]


def _own_words(names: Sequence[str], limit: int) -> list[str]:
    """Long names without the words that all of the long ones share."""
    long = [set(name.split()) for name in names if len(name) > limit]
    shared = set.intersection(*long) if len(long) > 1 else set()
    return [
        name if len(name) <= limit else shorten(_without(name, shared), limit) for name in names
    ]


def _without(name: str, words: set[str]) -> str:
    *first, last = name.split()
    kept = [word for word in first if word not in words]
    if last not in words or _SIZE.search(last):
        kept.append(last)
    return " ".join(kept)
