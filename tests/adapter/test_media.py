"""Voice notes, photographed slips and pictures of sales, from webhook to reply."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from psycopg.types.json import Jsonb

from cli.conversation import Reply
from cli.stack.postgres import free_port
from edge_adapter.wording.language import LANGUAGES, wording_of
from tests.adapter.servers import Adapter, Surroundings, serving
from tests.adapter.webhooks import message, tap, text, webhook
from tests.database.shop import Shop

BREAD = "Albany White Bread 700g"
COKE = "Coca-Cola 2L"
VOICE = b"OggS" + bytes(range(256))
SLIP = "Sasko\nwhite bread 10 R150.00\ncoke 2l 6 R120.00\nTOTAL R270.00"


@pytest.fixture(scope="module")
def gemini(outside: Surroundings) -> Iterator[httpx.Client]:
    port = free_port()
    command = [sys.executable, "-m", "cli.standins.gemini", f"--port={port}"]
    with serving(command, port, {}, outside.folder / "gemini-media.log") as server:
        yield server.client


@pytest.fixture(scope="module")
def adapter(outside: Surroundings, gemini: httpx.Client) -> Iterator[Adapter]:
    settings = {
        "GEMINI_API_KEY": "gemini-key",
        "GEMINI_URL": str(gemini.base_url),
        "MEDIA_LIMIT_BYTES": "5000",
    }
    with outside.adapter(**settings) as running:
        yield running


@pytest.fixture(autouse=True)
def _nothing_asked(gemini: httpx.Client) -> None:
    gemini.delete("/_standin/requests").raise_for_status()


def send(
    adapter: Adapter,
    outside: Surroundings,
    shop: Shop,
    kind: str,
    mime: str,
    data: bytes = VOICE,
    **content: str,
) -> Reply:
    """A file of the owner's, as Meta keeps and announces it; the reply."""
    media_id = base64.b32encode(hashlib.sha256(data + kind.encode()).digest()).decode()[:16]
    outside.graph.put(
        f"/_standin/media/{media_id}", content=data, headers={"content-type": mime}
    ).raise_for_status()
    owner = shop.phones["owner"]
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    file = {"id": media_id, "mime_type": mime, "sha256": digest, **content}
    before = len(outside.sent_to(owner))
    assert adapter.post(webhook(message(owner, kind, **{kind: file}))).status_code == 200
    (reply,) = outside.replies(owner)[before:]
    return reply


def says(gemini: httpx.Client, transcript: str, *actions: dict[str, str], **more: str) -> None:
    form = {"language": "en", "transcript": transcript, "actions": list(actions), **more}
    gemini.post("/_standin/answers", json={"form": form}).raise_for_status()


def _line(product: str, quantity: str, total: str, certainty: str = "sure") -> dict[str, str]:
    return {
        "action": "receive", "product": product, "quantity": quantity, "total_price": total,
        "certainty": certainty,
    }  # fmt: skip


def test_a_voice_note_is_a_draft_that_a_tap_books_with_its_words_kept(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    sold = {"action": "sell", "product": "white bread", "quantity": "3", "certainty": "sure"}
    says(gemini, "sold 3 white bread", sold)
    draft = send(adapter, outside, shop, "audio", "audio/ogg; codecs=opus")
    assert "I heard" in draft.text
    assert "3 white bread" in draft.text
    assert shop.lines() == 0
    (asked,) = gemini.get("/_standin/requests").json()["requests"]
    (file,) = [part["inlineData"] for part in asked["body"]["contents"][0]["parts"][1:]]
    assert base64.urlsafe_b64decode(file["data"]) == VOICE
    adapter.post(webhook(tap(shop.phones["owner"], draft.options[0].id, draft.wamid)))
    outside.replies(shop.phones["owner"])
    assert shop.on_hand(BREAD) == "-3"
    said = shop.value(
        "select message.body from public.operations as operation"
        " inner join public.messages as message on message.id = operation.message_id"
        " where operation.company_id = %s",
        shop.id,
    )
    assert said == "sold 3 white bread"
    spent = shop.value("select sum(calls) from private.model_usage where company_id = %s", shop.id)
    assert spent == 1
    adapter.post(webhook(text(shop.phones["owner"], "undo")))
    assert "Taken back" in outside.replies(shop.phones["owner"])[-1].text
    assert shop.on_hand(BREAD) == "0"


def test_a_slip_is_told_by_certainty_and_books_what_was_read(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    lines = (
        _line("white bread", "10", "150.00"),
        _line("coke 2l", "7", "120.00"),
        _line("potat", "4", "80.00", "unread"),
    )
    says(gemini, SLIP, *lines, document_total="270.00", supplier="Sasko")
    draft = send(adapter, outside, shop, "image", "image/jpeg")
    clear, rest = draft.text.split("Not sure:")
    unsure, unread = rest.split("Could not read:")
    assert "Sasko" in clear
    assert "10 white bread" in clear
    assert "7 coke 2l" in unsure, "the slip says 6"
    assert "potat" in unread
    assert shop.lines() == 0
    adapter.post(webhook(tap(shop.phones["owner"], draft.options[0].id, draft.wamid)))
    outside.replies(shop.phones["owner"])
    assert (shop.on_hand(BREAD), shop.on_hand("Potatoes")) == ("10", "0")


def test_a_draft_is_changed_by_words_and_booked_once(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    lines = (_line("white bread", "10", "150.00"), _line("coke 2l", "7", "120.00"))
    says(gemini, SLIP, *lines, document_total="270.00")
    first = send(adapter, outside, shop, "image", "image/jpeg")
    assert "Write it like: coke 2l 12" in first.text
    adapter.post(webhook(text(owner, "coke 2l is 6")))
    second = outside.replies(owner)[-1]
    assert "6 coke 2l" in second.text
    assert "Not sure" not in second.text
    adapter.post(webhook(text(owner, "yes but without the bread")))
    third = outside.replies(owner)[-1]
    assert "bread" not in third.text
    for draft in (first, second, third, third):
        adapter.post(webhook(tap(owner, draft.options[0].id, draft.wamid)))
    outside.replies(owner)
    assert (shop.on_hand(BREAD), shop.on_hand(COKE), shop.lines()) == ("0", "6", 1)
    assert len(gemini.get("/_standin/requests").json()["requests"]) == 1


def test_a_total_that_does_not_add_up_is_said(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    says(gemini, SLIP, _line("white bread", "10", "150.00"), document_total="270.00")
    draft = send(adapter, outside, shop, "image", "image/jpeg")
    assert "R270,00" in draft.text
    assert "R150,00" in draft.text
    assert shop.lines() == 0


def test_a_total_that_adds_up_is_not_made_a_matter_of(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    lines = (_line("white bread", "10", "150.00"), _line("coke 2l", "6", "120.00"))
    says(gemini, SLIP, *lines, document_total="270.00")
    draft = send(adapter, outside, shop, "image", "image/jpeg")
    assert "R270,00" not in draft.text
    assert "what I read" in draft.text


def test_vat_and_delivery_between_the_lines_and_the_total_are_told(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    lines = (_line("white bread", "10", "150.00"), _line("coke 2l", "6", "120.00"))
    slip = SLIP.replace("TOTAL R270.00", "VAT 15% R40.50\nDelivery R50.00\nTOTAL R360.50")
    says(gemini, slip, *lines, document_total="360.50")
    draft = send(adapter, outside, shop, "image", "image/jpeg")
    assert "come to R270,00" in draft.text
    assert "makes R360,50" in draft.text


@pytest.mark.parametrize(
    ("kind", "mime", "data", "words"),
    [
        ("audio", "audio/amr", VOICE, "kind of file"),
        ("document", "application/zip", VOICE, "kind of file"),
        ("audio", "audio/ogg", VOICE * 20, "too big"),
    ],
)
def test_a_file_of_another_kind_or_size_never_reaches_the_model(
    adapter: Adapter,
    outside: Surroundings,
    gemini: httpx.Client,
    shop: Shop,
    kind: str,
    mime: str,
    data: bytes,
    words: str,
) -> None:
    assert words in send(adapter, outside, shop, kind, mime, data).text
    assert gemini.get("/_standin/requests").json()["requests"] == []


@pytest.mark.parametrize(
    "answer", [{"status": 403}, {"text": "no"}, {"delay_seconds": 3, "text": "{}"}]
)
def test_without_an_answer_the_words_under_a_picture_are_read(
    adapter: Adapter,
    outside: Surroundings,
    gemini: httpx.Client,
    shop: Shop,
    answer: dict[str, Any],
) -> None:
    gemini.post("/_standin/answers", json=answer).raise_for_status()
    reply = send(
        adapter, outside, shop, "image", "image/png", caption="received 4 white bread at R15"
    )
    assert "4 white bread" in reply.text
    assert any(option.key == "yes" for option in reply.options)
    assert shop.lines() == 0


def test_a_long_draft_is_plain_words_that_show_every_line_and_are_answered_by_a_number(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    owner = shop.phones["owner"]
    names = [f"white bread {'very long name of a product ' * 2}{place}" for place in range(39)]
    lines = [_line(name, "2", "30.00") for name in names]
    says(gemini, "\n".join(f"{name} 2 30.00" for name in names), *lines, _line("coke 2l", "3", "9"))
    send(adapter, outside, shop, "document", "application/pdf")
    payload = outside.sent_to(owner)[-1]["payload"]
    body = payload["text"]["body"]
    assert len(body) <= 4096
    assert body.count("•") == 40
    assert body.endswith("\n1. Yes\n2. Cancel")
    adapter.post(webhook(text(owner, "2")))
    assert "Nothing is booked" in outside.replies(owner)[-1].text


@pytest.mark.parametrize(
    "answer",
    [
        {"form": {"language": "en", "transcript": "x", "actions": [_line("bread", "1", "5")] * 41}},
        {"finish": "MAX_TOKENS", "text": "{"},
    ],
    ids=["41 lines", "cut short"],
)
def test_a_slip_of_too_many_lines_is_asked_for_in_parts(
    adapter: Adapter,
    outside: Surroundings,
    gemini: httpx.Client,
    shop: Shop,
    answer: dict[str, Any],
) -> None:
    gemini.post("/_standin/answers", json=answer).raise_for_status()
    assert "in parts" in send(adapter, outside, shop, "document", "application/pdf").text
    assert shop.lines() == 0


def test_when_the_budget_is_used_up_the_reply_asks_for_plain_words(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    shop.connection.execute(
        "update public.companies set model_calls_a_day = 0 where id = %s", [shop.id]
    )
    assert "Tomorrow I read them again" in send(adapter, outside, shop, "audio", "audio/ogg").text
    owner = shop.phones["owner"]
    adapter.post(webhook(text(owner, "the aunty fancied 3 white bread and paid cash")))
    assert "tomorrow I can do more" in outside.replies(owner)[-1].text
    adapter.post(webhook(text(owner, "sold 1 white bread")))
    assert "Sold 1" in outside.replies(owner)[-1].text, "plain words cost nothing"
    assert gemini.get("/_standin/requests").json()["requests"] == []


@pytest.mark.parametrize("kind", ["audio", "image"])
def test_without_a_key_a_file_is_asked_for_in_words_of_the_senders_language(
    outside: Surroundings, shop: Shop, kind: str
) -> None:
    owner = shop.phones["owner"]
    with outside.adapter() as adapter:
        for language in LANGUAGES:
            shop.connection.execute(
                "update private.people set language = %s where phone = %s", [language, owner]
            )
            reply = send(adapter, outside, shop, kind, "audio/ogg", language.encode())
            wording = wording_of(language)
            assert reply.text == wording.say("refused", "media_unread", **wording.examples)
    assert shop.lines() == 0


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("kind", ["text", "audio", "image"])
def test_names_of_products_go_to_the_model_only_where_the_owner_shares_them(
    adapter: Adapter,
    outside: Surroundings,
    gemini: httpx.Client,
    shop: Shop,
    kind: str,
    shared: bool,
) -> None:
    shop.as_user(
        "owner",
        "select public.update_company(%s, 'share', %s)",
        shop.id,
        Jsonb({"share_product_names": shared}),
    )
    owner = shop.phones["owner"]
    if kind == "text":
        adapter.post(webhook(text(owner, "the aunty fancied 3 of those and paid cash")))
        outside.replies(owner)
    else:
        send(adapter, outside, shop, kind, "audio/ogg" if kind == "audio" else "image/png")
    (asked,) = gemini.get("/_standin/requests").json()["requests"]
    told = json.dumps(asked, ensure_ascii=False)
    assert [name for name in shop.products if name in told] == (
        list(shop.products) if shared else []
    )
    for secret in (owner, str(shop.id), *map(str, shop.members.values())):
        assert secret not in told


# --- a picture of sales ---------------------------------------------------------------------------


def _week(adapter: Adapter, outside: Surroundings, shop: Shop) -> dict[str, Any]:
    owner = shop.phones["owner"]
    adapter.post(webhook(text(owner, "sold 3 white bread")))
    outside.replies(owner)
    adapter.post(webhook(text(owner, "sales this week")))
    outside.replies(owner)
    _, answer = outside.sent_to(owner)
    payload: dict[str, Any] = answer["payload"]
    return payload


def test_sales_this_week_is_one_picture_with_its_words(
    adapter: Adapter, outside: Surroundings, shop: Shop
) -> None:
    payload = _week(adapter, outside, shop)
    assert payload["type"] == "image"
    assert "R55,50" in payload["image"]["caption"]
    picture = outside.graph.get(f"/_standin/media/{payload['image']['id']}").content
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400, "code": 100}, {"text": "?"}])
def test_where_the_picture_is_not_taken_the_words_go_alone(
    adapter: Adapter, outside: Surroundings, shop: Shop, fault: dict[str, Any]
) -> None:
    outside.fail(to="media", **fault)
    payload = _week(adapter, outside, shop)
    assert payload["type"] == "text"
    assert "R55,50" in payload["text"]["body"]


def test_no_word_of_a_file_is_kept_outside_the_messages(
    adapter: Adapter, outside: Surroundings, gemini: httpx.Client, shop: Shop
) -> None:
    secret = "sold 3 white bread to auntie Nomsa"
    sold = {"action": "sell", "product": "white bread", "quantity": "3"}
    says(gemini, secret, sold)
    send(adapter, outside, shop, "audio", "audio/ogg")
    forms = shop.value(
        "select coalesce(jsonb_agg(form), '[]') from private.inbox where company_id = %s", shop.id
    )
    assert "Nomsa" not in json.dumps(forms)
    assert "Nomsa" not in adapter.log.read_text()
