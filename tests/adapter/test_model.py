"""What the grammar does not know goes to Gemini, by either client, and books nothing by itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cli.stack.postgres import free_port
from tests.adapter.servers import Adapter, Surroundings, serving
from tests.adapter.webhooks import tap, text, webhook
from tests.database.shop import Shop

BREAD = "Albany White Bread 700g"
UNKNOWN = "the aunty fancied 3 white bread and paid cash"  # no verb that the grammar knows


@pytest.fixture(scope="module")
def gemini(outside: Surroundings) -> Iterator[httpx.Client]:
    port = free_port()
    command = [sys.executable, "-m", "cli.standins.gemini", f"--port={port}"]
    with serving(command, port, {}, outside.folder / "gemini.log") as server:
        yield server.client


@pytest.fixture(scope="module", params=["google-genai", "google-generativeai"])
def adapter(
    outside: Surroundings, gemini: httpx.Client, request: pytest.FixtureRequest
) -> Iterator[Adapter]:
    settings = {
        "GEMINI_API_KEY": "gemini-key",
        "GEMINI_URL": str(gemini.base_url),
        "GEMINI_SDK": request.param,
    }
    with outside.adapter(**settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_asked(gemini: httpx.Client) -> None:
    gemini.delete("/_standin/requests").raise_for_status()


def _answer(gemini: httpx.Client, *actions: dict[str, Any], **otherwise: Any) -> None:
    told = {"form": {"language": "en", "actions": list(actions)}} if actions else otherwise
    gemini.post("/_standin/answers", json=told).raise_for_status()


def _asked(gemini: httpx.Client) -> list[str]:
    """The bodies of the requests that reached Gemini."""
    rows = gemini.get("/_standin/requests").raise_for_status().json()["requests"]
    return [json.dumps(row["body"], ensure_ascii=False) for row in rows]


def _sell(**more: str) -> dict[str, str]:
    return {"action": "sell", "product": "white bread", "quantity": "3", **more}


def test_what_the_grammar_knows_is_not_asked(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    for words in ("sold 3 white bread", "30 white bread R18", "help", "undo"):
        adapter.post(webhook(text(owner, words)))
    assert len(outside.replies(owner)) == 4
    assert _asked(gemini) == []


def test_a_draft_is_confirmed_by_a_tap(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    _answer(gemini, _sell())
    adapter.post(webhook(text(owner, UNKNOWN)))
    (draft,) = outside.replies(owner)
    assert shop.lines() == 0
    adapter.post(webhook(tap(owner, draft.options[0].id, draft.wamid)))
    assert len(outside.replies(owner)) == 2
    assert shop.on_hand(BREAD) == "-3"
    assert len(_asked(gemini)) == 1


def test_the_message_is_sent_and_nothing_of_the_shop(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    adapter.post(webhook(text(owner, UNKNOWN)))
    outside.replies(owner)
    (asked,) = _asked(gemini)
    assert UNKNOWN in asked
    for secret in (owner, str(shop.id), *shop.products):
        assert secret not in asked


@pytest.mark.parametrize(
    "answer",
    [
        [_sell(quantity="300")],
        [_sell(unit_price="12")],
        [_sell(), _sell(product="brown bread")],
        [{"action": "confirm"}],
        [{"action": "undo"}],
        [{"action": "choose", "option": "1"}],
        [{"action": "unknown"}],
    ],
    ids=["number", "price", "twice", "confirm", "undo", "choose", "unknown"],
)
def test_what_the_message_does_not_say_is_neither_booked_nor_drafted(
    adapter: Adapter,
    outside: Surroundings,
    gemini: httpx.Client,
    shop: Shop,
    answer: list[dict[str, str]],
) -> None:
    owner = shop.phones["owner"]
    adapter.post(webhook(text(owner, "sold 1 white bread")))
    outside.replies(owner)
    _answer(gemini, *answer)
    adapter.post(webhook(text(owner, UNKNOWN)))
    _, reply = outside.replies(owner)
    assert not any(option.key == "yes" for option in reply.options)
    assert shop.lines() == 1
    assert len(_asked(gemini)) == 1


def test_the_other_direction_is_not_booked(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    """Neither at once nor, where the words hold no verb of it, without the sender's yes."""
    owner = shop.phones["owner"]
    _answer(gemini, {**_sell(), "action": "receive"})
    adapter.post(webhook(text(owner, UNKNOWN)))
    assert len(outside.replies(owner)) == 1
    assert shop.lines() == 0


def test_tokens_and_cost_are_counted_for_the_shop_and_for_the_operator(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    def told() -> dict[str, float]:
        lines = adapter.client.get("/metrics").raise_for_status().text.splitlines()
        pairs = (line.rpartition(" ") for line in lines if line.startswith("backroom_model_"))
        return {name: float(value) for name, _, value in pairs}

    owner, before = shop.phones["owner"], told()
    _answer(gemini, _sell())
    adapter.post(webhook(text(owner, UNKNOWN)))
    outside.replies(owner)
    after = told()
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown['backroom_model_calls_total{outcome="answered"}'] == 1
    assert grown['backroom_model_tokens_total{direction="input"}'] == 11
    assert grown['backroom_model_tokens_total{direction="output"}'] == 7
    assert grown["backroom_model_cost_microdollars_total"] == 21
    assert outside.connection.execute(
        "select calls, input_tokens, output_tokens, cost from private.model_usage"
        " where company_id = %s",
        [shop.id],
    ).fetchall() == [(1, 11, 7, 21)]


@pytest.mark.parametrize(
    "answer",
    [
        # Failures apart, and the pause last: else the model would not be asked again.
        {"delay_seconds": 3, "text": "{}"},
        {"text": "I cannot help with that."},
        {"status": 500},
        {"text": '{"language": "en", "actions": []}'},
        {"drop": True},
        {"block": "SAFETY"},
        {"empty": True},
        {"status": 429, "retry_delay": "30s"},
    ],
    ids=["timeout", "prose", "500", "no action", "hang up", "blocked", "empty", "429"],
)
def test_without_an_answer_the_person_gets_a_polite_one(
    adapter: Adapter,
    outside: Surroundings,
    gemini: httpx.Client,
    shop: Shop,
    answer: dict[str, Any],
) -> None:
    owner = shop.phones["owner"]
    _answer(gemini, **answer)
    adapter.post(webhook(text(owner, UNKNOWN)))
    (reply,) = outside.replies(owner)
    assert reply.text
    assert _asked(gemini)
    assert shop.lines() == 0


def test_strangers_and_forwarded_words_never_reach_the_model(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    owner, stranger = shop.phones["owner"], f"27849990{shop.phones['owner'][-3:]}"
    adapter.post(webhook(text(stranger, UNKNOWN)))
    adapter.post(webhook(text(owner, UNKNOWN, context={"forwarded": True})))
    assert len(outside.replies(stranger, owner)) == 2
    assert _asked(gemini) == []
    assert shop.lines() == 0
