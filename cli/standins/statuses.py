"""What Meta tells of a message after it has taken it: signed webhooks with its statuses.

Each message is sent, delivered and read within two seconds, or fails. What falls due together goes
in one POST, as Meta batches it; what is not answered with 200 is posted again, later and later.
Source: Meta, "Webhooks: statuses" reference.
"""

import asyncio
import heapq
import json
import time
from itertools import count
from typing import Any, Final

import httpx

from edge_adapter.signatures import sign_meta

_FATES: Final = (("sent", 0.2), ("delivered", 0.5), ("read", 1.5))  # seconds after it was taken
_FAILS_AFTER: Final = 0.5
_MOST: Final = 1_000  # statuses in one POST
_PAUSES: Final = (0, 1, 2, 4, 8, 16)  # seconds before each try
_TITLES: Final = {
    131026: "Message undeliverable",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
}


class Statuses:
    """Follows messages and posts what becomes of them to `url`. Run `run()` as one task."""

    def __init__(self, url: str, app_secret: str) -> None:
        self._url = url
        self._app_secret = app_secret
        self._due: list[tuple[float, int, str, dict[str, Any]]] = []
        self._order = count()
        self._more = asyncio.Event()

    def follow(self, number: str, sent: dict[str, Any], failed: int | None) -> None:
        """From now on; `number` is the id it was sent from, `failed` the code it fails with."""
        taken = time.time()
        if failed is None:
            fates = [(taken + after, word) for word, after in _FATES]
        else:
            fates = [(taken + _FAILS_AFTER, "failed")]
        for at, word in fates:
            status = _status(sent, word, at) | ({"errors": [_error(failed)]} if failed else {})
            heapq.heappush(self._due, (at, next(self._order), number, status))
        self._more.set()

    async def run(self) -> None:
        """Post until cancelled."""
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            while True:
                if not self._due:
                    self._more.clear()
                    await self._more.wait()
                await asyncio.sleep(max(0.0, self._due[0][0] - time.time()))
                await self._post(client, self._fallen_due())

    def _fallen_due(self) -> list[tuple[str, dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any]]] = []
        while self._due and self._due[0][0] <= time.time() and len(found) < _MOST:
            _, _, number, status = heapq.heappop(self._due)
            found.append((number, status))
        return found

    async def _post(
        self, client: httpx.AsyncClient, statuses: list[tuple[str, dict[str, Any]]]
    ) -> None:
        body = json.dumps(_envelope(statuses)).encode()
        headers = {
            "content-type": "application/json",
            "x-hub-signature-256": sign_meta(self._app_secret, body),
        }
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            try:
                answer = await client.post(self._url, content=body, headers=headers)
            except httpx.HTTPError:
                continue
            if answer.status_code == httpx.codes.OK:
                return


def _status(sent: dict[str, Any], word: str, at: float) -> dict[str, Any]:
    status = {
        "id": sent["wamid"],
        "status": word,
        "timestamp": str(int(at)),
        "recipient_id": sent["to"],
    }
    if data := sent["payload"].get("biz_opaque_callback_data"):
        status["biz_opaque_callback_data"] = data
    if word in ("sent", "delivered"):
        status["pricing"] = {
            "billable": True, "pricing_model": "PMP", "type": "regular", "category": "service",
        }  # fmt: skip
    return status


def _error(code: int) -> dict[str, Any]:
    title = _TITLES.get(code, "Something went wrong")
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": title},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }


def _envelope(statuses: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """One change for each number, its statuses in their order."""
    changes = []
    for number in dict.fromkeys(number for number, _ in statuses):
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": number, "phone_number_id": number},
            "statuses": [status for own, status in statuses if own == number],
        }
        changes.append({"field": "messages", "value": value})
    return {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": changes}]}
