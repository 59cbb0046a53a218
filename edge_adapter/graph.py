"""Meta's Graph API: a message is one POST with one typed outcome; files go both ways.

A 200 means accepted, not delivered. The API has no idempotency key, so a request whose answer was
lost must not simply be sent again: it is Ambiguous until a status arrives with its callback data.
Source: Meta, "Cloud API: messages" and "Cloud API: error codes"; the codes: graph_errors.toml.
"""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from edge_adapter.graph_errors import Rule, note, rule_of

# Meta's limits, in characters unless said otherwise. What exceeds them comes back Dead, code 100.
TEXT_LIMIT: Final = 4096
BODY_LIMIT: Final = 1024  # the words beside buttons or a list
BUTTONS_LIMIT: Final = 3  # buttons
BUTTON_TITLE_LIMIT: Final = 20
BUTTON_ID_LIMIT: Final = 256
ROWS_LIMIT: Final = 10  # rows of a list
ROW_TITLE_LIMIT: Final = 24
ROW_DESCRIPTION_LIMIT: Final = 72
ROW_ID_LIMIT: Final = 200
CAPTION_LIMIT: Final = 1024  # the words under a picture

# Where Meta keeps files. The token goes nowhere else, whatever address an answer names.
_FILE_HOSTS: Final = (".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net")

_LONGEST_PAUSE: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Sent:
    """Accepted by Meta."""

    wamid: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Nothing was sent; try again after the pause."""

    after_seconds: float
    code: int | None


@dataclass(frozen=True, slots=True)
class Dead:
    """This message will never go; `reason` is a word of graph_errors.toml or `unknown`."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have gone. Wait for a status; do not send again blindly."""

    code: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Nothing will go until somebody acts: token, rights, payment, address. Nothing was sent."""

    code: int | None
    reason: str


Outcome = Sent | Retry | Dead | Ambiguous | Alarm


@dataclass(frozen=True, slots=True)
class Row:
    """One choice of a list."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class MediaFound:
    """Where a file is, for some minutes; `size` in bytes."""

    url: str
    mime: str | None
    sha256: str | None
    size: int | None


class TooLarge(Exception):  # noqa: N818 - named for what arrived
    """A file has more bytes than were asked for."""


class Faltered(Exception):  # noqa: N818 - named for the state it reports
    """A file did not come this time: the network, or Meta was busy. Ask again."""


class Graph:
    """One WhatsApp number. Open it once per process: `async with Graph(...) as graph`.

    What sends never raises for what Meta or the network does. `to` is phone digits, with or without
    a plus, or a business-scoped user id; `attempt` counts from 0 and lengthens the pause of a
    Retry; `callback_data` comes back in the statuses.
    """

    def __init__(
        self, url: str, version: str, phone_number_id: str, token: str, timeout_seconds: float
    ) -> None:
        self._version = version
        self._phone_number_id = phone_number_id
        self._path = f"/{version}/{phone_number_id}/messages"
        self._timeout_seconds = timeout_seconds
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout_seconds, connect=timeout_seconds / 2),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._client.aclose()

    async def send_text(
        self,
        to: str,
        body: str,
        *,
        reply_to: str | None = None,
        callback_data: str | None = None,
        attempt: int = 0,
    ) -> Outcome:
        """Plain words; no link in them is fetched for a preview."""
        return await self.send(
            _addressed(
                to,
                {"type": "text", "text": {"body": body, "preview_url": False}},
                reply_to,
                callback_data,
            ),
            attempt=attempt,
        )

    async def send_buttons(
        self,
        to: str,
        body: str,
        buttons: Sequence[tuple[str, str]],
        *,
        reply_to: str | None = None,
        callback_data: str | None = None,
        attempt: int = 0,
    ) -> Outcome:
        """Words with one to three buttons, each (id, title)."""
        action = {
            "buttons": [
                {"type": "reply", "reply": {"id": key, "title": title}} for key, title in buttons
            ]
        }
        interactive = {"type": "button", "body": {"text": body}, "action": action}
        return await self.send(
            _addressed(
                to,
                {"type": "interactive", "interactive": interactive},
                reply_to,
                callback_data,
            ),
            attempt=attempt,
        )

    async def send_list(
        self,
        to: str,
        body: str,
        button: str,
        rows: Sequence[Row],
        *,
        reply_to: str | None = None,
        callback_data: str | None = None,
        attempt: int = 0,
    ) -> Outcome:
        """Words with a list of one to ten rows behind the button of that title."""
        choices = [
            {"id": row.id, "title": row.title}
            | ({"description": row.description} if row.description else {})
            for row in rows
        ]
        interactive = {
            "type": "list",
            "body": {"text": body},
            "action": {"button": button, "sections": [{"rows": choices}]},
        }
        return await self.send(
            _addressed(
                to,
                {"type": "interactive", "interactive": interactive},
                reply_to,
                callback_data,
            ),
            attempt=attempt,
        )

    async def send_image(
        self,
        to: str,
        media_id: str,
        caption: str,
        *,
        reply_to: str | None = None,
        callback_data: str | None = None,
        attempt: int = 0,
    ) -> Outcome:
        """A picture that was uploaded, with words under it."""
        image = {"id": media_id, "caption": caption}
        return await self.send(
            _addressed(to, {"type": "image", "image": image}, reply_to, callback_data),
            attempt=attempt,
        )

    async def send_code(self, to: str, code: str, template: str, language: str) -> Outcome:
        """An authentication template with a copy-code button: the code goes in twice."""
        parameters = [{"type": "text", "text": code}]
        return await self.send(
            _addressed(
                to,
                {
                    "type": "template",
                    "template": {
                        "name": template,
                        "language": {"code": language},
                        "components": [
                            {"type": "body", "parameters": parameters},
                            {
                                "type": "button",
                                "sub_type": "url",
                                "index": "0",
                                "parameters": parameters,
                            },
                        ],
                    },
                },
            )
        )

    async def send(self, payload: Mapping[str, Any], *, attempt: int = 0) -> Outcome:
        """A complete message of the Cloud API."""
        outcome = await self._post(payload, attempt)
        match outcome:
            case Retry(_, int(code)):
                note("send", code, outbox_id=payload.get("biz_opaque_callback_data"))
            case Dead(code, reason) | Alarm(code, reason):
                note(
                    "send",
                    code,
                    reason=reason,
                    outbox_id=payload.get("biz_opaque_callback_data"),
                )
        return outcome

    async def _post(self, payload: Mapping[str, Any], attempt: int) -> Outcome:
        try:
            async with asyncio.timeout(self._timeout_seconds):  # httpx bounds each step, not all
                response = await self._client.post(self._path, json=payload)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
            return Retry(_pause(attempt), None)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            return Alarm(None, "address")
        except (httpx.HTTPError, TimeoutError):
            return Ambiguous(None)
        return _outcome(response, attempt)

    # --- files ------------------------------------------------------------------------------------

    async def upload(self, data: bytes, mime: str, name: str) -> str | None:
        """A file to be sent; its id, or None where Meta or the network did not take it."""
        request = self._client.build_request(
            "POST",
            f"/{self._version}/{self._phone_number_id}/media",
            data={"messaging_product": "whatsapp", "type": mime},
            files={"file": (name, data, mime)},
        )
        try:
            return _word((await self._json(request)).get("id"))
        except Faltered:
            return None

    async def find_media(self, media_id: str) -> MediaFound | None:
        """Where a file that somebody sent is; None where it is nowhere, or not at Meta's. Raises
        Faltered.
        """
        answer = await self._json(
            self._client.build_request(
                "GET",
                f"/{self._version}/{quote(media_id, safe='')}",
                params={"phone_number_id": self._phone_number_id},
            )
        )
        url = _word(answer.get("url"))
        if url is None or not self._is_metas(url):
            return None
        return MediaFound(
            url, _word(answer.get("mime_type")), _word(answer.get("sha256")),
            _int(answer.get("file_size")),
        )  # fmt: skip

    async def download(self, url: str, limit: int) -> bytes | None:
        """A file's bytes as they are sent; None where there is none. Raises TooLarge, Faltered."""
        if not self._is_metas(url):
            return None
        chunks = bytearray()
        try:
            async with self._client.stream(
                "GET", url, headers={"Accept-Encoding": "identity"}
            ) as response:
                if _is_busy(response):
                    raise Faltered
                if response.status_code != httpx.codes.OK:  # a redirect is not followed
                    return None
                if (_int(response.headers.get("content-length")) or 0) > limit:
                    raise TooLarge
                async for chunk in response.aiter_raw(65536):
                    chunks += chunk
                    if len(chunks) > limit:
                        raise TooLarge
        except httpx.InvalidURL:
            return None
        except httpx.HTTPError:
            raise Faltered from None
        return bytes(chunks)

    async def _json(self, request: httpx.Request) -> dict[str, Any]:
        """The answer to a request for a file; empty for what was refused."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._client.send(request)
        except (httpx.HTTPError, TimeoutError):
            raise Faltered from None
        if _is_busy(response):
            raise Faltered
        return _json_object(response) if response.is_success else {}

    def _is_metas(self, url: str) -> bool:
        """https at a host that keeps Meta's files, or wherever the Graph API itself is."""
        try:
            address = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            return False
        if address.userinfo:
            return False
        own = self._client.base_url
        if (address.scheme, address.host, address.port) == (own.scheme, own.host, own.port):
            return True
        return (
            address.scheme == "https"
            and address.port is None
            and f".{address.host}".endswith(_FILE_HOSTS)
        )


def _addressed(
    to: str,
    content: dict[str, Any],
    reply_to: str | None = None,
    callback_data: str | None = None,
) -> dict[str, Any]:
    """The envelope. Without its plus Meta reads a number as one of the business's own country."""
    digits = to.removeprefix("+")
    payload = {"messaging_product": "whatsapp", "recipient_type": "individual", **content}
    payload |= {"to": f"+{digits}"} if digits.isdecimal() else {"recipient": to}
    if reply_to:
        payload["context"] = {"message_id": reply_to}
    if callback_data:
        payload["biz_opaque_callback_data"] = callback_data
    return payload


# --- answer → outcome -----------------------------------------------------------------------------


def _outcome(response: httpx.Response, attempt: int) -> Outcome:
    """Decided by the error code; by the HTTP status only where there is none that is known."""
    answer = _json_object(response)
    if response.is_success:
        return _accepted(answer)
    error = answer.get("error")
    error = error if isinstance(error, dict) else {}
    code = _int(error.get("code"))
    rule = rule_of(code)
    wait = _retry_after(response)
    if rule is not None:
        return _ruled(rule, code or 0, attempt, wait)
    if response.is_server_error or response.status_code in (408, 429) or error.get("is_transient"):
        return Retry(max(wait, _pause(attempt)), code)
    if code is not None:
        return Dead(code, "unknown")
    return Alarm(None, f"http_{response.status_code}")  # not the Graph API that answered


def _ruled(rule: Rule, code: int, attempt: int, wait: float) -> Outcome:
    match rule.do:
        case "retry":
            return Retry(max(wait, rule.after_seconds, _pause(attempt)), code)
        case "pair":
            return Retry(min(4.0 ** min(attempt, 10), _LONGEST_PAUSE), code)
        case "dead":
            return Dead(code, rule.reason)
        case "alarm":
            return Alarm(code, rule.reason)


def _accepted(answer: dict[str, Any]) -> Outcome:
    messages = answer.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    wamid = first.get("id") if isinstance(first, dict) else None
    return Sent(wamid) if isinstance(wamid, str) and wamid else Ambiguous(None)


def _is_busy(response: httpx.Response) -> bool:
    return response.is_server_error or response.status_code in (408, 429)


def _json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _int(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def _pause(attempt: int) -> float:
    """Doubling from one second, with jitter so that many do not come back together."""
    full: float = min(2.0 ** min(attempt, 12), _LONGEST_PAUSE)
    return full * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _retry_after(response: httpx.Response) -> float:
    seconds = _int(response.headers.get("retry-after"))
    return float(min(max(seconds or 0, 0), 86400))
