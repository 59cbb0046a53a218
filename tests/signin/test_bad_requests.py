"""What nobody means to send, through the real client and plain HTTP: refused, never a fault."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg
import pytest
from postgrest.exceptions import APIError
from supabase import Client

from cli.demo import SHOPS
from tests.conftest import WholeStack
from tests.signin.conftest import Open

SHOP: Final = SHOPS[0]
SALE: Final = {"action": "sell", "product": "Coca-Cola 2L", "quantity": "1"}
ODD: Final = {
    "control characters": "a\x01\x1f",
    "turned around": "\u202ecoke\u202c",
    "no width": "\u200b",
    "markup": "<script>alert(1)</script>",
    "arabic digits": "١٢٣",
    "below zero by a sign": "-0",
    "an exponent": "1e3",
    "a million letters": "x" * 1_000_000,
}


@pytest.fixture
def owner(sign_in: Open) -> Client:
    return sign_in(SHOP.owner.phone)


def lines_of_the_shop(stack: WholeStack) -> int:
    with psycopg.connect(stack.database_url) as connection:
        (count,) = connection.execute("select count(*) from public.transactions").fetchone() or (0,)
    return int(count)


def request(*lines: Any, **changes: Any) -> dict[str, Any]:
    return {"p_company_id": str(SHOP.id), "p_key": str(uuid4()), "p_lines": [*lines], **changes}


@pytest.mark.parametrize("odd", ODD)
def test_odd_words_in_a_line_are_refused_with_a_word_and_a_sentence(
    owner: Client, stack: WholeStack, odd: str
) -> None:
    before = lines_of_the_shop(stack)
    for field in ("action", "product", "product_id", "quantity", "unit", "unit_price", "location"):
        with pytest.raises(APIError) as refused:
            owner.rpc("record_operation", request({**SALE, field: ODD[odd]})).execute()
        told = refused.value
        assert (told.code or "").startswith("PT4"), field
        assert told.hint
        assert (told.message or "").endswith(".")
        assert "\n" not in (told.message or "")
    assert lines_of_the_shop(stack) == before


DEEP: Final = "[" * 20_000 + "]" * 20_000
MOMENTS: Final[list[Any]] = [
    "infinity", "-infinity", "0001-01-01 BC", "2026-02-30", "1e3", "", "99999-01-01", 5, True, {},
    [],
]  # fmt: skip
BODIES: Final[dict[str, str | bytes]] = {
    "nothing": "",
    "null": "null",
    "a list": "[]",
    "a number": "5",
    "half an object": "{",
    "no text": b"\xff\xfe{}",
    "no parameters": "{}",
    "an unknown parameter": json.dumps(request(SALE, p_extra=1)),
    "nested deep": json.dumps(request(SALE, p_lines="@")).replace('"@"', DEEP),
    "a NUL in a word": json.dumps(request({**SALE, "product": "a\0b"})),
    "a NUL in the key": json.dumps(request(SALE, p_key="a\0b")),
    "half a surrogate": json.dumps(request({**SALE, "product": "@"})).replace("@", "\\ud800"),
    "no company": json.dumps(request(SALE, p_company_id="x")),
    **{
        f"the moment {moment!r}": json.dumps(request(SALE, p_occurred_at=moment))
        for moment in MOMENTS
    },
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_request_is_the_callers_fault(
    owner: Client, stack: WholeStack, body: str
) -> None:
    session = owner.auth.get_session()
    assert session is not None
    before = lines_of_the_shop(stack)
    answer = httpx.post(
        f"{stack.api_url}/rest/v1/rpc/record_operation",
        content=BODIES[body],
        headers={
            "apikey": stack.publishable_key,
            "authorization": f"Bearer {session.access_token}",
            "content-type": "application/json",
        },
        timeout=30,
        trust_env=False,
    )
    assert 400 <= answer.status_code < 500, answer.text[:300]
    told = answer.json()
    assert told["code"]
    assert told["message"]
    assert "    at " not in answer.text
    assert lines_of_the_shop(stack) == before
