"""Whatever is posted: the right status, a polite reply where a person waits, and no booking."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adapter.servers import VERIFY_TOKEN, Adapter, Surroundings, signature
from tests.adapter.webhooks import message, text, webhook
from tests.database.shop import Shop

BREAD = "Albany White Bread 700g"
SALE = "sold 3 white bread"


def test_the_sentence_that_is_bent_below_is_booked_when_it_is_straight(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    assert adapter.post(webhook(text(shop.phones["owner"], SALE))).status_code == 200
    (reply,) = outside.replies(shop.phones["owner"])
    assert BREAD in reply.text
    assert shop.on_hand(BREAD) == "-3"


# --- forged ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        None,
        b"",
        b"sha256=",
        b"sha256=" + b"0" * 64,
        b"sha256=" + b"z" * 64,
        b"sha256=" + "é".encode() * 32,
        b"sha256=\xff\xfe\xfd",
        b"sha1=" + b"0" * 40,
        b"sha256=" + b"0" * 6000,
    ],
    ids=["none", "empty", "no digest", "wrong", "no hex", "utf-8", "latin-1", "sha1", "long"],
)
def test_without_metas_signature_nothing_is_stored(
    adapter: Adapter, outside: Surroundings, shop: Shop, forged: bytes | None
) -> None:
    body = json.dumps(webhook(text(shop.phones["owner"], SALE))).encode()
    headers = {} if forged is None else {b"x-hub-signature-256": forged}
    answer = adapter.client.post("/webhooks/whatsapp", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert outside.stored(shop.phones["owner"]) == 0


def test_a_signature_is_of_the_bytes_not_of_what_they_mean(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    payload = webhook(text(shop.phones["owner"], SALE))
    headers = {"x-hub-signature-256": signature(json.dumps(payload).encode())}
    body = json.dumps(payload, indent=1).encode()
    answer = adapter.client.post("/webhooks/whatsapp", content=body, headers=headers)
    assert answer.status_code == 401
    assert outside.stored(shop.phones["owner"]) == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "7"}, 200),
        ({"hub.mode": "subscribe", "hub.verify_token": "other", "hub.challenge": "7"}, 403),
        ({"hub.mode": "subscribe", "hub.verify_token": "é", "hub.challenge": "7"}, 403),
        ({"hub.mode": "subscribe", "hub.challenge": "7"}, 403),
        ({"hub.verify_token": VERIFY_TOKEN, "hub.challenge": "7"}, 403),
        ({}, 403),
    ],
)
def test_the_challenge_is_echoed_to_whoever_knows_the_verify_token(
    adapter: Adapter, query: dict[str, str], status: int
) -> None:
    answer = adapter.client.get("/webhooks/whatsapp", params=query)
    assert answer.status_code == status
    assert (answer.text == "7") is (status == 200)
    assert answer.headers["content-type"].startswith(
        "text/plain" if status == 200 else "application/json"
    )


# --- malformed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"sold 3 bread",
        b'{"entry": [',
        b'{"entry": [{"changes": [{"value": {"x": NaN}}]}]}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"entry":' * 1_000 + b"1" + b"}" * 1_000,
        b"null",
        b"42",
        b'"entry"',
        b"[]",
        b"{}",
        b'{"object": "whatsapp_business_account"}',
        b'{"entry": {}}',
        b'{"entry": [5]}',
        b'{"entry": [{"changes": "messages"}]}',
    ],
)
def test_what_is_no_webhook_is_refused(adapter: Adapter, body: bytes) -> None:
    answer = adapter.post(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_more_than_3_mb_is_refused_whether_announced_or_not(adapter: Adapter) -> None:
    body = json.dumps(webhook(text("27830000000", "x" * 3 * 1024 * 1024))).encode()
    headers = {"x-hub-signature-256": signature(body)}

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    for content in (body, pieces()):
        answer = adapter.client.post("/webhooks/whatsapp", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


# --- odd ------------------------------------------------------------------------------------------


def _nested(depth: int) -> Any:
    value: Any = "sold 3 white bread"
    for _ in range(depth):
        value = {"body": value}
    return value


ODD: dict[str, dict[str, Any] | str] = {
    "no type": {"type": None},
    "an unknown type": {"type": "hologram", "text": None},
    "a type that is a list": {"type": ["text"]},
    "no text": {"text": None},
    "a text that is a string": {"text": SALE},
    "a body that is a list": {"text": {"body": [SALE]}},
    "a body that is nested": {"text": _nested(12)},
    "an empty body": {"text": {"body": ""}},
    "a blank body": {"text": {"body": " \n\t "}},
    "a number": {"text": {"body": 3}},
    "a number of 40 digits": {"text": {"body": f"sold {'9' * 40} white bread"}},
    "a fraction of 40 digits": {"text": {"body": f"sold 3.{'1' * 40} white bread"}},
    "an emoji": {"text": {"body": "👍"}},
    "marks that join nothing": {"text": {"body": "\u200d\ufe0f\u202e"}},
    "a null character": {"text": {"body": "sold \x00 white bread"}},
    "half a character": {"text": {"body": "sold \ud83d white bread"}},
    "words that look like SQL": {"text": {"body": "'; drop table inventory; --"}},
    "100 kB": {"text": {"body": SALE + " please" * 15_000}},
    "a button that is no one's": {
        "type": "interactive",
        "interactive": {"button_reply": {"id": "q:x:yes", "title": "Yes"}},
    },
    "an interactive message without content": {"type": "interactive"},
    "a picture": {"type": "image", "image": {"id": "1", "mime_type": "image/jpeg"}},
    "a voice note": {"type": "audio", "audio": {"id": "1", "voice": True}},
    "a sticker": {"type": "sticker", "sticker": {"id": "1"}},
    "a place": {"type": "location", "location": {"latitude": -26.2, "longitude": 28.0}},
    "contacts": {"type": "contacts", "contacts": []},
    "an order": {"type": "order", "order": {"product_items": [{"quantity": 2}]}},
    "an edit": {"type": "edit", "text": None, "edit": {"message": {"text": {"body": SALE}}}},
    "a deletion": {"type": "revoke", "revoke": {"original_message_id": "wamid.x"}},
    "what Meta does not support": {"type": "unsupported", "errors": [{"code": 131051}]},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_message_gets_one_polite_reply_and_books_nothing(
    adapter: Adapter, outside: Surroundings, shop: Shop, odd: dict[str, Any]
) -> None:
    owner = shop.phones["owner"]
    assert adapter.post(webhook({**text(owner, SALE), **odd})).status_code == 200
    (reply,) = outside.replies(owner)
    assert reply.text
    assert shop.lines() == 0


SILENT: dict[str, dict[str, Any]] = {
    "reaction": {"reaction": {"message_id": "wamid.x", "emoji": "👍"}},
    "system": {"system": {"type": "user_changed_number", "body": "new number"}},
}


@pytest.mark.parametrize("kind", SILENT)
def test_what_asks_for_no_answer_gets_none(
    adapter: Adapter, outside: Surroundings, shop: Shop, kind: str
) -> None:
    owner = shop.phones["owner"]
    assert adapter.post(webhook(message(owner, kind, **SILENT[kind]))).status_code == 200
    outside.eventually("select state = 'done' from private.inbox where sender = %(p)s", p=owner)
    assert outside.replies(owner) == []
    assert shop.lines() == 0


PASSED_OVER: dict[str, dict[str, Any]] = {
    "no id": {"id": None},
    "an id that is a list": {"id": ["wamid.x"]},
    "an id of 500 characters": {"id": "w" * 500},
    "no sender": {"from": None},
    "a sender that is a word": {"from": "owner"},
    "a sender of 40 digits": {"from": "2" * 40},
}


@pytest.mark.parametrize("odd", PASSED_OVER.values(), ids=PASSED_OVER.keys())
def test_a_message_of_nobody_or_without_a_name_does_not_hold_up_the_rest(
    adapter: Adapter, outside: Surroundings, shop: Shop, odd: dict[str, Any]
) -> None:
    owner = shop.phones["owner"]
    bent = {**text(owner, "sold 7 white bread"), **odd}
    assert adapter.post(webhook(bent, "no message", 5, None, text(owner, SALE))).status_code == 200
    assert len(outside.replies(owner)) == 1
    assert shop.on_hand(BREAD) == "-3"


@pytest.mark.parametrize(
    "payload",
    [
        {"entry": []},
        {"entry": [{"changes": []}]},
        {"entry": [{"changes": [{"field": "messages"}]}]},
        {"entry": [{"changes": [{"field": "account_update", "value": {"event": "X"}}]}]},
        {"object": "page", "entry": []},
        webhook(statuses=[5, {"id": "wamid.x"}, {"id": "wamid.x", "status": "hologram"}]),
        webhook(statuses=[{"id": "wamid.x", "status": "failed", "errors": "many"}]),
    ],
)
def test_a_webhook_without_a_message_is_acknowledged(adapter: Adapter, payload: Any) -> None:
    assert adapter.post(payload).status_code == 200


def test_a_key_that_comes_twice_counts_as_absent(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    """Readers differ on which of the two counts, so neither may be booked."""
    owner = shop.phones["owner"]
    body = json.dumps(webhook(text(owner, SALE))).replace(
        '"body":', '"body": "sold 7 white bread", "body":'
    )
    assert adapter.post(body.encode()).status_code == 200
    assert len(outside.replies(owner)) == 1
    assert shop.lines() == 0


def test_a_time_that_is_none_is_now(adapter: Adapter, outside: Surroundings, shop: Shop) -> None:
    owner = shop.phones["owner"]
    moments: list[Any] = [None, "soon", "-1", "9" * 30, 12.5, []]
    for moment in moments:
        bent = {**text(owner, SALE), "timestamp": moment}
        assert adapter.post(webhook(bent)).status_code == 200
    assert len(outside.replies(owner)) == 6
    assert shop.on_hand(BREAD) == "-18"


# --- nobody we know -------------------------------------------------------------------------------


def test_a_stranger_is_answered_once_a_day(adapter: Adapter, outside: Surroundings) -> None:
    stranger = "27849990001"
    for _ in range(3):
        assert adapter.post(webhook(text(stranger, SALE))).status_code == 200
        assert len(outside.replies(stranger)) == 1
    outside.connection.execute(
        "update private.senders set stranger_answered_at = now() - interval '25 hours'"
        " where id = %s",
        [stranger],
    )
    assert adapter.post(webhook(text(stranger, SALE))).status_code == 200
    assert len(outside.replies(stranger)) == 2
    assert outside.value("select count(*) from private.people where phone = %(p)s", p=stranger) == 0


# --- much -----------------------------------------------------------------------------------------


def test_1000_messages_in_one_post_are_all_stored_and_each_is_booked_or_answered_once(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    strangers = [f"2784888{number:04}" for number in range(300)]
    owner, clerk = shop.phones["owner"], shop.phones["clerk"]
    batch = [text(stranger, SALE) for stranger in strangers]
    batch += [text(owner, "sold 1 white bread") for _ in range(120)]
    batch += [text(clerk, f"received {number} potatoes") for number in range(1, 41)]
    batch += [text(clerk, "👍") for _ in range(40)]
    for number in range(500):
        batch.append(text(f"2784777{number:04}", "hello"))
    assert len(batch) == 1000

    assert adapter.post(webhook(*batch)).status_code == 200
    assert outside.value(
        "select count(*) from private.inbox where wamid = any(%(wamids)s)",
        wamids=[one["id"] for one in batch],
    ) == len(batch)
    senders = list({one["from"] for one in batch})
    assert len(outside.replies(*senders)) == 300 + 500 + 120 + 80
    assert shop.on_hand(BREAD) == "-120"
    assert shop.on_hand("Potatoes") == str(sum(range(1, 41)))
    assert shop.lines() == 160
