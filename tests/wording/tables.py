"""The language files as they are written, and what their words hold."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

from cli.stack.settings import ROOT
from edge_adapter.wording.language import LANGUAGES

FOLDER = ROOT / "edge_adapter" / "wording"
OTHERS = [language for language in LANGUAGES if language != "en"]


@cache
def table(language: str) -> dict[str, Any]:
    """One language file."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def words(language: str) -> dict[str, str]:
    """Every text of a language by its dotted name."""
    return dict(_walk(table(language), ""))


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _walk(branch: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in branch.items():
        if isinstance(value, dict):
            yield from _walk(value, f"{prefix}{key}.")
        elif isinstance(value, str) and key != "locale":
            yield f"{prefix}{key}", value
