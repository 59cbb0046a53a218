"""One-time codes: the body of Supabase's Send SMS hook, and two ways to hand a code over.

Supabase Auth makes and checks the codes; it asks here only that one be delivered, waits five
seconds in all, and asks again under a new webhook id when no answer came. So a code is known by
(user, code).
Source: Supabase, "Send SMS hook"; the friendly refusal is read only from a 200.
"""

import asyncio
import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from edge_adapter.graph import Alarm, Ambiguous, Dead, Graph, Retry, Sent
from edge_adapter.webhook import MalformedWebhook, read_json

_REMEMBERED_SECONDS = 600


class MalformedOtp(Exception):  # noqa: N818 - named for what arrived
    """The hook's body is not one of Supabase Auth: answer 400."""


@dataclass(frozen=True, slots=True)
class OtpRequest:
    """Deliver `code` to `phone` (E.164 digits without a plus) for the user of that id."""

    user_id: str
    phone: str
    code: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no code went; `message` is read by the person who signs in."""

    http_code: int
    message: str

    def body(self) -> dict[str, Any]:
        """What to answer, with HTTP status 200, so that Supabase Auth hands the message on."""
        return {"error": {"http_code": self.http_code, "message": self.message}}


class _Sms(BaseModel):
    # Not user.phone: while a number is being changed that is still the old one.
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[1-9][0-9]{7,14}$")]
    otp: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{4,15}$")]


class _User(BaseModel):
    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Hook(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    user: _User
    sms: _Sms


def parse(raw_body: bytes) -> OtpRequest:
    """Bytes → OtpRequest; raises MalformedOtp and nothing else."""
    try:
        hook = _Hook.model_validate(read_json(raw_body))
    except (MalformedWebhook, ValidationError):
        raise MalformedOtp("the body is not a Send SMS hook") from None
    return OtpRequest(hook.user.id, hook.sms.phone.removeprefix("+"), hook.sms.otp)


class Driver(Protocol):
    """A way to hand over a code; answers None once it is on its way."""

    async def send(self, phone: str, code: str) -> Refusal | None:
        """Never raises for what the receiving side does."""


class Delivery:
    """Hands each code over once, however often the hook asks, and answers in time.

    Kept in this process only: should a retry reach another process, the person reads the same code
    twice.
    """

    def __init__(self, driver: Driver, timeout_seconds: float) -> None:
        self._driver = driver
        self._timeout_seconds = timeout_seconds
        self._under_way: dict[bytes, tuple[float, asyncio.Task[Refusal | None]]] = {}

    async def deliver(self, request: OtpRequest) -> Refusal | None:
        """None when the code went, or is still on its way when the time is up."""
        self._forget()
        key = hashlib.sha256(f"{request.user_id} {request.code}".encode()).digest()
        if key not in self._under_way:
            task = asyncio.create_task(self._driver.send(request.phone, request.code))
            self._under_way[key] = (time.monotonic(), task)
        task = self._under_way[key][1]
        done, _ = await asyncio.wait({task}, timeout=self._timeout_seconds)
        if not done:
            return None
        refusal = task.result()
        if refusal is not None:  # the next request for it may fare better
            self._under_way.pop(key, None)
        return refusal

    def _forget(self) -> None:
        limit = time.monotonic() - _REMEMBERED_SECONDS
        for key in [key for key, (since, _) in self._under_way.items() if since < limit]:
            del self._under_way[key]


class ConsoleDriver:
    """For this machine only: appends `{"phone", "otp", "at"}` to a file of mode 600."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def send(self, phone: str, code: str) -> Refusal | None:
        """One JSON line per code."""
        line = json.dumps({"phone": phone, "otp": code, "at": datetime.now(UTC).isoformat()})
        try:
            _append(self._file, f"{line}\n".encode())
        except OSError:
            return Refusal(503, "The code could not be written to OTP_CONSOLE_FILE.")
        return None


def _append(file: Path, line: bytes) -> None:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(file, flags, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


class WhatsAppDriver:
    """Sends the code in an authentication template, which needs no open 24-hour window."""

    def __init__(self, graph: Graph, template: str, language: str) -> None:
        self._graph = graph
        self._template = template
        self._language = language

    async def send(self, phone: str, code: str) -> Refusal | None:
        """A lost answer counts as sent: who gets no code asks for another."""
        match await self._graph.send_code(phone, code, self._template, self._language):
            case Sent() | Ambiguous():
                return None
            case Dead(reason="cannot_receive" | "recipient_excluded"):
                return Refusal(400, "This number cannot receive WhatsApp messages from us.")
            case Retry():
                return Refusal(429, "Too many codes at once. Try again in a minute.")
            case Dead() | Alarm():
                return Refusal(503, "Codes cannot be sent at the moment. Try again later.")
