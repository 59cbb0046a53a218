"""A structured result → the reply a person reads, in their language.

Wording is data (`<language>.toml`); numbers, money and days are written by Babel as that language
writes them. Results: what `private.apply_form` in `supabase/migrations` answers, {outcome, code?,
details?, operation?, taught?, restored?, changes?, answers?, question?}; the last six may come
together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from edge_adapter.wording.answers import answer
from edge_adapter.wording.language import CURRENCY, Wording, plain, wording_of
from edge_adapter.wording.posted import BREVITIES, Brevity, posted, undo
from edge_adapter.wording.questions import question
from edge_adapter.wording.reply import Option, Reply

__all__ = ["Option", "Reply", "render"]

# WhatsApp takes 4,096 characters; the rest is for the options, where they go out as numbered words.
LONGEST_TEXT: Final = 3600
LONGEST_WITH_OPTIONS: Final = 1024  # beside buttons or a list; more goes out as plain text


def render(result: Mapping[str, Any], language: str, currency: str = CURRENCY) -> Reply:
    """Word one result: what was done, then what was asked, then what is asked back.

    Never raises for a word of the database that it does not know: each table has an `other`."""
    wording = wording_of(result.get("language") or language, currency)
    reply = Reply("")
    lines: list[str] = []
    is_posted = result.get("outcome") == "posted"
    if is_posted:
        reply = Reply("", undo(wording, result))
    elif not (result.get("answers") or result.get("question")) or result.get("code"):
        lines.append(_coded(wording, result))
    for given in result.get("answers") or ():
        lines += answer(wording, given)
    if asked := result.get("question"):
        reply = question(wording, asked)
    if is_posted:
        brevity = _brevity(wording, result, lines, reply)
        lines = [*posted(wording, result, brevity or "sentences"), *lines]
        if brevity is None and not reply.text:
            reply = Reply(wording.say("common", "undo_by_word", **wording.examples), reply.options)
    told = _fitting("\n".join(lines), LONGEST_TEXT - len(reply.text))
    return Reply("\n".join(filter(None, (told, reply.text))), reply.options, reply.list_button)


def _brevity(
    wording: Wording, result: Mapping[str, Any], answers: Sequence[str], reply: Reply
) -> Brevity | None:
    """In how few words what was written leaves room for what can be tapped; None where in none."""
    if not reply.options:
        return "sentences"
    for brevity in BREVITIES:
        text = "\n".join((*posted(wording, result, brevity), *answers, reply.text))
        if len(text) <= LONGEST_WITH_OPTIONS:
            return brevity
    return None


def _coded(wording: Wording, result: Mapping[str, Any]) -> str:
    """The words for a code; the fuller ones where its details say what they need."""
    outcome, code = result.get("outcome"), result.get("code")
    table = outcome if outcome in ("answered", "not_understood") else "refused"
    given = result.get("details") or {}
    details = {key: _detail(wording, key, value) for key, value in given.items() if value}
    named = f"{code}_may_add" if "may_add" in details else code
    if details and wording.has("named", named):
        return wording.say("named", named, **details)
    return wording.say(table, code, **wording.examples)


def _detail(wording: Wording, key: str, value: Any) -> str:
    if key == "unit":
        return wording.unit(value)
    return wording.say("role", value) if key == "role" else plain(value)


def _fitting(text: str, longest: int) -> str:
    """Whole lines, as many as fit."""
    if len(text) <= longest:
        return text
    return text[: longest - 3].rsplit("\n", 1)[0] + "\n…"
