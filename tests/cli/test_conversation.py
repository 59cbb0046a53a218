"""What the command line posts is what Meta would post, and replies are read as people see them."""

from __future__ import annotations

import json
from typing import Any

from cli.conversation import Exchange, Option, Tap, envelope, outcome, read_reply, signed
from edge_adapter.signatures import verify_meta
from edge_adapter.webhook import InboundMessage, parse

BUTTONS = {
    "wamid": "wamid.reply",
    "payload": {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Which one?"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "q:7f:p1", "title": "Coke 2L"}},
                    {"type": "reply", "reply": {"id": "q:7f:cancel", "title": "Cancel"}},
                ]
            },
        },
    },
}


def arrives(said: str | Tap, **more: Any) -> InboundMessage:
    payload = envelope(
        sender="27820000001", phone_number_id="112", wamid="wamid.in", said=said, at=1.9, **more
    )
    (message,) = parse(json.dumps(payload).encode()).messages
    return message


def test_a_text_arrives_as_it_was_typed() -> None:
    message = arrives("sold 3 coke 2l")
    assert (message.sender, message.wamid, message.phone_number_id) == (
        "27820000001",
        "wamid.in",
        "112",
    )
    assert (message.type, message.text, message.reply_to) == ("text", "sold 3 coke 2l", None)
    assert message.sent_at is not None
    assert message.sent_at.timestamp() == 1


def test_a_reply_names_the_message_it_answers() -> None:
    assert arrives("undo", reply_to="wamid.before").reply_to == "wamid.before"


def test_a_tap_sends_the_option_and_names_the_message_it_stood_in() -> None:
    reply = read_reply(BUTTONS)
    message = arrives(Tap(reply.options[0], reply.wamid))
    assert (message.button_id, message.text, message.reply_to) == (
        "q:7f:p1",
        "Coke 2L",
        "wamid.reply",
    )


def test_a_row_of_a_list_arrives_as_one() -> None:
    row = Option("q:7f:p9", "Sunfoil", "list_reply", "Sunfoil Sunflower Oil 2L")
    assert arrives(Tap(row, "wamid.reply")).button_id == "q:7f:p9"


def test_the_signature_is_one_that_the_adapter_accepts() -> None:
    body, headers = signed({"said": "té"}, "secret")
    assert verify_meta("secret", body, headers["x-hub-signature-256"])
    assert not verify_meta("another", body, headers["x-hub-signature-256"])


def test_buttons_and_rows_become_options_with_short_keys() -> None:
    reply = read_reply(BUTTONS)
    assert reply.text == "Which one?"
    assert [(option.key, option.title) for option in reply.options] == [
        ("p1", "Coke 2L"),
        ("cancel", "Cancel"),
    ]
    rows = {"rows": [{"id": "q:7f:p1", "title": "Coke 2L", "description": "Coca-Cola 2L"}]}
    listed = {
        "type": "list",
        "body": {"text": "Which one?"},
        "action": {"button": "Choose", "sections": [rows]},
    }
    reply = read_reply(
        {"wamid": "wamid.reply", "payload": {"type": "interactive", "interactive": listed}}
    )
    assert [(option.key, option.description) for option in reply.options] == [
        ("p1", "Coca-Cola 2L")
    ]


def test_the_outcome_has_exactly_the_fields_of_the_contract() -> None:
    line = {
        "product_id": "p",
        "product": "Coca-Cola 2L",
        "unit": "each",
        "kind": "sell",
        "quantity": "-3",
        "typed_quantity": "3",
        "typed_unit": None,
        "unit_price": "29.000000",
        "amount": "87.00",
        "balance": "33",
    }
    operation = {"id": "o", "kind": "sell", "reverses": None, "replaces": None, "lines": [line]}
    row = {
        "member_id": "m",
        "form": {"language": "en", "actions": []},
        "result": {"outcome": "posted", "operation": operation},
    }
    told = outcome(Exchange("wamid.in", read_reply(BUTTONS), row))
    assert told == {
        "message_id": "wamid.in",
        "reply_id": "wamid.reply",
        "question_id": None,
        "outcome": "posted",
        "code": None,
        "reply": "Which one?",
        "options": [{"key": "p1", "title": "Coke 2L"}, {"key": "cancel", "title": "Cancel"}],
        "interpretation": {"language": "en", "actions": []},
        "operation": {
            "id": "o",
            "kind": "sell",
            "reverses": None,
            "replaces": None,
            "lines": [
                {
                    "product": "Coca-Cola 2L",
                    "kind": "sell",
                    "quantity": "-3",
                    "unit_price": "29.000000",
                    "balance": "33",
                }
            ],
        },
    }


def test_a_stranger_who_is_not_answered_again_was_refused() -> None:
    row = {"member_id": None, "form": None, "result": None}
    told = outcome(Exchange("wamid.in", None, row))
    assert (told["outcome"], told["code"], told["reply"]) == ("refused", "unknown_sender", None)
