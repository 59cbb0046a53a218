"""A structured result → the reply a person reads, in their language.

Wording is data (`<language>.toml`); numbers, money and days are written by Babel as that language
writes them. Results: what `private.apply_form` in `supabase/migrations` answers, {outcome, code?,
details?, operation?, taught?, changes?, answers?, question?}; the last five may come together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from edge_adapter.wording.answers import answer
from edge_adapter.wording.language import Wording, plain, wording_of
from edge_adapter.wording.posted import posted, undo
from edge_adapter.wording.questions import question
from edge_adapter.wording.reply import Option, Reply

__all__ = ["Option", "Reply", "render"]

# WhatsApp takes 4,096 characters; the rest is for the options, where they go out as numbered words.
LONGEST_TEXT: Final = 3600


def render(result: Mapping[str, Any], language: str) -> Reply:
    """Word one result: what was done, then what was asked, then what is asked back.

    Never raises for a word of the database that it does not know: each table has an `other`."""
    wording = wording_of(result.get("language") or language)
    reply = Reply("")
    lines: list[str] = []
    if result.get("outcome") == "posted":
        lines += posted(wording, result)
        reply = Reply("", undo(wording, result))
    elif not (result.get("answers") or result.get("question")) or result.get("code"):
        lines.append(_coded(wording, result))
    for given in result.get("answers") or ():
        lines += answer(wording, given)
    if asked := result.get("question"):
        reply = question(wording, asked)
    told = _fitting("\n".join(lines), LONGEST_TEXT - len(reply.text))
    return Reply("\n".join(filter(None, (told, reply.text))), reply.options, reply.list_button)


def _coded(wording: Wording, result: Mapping[str, Any]) -> str:
    """The words for a code; the fuller ones where its details say what they need."""
    outcome, code = result.get("outcome"), result.get("code")
    table = outcome if outcome in ("answered", "not_understood") else "refused"
    details = {
        key: wording.unit(value) if key == "unit" else plain(value)
        for key, value in (result.get("details") or {}).items()
        if value
    }
    if details and wording.has("named", code):
        return wording.say("named", code, **details)
    return wording.say(table, code, **wording.examples)


def _fitting(text: str, longest: int) -> str:
    """Whole lines, as many as fit."""
    if len(text) <= longest:
        return text
    return text[: longest - 3].rsplit("\n", 1)[0] + "\n…"
