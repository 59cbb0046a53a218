"""A stored message → the form that the database applies, or why there is none.

The grammar reads first; a model is asked only where the grammar found nothing and the sender is
somebody's member; the guard has the last word on both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from edge_adapter.backend import OpenMessage
from edge_adapter.gemini.interpreter import Interpreter
from edge_adapter.grammar import gloss, parse
from edge_adapter.guard import Verdict, guard
from edge_adapter.interpretation import Envelope, Interpretation

# Types that carry no words of their own: nothing is said, nothing is booked.
_SILENT: Final = frozenset({"reaction", "system", "edit", "revoke", "ephemeral"})


@dataclass(frozen=True, slots=True)
class Form:
    """What the message says, ready for `apply_interpretations`."""

    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is answered without being read."""

    code: Literal["too_long", "unsupported", "forwarded"]


@dataclass(frozen=True, slots=True)
class Silence:
    """The message is done with; its sender expects no answer."""


@dataclass(frozen=True, slots=True)
class Unread:
    """The grammar found nothing in these words; a model may."""

    text: str
    today: date
    grammar: Interpretation


Reading = Form | Refusal | Silence | Unread


def read(message: OpenMessage, text_limit: int) -> Reading:
    """Read one message without leaving the process."""
    stored = message.message
    if stored.type in _SILENT:
        return Silence()
    if stored.type in ("interactive", "button") and stored.button_id:
        tapped = Interpretation.model_validate(
            {"language": message.language, "actions": [{"action": "choose"}]}
        )
        return Form(_body(tapped, "button", stored.reply_to, Verdict("ok")))
    if stored.type != "text" or not stored.text or not stored.text.strip():
        return Refusal("unsupported")
    if len(stored.text) > text_limit:
        return Refusal("too_long")

    found = parse(stored.text, today=message.today)
    if _left_open(stored.text, found) and message.known and not stored.forwarded:
        return Unread(stored.text, message.today, found)
    return _guarded(message, found, "grammar")


async def ask(message: OpenMessage, unread: Unread, interpreter: Interpreter | None) -> Form:
    """Ask the model; where it has no answer, what the grammar found stands."""
    if interpreter is not None:
        answer = await interpreter.read_text(unread.text, unread.today)
        if isinstance(answer.result, Interpretation) and not _found_nothing(answer.result):
            return _guarded(message, answer.result, "model")
    return _guarded(message, unread.grammar, "grammar")


_WORDS: Final = re.compile(r"[^\W\d_]{2,}")


def _left_open(text: str, found: Interpretation) -> bool:
    """Whether a model may see more in it. Products and numbers alone lack only the verb: that is
    asked of the sender, not guessed.
    """
    named = {word for action in found.actions for word in (action.product or "").split()}
    return _found_nothing(found) and not named.issuperset(_WORDS.findall(text.casefold()))


def _found_nothing(found: Interpretation) -> bool:
    return all(action.action == "unknown" for action in found.actions)


def _guarded(
    message: OpenMessage, found: Interpretation, origin: Literal["grammar", "model"]
) -> Form:
    stored = message.message
    verdict = guard(stored.text or "", found, origin=origin)
    if stored.forwarded and verdict.outcome == "ok":
        verdict = Verdict("confirm", "forwarded")
    source = "forwarded" if stored.forwarded else "text"
    return Form(_body(found, source, stored.reply_to, verdict))


def _body(
    found: Interpretation, source: str, reply_to: str | None, verdict: Verdict
) -> dict[str, Any]:
    envelope = Envelope.model_validate(
        {**found.model_dump(exclude_none=True), "source": source, "reply_to": reply_to}
    )
    body = envelope.model_dump(mode="json", exclude_none=True)
    body["verdict"] = verdict.outcome
    body["reason"] = verdict.reason
    for action in body["actions"]:
        # A second spelling for the catalogue: "izinkwa" is "bread" in a shop that says so.
        if spelling := gloss(action.get("product", "")):
            action["gloss"] = spelling
    return body
