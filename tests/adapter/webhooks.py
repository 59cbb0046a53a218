"""What Meta posts. Source: Meta, "Webhooks: messages" reference."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

from tests.adapter.servers import NUMBER

_seconds = count(1_795_000_000)  # each later than the one before it


def message(sender: str, kind: str, **content: Any) -> dict[str, Any]:
    """One message of any type; `content` overrides what is usual."""
    return {
        "from": sender,
        "id": f"wamid.{uuid4()}",
        "timestamp": str(next(_seconds)),
        "type": kind,
        **content,
    }


def text(sender: str, words: str, **content: Any) -> dict[str, Any]:
    """Typed words."""
    return message(sender, "text", text={"body": words}, **content)


def tap(sender: str, button_id: str, replied_to: str) -> dict[str, Any]:
    """A button of a message of ours."""
    reply = {"type": "button_reply", "button_reply": {"id": button_id, "title": "Yes"}}
    return message(
        sender, "interactive", interactive=reply, context={"from": NUMBER, "id": replied_to}
    )


def webhook(*messages: Any, statuses: Any = ()) -> dict[str, Any]:
    """Meta's envelope."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": NUMBER, "phone_number_id": NUMBER},
    }
    if messages:
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]}


def status(sent: dict[str, Any], word: str) -> dict[str, Any]:
    """What became of a message that the Graph API accepted."""
    return {
        "id": sent["wamid"],
        "status": word,
        "timestamp": str(next(_seconds)),
        "recipient_id": sent["to"],
        "biz_opaque_callback_data": sent["payload"]["biz_opaque_callback_data"],
    }


def account_error(code: int) -> dict[str, Any]:
    """What is wrong with the account as a whole: `errors` beside no message."""
    error = {"code": code, "title": "As told", "error_data": {"details": "As told."}}
    value = {"metadata": {"phone_number_id": NUMBER}, "errors": [error]}
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]}
