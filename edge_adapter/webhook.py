"""Meta's webhook body → InboundMessage and StatusUpdate.

Meta batches up to 1,000 updates per POST and changes shapes without notice, and answering one bad
update with an error would replay its whole batch for a week. So only the frame (`entry`, `changes`)
must be right; below it each update stands alone, every key is optional, and a part of the wrong
shape counts as absent.
Source: Meta, "Webhooks: messages" reference.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)


class MalformedWebhook(Exception):  # noqa: N818 - named for what arrived
    """The body is not JSON, or not a webhook: answer 400."""


@dataclass(frozen=True, slots=True)
class Media:
    """A file at Meta, to be fetched by `id`; `sha256` is base64 of the content's hash.

    Words that were sent with it, its caption, are the message's text.
    """

    id: str
    mime: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message as Meta told it. `sender` (phone digits, no plus) or `bsuid` is always there.

    `text` is a text's body, the title of a chosen button or row, a template button's payload, or
    the caption of a file. `type` is Meta's; for `unsupported` it is what Meta says it would have
    been, where Meta does (`edit`).
    `raw` is the message as JSON values; a number that is not a short integer is its literal text.
    """

    wamid: str
    sender: str | None
    bsuid: str | None
    phone_number_id: str | None
    sent_at: datetime | None
    type: str
    text: str | None
    button_id: str | None
    reply_to: str | None
    forwarded: bool
    media: Media | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of a message we sent. `callback_data` is what the send carried: the outbox id."""

    wamid: str
    status: str
    at: datetime | None
    callback_data: str | None
    error_code: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A whole POST. `ignored` counts what was passed over by reason; `error_codes` are Meta's."""

    messages: list[InboundMessage]
    statuses: list[StatusUpdate]
    ignored: Counter[str]
    error_codes: list[int]


def parse(raw_body: bytes) -> Batch:
    """Bytes → Batch; raises MalformedWebhook and nothing else."""
    return walk(read_json(raw_body))


# --- JSON -----------------------------------------------------------------------------------------

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # Postgres takes neither in jsonb
_EXACT_DIGITS: Final = 15  # any JSON reader keeps this many
_DEEPEST: Final = 32  # Meta nests to about ten; what is kept must be writable again


def read_json(raw_body: bytes) -> Any:
    """JSON values that Postgres can store and json.dumps can write; raises MalformedWebhook."""
    try:
        return _storable(
            json.loads(
                raw_body.decode("utf-8-sig"),
                parse_float=str,
                parse_int=_short_int,
                parse_constant=_refuse,
                object_pairs_hook=_unambiguous,
            )
        )
    except (ValueError, RecursionError):  # ValueError: bad UTF-8, bad JSON, NaN, too deep
        raise MalformedWebhook("the body is not JSON") from None


def _short_int(literal: str) -> int | str:
    return int(literal) if len(literal) <= _EXACT_DIGITS else literal


def _refuse(literal: str) -> None:
    raise ValueError(literal)


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that comes twice counts as absent: readers differ on which of the two is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(key for key, _ in pairs)
        return {key: value for key, value in found.items() if times[key] == 1}
    return found


def _storable(value: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item, depth + 1) for key, item in value.items()}
    return value


# --- Meta's shapes --------------------------------------------------------------------------------


def _absent_if_wrong(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    try:
        return validate(value)
    except ValidationError:
        return None


T = TypeVar("T")
Maybe = Annotated[T | None, WrapValidator(_absent_if_wrong)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _Text(_Shape):
    body: Maybe[str] = None


class _Choice(_Shape):
    id: Maybe[str] = None
    title: Maybe[str] = None


class _Interactive(_Shape):
    button_reply: Maybe[_Choice] = None
    list_reply: Maybe[_Choice] = None


class _TemplateButton(_Shape):
    payload: Maybe[str] = None


class _Context(_Shape):
    id: Maybe[Id] = None
    forwarded: Maybe[bool] = None
    frequently_forwarded: Maybe[bool] = None


class _Media(_Shape):
    id: Id
    mime_type: Maybe[str] = None
    sha256: Maybe[str] = None
    caption: Maybe[str] = None


class _Unsupported(_Shape):
    type: Maybe[Id] = None


class _Message(_Shape):
    id: Id
    type: Maybe[Id] = None
    sender: Maybe[Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{5,20}$")]] = Field(
        None, alias="from"
    )
    from_user_id: Maybe[Id] = None
    timestamp: Maybe[str] = None
    text: Maybe[_Text] = None
    interactive: Maybe[_Interactive] = None
    button: Maybe[_TemplateButton] = None
    context: Maybe[_Context] = None
    audio: Maybe[_Media] = None
    image: Maybe[_Media] = None
    video: Maybe[_Media] = None
    document: Maybe[_Media] = None
    sticker: Maybe[_Media] = None
    unsupported: Maybe[_Unsupported] = None


class _Error(_Shape):
    code: Maybe[int] = None


class _Status(_Shape):
    id: Id
    status: Id
    timestamp: Maybe[str] = None
    biz_opaque_callback_data: Maybe[str] = None
    errors: Maybe[list[_Error]] = None


class _Contact(_Shape):
    wa_id: Maybe[str] = None
    user_id: Maybe[Id] = None


class _Metadata(_Shape):
    phone_number_id: Maybe[Id] = None


class _Value(_Shape):
    metadata: Maybe[_Metadata] = None
    contacts: Maybe[list[_Contact]] = None
    messages: Maybe[list[Any]] = None
    statuses: Maybe[list[Any]] = None
    errors: Maybe[list[_Error]] = None


class _Change(_Shape):
    field: Maybe[str] = None
    value: Maybe[_Value] = None


class _Entry(_Shape):
    changes: list[_Change]


class _Webhook(_Shape):
    object: Maybe[str] = None
    entry: list[_Entry]


# --- the walk -------------------------------------------------------------------------------------


def walk(payload: Any) -> Batch:
    """Every entry × change × update, in Meta's order; a wamid that comes twice counts once.

    Raises MalformedWebhook if `payload` lacks the frame. What is passed over is counted in
    `ignored`: `other_object` `other_field` `no_value` `bad_message` `no_sender` `bad_status`
    `duplicate`.
    """
    try:
        webhook = _Webhook.model_validate(payload)
    except ValidationError:
        raise MalformedWebhook("the body is not a webhook") from None
    batch = Batch([], [], Counter(), [])
    if webhook.object not in (None, "whatsapp_business_account"):
        batch.ignored["other_object"] += 1
        return batch
    seen: set[str] = set()
    for value in _values(webhook, batch.ignored):
        batch.error_codes.extend(e.code for e in value.errors or [] if e.code is not None)
        for item in value.messages or []:
            message = _message(item, value)
            if isinstance(message, str):
                batch.ignored[message] += 1
            elif message.wamid in seen:
                batch.ignored["duplicate"] += 1
            else:
                seen.add(message.wamid)
                batch.messages.append(message)
        for item in value.statuses or []:
            status = _status(item)
            if status is None:
                batch.ignored["bad_status"] += 1
            else:
                batch.statuses.append(status)
    return batch


def _values(webhook: _Webhook, ignored: Counter[str]) -> Iterator[_Value]:
    for entry in webhook.entry:
        for change in entry.changes:
            if change.field not in (None, "messages"):
                ignored["other_field"] += 1
            elif change.value is None:
                ignored["no_value"] += 1
            else:
                yield change.value


def _message(item: Any, value: _Value) -> InboundMessage | str:
    """The message, or why it was passed over."""
    try:
        message = _Message.model_validate(item)
    except ValidationError:
        return "bad_message"
    sender = message.sender.removeprefix("+") if message.sender else None
    bsuid = message.from_user_id or _bsuid(sender, value.contacts or [])
    if sender is None and bsuid is None:
        return "no_sender"
    file = message.audio or message.image or message.video or message.document or message.sticker
    interactive = message.interactive or _Interactive()
    choice = interactive.button_reply or interactive.list_reply
    context = message.context or _Context()
    return InboundMessage(
        wamid=message.id,
        sender=sender,
        bsuid=bsuid,
        phone_number_id=value.metadata.phone_number_id if value.metadata else None,
        sent_at=_moment(message.timestamp),
        type=_type(message),
        text=_text(message, choice, file),
        button_id=choice.id if choice else message.button.payload if message.button else None,
        reply_to=context.id,
        forwarded=bool(context.forwarded or context.frequently_forwarded),
        media=Media(file.id, file.mime_type, file.sha256) if file else None,
        raw=item if isinstance(item, dict) else {},
    )


def _type(message: _Message) -> str:
    if message.type == "unsupported" and message.unsupported and message.unsupported.type:
        return message.unsupported.type
    return message.type or "unknown"


def _text(message: _Message, choice: _Choice | None, file: _Media | None) -> str | None:
    if message.text:
        return message.text.body
    if choice:
        return choice.title
    if message.button:
        return message.button.payload
    return file.caption if file else None


def _bsuid(sender: str | None, contacts: list[_Contact]) -> str | None:
    """The sender's user id among the contacts: by phone, or the only one there is."""
    if sender is None:
        return contacts[0].user_id if len(contacts) == 1 else None
    return next((c.user_id for c in contacts if c.wa_id == sender), None)


def _status(item: Any) -> StatusUpdate | None:
    try:
        status = _Status.model_validate(item)
    except ValidationError:
        return None
    codes = [error.code for error in status.errors or [] if error.code is not None]
    return StatusUpdate(
        wamid=status.id,
        status=status.status,
        at=_moment(status.timestamp),
        callback_data=status.biz_opaque_callback_data,
        error_code=codes[0] if codes else None,
    )


_SECONDS = re.compile(r"[0-9]{1,10}")


def _moment(seconds: str | None) -> datetime | None:
    """Meta's string of seconds; None for anything else, so that no reader meets an odd year."""
    if seconds is None or not _SECONDS.fullmatch(seconds):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
