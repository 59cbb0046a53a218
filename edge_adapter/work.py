"""From stored to answered: read → apply → word → send → settle.

Senders come in leased to this process. Messages wait in a queue; whatever is waiting goes to the
database together, up to a batch, so load makes batches larger instead of making calls more
frequent. A sender's messages stay in order: a sender is in one place of the pipeline at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import structlog

from edge_adapter import graph as graph_api
from edge_adapter import metrics
from edge_adapter.backend import (
    Backend,
    BackendFaltered,
    BackendRefused,
    BackendUnavailable,
    Lease,
    OpenMessage,
    Owed,
    SenderWork,
    Settled,
)
from edge_adapter.chart import chart
from edge_adapter.media import Limits, NotFetched, fetch
from edge_adapter.reading import (
    Answer,
    Form,
    Model,
    Reading,
    Refusal,
    Silence,
    Unheard,
    Unread,
    Usage,
    ask,
    hear,
    read,
    read_caption,
)
from edge_adapter.settings import Settings
from edge_adapter.wording.render import Reply, render

log = structlog.get_logger(__name__)

_GRACE_SECONDS: Final = 1.0  # for the model's client to give up by itself, which the breaker counts


@dataclass(frozen=True, slots=True)
class _Read:
    """A sender's messages as `apply_interpretations` takes them."""

    lease: Lease
    items: list[dict[str, Any]]


class Pipeline:
    """Everything between a durable message and a settled reply. Run `run()` as one task."""

    def __init__(
        self,
        backend: Backend,
        graph: graph_api.Graph,
        model: Model | None,
        settings: Settings,
    ) -> None:
        self._backend = backend
        self._graph = graph
        self._model = model
        self._settings = settings
        self._media = Limits(
            settings.media_limit_bytes, settings.media_types, settings.media_timeout_seconds
        )
        self._ready: asyncio.Queue[_Read] = asyncio.Queue()
        self._sending = asyncio.Semaphore(settings.sends_at_once)
        self._unsettled: deque[tuple[Sequence[Settled], Sequence[Lease]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Apply and recover until cancelled; a batch that failed comes back by its lease."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._recover())
                for _ in range(self._settings.appliers):
                    group.create_task(self._apply_forever())
        finally:
            for task in self._tasks:
                task.cancel()

    def accept(self, work: Sequence[SenderWork]) -> None:
        """Take over leased senders."""
        for sender in work:
            self._spawn(self._read(sender))

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # The lease runs out and the message is taken up again; nothing is lost here.
            log.error("work_failed", exc_info=error)

    # --- read -------------------------------------------------------------------------------------

    async def _read(self, work: SenderWork) -> None:
        items = []
        for message in work.messages[: self._settings.batch_size]:
            reading: Reading = read(message, self._settings.text_limit_characters)
            if not isinstance(reading, Unread | Unheard):
                items.append(_item(work, message.id, reading))
                continue
            answer, usage = await self._consult(message, reading)
            metrics.MODEL_COST.inc(usage.cost if usage else 0)
            items.append(_item(work, message.id, answer, usage))
            if self._model is not None and message.model_allowed:
                # A lease covers one question to the model, and a budget is looked at anew for each:
                # the sender's other messages come back when this one is settled.
                break
        await self._ready.put(_Read(Lease(sender=work.sender, token=work.token), items))

    async def _consult(
        self, message: OpenMessage, reading: Unread | Unheard
    ) -> tuple[Answer, Usage | None]:
        """What the grammar cannot read, within the time that the lease leaves."""
        if isinstance(reading, Unread):
            return await self._in_time(message, reading, ask(message, reading, self._model))
        if self._model is None:
            return read_caption(reading), None
        if not message.model_allowed:
            return read_caption(reading, "media_enough"), None
        file = await fetch(self._graph, reading.media, self._media)
        metrics.FILES.labels(file.code if isinstance(file, NotFetched) else "fetched").inc()
        if isinstance(file, NotFetched):
            return Refusal(file.code), None
        return await self._in_time(message, reading, hear(message, reading, file, self._model))

    async def _in_time(
        self,
        message: OpenMessage,
        reading: Unread | Unheard,
        asking: Coroutine[Any, Any, tuple[Answer, Usage | None]],
    ) -> tuple[Answer, Usage | None]:
        """The model's answer, or what there is without one."""
        try:
            async with asyncio.timeout(self._settings.gemini_timeout_seconds + _GRACE_SECONDS):
                return await asking
        except TimeoutError:  # a second question, after a pause that Google asked for
            usage = None if self._model is None else Usage(self._model.name, 2, 0, 0, 0)
            if isinstance(reading, Unheard):
                return read_caption(reading), usage
            return (await ask(message, reading, None))[0], usage

    # --- apply ------------------------------------------------------------------------------------

    async def _apply_forever(self) -> None:
        while True:
            batch = [await self._ready.get()]
            size = len(batch[0].items)
            while not self._ready.empty():
                following = self._ready.get_nowait()
                if size + len(following.items) > self._settings.batch_size:
                    await self._apply(batch)
                    batch, size = [], 0
                batch.append(following)
                size += len(following.items)
            await self._apply(batch)

    async def _apply(self, batch: Sequence[_Read]) -> None:
        try:
            owed = await self._backend.apply([item for sender in batch for item in sender.items])
        except (BackendRefused, BackendFaltered) as error:
            log.warning("apply_refused", reason=str(error), count=len(batch))
            # One of them may break the call: it must not hold up the others.
            if len(batch) > 1:
                for alone in batch:
                    await self._apply([alone])
            return
        except Exception:
            # Still open in the database: they come back when their leases have run out.
            log.exception("apply_failed", count=len(batch))
            return
        for answer in owed:
            if answer.result:
                metrics.OUTCOMES.labels(answer.result["outcome"]).inc()
        self._spawn(
            self._deliver([o for o in owed if o.outbound_id], [sender.lease for sender in batch])
        )

    # --- word, send, settle -----------------------------------------------------------------------

    async def _deliver(self, owed: Sequence[Owed], leases: Sequence[Lease]) -> None:
        by_recipient: dict[str, list[Owed]] = {}
        for answer in owed:
            by_recipient.setdefault(answer.recipient, []).append(answer)
        sent = await asyncio.gather(*(self._send_all(answers) for answers in by_recipient.values()))
        settled = [item for items in sent for item in items]
        await self._settle(settled, leases)

    async def _settle(self, settled: Sequence[Settled], leases: Sequence[Lease]) -> None:
        """Kept while the database is away: what it does not know to be sent, it has sent again."""
        try:
            work = await self._backend.settle(settled, leases)
        except BackendUnavailable:
            self._unsettled.append((settled, leases))
            raise
        self.accept(work)

    async def _send_all(self, owed: Sequence[Owed]) -> list[Settled]:
        """One person's replies, one after the other."""
        return [await self._send(answer) for answer in owed]

    async def _send(self, owed: Owed) -> Settled:
        reply = render(owed.result or {}, owed.language, owed.currency)
        async with self._sending:
            outcome = await self._send_chart(owed, reply) or await _send(self._graph, owed, reply)
        metrics.SENDS.labels(type(outcome).__name__.lower()).inc()
        return _settled(owed, reply, outcome, self._settings)

    async def _send_chart(self, owed: Owed, reply: Reply) -> graph_api.Outcome | None:
        """The answer as a picture over its words; None where words alone must do."""
        if reply.options or not 0 < len(reply.text) <= graph_api.CAPTION_LIMIT:
            return None
        try:
            picture = await asyncio.to_thread(
                chart, owed.result or {}, owed.language, owed.currency
            )
        except Exception:
            log.exception("chart_failed", outbox_id=owed.outbound_id)
            return None
        if picture is None:
            return None
        media_id = await self._graph.upload(picture, "image/png", "sales.png")
        if media_id is None:
            return None
        outcome = await self._graph.send_image(
            owed.recipient,
            media_id,
            reply.text,
            reply_to=owed.reply_to,
            callback_data=owed.outbound_id,
            attempt=owed.attempts,
        )
        # Dead: this picture will never go, and nothing went. Any other fate is that of the reply.
        return None if isinstance(outcome, graph_api.Dead) else outcome

    # --- recover ----------------------------------------------------------------------------------

    async def _recover(self) -> None:
        """What a process that died left behind, at the start and on a timer."""
        while True:
            try:
                while self._unsettled:
                    await self._settle(*self._unsettled.popleft())
                self.accept(await self._backend.claim_messages())
                for sender in await self._backend.claim_outbound():
                    lease = Lease(sender=sender.sender, token=sender.token)
                    self._spawn(self._deliver(sender.replies, [lease]))
            except Exception:
                log.exception("claim_failed")
            await asyncio.sleep(self._settings.claim_interval_seconds)


def _item(
    work: SenderWork, message_id: str, answer: Answer, usage: Usage | None = None
) -> dict[str, Any]:
    item: dict[str, Any] = {"id": message_id, "sender": work.sender, "token": work.token}
    if usage is not None:
        item["usage"] = asdict(usage)
    match answer:
        case Form(body, transcript):
            item["form"] = body
            if transcript is not None:
                item["transcript"] = transcript
        case Refusal(code):
            item["code"] = code
        case Silence():
            item["silent"] = True
    return item


async def _send(graph: graph_api.Graph, owed: Owed, reply: Reply) -> graph_api.Outcome:
    """As buttons where they fit, else as a list, else as numbered words."""
    envelope: dict[str, Any] = {
        "reply_to": owed.reply_to,
        "callback_data": owed.outbound_id,
        "attempt": owed.attempts,
    }
    options = reply.options
    titles = {option.title for option in options}
    fits = len(reply.text) <= graph_api.BODY_LIMIT and len(titles) == len(options)
    if options and fits:
        if len(options) <= graph_api.BUTTONS_LIMIT and all(
            len(option.title) <= graph_api.BUTTON_TITLE_LIMIT for option in options
        ):
            buttons = [(option.id, option.title) for option in options]
            return await graph.send_buttons(owed.recipient, reply.text, buttons, **envelope)
        if len(options) <= graph_api.ROWS_LIMIT:
            rows = [
                graph_api.Row(
                    option.id,
                    option.title[: graph_api.ROW_TITLE_LIMIT],
                    (option.description or "")[: graph_api.ROW_DESCRIPTION_LIMIT] or None,
                )
                for option in options
            ]
            if len({row.title for row in rows}) == len(rows):
                return await graph.send_list(
                    owed.recipient, reply.text, reply.list_button, rows, **envelope
                )
    return await graph.send_text(owed.recipient, _as_words(reply), **envelope)


def _as_words(reply: Reply) -> str:
    """The options as a numbered list; a single one (Undo) can always be typed."""
    lines = [reply.text]
    if len(reply.options) > 1:
        lines += [f"{place}. {option.title}" for place, option in enumerate(reply.options, 1)]
    text = "\n".join(lines)
    limit = graph_api.TEXT_LIMIT
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _settled(owed: Owed, reply: Reply, outcome: graph_api.Outcome, settings: Settings) -> Settled:
    outbound_id = owed.outbound_id or ""
    last = owed.attempts + 1 >= settings.send_attempts
    match outcome:
        case graph_api.Sent(wamid):
            return Settled(outbound_id=outbound_id, state="sent", wamid=wamid, text=reply.text)
        case graph_api.Retry(_, code) | graph_api.Alarm(code, _) if last:
            return Settled(outbound_id=outbound_id, state="dead", error_code=_code(code))
        case graph_api.Retry(after_seconds, code):
            return Settled(
                outbound_id=outbound_id,
                state="waiting",
                error_code=_code(code),
                retry_seconds=after_seconds,
            )
        case graph_api.Alarm(code, _):
            return Settled(
                outbound_id=outbound_id,
                state="waiting",
                error_code=_code(code),
                retry_seconds=60.0 * 2**owed.attempts,
            )
        case graph_api.Ambiguous(code):
            return Settled(
                outbound_id=outbound_id,
                state="unknown",
                error_code=_code(code),
                retry_seconds=settings.unknown_fate_seconds,
            )
        case graph_api.Dead(code, _):
            return Settled(outbound_id=outbound_id, state="dead", error_code=_code(code))


def _code(code: int | None) -> str | None:
    return None if code is None else str(code)
