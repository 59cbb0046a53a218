"""What Meta tells of a reply after it has taken it: the outbox follows, and operators hear."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cli.stack.postgres import free_port
from tests.adapter.servers import SECONDS, Adapter, Server, Surroundings, graph_standin
from tests.adapter.webhooks import account_error, text, webhook
from tests.database.shop import Shop

SALE = "sold 3 white bread"


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def telling(outside: Surroundings, port: int) -> Iterator[Surroundings]:
    """The same surroundings with a Meta that posts statuses to the adapter."""
    webhook_url = f"http://127.0.0.1:{port}/webhooks/whatsapp"
    with graph_standin(outside.folder, webhook_url) as graph:
        settings = {**outside.settings, "GRAPH_URL": graph.url}
        yield dataclasses.replace(outside, graph=graph.client, settings=settings)


@pytest.fixture(scope="module")
def adapter(telling: Surroundings, port: int) -> Iterator[Adapter]:
    with telling.adapter(ADAPTER_PORT=str(port)) as running:
        yield running


def _count(adapter: Server, source: str, code: str) -> float:
    """How often an error of Meta's was counted."""
    metrics = adapter.client.get("/metrics").raise_for_status().text
    line = rf'^backroom_meta_errors_total{{code="{code}",reason="\w+",source="{source}"}} (\S+)$'
    found = re.search(line, metrics, re.MULTILINE)
    return float(found[1]) if found else 0.0


def _logged(adapter: Server, **wanted: Any) -> list[dict[str, Any]]:
    """The log's lines that hold what is wanted; waits for one, since a row is written before."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        lines = [json.loads(line) for line in adapter.log.read_text().splitlines()]
        if found := [line for line in lines if wanted.items() <= line.items()]:
            return found
        time.sleep(0.02)
    return []


def test_a_reply_that_is_read_is_known_to_be_read(
    adapter: Adapter, telling: Surroundings, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    for word in ("delivered", "read"):
        telling.eventually(
            "select status >= %(w)s::private.delivery_status and state = 'sent'"
            " from private.outbox where recipient = %(p)s",
            w=word,
            p=owner,
        )
    assert len(telling.sent_to(owner)) == 1


@pytest.mark.parametrize(
    ("code", "reason", "event"),
    [
        (131047, "window_closed", "reply_failed"),
        (131026, "cannot_receive", "reply_failed"),
        (130429, "busy", "reply_failed"),
        (131042, "payment", "sending_stopped"),
        (368, "account_restricted", "sending_stopped"),
    ],
)
def test_a_reply_that_fails_later_is_kept_logged_and_counted_with_its_code(
    adapter: Adapter, telling: Surroundings, shop: Shop, code: int, reason: str, event: str
) -> None:
    owner = shop.phones["owner"]
    before = _count(adapter, "status", str(code))
    telling.fail(failed=code)
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    telling.eventually(
        "select status = 'failed' and error_code = %(c)s from private.outbox"
        " where recipient = %(p)s",
        c=str(code),
        p=owner,
    )
    outbox_id = telling.value("select id from private.outbox where recipient = %(p)s", p=owner)
    (line,) = _logged(adapter, outbox_id=str(outbox_id))
    assert (line["event"], line["code"], line["reason"]) == (event, code, reason)
    assert _count(adapter, "status", str(code)) == before + 1
    assert shop.on_hand("Albany White Bread 700g") == "-3"
    _says_nothing_of(adapter, owner)


@pytest.mark.parametrize(
    ("status", "code", "event", "state"),
    [
        (403, 131042, "sending_stopped", "waiting"),
        (401, 190, "sending_stopped", "waiting"),
        (403, 368, "sending_stopped", "waiting"),
        (429, 130429, "send_refused", "waiting"),
        (400, 131047, "send_refused", "dead"),
    ],
)
def test_a_refused_send_is_logged_and_counted_and_tried_again_as_the_table_says(
    adapter: Adapter,
    telling: Surroundings,
    shop: Shop,
    status: int,
    code: int,
    event: str,
    state: str,
) -> None:
    owner = shop.phones["owner"]
    before = _count(adapter, "send", str(code))
    telling.fail(status=status, code=code, retry_after=60)
    assert adapter.post(webhook(text(owner, SALE))).status_code == 200
    telling.eventually(
        "select state::text = %(s)s and error_code = %(c)s and attempts = 1 from private.outbox"
        " where recipient = %(p)s",
        s=state,
        c=str(code),
        p=owner,
    )
    outbox_id = telling.value("select id from private.outbox where recipient = %(p)s", p=owner)
    (line,) = _logged(adapter, outbox_id=str(outbox_id))
    assert (line["event"], line["code"]) == (event, code)
    assert _count(adapter, "send", str(code)) == before + 1
    _says_nothing_of(adapter, owner)


def test_an_error_of_the_account_is_logged_and_counted(adapter: Adapter) -> None:
    before = _count(adapter, "account", "131042"), _count(adapter, "account", "other")
    for code in (131042, 987654):
        assert adapter.post(account_error(code)).status_code == 200
    after = _count(adapter, "account", "131042"), _count(adapter, "account", "other")
    assert after == (before[0] + 1, before[1] + 1)
    assert _logged(adapter, event="sending_stopped", source="account", code=131042)
    assert _logged(adapter, event="account_error", code=987654, reason="unknown")


def _says_nothing_of(adapter: Server, phone: str) -> None:
    log = adapter.log.read_text()
    assert phone not in log
    assert "bread" not in log
