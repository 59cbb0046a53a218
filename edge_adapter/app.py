"""The adapter's routes. Meta and Supabase Auth come in here; nothing is believed before its
signature is checked, and nothing is acknowledged before it is stored.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from edge_adapter import metrics, otp, webhook
from edge_adapter.backend import (
    Arrival,
    Backend,
    BackendRefused,
    BackendUnavailable,
    Report,
    StoredMedia,
    StoredMessage,
    open_backend,
)
from edge_adapter.gemini.breaker import Breaker
from edge_adapter.gemini.interpreter import open_interpreter
from edge_adapter.graph import Graph
from edge_adapter.graph_errors import note
from edge_adapter.intake import Intake
from edge_adapter.reading import Model, prepare
from edge_adapter.settings import Settings
from edge_adapter.signatures import Rejected, StandardWebhook, same_secret, verify_meta
from edge_adapter.work import Pipeline

log = structlog.get_logger(__name__)

_LONGEST_WAMID: Final = 200  # Meta's are about 60; a longer one is no message of Meta's


class BodyTooLarge(Exception):  # noqa: N818 - named for what arrived
    """More bytes than the route takes."""


class Adapter:
    """One running adapter: its open connections and the routes that use them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._intake: Intake
        self._backend: Backend
        self._otp: otp.Delivery
        self._tasks: list[asyncio.Task[None]] = []
        self._hook = StandardWebhook(settings.send_sms_hook_secret.get_secret_value())

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Open the backend, the Graph API and the model; work until the server stops."""
        settings = self._settings
        async with AsyncExitStack() as stack:
            self._backend = await stack.enter_async_context(open_backend(settings))
            graph = await stack.enter_async_context(
                Graph(
                    str(settings.graph_url).rstrip("/"),
                    settings.graph_version,
                    settings.whatsapp_phone_number_id,
                    settings.whatsapp_access_token.get_secret_value(),
                    settings.graph_timeout_seconds,
                )
            )
            model = await stack.enter_async_context(open_interpreter(settings))
            asked = None if model is None else Model(Breaker(model), settings.gemini_model)
            self._otp = otp.Delivery(_driver(settings, graph), settings.otp_timeout_seconds)
            pipeline = Pipeline(self._backend, graph, asked, settings)
            self._intake = Intake(self._backend, pipeline.accept)
            await asyncio.to_thread(prepare)
            self._tasks = [
                asyncio.create_task(pipeline.run()),
                asyncio.create_task(self._intake.run()),
            ]
            try:
                yield
            finally:
                for task in self._tasks:
                    task.cancel()
                for task in self._tasks:
                    with suppress(asyncio.CancelledError):
                        await task

    # --- Meta -------------------------------------------------------------------------------------

    async def subscribe(self, request: Request) -> Response:
        """Meta's handshake: echo the challenge to whoever knows the verify token."""
        query = request.query_params
        token = self._settings.whatsapp_verify_token.get_secret_value()
        known = same_secret(token, query.get("hub.verify_token"))
        if query.get("hub.mode") != "subscribe" or not known:
            return _refusal(403, "bad_verify_token", "The verify token is wrong.")
        return PlainTextResponse(query.get("hub.challenge", ""))

    async def receive(self, request: Request) -> Response:
        """Meta's webhook: 200 once everything in it is stored."""
        started = time.perf_counter()
        response = await self._receive(request)
        metrics.WEBHOOKS.labels(response.status_code).inc()
        metrics.ACK_SECONDS.observe(time.perf_counter() - started)
        return response

    async def _receive(self, request: Request) -> Response:
        try:
            body = await _body(request, self._settings.webhook_body_limit_bytes)
        except BodyTooLarge:
            return _refusal(413, "too_large", "The body is larger than a webhook can be.")
        secret = self._settings.whatsapp_app_secret.get_secret_value()
        if not verify_meta(secret, body, request.headers.get("x-hub-signature-256")):
            return _refusal(401, "bad_signature", "The signature is missing or wrong.")
        try:
            batch = webhook.parse(body)
        except webhook.MalformedWebhook:
            return _refusal(400, "malformed", "The body is not a webhook.")

        arrivals = [
            arrival for message in batch.messages if (arrival := self._arrival(message)) is not None
        ]
        reports = [_report(status) for status in batch.statuses]
        for reason, count in batch.ignored.items():
            metrics.IGNORED.labels(reason).inc(count)
        for code in batch.error_codes:
            note("account", code)
        if not arrivals and not reports:
            return PlainTextResponse("ok")
        try:
            await self._intake.store(arrivals, reports)
        except BackendUnavailable:
            return _refusal(503, "unavailable", "The database does not answer; send it again.")
        except BackendRefused as error:
            log.warning("receive_refused", code=error.code, reason=error.word)
            return _refusal(503, "unavailable", "The database did not store it; send it again.")
        metrics.MESSAGES.labels("stored").inc(len(arrivals))
        for status in batch.statuses:
            if status.status == "failed":
                note("status", status.error_code, outbox_id=status.callback_data)
        return PlainTextResponse("ok")

    def _arrival(self, message: webhook.InboundMessage) -> Arrival | None:
        sender = message.sender or message.bsuid
        if sender is None or len(message.wamid) > _LONGEST_WAMID:
            metrics.IGNORED.labels("bad_message").inc()
            return None
        return Arrival(
            wamid=message.wamid,
            sender=sender.removeprefix("+"),
            phone_number_id=message.phone_number_id or self._settings.whatsapp_phone_number_id,
            sent_at=message.sent_at or datetime.now(UTC),
            message=StoredMessage(
                type=message.type,
                text=message.text,
                button_id=message.button_id,
                reply_to=message.reply_to,
                forwarded=message.forwarded,
                media=_stored(message.media),
            ),
        )

    # --- Supabase Auth ----------------------------------------------------------------------------

    async def send_sms(self, request: Request) -> Response:
        """Supabase Auth's Send SMS hook: hand the code over by WhatsApp."""
        try:
            body = await _body(request, self._settings.hook_body_limit_bytes)
        except BodyTooLarge:
            return _refusal(413, "too_large", "The body is larger than a hook can be.")
        try:
            self._hook.verify(body, request.headers)
        except Rejected:
            return _refusal(401, "bad_signature", "The signature is missing or wrong.")
        try:
            asked = otp.parse(body)
        except otp.MalformedOtp:
            return _refusal(400, "malformed", "The body is not a Send SMS hook.")
        refusal = await self._otp.deliver(asked)
        return JSONResponse({} if refusal is None else refusal.body())

    # --- operators --------------------------------------------------------------------------------

    async def healthy(self, _request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """The database answers too, and the work goes on."""
        if any(task.done() for task in self._tasks):
            return JSONResponse({"status": "unavailable", "code": "stopped"}, status_code=503)
        try:
            await self._backend.receive([])
        except (BackendUnavailable, BackendRefused) as error:
            return JSONResponse({"status": "unavailable", "code": str(error)}, status_code=503)
        return JSONResponse({"status": "ok"})

    async def measured(self, _request: Request) -> Response:
        """Prometheus's text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def create_app(settings: Settings) -> Starlette:
    """The ASGI application."""
    adapter = Adapter(settings)
    return Starlette(
        routes=[
            Route("/webhooks/whatsapp", adapter.subscribe, methods=["GET"]),
            Route("/webhooks/whatsapp", adapter.receive, methods=["POST"]),
            Route("/hooks/send-sms", adapter.send_sms, methods=["POST"]),
            Route("/healthz", adapter.healthy),
            Route("/readyz", adapter.ready),
            Route("/metrics", adapter.measured),
        ],
        lifespan=adapter.lifespan,
    )


def _driver(settings: Settings, graph: Graph) -> otp.Driver:
    if settings.otp_driver == "console" and settings.otp_console_file is not None:
        return otp.ConsoleDriver(settings.otp_console_file)
    return otp.WhatsAppDriver(graph, settings.otp_template_name, settings.otp_template_language)


async def _body(request: Request, limit: int) -> bytes:
    """The raw bytes, and never more of them than the limit."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:12]) > limit:
        raise BodyTooLarge
    chunks = bytearray()
    try:
        async for chunk in request.stream():
            chunks += chunk
            if len(chunks) > limit:
                raise BodyTooLarge
    except ClientDisconnect:
        return b""  # nobody is left to answer; an empty body has no valid signature
    return bytes(chunks)


def _stored(file: webhook.Media | None) -> StoredMedia | None:
    return StoredMedia(id=file.id, mime=file.mime, sha256=file.sha256) if file else None


def _report(status: webhook.StatusUpdate) -> Report:
    return Report(
        wamid=status.wamid,
        outbound_id=status.callback_data,
        status=status.status,
        error_code=None if status.error_code is None else str(status.error_code),
    )


def _refusal(status: int, code: str, sentence: str) -> Response:
    return JSONResponse({"code": code, "message": sentence}, status_code=status)
