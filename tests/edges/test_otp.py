"""One-time codes: the hook's body, one delivery per code, and both ways to deliver."""

import asyncio
import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from edge_adapter.graph import Graph
from edge_adapter.otp import (
    ConsoleDriver,
    Delivery,
    MalformedOtp,
    OtpRequest,
    Refusal,
    WhatsAppDriver,
    parse,
)
from tests.edges.conftest import Standin

pytestmark = pytest.mark.anyio

PHONE = "27821234567"
REQUEST = OtpRequest("user-1", PHONE, "123456")


def _hook(**sms: Any) -> bytes:
    user = {"id": "user-1", "phone": "27110000000"}
    return json.dumps({"metadata": {}, "user": user, "sms": sms}).encode()


def test_the_code_goes_to_the_new_number_not_the_users_old_one() -> None:
    assert parse(_hook(phone=PHONE, otp="123456")) == REQUEST
    assert parse(_hook(phone=f"+{PHONE}", otp="123456", sms_type="mfa")) == REQUEST


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b"{}",
        b"[" * 10_000,
        _hook(otp="123456"),
        _hook(phone=PHONE),
        _hook(phone=PHONE, otp=""),
        _hook(phone=PHONE, otp="1234 6"),
        _hook(phone=PHONE, otp="1" * 16),
        _hook(phone="0821234567", otp="123456"),
        _hook(phone="2782 123", otp="123456"),
        _hook(phone=PHONE, otp="123456").replace(b"user-1", b""),
        _hook(phone=PHONE, otp="123456").replace(b'"user"', b'"usher"'),
    ],
    ids=lambda body: repr(body[-40:]),
)
def test_any_other_body_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedOtp):
        parse(body)


async def test_the_console_writes_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "codes.jsonl"
    driver = ConsoleDriver(file)
    assert await driver.send(PHONE, "123456") is None
    file.chmod(0o644)
    assert await driver.send(PHONE, "654321") is None
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["phone"], line["otp"]) for line in lines] == [
        (PHONE, "123456"),
        (PHONE, "654321"),
    ]
    assert set(lines[0]) == {"phone", "otp", "at"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_the_console_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert isinstance(await ConsoleDriver(tmp_path / "link").send(PHONE, "123456"), Refusal)
    assert not (tmp_path / "elsewhere").exists()


async def test_a_code_asked_for_twice_is_sent_once(graph: Graph, meta: Standin) -> None:
    delivery = Delivery(WhatsAppDriver(graph, "sign_in", "en"), timeout_seconds=3)
    both = await asyncio.gather(delivery.deliver(REQUEST), delivery.deliver(REQUEST))
    assert [*both, await delivery.deliver(REQUEST)] == [None, None, None]
    assert len(meta.get("messages")) == 1
    await delivery.deliver(OtpRequest("user-1", PHONE, "654321"))
    assert len(meta.get("messages")) == 2


async def test_a_code_that_did_not_go_is_sent_when_asked_for_again(
    graph: Graph, meta: Standin
) -> None:
    meta.post("fail", status=400, code=130429)
    delivery = Delivery(WhatsAppDriver(graph, "sign_in", "en"), timeout_seconds=3)
    refused = await delivery.deliver(REQUEST)
    assert refused is not None
    assert refused.body() == {
        "error": {"http_code": 429, "message": "Too many codes at once. Try again in a minute."}
    }
    assert await delivery.deliver(REQUEST) is None
    assert len(meta.get("messages", to=PHONE)) == 1


@pytest.mark.parametrize(("code", "http_code"), [(131026, 400), (132001, 503), (190, 503)])
async def test_who_signs_in_learns_why_no_code_comes(
    graph: Graph, meta: Standin, code: int, http_code: int
) -> None:
    meta.post("fail", status=400, code=code)
    refused = await WhatsAppDriver(graph, "sign_in", "en").send(PHONE, "123456")
    assert refused is not None
    assert refused.http_code == http_code
    assert PHONE not in refused.message


async def test_supabase_is_answered_before_a_slow_meta_is_done(meta: Standin) -> None:
    meta.post("fail", delay_seconds=1)
    async with Graph(meta.url, "v25.0", "112233445566", "graph-token", 5) as graph:
        delivery = Delivery(WhatsAppDriver(graph, "sign_in", "en"), timeout_seconds=0.2)
        started = time.monotonic()
        assert await delivery.deliver(REQUEST) is None
        assert time.monotonic() - started < 0.8
        assert len(meta.get("messages", wait=5)) == 1
