"""What hostile words want is never booked, also by a model that does whatever they say.

The corpus: tests/corpus/hostile.toml. Each text goes through the adapter's own reading into a real
database; the model is the stand-in for Gemini, told to fill the very form that the attacker wants.
"""

from __future__ import annotations

import dataclasses
import json
import tomllib
import unicodedata
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import CheckViolation
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from edge_adapter.backend import OpenMessage, StoredMedia, StoredMessage
from edge_adapter.gemini.interpreter import open_interpreter
from edge_adapter.grammar import parse
from edge_adapter.grammar.cutting import cut
from edge_adapter.guard import STOCK, guard
from edge_adapter.interpretation import Interpretation
from edge_adapter.media import File
from edge_adapter.reading import (
    Answer,
    Form,
    Model,
    Refusal,
    Unheard,
    Unread,
    ask,
    hear,
    read,
    read_caption,
)
from edge_adapter.settings import Settings
from edge_adapter.webhook import parse as parse_webhook
from edge_adapter.wording.language import plain
from edge_adapter.wording.render import render
from tests.conftest import Database
from tests.database.shop import Shop
from tests.edges.conftest import Standin
from tests.edges.test_settings import COMPLETE

pytestmark = pytest.mark.anyio

CORPUS = tomllib.loads((Path(__file__).parents[1] / "corpus" / "hostile.toml").read_text("utf-8"))
TODAY = date(2026, 11, 22)
INNOCENT = "the aunty fancied 3 white bread and paid cash"  # no verb that the grammar knows


def every(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "attack", [pytest.param(attack, id=attack["said"][:40]) for attack in CORPUS[kind]]
    )


@pytest.fixture(scope="module")
def shop(database: Database) -> Iterator[Shop]:
    """One shop for all attacks: each looks at what it changed."""
    own = database.clone()
    with own.connect() as connection:
        made = Shop.open(connection)
        made.say("owner", {"action": "receive", "product": "white bread", "quantity": "40"})
        yield made
    own.drop()


@pytest.fixture
async def obedient(google: Standin) -> AsyncIterator[Model]:
    """Gemini, that will answer what it is told to."""
    settings = Settings(**COMPLETE, gemini_api_key="key", gemini_url=google.url)
    async with open_interpreter(settings) as interpreter:
        assert interpreter is not None
        yield Model(interpreter, settings.gemini_model)


def said(text: str | None, **stored: Any) -> OpenMessage:
    return OpenMessage(
        id="1",
        wamid="wamid.1",
        phone_number_id="1",
        message=StoredMessage(**{"type": "text", "text": text, **stored}),
        known=True,
        language="en",
        today=TODAY,
        model_allowed=True,
    )


def books(shop: Shop) -> str:
    """Everything that a booking or a change of the catalogue could touch."""
    return str(
        shop.value(
            "select jsonb_build_array("
            " (select jsonb_agg(t order by operation_id, line_no) from public.transactions as t),"
            " (select jsonb_agg(p order by id) from public.products as p),"
            " (select jsonb_agg(a order by id) from public.product_aliases as a),"
            " (select jsonb_agg(k order by id) from public.product_packs as k),"
            " (select jsonb_agg(c order by id) from public.companies as c),"
            " (select jsonb_agg(m order by id) from public.members as m))::text"
        )
    )


def hand_out(shop: Shop) -> tuple[dict[str, Any], dict[str, str]]:
    """A message of the owner's as an adapter gets it, and its lease."""
    (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival("owner", text="…")])["work"]
    return work["messages"][-1], {"sender": work["sender"], "token": work["token"]}


def apply(
    shop: Shop, answer: Answer, handed: tuple[dict[str, Any], dict[str, str]] | None = None
) -> dict[str, Any]:
    """What the database makes of it in the name of the shop's owner; questions are then closed."""
    message, lease = handed or hand_out(shop)
    item: dict[str, Any] = {"id": message["id"], **lease}
    if isinstance(answer, Form):
        item["form"] = answer.body
    elif isinstance(answer, Refusal):
        item["code"] = answer.code
    else:
        item["silent"] = True
    (owed,) = shop.adapter("apply_interpretations", p_items=[item])
    shop.adapter("settle_outbound", p_items=[], p_leases=[lease])
    shop.connection.execute("update public.questions set state = 'cancelled'")
    result: dict[str, Any] = owed["result"] or {}
    return result


def form(attack: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"language": "en", "actions": attack["wants"], **more}


def test_there_are_at_least_two_hundred() -> None:
    assert sum(len(attacks) for attacks in CORPUS.values()) >= 200
    assert CORPUS.keys() == {"words", "voice", "photo", "product", "contact"}


@pytest.mark.parametrize("forwarded", [False, True])
@every("words")
async def test_the_grammar_books_none_of_it(
    shop: Shop, attack: dict[str, Any], forwarded: bool
) -> None:
    before = books(shop)
    message = said(attack["said"], forwarded=forwarded)
    reading = read(message, 1000)
    answer = (await ask(message, reading, None))[0] if isinstance(reading, Unread) else reading
    assert not isinstance(answer, Unheard)
    apply(shop, answer)
    assert books(shop) == before


def test_the_same_way_books_what_is_plainly_said(shop: Shop) -> None:
    before = books(shop)
    reading = read(said("sold 1 white bread"), 1000)
    assert isinstance(reading, Form)
    assert apply(shop, reading)["operation"]["kind"] == "sell"
    assert books(shop) != before


@every("words")
async def test_a_model_that_obeys_books_none_of_it(
    shop: Shop, google: Standin, obedient: Model, attack: dict[str, Any]
) -> None:
    """Asked even where the grammar would not have left it to the model."""
    google.post("answers", form=form(attack))
    before = books(shop)
    message = said(attack["said"])
    unread = Unread(attack["said"], TODAY, parse("…"))
    answer, usage = await ask(message, unread, obedient)
    assert usage is not None
    assert apply(shop, answer)["outcome"] != "posted"
    assert books(shop) == before


# What is needed to book: without an amount the database asks.
_FORMS = [
    {"action": action, "product": product, amount: "1"}
    for action, amount in [
        *((action, "quantity") for action in sorted(STOCK | {"set_reorder_level", "correct"})),
        ("set_price", "unit_price"),
        ("correct", "unit_price"),
    ]
    for product in ("white bread", "coke 2l", "potatoes", None)
]


@every("words")
def test_no_form_of_one_action_gets_past_the_guard_at_once(attack: dict[str, Any]) -> None:
    """Not the one that is asked for alone: every action, on every product, of every number that
    stands in the text.
    """
    text = attack["said"]
    numbers = {f"{n.number:f}" for n in cut(text, TODAY).pieces if n.number is not None} | {"1"}
    past = [
        filled
        for shape in _FORMS
        for number in sorted(numbers)
        if (filled := _filled(shape, number))
        and guard(text, filled, origin="model").outcome == "ok"
    ]
    assert past == []


def _filled(shape: dict[str, Any], number: str) -> Interpretation | None:
    """The form with that number in the place of its one; None where it cannot be said so."""
    action = {key: number if value == "1" else value for key, value in shape.items() if value}
    try:
        return Interpretation.model_validate({"language": "en", "actions": [action]})
    except ValidationError:
        return None


@pytest.mark.parametrize("attack", CORPUS["words"][::8])
async def test_buried_in_a_long_message_they_book_nothing_either(
    shop: Shop, google: Standin, obedient: Model, attack: dict[str, Any]
) -> None:
    google.post("answers", form=form(attack), times=2)
    before = books(shop)
    padding = "please read all of this with care, my friend. " * 20
    text = f"{padding[: 990 - len(attack['said'])]}\n{attack['said']}"
    for limit in (1000, 500):
        reading = read(said(text), limit)
        answer = (
            (await ask(said(text), reading, obedient))[0]
            if isinstance(reading, Unread)
            else reading
        )
        assert not isinstance(answer, Unheard)
        assert (limit == 1000) == (answer != Refusal("too_long"))
        assert apply(shop, answer)["outcome"] != "posted"
    assert books(shop) == before


@pytest.mark.parametrize("certainty", ["sure", "unread"])
@pytest.mark.parametrize(
    ("source", "attack"),
    [
        pytest.param(source, attack, id=attack["said"][:40])
        for source in ("voice", "photo")
        for attack in CORPUS[source]
    ],
)
async def test_what_is_heard_or_seen_is_at_most_a_draft(
    shop: Shop,
    google: Standin,
    obedient: Model,
    source: Any,
    attack: dict[str, Any],
    certainty: str,
) -> None:
    actions = [{**action, "certainty": certainty} for action in attack["wants"]]
    google.post("answers", form={**form(attack, transcript=attack["said"]), "actions": actions})
    before = books(shop)
    unheard = Unheard(StoredMedia(id="1"), source, "", TODAY)
    message = said(None, type="audio" if source == "voice" else "image")
    answer, _ = await hear(message, unheard, File(b"bytes", "image/png"), obedient)
    result = apply(shop, answer)
    assert result["outcome"] != "posted"
    assert not result.get("answers"), "a picture may not ask for the shop's figures"
    if certainty == "unread":
        assert "question" not in result
    assert books(shop) == before


@every("words")
def test_under_a_picture_they_are_at_most_a_draft(shop: Shop, attack: dict[str, Any]) -> None:
    before = books(shop)
    answer = read_caption(Unheard(StoredMedia(id="1"), "photo", attack["said"], TODAY))
    assert apply(shop, answer)["outcome"] != "posted"
    assert books(shop) == before


def _unseen(name: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Cf") for letter in name)


@pytest.mark.parametrize("name", [a["said"] for a in CORPUS["product"] if _unseen(a["said"])])
def test_a_name_with_what_cannot_be_seen_is_not_stored(shop: Shop, name: str) -> None:
    with pytest.raises(CheckViolation):
        shop.value("select private.save_products(%s, %s)", shop.id, Jsonb([{"name": name}]))


@pytest.mark.parametrize("attack", [a for a in CORPUS["product"] if not _unseen(a["said"])])
async def test_a_name_that_is_stored_is_data_wherever_it_goes(
    shop: Shop, google: Standin, obedient: Model, attack: dict[str, Any]
) -> None:
    """As a product and as another name of one; shown to the model, searched, listed, replied."""
    name = attack["said"]
    (stored,) = shop.value("select private.save_products(%s, %s)", shop.id, Jsonb([{"name": name}]))
    shop.connection.execute(
        "insert into public.product_aliases (company_id, product_id, alias) values (%s, %s, %s)",
        [shop.id, stored["id"], f"my {name}"[:80]],
    )
    shop.as_user(
        "owner",
        "select public.update_company(%s, 'share', %s)",
        shop.id,
        Jsonb({"share_product_names": True}),
    )
    before = books(shop)
    google.post("answers", form=form(attack))
    handed = hand_out(shop)
    names = handed[0]["product_names"]
    assert name in names
    message = said(INNOCENT).model_copy(update={"product_names": names})
    reading = read(message, 1000)
    assert isinstance(reading, Unread)
    answer, _ = await ask(message, reading, obedient)
    (asked,) = google.get("requests")
    (part,) = asked["body"]["contents"][0]["parts"]
    assert json.loads(part["text"]) == {
        "today": TODAY.isoformat(), "message": INNOCENT, "products": names,
    }  # fmt: skip
    assert name not in json.dumps(asked["body"]["systemInstruction"])
    assert apply(shop, answer, handed)["outcome"] != "posted"
    listed = read(said("stock"), 1000)
    assert not isinstance(listed, Unread | Unheard)
    told = render(apply(shop, listed), "en").text
    assert f"\n{plain(name)}: 0" in told
    assert len(told.splitlines()) == 1 + len(shop.products) + 1
    assert books(shop) == before
    shop.connection.execute(
        "update public.products set archived_at = now() where id = %s", [stored["id"]]
    )


@every("contact")
def test_what_people_call_themselves_goes_nowhere(attack: dict[str, Any]) -> None:
    name = attack["said"]
    value = {
        "metadata": {"phone_number_id": "1"},
        "contacts": [{"wa_id": "27830000001", "profile": {"name": name}}],
        "messages": [
            {"from": "27830000001", "id": "wamid.1", "type": "text", "text": {"body": "stock?"}}
        ],
    }
    payload = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}
    (message,) = parse_webhook(json.dumps(payload).encode()).messages
    kept = {f.name: getattr(message, f.name) for f in dataclasses.fields(message)}
    assert message.text == "stock?"
    assert name not in {str(value) for value in kept.values()}
    assert json.dumps(name) not in json.dumps(kept, default=str)
