"""A reply: what a person reads and may tap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to tap. `id` comes back from WhatsApp; `description`: what the title cut short."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Words, the answers offered with them, and the title of the button that opens a list."""

    text: str
    options: tuple[Option, ...] = ()
    list_button: str = ""
