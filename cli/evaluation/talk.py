"""One person writing to the bot, in this process: read → book → word → settle.

The steps are the adapter's own, and the database is called with its rights. What is left out is the
way there and back, which other tests walk: the webhook and the Graph API.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, LiteralString

from psycopg.types.json import Jsonb

from edge_adapter.backend import (
    Arrival,
    Lease,
    OpenMessage,
    Owed,
    Received,
    SenderWork,
    Settled,
    StoredMessage,
)
from edge_adapter.grammar import MOST_CHARACTERS
from edge_adapter.reading import Answer, Form, Refusal, Unheard, Unread, ask, read
from edge_adapter.wording.render import Reply, render

if TYPE_CHECKING:
    from cli.database import Connection

_RECEIVE: LiteralString = "select public.receive_messages(%s, '[]', 30) as answer"
_APPLY: LiteralString = "select public.apply_interpretations(%s, 60) as answer"
_SETTLE: LiteralString = "select public.settle_outbound(%s, %s, 30) as answer"

_wamids = count(1)


@dataclass(frozen=True)
class Turn:
    """One message and what came of it. `result` as the database told it, `reply` as it is read."""

    wamid: str
    result: dict[str, Any]
    reply: Reply
    language: str
    form: dict[str, Any] | None

    @property
    def question(self) -> str | None:
        """The kind of what is asked back."""
        asked = self.result.get("question")
        return None if asked is None else str(asked["kind"])


class Talk:
    """One side of a chat. connection: as `postgres`, each statement committed by itself or not."""

    def __init__(self, connection: Connection, phone: str) -> None:
        self._connection = connection
        self._phone = phone

    def say(self, text: str, *, reply_to: str | None = None) -> Turn:
        """Types a message; `reply_to`: the wamid of a message it quotes."""
        return self._turn(StoredMessage(type="text", text=text, reply_to=reply_to))

    def tap(self, button_id: str, *, reply_to: str | None) -> Turn:
        """Taps an option of the message `reply_to`."""
        message = StoredMessage(type="interactive", button_id=button_id, reply_to=reply_to)
        return self._turn(message)

    def book(self, action: dict[str, str]) -> Turn:
        """One action as if a message had said it plainly."""
        form = {"language": "en", "verdict": "ok", "actions": [action]}
        return self._turn(StoredMessage(type="text", text="…"), Form(form))

    def _turn(self, message: StoredMessage, answer: Answer | None = None) -> Turn:
        arrival = Arrival(
            wamid=f"wamid.in.{next(_wamids)}",
            sender=self._phone,
            phone_number_id="1",
            sent_at=datetime.now(UTC),
            message=message,
        )
        received = Received.model_validate(self._call(_RECEIVE, [arrival.model_dump(mode="json")]))
        (work,) = received.work
        item = _item(work, work.messages[-1], answer or _read(work.messages[-1]))
        owed = Owed.model_validate(self._call(_APPLY, [item])[0])
        reply = render(owed.result or {}, owed.language, owed.currency)
        sent = f"wamid.out.{owed.outbound_id}"
        settled = Settled(
            outbound_id=owed.outbound_id or "", state="sent", wamid=sent, text=reply.text
        )
        lease = Lease(sender=work.sender, token=work.token)
        self._call(_SETTLE, [settled.model_dump(mode="json")], [lease.model_dump(mode="json")])
        return Turn(sent, owed.result or {}, reply, owed.language, item.get("form"))

    def _call(self, function: LiteralString, *parameters: list[Any]) -> Any:
        self._connection.execute("set role edge_adapter")
        values = [Jsonb(parameter) for parameter in parameters]
        rows = self._connection.execute(function, values).fetchall()
        self._connection.execute("reset role")
        return rows[0]["answer"]


def _read(message: OpenMessage) -> Answer:
    reading = read(message, MOST_CHARACTERS)
    if isinstance(reading, Unread):
        return asyncio.run(ask(message, reading, None))[0]
    if isinstance(reading, Unheard):
        raise TypeError("a talk is typed")
    return reading


def _item(work: SenderWork, message: OpenMessage, answer: Answer) -> dict[str, Any]:
    item: dict[str, Any] = {"id": message.id, "sender": work.sender, "token": work.token}
    match answer:
        case Form(body):
            item["form"] = body
        case Refusal(code):
            item["code"] = code
    return item
