"""One side of a WhatsApp chat: what Meta would post for a person's message, and what comes back.

`envelope` makes the webhook body; `Chat` sends it, signed, and waits for the reply that the Graph
stand-in received. Source: Meta, "Webhooks: messages" reference.
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.addresses import addresses
from cli.database import report
from cli.errors import CommandError

if TYPE_CHECKING:
    import httpx

    from cli.database import Connection

_VOICE = "audio/ogg"  # what Meta calls a voice note, whose file ends in opus on a phone
_WAIT_SECONDS = 1.0  # of one long poll; in between, the database is asked


@dataclass(frozen=True)
class Option:
    """A button or a row of a list. `id` is what a tap sends back; `key` is its last part."""

    id: str
    title: str
    kind: str
    description: str | None = None

    @property
    def key(self) -> str:
        """`q:<question>:<key>` and `op:<operation>:undo` end in it."""
        return self.id.rpartition(":")[2]


@dataclass(frozen=True)
class Reply:
    """What the person sees."""

    wamid: str
    text: str
    options: tuple[Option, ...] = ()
    picture: str | None = None
    """The id of the file above the words."""


@dataclass(frozen=True)
class Tap:
    """An option of a message that was received."""

    option: Option
    wamid: str


@dataclass(frozen=True)
class File:
    """A voice note, a picture or a document that Meta keeps; `sha256` in base64."""

    id: str
    mime: str
    sha256: str
    caption: str = ""

    @property
    def kind(self) -> str:
        """The type of the message that brings it."""
        family = self.mime.partition("/")[0]
        return family if family in ("audio", "image") else "document"


def read_reply(sent: dict[str, Any]) -> Reply:
    """A message that the stand-in received; a template shows the values it was filled with."""
    payload = sent["payload"]
    if payload["type"] == "text":
        return Reply(sent["wamid"], payload["text"]["body"])
    if payload["type"] == "template":
        values = [
            parameter["text"]
            for component in payload["template"].get("components", [])
            if component["type"] == "body"
            for parameter in component["parameters"]
        ]
        return Reply(sent["wamid"], " ".join([payload["template"]["name"], *values]))
    if payload["type"] == "image":
        image = payload["image"]
        return Reply(sent["wamid"], image.get("caption", ""), picture=image["id"])
    interactive = payload["interactive"]
    action = interactive["action"]
    if interactive["type"] == "button":
        choices = [(button["reply"], "button_reply") for button in action["buttons"]]
    else:
        choices = [(row, "list_reply") for part in action["sections"] for row in part["rows"]]
    return Reply(
        sent["wamid"],
        interactive["body"]["text"],
        tuple(
            Option(choice["id"], choice["title"], kind, choice.get("description"))
            for choice, kind in choices
        ),
    )


def envelope(
    *,
    sender: str,
    phone_number_id: str,
    wamid: str,
    said: str | Tap | File,
    reply_to: str | None = None,
    at: float | None = None,
) -> dict[str, Any]:
    """Meta's webhook for one message. sender: phone digits; at: seconds since 1970, now if None."""
    message: dict[str, Any] = {
        "from": sender,
        "id": wamid,
        "timestamp": str(int(time.time() if at is None else at)),
    }
    if isinstance(said, str):
        message |= {"type": "text", "text": {"body": said}}
        quoted = reply_to
    elif isinstance(said, File):
        file = {"id": said.id, "mime_type": said.mime, "sha256": said.sha256}
        caption = {"caption": said.caption} if said.caption else {}
        message |= {"type": said.kind, said.kind: file | caption}
        quoted = reply_to
    else:
        option = said.option
        choice = {"id": option.id, "title": option.title}
        if option.description:
            choice["description"] = option.description
        message |= {
            "type": "interactive",
            "interactive": {"type": option.kind, option.kind: choice},
        }
        quoted = said.wamid
    if quoted:
        message["context"] = {"from": phone_number_id, "id": quoted}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": phone_number_id, "phone_number_id": phone_number_id},
        "contacts": [{"wa_id": sender, "profile": {"name": sender}}],
        "messages": [message],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "0", "changes": [{"field": "messages", "value": value}]}],
    }


def signed(payload: dict[str, Any], app_secret: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers that Meta would send it with."""
    from edge_adapter.signatures import sign_meta

    body = json.dumps(payload, ensure_ascii=False).encode()
    return body, {
        "content-type": "application/json",
        "x-hub-signature-256": sign_meta(app_secret, body),
    }


@dataclass(frozen=True)
class Wiring:
    """Where the stack listens; the fields are those of `status --json`."""

    webhook_url: str
    graph_url: str
    app_secret: str
    phone_number_id: str


def wiring() -> Wiring:
    """Of the local stack; raises CommandError when it is not up."""
    stack = addresses()
    try:
        app_secret = Path(stack["app_secret_file"]).read_text().strip()
    except OSError as error:
        raise CommandError(f"The app secret cannot be read: {error.strerror}.") from None
    return Wiring(stack["webhook_url"], stack["graph_url"], app_secret, stack["phone_number_id"])


@dataclass(frozen=True)
class Exchange:
    """One message and its answer. `row` is of sql/reports/exchange.sql; no reply may be owed."""

    wamid: str
    reply: Reply | None
    row: dict[str, Any]


class Chat:
    """One person writing to the bot.

    sender: phone digits. Every method raises CommandError when a part of the stack does not answer.
    """

    def __init__(
        self, wiring: Wiring, connection: Connection, client: httpx.Client, sender: str
    ) -> None:
        self._wiring = wiring
        self._connection = connection
        self._client = client
        self._sender = sender

    def attach(self, path: Path, caption: str = "") -> File:
        """Gives Meta a file of this machine to keep, as a phone does before it sends it."""
        guessed = _VOICE if path.suffix == ".opus" else mimetypes.guess_type(path.name)[0]
        mime = guessed or "application/octet-stream"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        file = File(
            str(secrets.randbelow(10**15)),
            mime,
            base64.b64encode(hashlib.sha256(data).digest()).decode(),
            caption,
        )
        self._ask("Graph stand-in", "PUT", self._file_url(file.id), data, {"content-type": mime})
        return file

    def picture_url(self, reply: Reply) -> str | None:
        """Where the picture of a reply can be looked at."""
        return None if reply.picture is None else self._file_url(reply.picture)

    def _file_url(self, media_id: str) -> str:
        return f"{self._wiring.graph_url.rstrip('/')}/_standin/media/{media_id}"

    def say(
        self, said: str | Tap | File, *, reply_to: str | None = None, timeout: float
    ) -> Exchange:
        """Sends one message and waits up to `timeout` seconds for what comes back."""
        last = self._received(0)[1]
        wamid = f"wamid.{secrets.token_urlsafe(24)}"
        self._post(wamid, said, reply_to)
        deadline = time.monotonic() + timeout
        seen: dict[str, dict[str, Any]] = {}
        while True:
            row = self._row(wamid)
            if row and row["reply_id"] in seen:
                return Exchange(wamid, read_reply(seen[row["reply_id"]]), row)
            if row and row["state"] != "open" and row["reply_state"] is None:
                return Exchange(wamid, None, row)
            if row and row["reply_state"] == "dead":
                raise CommandError(f"The reply could not be sent: {row['error_code']}.")
            left = deadline - time.monotonic()
            answer = _answer(seen, wamid)
            if left <= 0 and row and answer:
                return Exchange(wamid, read_reply(answer), row)
            if left <= 0:
                raise CommandError(f"No reply within {timeout:g} seconds: {_stage(row)}.")
            # A reply that is here but not settled yet cannot be replied to: wait a little longer.
            pause = 0.02 if answer else min(left, _WAIT_SECONDS)
            messages, last = self._received(last, pause)
            seen |= {message["wamid"]: message for message in messages}

    def option(self, key: str, reply_to: str | None = None) -> Tap:
        """The option of this id or key, of the message replied to or the last that has it."""
        for message in reversed(self._received(0)[0]):
            reply = read_reply(message)
            if reply_to in (None, reply.wamid):
                for option in reply.options:
                    if key in (option.id, option.key):
                        return Tap(option, reply.wamid)
        raise CommandError(f"No message to this phone has an option {key!r}.")

    def _post(self, wamid: str, said: str | Tap | File, reply_to: str | None) -> None:
        payload = envelope(
            sender=self._sender,
            phone_number_id=self._wiring.phone_number_id,
            wamid=wamid,
            said=said,
            reply_to=reply_to,
        )
        body, headers = signed(payload, self._wiring.app_secret)
        response = self._ask("adapter", "POST", self._wiring.webhook_url, body, headers)
        if response.status_code != 200:
            raise CommandError(
                f"The adapter refused the message with HTTP {response.status_code}: "
                "`backroom doctor` says more."
            )

    def _received(self, after: int, wait: float = 0) -> tuple[list[dict[str, Any]], int]:
        """The messages to this person past a sequence number, and the last number of all."""
        query = f"to={self._sender}&after={after}&wait={wait:.3f}"
        url = f"{self._wiring.graph_url.rstrip('/')}/_standin/messages?{query}"
        answer = self._ask("Graph stand-in", "GET", url).json()
        return answer["messages"], answer["last"]

    def _row(self, wamid: str) -> dict[str, Any] | None:
        rows = report(self._connection, "exchange", wamid)
        return rows[0] if rows else None

    def _ask(
        self,
        part: str,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        import httpx

        try:
            return self._client.request(method, url, content=body, headers=headers)
        except httpx.HTTPError:
            raise CommandError(
                f"The {part} does not answer at {url.partition('?')[0]}: run `backroom status`."
            ) from None


def _answer(seen: dict[str, dict[str, Any]], wamid: str) -> dict[str, Any] | None:
    """The message that quotes this one."""
    for message in seen.values():
        if message["payload"].get("context", {}).get("message_id") == wamid:
            return message
    return None


def _stage(row: dict[str, Any] | None) -> str:
    """How far a message has come."""
    if row is None:
        return "the adapter took the message but did not store it"
    if row["state"] == "open":
        return "the message is stored and nobody has worked on it yet"
    return "the message was worked on and its reply has not been sent yet"


def outcome(exchange: Exchange) -> dict[str, Any]:
    """What `say --json` prints: section 6 of the design, numbers as text."""
    result = exchange.row["result"] or _silence(exchange.row)
    reply = exchange.reply
    operation = result.get("operation")
    return {
        "message_id": exchange.wamid,
        "reply_id": reply and reply.wamid,
        "question_id": (result.get("question") or {}).get("id"),
        "outcome": result["outcome"],
        "code": result.get("code"),
        "reply": reply and reply.text,
        "options": [
            {"key": option.key, "title": option.title}
            for option in (reply.options if reply else ())
        ],
        "interpretation": exchange.row["form"],
        "operation": operation and _operation(operation),
    }


def _silence(row: dict[str, Any]) -> dict[str, Any]:
    """The result of a message that nothing is said about."""
    if row["member_id"] is None:  # a stranger who has had the day's one answer
        return {"outcome": "refused", "code": "unknown_sender"}
    return {"outcome": "answered", "code": "silent"}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    line_fields = ("product", "kind", "quantity", "unit_price", "balance")
    return {
        **{field: operation.get(field) for field in ("id", "kind", "reverses", "replaces")},
        "lines": [
            {field: line.get(field) for field in line_fields} for line in operation["lines"] or []
        ],
    }
