"""Meta's Graph API, as far as WhatsApp messages and files go: `python -m cli.standins.graph`.

Keeps what was sent in memory and holds callers to Meta's limits, answering in Meta's error form.
Beside the vendor's routes it has its own: `/healthz`; `GET /_standin/messages?to=&after=&wait=`,
the messages to that number past that sequence number, waiting up to so many seconds for the first;
`DELETE /_standin/messages`, which forgets all; `POST /_standin/fail`, a Fault for what comes next;
`PUT /_standin/media/{id}`, a file that a person sent, its query what the vendor's answer about it
is to say instead of the truth (`url`, `sha256`, `file_size`); `GET` of it, the file.
With `--webhook` it tells that address what becomes of each message, as statuses.py says.
"""

import argparse
import asyncio
import base64
import hashlib
import os
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from cli.standins.serving import DroppedConnection, serve
from cli.standins.statuses import Statuses

# --- what Meta takes ------------------------------------------------------------------------------


def _words(longest: int) -> StringConstraints:
    return StringConstraints(min_length=1, max_length=longest)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Text(_Shape):
    body: Annotated[str, _words(4096)]
    preview_url: bool = False


class Reply(_Shape):
    id: Annotated[str, _words(256)]
    title: Annotated[str, _words(20)]


class Button(_Shape):
    type: Literal["reply"]
    reply: Reply


class ListRow(_Shape):
    id: Annotated[str, _words(200)]
    title: Annotated[str, _words(24)]
    description: Annotated[str, _words(72)] | None = None


class Section(_Shape):
    title: Annotated[str, _words(24)] | None = None
    rows: Annotated[list[ListRow], Field(min_length=1, max_length=10)]


class Body(_Shape):
    text: Annotated[str, _words(1024)]


class Footer(_Shape):
    text: Annotated[str, _words(60)]


class ButtonAction(_Shape):
    buttons: Annotated[list[Button], Field(min_length=1, max_length=3)]


class ListAction(_Shape):
    button: Annotated[str, _words(20)]
    sections: Annotated[list[Section], Field(min_length=1, max_length=10)]


class ButtonsInteractive(_Shape):
    type: Literal["button"]
    body: Body
    footer: Footer | None = None
    action: ButtonAction


class ListInteractive(_Shape):
    type: Literal["list"]
    body: Body
    footer: Footer | None = None
    action: ListAction


class Parameter(_Shape):
    type: Literal["text"]
    text: Annotated[str, _words(1024)]


class Component(_Shape):
    type: Literal["body", "button"]
    sub_type: Literal["url"] | None = None
    index: str | None = None
    parameters: list[Parameter]


class TemplateLanguage(_Shape):
    code: Annotated[str, _words(16)]


class Template(_Shape):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: TemplateLanguage
    components: list[Component] = []


class Context(_Shape):
    message_id: Annotated[str, _words(512)]


class Envelope(_Shape):
    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{6,20}$")] | None = None
    recipient: (
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\.[A-Za-z0-9]{1,128}$")] | None
    ) = None
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, _words(512)] | None = None


class Picture(_Shape):
    id: Annotated[str, _words(200)]
    caption: Annotated[str, _words(1024)] | None = None


class TextMessage(Envelope):
    type: Literal["text"]
    text: Text


class InteractiveMessage(Envelope):
    type: Literal["interactive"]
    interactive: Annotated[ButtonsInteractive | ListInteractive, Field(discriminator="type")]


class TemplateMessage(Envelope):
    type: Literal["template"]
    template: Template


class ImageMessage(Envelope):
    type: Literal["image"]
    image: Picture


class Outgoing(BaseModel):
    """One request body, told apart by its type."""

    message: Annotated[
        TextMessage | InteractiveMessage | TemplateMessage | ImageMessage,
        Field(discriminator="type"),
    ]


def fault_of(message: Envelope) -> str | None:
    """What the shapes above cannot say, or None."""
    if (message.to is None) == (message.recipient is None):
        return "exactly one of to and recipient is required"
    if isinstance(message, InteractiveMessage):
        action = message.interactive.action
        if isinstance(action, ButtonAction):
            ids = [button.reply.id for button in action.buttons]
        else:
            ids = [row.id for section in action.sections for row in section.rows]
        if len(ids) > 10:
            return "at most 10 rows in all sections"
        if len(set(ids)) < len(ids):
            return "ids must differ"
    return None


# --- the server -----------------------------------------------------------------------------------


class Fault(BaseModel):
    """How the next `times` requests `to` that route end, after `delay_seconds`: an error of
    `status` and `code`, an answer of `text` that is not the API's, `location`: a redirect, `drop`:
    accepted, then no answer, or `failed`: accepted, then a status `failed` with that code.
    """

    model_config = ConfigDict(extra="forbid")

    to: Literal["messages", "media", "described", "files"] = "messages"

    times: Annotated[int, Field(ge=1, le=10_000)] = 1
    delay_seconds: Annotated[float, Field(ge=0, le=120)] = 0
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    code: int | None = None
    is_transient: bool = False
    retry_after: int | None = None
    text: str | None = None
    location: str | None = None
    drop: bool = False
    failed: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A file, and what is said about it instead of the truth."""

    data: bytes
    mime: str
    lies: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """Everything the stand-in knows."""

    token: str
    phone_number_id: str | None
    statuses: Statuses | None = None
    country_code: str = "27"
    media: dict[str, Stored] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    last: int = 0
    faults: deque[Fault] = field(default_factory=deque)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)


def error(status: int, code: int, message: str, *, transient: bool = False) -> JSONResponse:
    """Meta's error JSON."""
    body = {
        "message": f"(#{code}) {message}",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": message},
        "is_transient": transient,
        "fbtrace_id": secrets.token_urlsafe(8),
    }
    return JSONResponse({"error": body}, status)


async def send(request: Request) -> Response:
    """POST /{version}/{phone_number_id}/messages"""
    state: State = request.app.state.standin
    if refused := _refused(state, request):
        return refused
    try:
        payload = await request.json()
        message = Outgoing.model_validate({"message": payload}).message
    except ValidationError as wrong:
        place = ".".join(str(step) for step in wrong.errors()[0]["loc"][2:])
        return error(400, 100, f"Invalid parameter {place}: {wrong.errors()[0]['msg']}")
    except ValueError:
        return error(400, 100, "The body is not JSON.")
    if detail := fault_of(message):
        return error(400, 131009, detail)
    if isinstance(message, ImageMessage) and message.image.id not in state.media:
        return error(400, 131009, "no such media")
    fault = _next_fault(state, "messages")
    await asyncio.sleep(fault.delay_seconds)
    if told := _as_told(fault):
        return told
    reached = _reached(state, message)
    sent = await _accept(state, reached, payload)
    if state.statuses is not None:
        state.statuses.follow(request.path_params["phone_number_id"], sent, fault.failed)
    if fault.drop:
        return DroppedConnection()
    return JSONResponse(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": message.to or message.recipient, "wa_id": reached}],
            "messages": [{"id": sent["wamid"]}],
        }
    )


def _refused(state: State, request: Request) -> Response | None:
    """What the vendor answers to a wrong token or a number that is not the caller's."""
    if request.headers.get("authorization") != f"Bearer {state.token}":
        return error(401, 190, "Invalid OAuth access token.")
    known = (None, request.path_params.get("phone_number_id", state.phone_number_id))
    return (
        None
        if state.phone_number_id in known
        else error(400, 100, "No object with this id exists.")
    )


def _next_fault(state: State, route: str) -> Fault:
    fault = next((fault for fault in state.faults if fault.to == route), None)
    if fault is None:
        return Fault()
    place = state.faults.index(fault)
    if fault.times > 1:
        state.faults[place] = fault.model_copy(update={"times": fault.times - 1})
    else:
        del state.faults[place]
    return fault


def _as_told(fault: Fault) -> Response | None:
    if fault.location is not None:
        return RedirectResponse(fault.location, fault.status or 302)
    if fault.text is not None:
        return Response(fault.text, fault.status or 200)
    if fault.status is None and fault.code is None:
        return None
    answer = error(fault.status or 400, fault.code or 0, "As told.", transient=fault.is_transient)
    if fault.retry_after is not None:
        answer.headers["retry-after"] = str(fault.retry_after)
    return answer


async def _faulted(state: State, route: str) -> Response | None:
    """A planned end of a request about a file; None where it goes its usual way."""
    fault = _next_fault(state, route)
    await asyncio.sleep(fault.delay_seconds)
    return DroppedConnection() if fault.drop else _as_told(fault)


# --- files ----------------------------------------------------------------------------------------


async def upload(request: Request) -> Response:
    """POST /{version}/{phone_number_id}/media"""
    state: State = request.app.state.standin
    if refused := _refused(state, request):
        return refused
    if told := await _faulted(state, "media"):
        return told
    head = b"Content-Type: " + request.headers.get("content-type", "").encode() + b"\r\n\r\n"
    form = message_from_bytes(head + await request.body())
    fields = {part.get_param("name", header="content-disposition"): part for part in form.walk()}
    data, product = (fields.get(name) for name in ("file", "messaging_product"))
    content = data.get_payload(decode=True) if data else None
    if not isinstance(content, bytes) or product is None or product.get_payload() != "whatsapp":
        return error(400, 100, "file and messaging_product are required")
    media_id = str(secrets.randbelow(10**15))
    state.media[media_id] = Stored(content, data.get_content_type() if data else "")
    return JSONResponse({"id": media_id})


async def describe(request: Request) -> Response:
    """GET /{version}/{media_id}"""
    state: State = request.app.state.standin
    if refused := _refused(state, request):
        return refused
    if faulted := await _faulted(state, "described"):
        return faulted
    media_id = request.path_params["media_id"]
    stored = state.media.get(media_id)
    if stored is None:
        return error(400, 100, "No object with this id exists.")
    told = {
        "messaging_product": "whatsapp",
        "url": str(request.url_for("content", media_id=media_id)),
        "mime_type": stored.mime,
        "sha256": hashlib.sha256(stored.data).hexdigest(),
        "file_size": len(stored.data),
        "id": media_id,
    }
    return JSONResponse(told | stored.lies)


async def content(request: Request) -> Response:
    """GET /_files/{media_id}: where `describe` says that the file is."""
    state: State = request.app.state.standin
    if told := await _faulted(state, "files"):
        return told
    stored = state.media.get(request.path_params["media_id"])
    if stored is None or _refused(state, request):
        return Response(status_code=404)
    return Response(stored.data, media_type=stored.mime)


async def media(request: Request) -> Response:
    """PUT and GET /_standin/media/{media_id}"""
    state: State = request.app.state.standin
    media_id = request.path_params["media_id"]
    if request.method == "PUT":
        mime = request.headers.get("content-type", "")
        state.media[media_id] = Stored(await request.body(), mime, dict(request.query_params))
        return Response(status_code=204)
    stored = state.media.get(media_id)
    return Response(stored.data, media_type=stored.mime) if stored else Response(status_code=404)


# --- what was sent --------------------------------------------------------------------------------


async def _accept(state: State, reached: str, payload: dict[str, Any]) -> dict[str, Any]:
    sent = {
        "wamid": f"wamid.{base64.b64encode(secrets.token_bytes(27)).decode()}",
        "to": reached,
        "at": datetime.now(UTC).isoformat(),
        "payload": payload,
    }
    async with state.arrived:
        state.last += 1
        state.sent.append({"seq": state.last, **sent})
        state.arrived.notify_all()
    return sent


def _reached(state: State, message: Envelope) -> str:
    """The digits that Meta would dial: without a plus, it puts the business's own country first."""
    if message.to is None:
        return str(message.recipient)
    own = "" if message.to.startswith("+") else state.country_code
    return own + message.to.removeprefix("+")


async def sent_messages(request: Request) -> Response:
    """GET /_standin/messages"""
    state: State = request.app.state.standin
    to = request.query_params.get("to", "").strip().removeprefix("+")
    try:
        after = int(request.query_params.get("after", "0"))
        wait = min(float(request.query_params.get("wait", "0")), 60.0)
    except ValueError:
        return JSONResponse({"error": "after and wait are numbers"}, 400)

    def found() -> list[dict[str, Any]]:
        return [m for m in state.sent if m["seq"] > after and to in ("", m["to"])]

    if wait > 0:
        try:
            async with asyncio.timeout(wait), state.arrived:
                await state.arrived.wait_for(found)
        except TimeoutError:
            pass
    return JSONResponse({"messages": found(), "last": state.last})


async def forget_messages(request: Request) -> Response:
    """DELETE /_standin/messages: forgets the files and the faults too."""
    state: State = request.app.state.standin
    state.sent.clear()
    state.media.clear()
    state.faults.clear()
    return Response(status_code=204)


async def fail(request: Request) -> Response:
    """POST /_standin/fail"""
    state: State = request.app.state.standin
    try:
        state.faults.append(Fault.model_validate_json(await request.body()))
    except ValidationError as wrong:
        return JSONResponse({"error": str(wrong)}, 400)
    return Response(status_code=204)


async def health(_: Request) -> Response:
    """GET /healthz"""
    return JSONResponse({"status": "ok"})


def make_app(
    token: str, phone_number_id: str | None = None, statuses: Statuses | None = None
) -> Starlette:
    """The stand-in as an ASGI application; any number id is known when none is given."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        telling = asyncio.create_task(statuses.run()) if statuses else None
        yield
        if telling:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    app = Starlette(
        routes=[
            Route("/healthz", health),
            Route("/_standin/messages", sent_messages, methods=["GET"]),
            Route("/_standin/messages", forget_messages, methods=["DELETE"]),
            Route("/_standin/fail", fail, methods=["POST"]),
            Route("/_standin/media/{media_id}", media, methods=["PUT", "GET"]),
            Route("/_files/{media_id}", content, name="content"),
            Route("/{version}/{phone_number_id}/messages", send, methods=["POST"]),
            Route("/{version}/{phone_number_id}/media", upload, methods=["POST"]),
            Route("/{version}/{media_id}", describe),
        ],
        lifespan=lifespan,
    )
    app.state.standin = State(token, phone_number_id, statuses)
    return app


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="A stand-in for the WhatsApp Graph API.")
    parser.add_argument("--port", type=int, required=True)
    # Not only an argument: everybody on the machine can read another's arguments.
    token = os.environ.get("GRAPH_STANDIN_TOKEN")
    parser.add_argument(
        "--token",
        default=token,
        required=token is None,
        help="the access token it accepts (default: GRAPH_STANDIN_TOKEN)",
    )
    parser.add_argument("--phone-number-id", help="the only number it knows (default: any)")
    parser.add_argument(
        "--webhook",
        help="the address that it tells the statuses, signed with GRAPH_STANDIN_APP_SECRET "
        "(default: it tells nobody)",
    )
    arguments = parser.parse_args()
    statuses = None
    if arguments.webhook:
        app_secret = os.environ.get("GRAPH_STANDIN_APP_SECRET")
        if not app_secret:
            parser.error("--webhook needs GRAPH_STANDIN_APP_SECRET")
        statuses = Statuses(arguments.webhook, app_secret)
    serve(make_app(arguments.token, arguments.phone_number_id, statuses), arguments.port)


if __name__ == "__main__":
    main()
