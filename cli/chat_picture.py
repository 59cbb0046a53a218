"""Draws docs/chat.svg, how the chat of the README begins, as a phone shows it: `make picture`.

A test plays the same chat with a real database, so what is drawn is what the bot says.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from cli.stack.settings import ROOT

README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "chat.svg"

_BLOCK = re.compile(r"^```\n(> .+?)^```$", re.MULTILINE | re.DOTALL)
_WIDTH = 480
_MARGIN = 16
_LINE = 21  # pixels from one line of words to the next
_LETTER = 7.6  # about as wide as one letter, at 15 pixels
_LONGEST = 46  # letters in a line
_SHOWN = 6  # exchanges


@dataclass(frozen=True)
class Exchange:
    """What a person writes, the lines of the answer and the titles of its buttons."""

    said: str
    reply: tuple[str, ...]
    buttons: tuple[str, ...]


def chats(text: str) -> list[list[Exchange]]:
    """The chats of a document: code blocks whose first line is `> words`."""
    return [list(_exchanges(block)) for block in _BLOCK.findall(text)]


def _exchanges(block: str) -> Iterator[Exchange]:
    for turn in re.split(r"^> ", block, flags=re.MULTILINE)[1:]:
        said, *told = (line.strip() for line in turn.strip().splitlines())
        buttons = [line for line in told if re.fullmatch(r"(\[[^\]]+\]\s*)+", line)]
        yield Exchange(
            said,
            tuple(line for line in told if line not in buttons),
            tuple(re.findall(r"\[([^\]]+)\]", " ".join(buttons))),
        )


def drawn(chat: list[Exchange]) -> str:
    """An SVG: the person's bubbles on the right, the bot's with their buttons on the left."""
    y = _MARGIN
    shapes: list[str] = []
    for exchange in chat[:_SHOWN]:
        y = _bubble(shapes, y, [exchange.said], mine=True)
        lines = [part for line in exchange.reply for part in textwrap.wrap(line, _LONGEST)]
        y = _bubble(shapes, y, lines, mine=False, buttons=exchange.buttons)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + _MARGIN}" '
        f'width="{_WIDTH}" font-family="-apple-system, Segoe UI, Roboto, Helvetica, sans-serif" '
        f'font-size="15">\n<rect width="100%" height="100%" rx="18" fill="#EFEAE2"/>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def _bubble(
    shapes: list[str], y: int, lines: list[str], *, mine: bool, buttons: tuple[str, ...] = ()
) -> int:
    """Adds one bubble and its buttons below each other; where the next begins."""
    width = min(max(len(line) for line in lines) * _LETTER + 28, _WIDTH - 4 * _MARGIN)
    if buttons:
        width = max(width, 200)
    left = _WIDTH - _MARGIN - width if mine else _MARGIN
    height = len(lines) * _LINE + 16
    colour = "#D9FDD3" if mine else "#FFFFFF"
    shapes.append(_box(left, y, width, height, colour))
    for place, line in enumerate(lines):
        shapes.append(_words(left + 14, y + 24 + place * _LINE, line, "#111B21", "start"))
    y += height
    for title in buttons:
        y += 3
        shapes.append(_box(left, y, width, 34, "#FFFFFF"))
        shapes.append(_words(left + width / 2, y + 22, title, "#027EB5", "middle"))
        y += 34
    return y + 10


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10" fill="{colour}"/>'
    )


def _words(x: float, y: float, words: str, colour: str, anchor: str) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(chats(README.read_text("utf-8"))[0]), "utf-8")
