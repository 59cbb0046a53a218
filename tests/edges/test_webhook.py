"""Meta's webhook bodies: every documented shape survives, and no body does harm."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_adapter.webhook import (
    Batch,
    InboundMessage,
    MalformedWebhook,
    Media,
    StatusUpdate,
    parse,
    read_json,
    walk,
)

SENDER = "27821234567"


def _message(**parts: Any) -> dict[str, Any]:
    return {"from": SENDER, "id": "wamid.1", "timestamp": "1697043223", "type": "text", **parts}


def _value(*messages: Any, **parts: Any) -> dict[str, Any]:
    return {"metadata": {"phone_number_id": "112"}, "messages": list(messages), **parts}


def _webhook(*values: Any) -> dict[str, Any]:
    changes = [{"field": "messages", "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def _one(message: dict[str, Any], **parts: Any) -> InboundMessage:
    batch = walk(_webhook(_value(message, **parts)))
    (found,) = batch.messages
    return found


def test_a_text_is_read_whole() -> None:
    message = _message(text={"body": "sold 3 coke 2l"})
    assert _one(message) == InboundMessage(
        wamid="wamid.1",
        sender=SENDER,
        bsuid=None,
        phone_number_id="112",
        sent_at=datetime(2023, 10, 11, 16, 53, 43, tzinfo=UTC),
        type="text",
        text="sold 3 coke 2l",
        button_id=None,
        reply_to=None,
        forwarded=False,
        media=None,
        raw=message,
    )


@pytest.mark.parametrize(
    ("parts", "text", "button_id"),
    [
        ({"interactive": {"button_reply": {"id": "q:1:a", "title": "Coke"}}}, "Coke", "q:1:a"),
        ({"interactive": {"list_reply": {"id": "q:1:b", "title": "Fanta"}}}, "Fanta", "q:1:b"),
        ({"type": "button", "button": {"payload": "STOP", "text": "Not me"}}, "STOP", "STOP"),
        ({"type": "interactive"}, None, None),
        ({"interactive": {"type": "nfm_reply", "nfm_reply": {}}}, None, None),
    ],
)
def test_a_choice_is_its_title_and_its_id(
    parts: dict[str, Any], text: str | None, button_id: str | None
) -> None:
    message = _one(_message(**parts))
    assert (message.text, message.button_id) == (text, button_id)


@pytest.mark.parametrize(
    "context", [{"forwarded": True}, {"frequently_forwarded": True, "id": "wamid.0"}]
)
def test_forwarded_words_are_marked(context: dict[str, Any]) -> None:
    assert _one(_message(context=context)).forwarded


def test_a_reply_names_what_it_answers() -> None:
    message = _one(_message(context={"from": "2711", "id": "wamid.0"}))
    assert (message.reply_to, message.forwarded) == ("wamid.0", False)


@pytest.mark.parametrize("kind", ["audio", "image", "video", "document", "sticker"])
def test_a_file_is_named_not_fetched(kind: str) -> None:
    file = {"id": "5", "mime_type": "audio/ogg; codecs=opus", "sha256": "aGFzaA=="}
    message = _one(_message(type=kind, **{kind: file}))
    assert message.media == Media("5", "audio/ogg; codecs=opus", "aGFzaA==")


@pytest.mark.parametrize(
    "parts",
    [
        {"type": "location", "location": {"latitude": 12.2, "longitude": 43.9}},
        {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "👍"}},
        {"type": "reaction", "reaction": {"message_id": "wamid.0"}},
        {"type": "edit", "edit": {"original_message_id": "wamid.0", "message": {}}},
        {"type": "revoke", "revoke": {"original_message_id": "wamid.0"}},
        {"type": "unsupported", "errors": [{"code": 131051}]},
        {"type": "unsupported", "errors": [{"code": 131051}], "unsupported": ["edit"]},
        {"type": "system", "system": {"type": "user_changed_number", "wa_id": "2783"}},
        {"type": "something_of_next_year", "something_of_next_year": [1]},
    ],
    ids=lambda parts: str(parts["type"]),
)
def test_every_other_type_is_kept_without_text(parts: dict[str, Any]) -> None:
    message = _one(_message(**parts))
    assert (message.type, message.text) == (parts["type"], None)


@pytest.mark.parametrize("kind", ["edit", "revoke", "poll"])
def test_what_meta_does_not_support_goes_by_the_name_it_would_have_had(kind: str) -> None:
    parts = {"type": "unsupported", "errors": [{"code": 131051}], "unsupported": {"type": kind}}
    assert _one(_message(**parts)).type == kind


@pytest.mark.parametrize("kind", ["image", "video", "document"])
def test_the_words_under_a_file_are_the_messages_text(kind: str) -> None:
    message = _one(_message(type=kind, **{kind: {"id": "5", "caption": "from Sasko"}}))
    assert (message.text, message.media) == ("from Sasko", Media("5", None, None))


def test_a_price_keeps_its_digits() -> None:
    body = json.dumps(_webhook(_value(_message(type="order", order={"items": ["PRICE"]}))))
    body = body.replace('"PRICE"', '{"item_price": 10.10, "quantity": 2}')
    (message,) = parse(body.encode()).messages
    assert message.raw["order"]["items"] == [{"item_price": "10.10", "quantity": 2}]


@pytest.mark.parametrize("digits", [16, 40, 5000])
def test_a_number_of_any_length_keeps_its_digits(digits: int) -> None:
    body = json.dumps(_webhook(_value(_message(order="LONG")))).replace('"LONG"', "9" * digits)
    (message,) = parse(body.encode()).messages
    assert message.raw["order"] == "9" * digits


@pytest.mark.parametrize(
    "timestamp", [None, "", "soon", "-1", "1e9", "9" * 40, "²", 1697043223.5, [], "16970\n"]
)
def test_an_odd_time_is_no_time(timestamp: object) -> None:
    assert _one(_message(timestamp=timestamp)).sent_at is None


def test_a_sender_without_a_number_is_known_by_user_id() -> None:
    hidden = {"id": "wamid.1", "type": "text"}
    contacts = [{"user_id": "ZA.1", "profile": {"name": "x"}}]
    assert _one({**hidden, "from_user_id": "ZA.2"}).bsuid == "ZA.2"
    assert _one(hidden, contacts=contacts).bsuid == "ZA.1"
    assert _one(hidden, contacts=contacts).sender is None


def test_a_user_id_is_taken_from_the_senders_own_contact() -> None:
    contacts = [{"wa_id": "2783", "user_id": "ZA.3"}, {"wa_id": SENDER, "user_id": "ZA.1"}]
    assert _one(_message(), contacts=contacts).bsuid == "ZA.1"


@pytest.mark.parametrize("sender", [None, "", "0" * 40, "２７８２１２３４５６７", "27 82", {}])
def test_a_message_from_nobody_is_counted(sender: object) -> None:
    batch = walk(_webhook(_value(_message(**{"from": sender}))))
    assert (batch.messages, batch.ignored) == ([], {"no_sender": 1})


def test_everything_in_a_batch_is_walked_in_order() -> None:
    texts = [_message(id=f"wamid.{n}", text={"body": str(n)}) for n in range(1000)]
    payload = _webhook(_value(*texts[:400]), _value(*texts[400:900]))
    payload["entry"] += _webhook(_value(*texts[900:]))["entry"]
    assert [m.text for m in parse(json.dumps(payload).encode()).messages] == [
        str(n) for n in range(1000)
    ]


def test_one_bad_message_does_not_take_its_neighbours_along() -> None:
    good = _message(text={"body": "ok"})
    bad: list[Any] = [None, 5, "x", [], {}, {"id": ""}, {"id": {}}, {"id": "x" * 513}]
    batch = walk(_webhook(_value(*bad, good), 7, None, {"messages": 3}, _value(good)))
    assert [m.text for m in batch.messages] == ["ok"]
    assert batch.ignored == {"bad_message": len(bad), "no_value": 2, "duplicate": 1}


def test_parts_of_the_wrong_shape_count_as_absent() -> None:
    wrong = dict.fromkeys(("text", "interactive", "button", "context", "audio", "image"), 7)
    message = _one(_message(**wrong), contacts="none", metadata=[], errors={}, statuses=5)
    assert (message.text, message.media, message.reply_to) == (None, None, None)


def test_statuses_and_errors_come_beside_messages() -> None:
    failed = {
        "id": "wamid.9",
        "status": "failed",
        "timestamp": "1689380458",
        "biz_opaque_callback_data": "outbox-1",
        "errors": [{"code": 131047, "title": "x"}],
    }
    value = _value(_message(), statuses=[failed, {"id": "wamid.8"}, {"status": "sent"}, 5])
    batch = walk(_webhook({**value, "errors": [{"code": 130429}]}))
    assert batch.statuses == [
        StatusUpdate(
            "wamid.9", "failed", datetime(2023, 7, 15, 0, 20, 58, tzinfo=UTC), "outbox-1", 131047
        )
    ]
    assert len(batch.messages) == 1
    assert batch.ignored == {"bad_status": 3}
    assert batch.error_codes == [130429]


def test_a_status_needs_only_its_id_and_its_word() -> None:
    batch = walk(_webhook({"statuses": [{"id": "wamid.9", "status": "read"}]}))
    assert batch.statuses == [StatusUpdate("wamid.9", "read", None, None, None)]


def test_what_is_not_ours_is_counted() -> None:
    assert walk({"object": "page", "entry": []}).ignored == {"other_object": 1}
    change = {"field": "account_update", "value": {}}
    assert walk({"entry": [{"changes": [change]}]}).ignored == {"other_field": 1}


def test_what_postgres_cannot_store_is_replaced() -> None:
    body = json.dumps(_webhook(_value(_message(text={"body": "a\0b\ud800c😀", "\0": 1}))))
    (message,) = parse(body.encode()).messages
    assert message.text == "a\ufffdb\ufffdc😀"
    assert message.raw["text"] == {"body": "a\ufffdb\ufffdc😀", "\ufffd": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"nothing",
        b"{",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"entry":[],"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"entry":[],"a":NaN}',
        b'{"entry":[],"a":-Infinity}',
        b"null",
        b"[]",
        b'"entry"',
        b"5",
        b"{}",
        b'{"entry":{}}',
        b'{"entry":[null]}',
        b'{"entry":[{}]}',
        b'{"entry":[{"changes":5}]}',
        b'{"entry":[{"changes":["x"]}]}',
        b'{"entry":[]}{"entry":[]}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_no_webhook_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedWebhook):
        parse(body)


def test_a_key_given_twice_counts_as_absent() -> None:
    with pytest.raises(MalformedWebhook):
        parse(b'{"entry":[],"entry":[]}')
    assert read_json(b'{"a":1,"b":{"c":2,"d":3,"c":4}}') == {"a": 1, "b": {"d": 3}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
KEYS = (
    "id from type timestamp text body interactive button_reply list_reply title button payload "
    "context forwarded audio mime_type from_user_id status errors code"
)
UPDATE = st.recursive(
    JSON,
    lambda inner: st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=8),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "messages": st.lists(UPDATE, max_size=3) | JSON,
            "statuses": st.lists(UPDATE, max_size=3) | JSON,
            "contacts": JSON,
            "errors": st.lists(UPDATE, max_size=2) | JSON,
            "metadata": UPDATE,
        },
    )
)
def test_below_the_frame_no_shape_is_malformed(value: dict[str, Any]) -> None:
    batch = walk(_webhook(value))
    for message in batch.messages:
        assert message.sender or message.bsuid


@settings(max_examples=300, deadline=None)
@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_bytes_are_json_that_can_be_written_again_or_malformed(body: bytes) -> None:
    try:
        value = read_json(body)
    except MalformedWebhook:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_no_value_makes_the_walk_fall_over(payload: Any) -> None:
    try:
        batch = walk(payload)
    except MalformedWebhook:
        return
    assert isinstance(batch, Batch)
