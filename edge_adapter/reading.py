"""A stored message → the form that the database applies, or why there is none.

The grammar reads first; a model is asked only where the grammar found nothing, or for what was said
or photographed, and only for somebody's member; the guard has the last word on all of them. What
was not typed by its sender (heard, seen, forwarded) is only ever a draft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from edge_adapter.backend import OpenMessage, StoredMedia
from edge_adapter.gemini.answer import ModelAnswer, Unavailable
from edge_adapter.gemini.families import cost
from edge_adapter.gemini.interpreter import Interpreter
from edge_adapter.grammar import gloss, parse
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.reading import read as read_words
from edge_adapter.guard import STOCK, WRITES, Verdict, exact_deeds, guard, opposed
from edge_adapter.interpretation import Envelope, Interpretation, Source
from edge_adapter.media import File
from edge_adapter.slips import Totals, doubted, goods, lines_total, totals

# Types that say nothing which waits for an answer.
_SILENT: Final = frozenset({"reaction", "system", "ephemeral"})
# Types that are answered by what they are, and never read.
_ANSWERED: Final[dict[str, RefusalCode]] = {
    "edit": "edited",
    "revoke": "deleted",
    "contacts": "contact",
    "location": "location",
    "order": "order",
}
_HEARD: Final = frozenset({"audio", "voice"})
_SEEN: Final = frozenset({"image", "document"})

_UNSTORABLE: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")

_ASKING: Final = frozenset({"stock", "low_stock", "sales", "profit", "value", "history", "price"})
_TOLD: Final = frozenset({"help", "support", "unknown"})
# A draft is made of these. Whatever acts at once is for words that their sender typed.
_DRAFTED: Final = WRITES | _ASKING | _TOLD
# A model fills in these; a talk's answers and settings are words that the grammar knows or nothing.
_MODELLED: Final = _DRAFTED | {"undo", "language"}

RefusalCode = Literal[
    "too_long",
    "unsupported",
    "forwarded",
    "edited",
    "deleted",
    "contact",
    "location",
    "order",
    "media_unread",
    "media_unavailable",
    "media_too_large",
    "media_type",
    "media_enough",
    "too_many_lines",
    "unread",
    "type_it",
    "write_plainly",
]


@dataclass(frozen=True, slots=True)
class Form:
    """What the message says, ready for `apply_interpretations`; `transcript`: words of a file."""

    body: dict[str, Any]
    transcript: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a message is answered without being read."""

    code: RefusalCode


@dataclass(frozen=True, slots=True)
class Silence:
    """The message is done with; its sender expects no answer."""


@dataclass(frozen=True, slots=True)
class Unread:
    """The grammar found nothing in these words; a model may."""

    text: str
    today: date
    grammar: Interpretation


@dataclass(frozen=True, slots=True)
class Unheard:
    """A voice note or a picture; `caption` is what its sender wrote under it."""

    media: StoredMedia
    source: Literal["voice", "photo"]
    caption: str
    today: date


Answer = Form | Refusal | Silence
Reading = Answer | Unread | Unheard


@dataclass(frozen=True, slots=True)
class Usage:
    """What a question to the model took; `cost` in millionths of a US dollar."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost: int


@dataclass(frozen=True, slots=True)
class Model:
    """Whom to ask, and under which name it is counted."""

    interpreter: Interpreter
    name: str


def prepare() -> None:
    """Compile the word lists, so that the first message waits no longer than the next."""
    guard("sold 1 bread", parse("sold 1 bread"), origin="grammar")


def read(message: OpenMessage, text_limit: int) -> Reading:
    """Read one message without leaving the process."""
    stored = message.message
    if stored.type in _SILENT:
        return Silence()
    if stored.type in _ANSWERED:
        return Refusal(_ANSWERED[stored.type])
    if stored.type in ("interactive", "button") and stored.button_id:
        tapped = Interpretation.model_validate(
            {"language": message.language, "actions": [{"action": "choose"}]}
        )
        return Form(_body(tapped, "button", stored.reply_to, Verdict("ok")))
    if stored.media is not None and stored.type in _HEARD | _SEEN:
        if not message.known:
            return Refusal("media_unread")
        caption = (stored.text or "").strip()
        if len(caption) > text_limit:
            return Refusal("too_long")
        return Unheard(
            stored.media, "voice" if stored.type in _HEARD else "photo", caption, message.today
        )
    if stored.type != "text" or not stored.text or not stored.text.strip():
        return Refusal("unsupported")
    if len(stored.text) > text_limit:
        return Refusal("too_long")

    found = parse(stored.text, today=message.today)
    if read_words(stored.text, message.today).overflows:
        return Refusal("too_many_lines")
    if _left_open(stored.text, found) and message.known and not stored.forwarded:
        return Unread(stored.text, message.today, found)
    return _guarded(message, found, "grammar")


# --- words that the grammar did not understand ----------------------------------------------------


async def ask(
    message: OpenMessage, unread: Unread, model: Model | None
) -> tuple[Answer, Usage | None]:
    """Ask the model; where it has no answer, what the grammar found stands."""
    grammar = _guarded(message, unread.grammar, "grammar")
    if model is None:
        return grammar, None
    if not message.model_allowed:
        return Refusal("write_plainly"), None
    answer = await model.interpreter.read_text(
        unread.text, unread.today, message.product_names or ()
    )
    usage = _usage(model, answer)
    found = answer.result
    if (
        isinstance(found, Interpretation)
        and not _found_nothing(found)
        and _names(found) <= _MODELLED
    ):
        # Of what was typed there is no file: a total would only use up a number of the text.
        no_file = {"transcript": None, "document_total": None, "supplier": None}
        return _guarded(message, found.model_copy(update=no_file), "model"), usage
    return grammar, usage


# --- what was said or photographed ----------------------------------------------------------------


def read_caption(unheard: Unheard, code: RefusalCode = "media_unread") -> Form | Refusal:
    """Without a model: the words under a picture as a draft, else a request for words."""
    if unheard.caption:
        found = parse(unheard.caption, today=unheard.today)
        verdict = guard(unheard.caption, found, origin="grammar")
        if _names(found) & WRITES and _names(found) <= _DRAFTED and verdict.outcome != "reject":
            return Form(_body(found, unheard.source, None, Verdict("confirm", "seen")))
    return Refusal(code)


async def hear(
    message: OpenMessage, unheard: Unheard, file: File, model: Model
) -> tuple[Answer, Usage | None]:
    """Ask the model what a file says: a draft of it, or why there is none."""
    answer = await model.interpreter.read_media(
        file.data, file.mime, unheard.today, unheard.caption, message.product_names or ()
    )
    usage = _usage(model, answer)
    if answer.result in _TOO_LONG:
        return read_caption(unheard, "too_many_lines"), usage
    if not isinstance(answer.result, Interpretation):
        return read_caption(unheard), usage
    return _drafted(message, unheard, answer.result), usage


_TOO_LONG: Final = (Unavailable("too_many"), Unavailable("truncated"))


def _drafted(message: OpenMessage, unheard: Unheard, found: Interpretation) -> Form | Refusal:
    heard = _UNSTORABLE.sub(" ", found.transcript or "").strip()
    words = "\n".join(filter(None, (unheard.caption, heard)))
    if not words or _found_nothing(found):
        return Refusal("unread")
    spoken = unheard.source == "voice"
    if not _names(found) <= (_DRAFTED if spoken else STOCK | {"unknown"}):
        return Refusal("type_it")
    doubted_of = _doubted_speech if spoken else _doubted_slip
    read_of_it = doubted_of(unheard, found, words)
    if isinstance(read_of_it, Refusal):
        return read_of_it
    found, verdict = read_of_it
    if _names(found) & (WRITES | {"unknown"}) and all(
        action.certainty == "unread" for action in found.actions
    ):
        return Refusal("unread")
    body = _body(found, unheard.source, message.message.reply_to, verdict)
    if verdict.outcome == "confirm" and _names(found) & WRITES:
        how = totals(found, None if spoken else words)
        body["lines_total"] = str(lines_total(found))
        body["reason"] = _REASON_OF_TOTALS.get(how, body["reason"])
    body.pop("transcript", None)  # words are kept with the messages alone, where they can be erased
    return Form(body, words)


_REASON_OF_TOTALS: Final[Mapping[Totals, str]] = {
    "differ": "total_differs",
    "agree_with_charges": "total_with_charges",
    "unread": "total_unread",
}


def _doubted_speech(
    unheard: Unheard, found: Interpretation, words: str
) -> tuple[Interpretation, Verdict]:
    """What was heard must be said as what is typed. Where the numbers of the form are not those of
    the words, the grammar reads the words; what the model could not make out stays so, and so does
    a doubt of which way goods went.
    """
    found = doubted(found, None)
    verdict = guard(words, found, origin="model")
    made_out = any(action.certainty != "unread" for action in found.actions)
    if made_out and verdict.reason in ("number_not_in_text", "number_left_over"):
        read_again = parse(words, today=unheard.today)
        again = guard(words, read_again, origin="grammar")
        if _names(read_again) & WRITES and _names(read_again) <= _DRAFTED:
            found, verdict = (read_again, again) if again.outcome != "reject" else (found, verdict)
    return found, Verdict("confirm", "heard") if verdict.outcome == "ok" else verdict


def _doubted_slip(
    unheard: Unheard, found: Interpretation, words: str
) -> tuple[Interpretation, Verdict] | Refusal:
    """A slip brings goods in. Another way is only clear where the words have an exact verb of it
    (its sender's where a supplier issued it: his "sold to" is the shop's receipt), and none may go
    against what was written under the picture.
    """
    kept = goods(found)
    if kept is None:
        return Refusal("unread")
    said = exact_deeds(unheard.caption)
    if any(opposed(action.action, said) for action in kept.actions):
        return kept, Verdict("reject", "direction_conflict")
    found = doubted(kept, words)
    clear = {"receive", "unknown"} | (said if found.supplier else exact_deeds(words))
    actions = [
        action
        if action.action in clear or action.certainty == "unread"
        else action.model_copy(update={"certainty": "unsure"})
        for action in found.actions
    ]
    return found.model_copy(update={"actions": actions}), Verdict("confirm", "seen")


# --- any of them ----------------------------------------------------------------------------------


def _names(found: Interpretation) -> set[str]:
    return {action.action for action in found.actions}


_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_IDLE: Final = frozenset((Kind.ARTICLE, Kind.COPULA, Kind.FILLER))  # "the coke is 6 please"


def _left_open(text: str, found: Interpretation) -> bool:
    """Whether a model may see more in it. Products and numbers alone lack only the verb: that is
    asked of the sender, not guessed.
    """
    if not _found_nothing(found):
        return False
    words = {word for action in found.actions for word in (action.product or "").split()}
    if words:
        pieces = read_words(text).message.pieces
        words |= {word for piece in pieces if piece.kind in _IDLE for word in piece.word.split()}
    return not words.issuperset(_WORDS.findall(text.casefold()))


def _found_nothing(found: Interpretation) -> bool:
    return _names(found) == {"unknown"}


def _usage(model: Model, answer: ModelAnswer) -> Usage | None:
    """None where nobody was asked."""
    if answer.result == Unavailable("paused"):
        return None
    tokens = answer.tokens
    return Usage(model.name, 1, tokens.input, tokens.output, cost(model.name, tokens))


def _guarded(
    message: OpenMessage, found: Interpretation, origin: Literal["grammar", "model"]
) -> Form | Refusal:
    stored = message.message
    verdict = guard(stored.text or "", found, origin=origin)
    if not stored.forwarded:
        return Form(_body(found, "text", stored.reply_to, verdict))
    bare = any(a.action == "unknown" and a.quantity is None and a.product for a in found.actions)
    if not _names(found) <= _DRAFTED or bare:
        return Refusal("forwarded")
    if verdict.outcome == "ok":
        verdict = Verdict("confirm", "forwarded")
    return Form(_body(found, "forwarded", stored.reply_to, verdict))


def _body(
    found: Interpretation, source: Source, reply_to: str | None, verdict: Verdict
) -> dict[str, Any]:
    envelope = Envelope.model_validate(
        {**found.model_dump(exclude_none=True), "source": source, "reply_to": reply_to}
    )
    body = envelope.model_dump(mode="json", exclude_none=True)
    body["verdict"] = verdict.outcome
    body["reason"] = verdict.reason
    for action in body["actions"]:
        # A second spelling for the catalogue: "izinkwa" is "bread" in a shop that says so.
        for field, second in (("product", "gloss"), ("to_product", "to_gloss")):
            if spelling := gloss(action.get(field, "")):
                action[second] = spelling
    return body
