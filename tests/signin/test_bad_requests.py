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
    "infinity", "-infinity", "now", "0001-01-01 BC", "2026-02-30", "1e3", "", "99999-01-01", 5,
    {}, [],
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
    # The local API hands a boolean over as one and lines that are a text as JSON; the hosted one
    # does neither, so what is refused there by a word is here by PostgreSQL.
    "a company that is a boolean": json.dumps(request(SALE, p_company_id=True)),
    "a moment that is a boolean": json.dumps(request(SALE, p_occurred_at=True)),
    "lines that are a text": json.dumps(request(SALE, p_lines="x")),
}  # fmt: skip
COMPANIES: Final[list[Any]] = ["x", "", 5, {}, []]
LINES: Final[list[Any]] = [5, True, {}, [], None, [5]]
VALUES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    **{
        f"the company {company!r}": ({"p_company_id": company}, "bad_company_id")
        for company in COMPANIES
    },
    **{f"the moment {moment!r}": ({"p_occurred_at": moment}, "bad_moment") for moment in MOMENTS},
    **{f"the lines {lines!r}": ({"p_lines": lines}, "bad_lines") for lines in LINES},
    "no key": ({"p_key": None}, "bad_key"),
    "a key without an end": ({"p_key": "k" * 201}, "bad_key"),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_request_is_the_callers_fault(
    owner: Client, stack: WholeStack, body: str
) -> None:
    before = lines_of_the_shop(stack)
    answer = post(owner, stack, BODIES[body])
    assert 400 <= answer.status_code < 500, answer.text[:300]
    told = answer.json()
    assert told["code"]
    assert told["message"]
    assert "    at " not in answer.text
    assert lines_of_the_shop(stack) == before


@pytest.mark.parametrize("value", VALUES)
def test_a_value_of_the_wrong_type_is_refused_with_a_word_and_a_sentence(
    owner: Client, stack: WholeStack, value: str
) -> None:
    changes, word = VALUES[value]
    before = lines_of_the_shop(stack)
    answer = post(owner, stack, json.dumps(request(SALE, **changes)))
    told = answer.json()
    status = 400 if word == "bad_key" else 422
    assert (answer.status_code, told["code"], told["hint"]) == (status, f"PT{status}", word)
    assert told["message"].endswith(".")
    assert lines_of_the_shop(stack) == before


def post(owner: Client, stack: WholeStack, body: str | bytes) -> httpx.Response:
    """`record_operation` as the owner, over plain HTTP."""
    session = owner.auth.get_session()
    assert session is not None
    return httpx.post(
        f"{stack.api_url}/rest/v1/rpc/record_operation",
        content=body,
        headers={
            "apikey": stack.publishable_key,
            "authorization": f"Bearer {session.access_token}",
            "content-type": "application/json",
        },
        timeout=30,
        trust_env=False,
    )
