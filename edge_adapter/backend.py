"""The database as the adapter sees it: five functions, called as the role `edge_adapter`.

Every function is idempotent, so a call whose answer was lost is simply made again.
Shapes: the comments above each function in `supabase/migrations/*_delivery.sql`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, Final, Literal

import httpx
import stamina
from postgrest.exceptions import APIError
from pydantic import BaseModel, ConfigDict, TypeAdapter
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from edge_adapter.settings import Settings


class BackendUnavailable(Exception):  # noqa: N818 - named for the state it reports
    """The database did not answer; nothing is known to be wrong with the request."""


class BackendFaltered(BackendUnavailable):
    """The database answered that it could not: others were in the way, or one part of the call."""


class BackendRefused(Exception):  # noqa: N818 - named for what the database did
    """The database understood the request and said no; repeating it will not help."""

    def __init__(self, code: str, word: str | None) -> None:
        super().__init__(f"{code} {word or ''}".rstrip())
        self.code = code
        self.word = word


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class StoredMedia(_Shape):
    """A file at Meta."""

    id: str
    mime: str | None = None
    sha256: str | None = None


class StoredMessage(_Shape):
    """What the adapter keeps of a message: enough to read it again after a crash."""

    type: str
    text: str | None = None
    button_id: str | None = None
    reply_to: str | None = None
    forwarded: bool = False
    media: StoredMedia | None = None


class OpenMessage(_Shape):
    """A stored message that nobody has worked on; `today` is the date where the shop is.

    `model_allowed` while the shop's and the sender's budget of the day lasts; `product_names` only
    where the shop lets the model see them.
    """

    id: str
    wamid: str
    phone_number_id: str
    message: StoredMessage
    known: bool
    language: str
    today: date
    model_allowed: bool = False
    product_names: list[str] | None = None


class SenderWork(_Shape):
    """A sender leased to this process, and their open messages in order."""

    sender: str
    token: str
    messages: list[OpenMessage]


class Owed(_Shape):
    """What a message came to. `outbound_id` is None when nothing is said; `stale` when not ours."""

    id: str
    outbound_id: str | None = None
    recipient: str = ""
    phone_number_id: str = ""
    reply_to: str = ""
    attempts: int = 0
    language: str = "en"
    currency: str = "ZAR"
    result: dict[str, Any] | None = None
    stale: bool = False


class SenderReplies(_Shape):
    """A sender leased to this process for replies that are due again."""

    sender: str
    token: str
    replies: list[Owed]


class Received(_Shape):
    """How much of a call was new, and what this process may work on at once."""

    stored: int
    duplicates: int
    work: list[SenderWork]


class Lease(_Shape):
    """The right to work on one sender; `token` rises with every holder."""

    sender: str
    token: str


class Arrival(_Shape):
    """One message as `receive_messages` takes it."""

    wamid: str
    sender: str
    phone_number_id: str
    sent_at: datetime
    message: StoredMessage


class Report(_Shape):
    """One delivery status as `receive_messages` takes it."""

    wamid: str
    outbound_id: str | None
    status: str
    error_code: str | None


class Settled(_Shape):
    """What became of one reply. `waiting` is tried again, `unknown` may have gone."""

    outbound_id: str
    state: Literal["sent", "waiting", "unknown", "dead"]
    wamid: str | None = None
    text: str | None = None
    error_code: str | None = None
    retry_seconds: float | None = None


_OWED: Final = TypeAdapter(list[Owed])
_WORK: Final = TypeAdapter(list[SenderWork])
_REPLIES: Final = TypeAdapter(list[SenderReplies])

# By code, since a deadlock and a bug both come back as HTTP 500. `SUP` is the local API's word for
# any of them; asking a few times more does no harm, as every function is idempotent.
_PASSING: Final = ("40001", "40P01", "53", "55P03", "57", "08", "PGRST00", "50", "429", "SUP")
# Of these, what the database itself said of the call.
_FALTERED: Final = ("40001", "40P01", "55P03", "57014", "SUP")


class Backend:
    """The functions, typed. Raises BackendUnavailable or BackendRefused, nothing else."""

    def __init__(self, client: AsyncClient, settings: Settings) -> None:
        self._client = client
        self._lease_seconds = settings.lease_seconds
        self._batch_size = settings.batch_size
        self._resend_seconds = settings.resend_seconds
        self._attempts = settings.rpc_attempts

    async def receive(
        self, arrivals: Sequence[Arrival], reports: Sequence[Report] = ()
    ) -> Received:
        """Store messages and statuses; durable when this returns."""
        answer = await self._call(
            "receive_messages",
            p_messages=[arrival.model_dump(mode="json") for arrival in arrivals],
            p_statuses=[report.model_dump(mode="json") for report in reports],
            p_lease_seconds=self._lease_seconds,
        )
        return Received.model_validate(answer)

    async def claim_messages(self) -> list[SenderWork]:
        """Messages that another process left open."""
        return _WORK.validate_python(
            await self._call(
                "claim_messages", p_limit=self._batch_size, p_lease_seconds=self._lease_seconds
            )
        )

    async def apply(self, items: Sequence[dict[str, Any]]) -> list[Owed]:
        """Book, ask or answer; at most 50 items, in order."""
        return _OWED.validate_python(
            await self._call(
                "apply_interpretations", p_items=items, p_resend_seconds=self._resend_seconds
            )
        )

    async def claim_outbound(self) -> list[SenderReplies]:
        """Replies that are due again."""
        return _REPLIES.validate_python(
            await self._call(
                "claim_outbound", p_limit=self._batch_size, p_lease_seconds=self._lease_seconds
            )
        )

    async def settle(self, settled: Sequence[Settled], leases: Sequence[Lease]) -> list[SenderWork]:
        """Record what became of replies, give leases back; what came in meanwhile is returned."""
        answer = await self._call(
            "settle_outbound",
            p_items=[item.model_dump(mode="json") for item in settled],
            p_leases=[lease.model_dump(mode="json") for lease in leases],
            p_lease_seconds=self._lease_seconds,
        )
        return _WORK.validate_python(answer["work"])

    async def _call(self, function: str, **parameters: Any) -> Any:
        async for attempt in stamina.retry_context(
            on=BackendUnavailable, attempts=self._attempts, wait_initial=0.05, wait_max=1.0
        ):
            with attempt:
                return await self._call_once(function, parameters)
        raise AssertionError("unreachable")  # retry_context returns or raises

    async def _call_once(self, function: str, parameters: dict[str, Any]) -> Any:
        try:
            return (await self._client.rpc(function, parameters).execute()).data
        except APIError as error:
            code = str(error.code or "")
            if code.startswith(_FALTERED):
                raise BackendFaltered(code) from None
            if code.startswith(_PASSING):
                raise BackendUnavailable(code) from None
            raise BackendRefused(code, error.hint) from None
        except httpx.HTTPError as error:
            raise BackendUnavailable(type(error).__name__) from None


@asynccontextmanager
async def open_backend(settings: Settings) -> AsyncIterator[Backend]:
    """A client with the adapter's own token: the publishable key opens the door, the token acts."""
    token = settings.supabase_adapter_token.get_secret_value()
    client = await acreate_client(
        str(settings.supabase_url).rstrip("/"),
        settings.supabase_publishable_key.get_secret_value(),
        AsyncClientOptions(
            headers={"Authorization": f"Bearer {token}"},
            auto_refresh_token=False,
            persist_session=False,
            postgrest_client_timeout=settings.rpc_timeout_seconds,
        ),
    )
    try:
        yield Backend(client, settings)
    finally:
        await client.postgrest.aclose()
