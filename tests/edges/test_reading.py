"""What a stored message becomes before the database sees it: a form, a refusal, or silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from edge_adapter.backend import OpenMessage, StoredMessage
from edge_adapter.gemini.answer import ModelAnswer, Tokens, Unavailable
from edge_adapter.gemini.breaker import Breaker
from edge_adapter.interpretation import Interpretation
from edge_adapter.media import File
from edge_adapter.reading import (
    Answer,
    Form,
    Model,
    Refusal,
    Silence,
    Unheard,
    Unread,
    Usage,
    ask,
    hear,
    read,
    read_caption,
)

pytestmark = pytest.mark.anyio
TODAY = date(2026, 11, 22)
UNKNOWN = "the aunty fancied 3 white bread and paid cash"
FILE = File(b"bytes", "audio/ogg")


class Filled:
    """An Interpreter that has its answer ready; `products` is what it was last shown."""

    def __init__(self, **form: Any) -> None:
        result = Interpretation.model_validate({"language": "en", **form}) if form else None
        self.answer = ModelAnswer(result or Unavailable("http_503"), Tokens(1000, 100))
        self.products: Sequence[str] = ("never asked",)
        self.caption = ""

    async def read_text(
        self,
        text: str,  # noqa: ARG002
        today: date,  # noqa: ARG002
        products: Sequence[str] = (),
    ) -> ModelAnswer:
        self.products = products
        return self.answer

    async def read_media(
        self,
        data: bytes,  # noqa: ARG002
        mime: str,  # noqa: ARG002
        today: date,  # noqa: ARG002
        caption: str = "",
        products: Sequence[str] = (),
    ) -> ModelAnswer:
        self.products, self.caption = products, caption
        return self.answer


def message(
    text: str | None = None,
    kind: str = "text",
    *,
    known: bool = True,
    allowed: bool = True,
    names: list[str] | None = None,
    **stored: Any,
) -> OpenMessage:
    return OpenMessage(
        id="1", wamid="wamid.1", phone_number_id="1", known=known, language="en", today=TODAY,
        model_allowed=allowed, product_names=names,
        message=StoredMessage(type=kind, text=text, **stored),
    )  # fmt: skip


def media(kind: str, text: str | None = None, **more: Any) -> OpenMessage:
    return message(text, kind, media={"id": "7", "mime": "audio/ogg"}, **more)


def model(**form: Any) -> Model:
    return Model(Filled(**form), "gemini-3.5-flash-lite")


async def asked(said: OpenMessage, asked_of: Model | None) -> tuple[Answer, Usage | None]:
    reading = read(said, 1000)
    assert isinstance(reading, Unread)
    return await ask(said, reading, asked_of)


async def heard(said: OpenMessage, asked_of: Model) -> Answer:
    reading = read(said, 1000)
    assert isinstance(reading, Unheard)
    return (await hear(said, reading, FILE, asked_of))[0]


def verdict(answer: Any) -> tuple[str, str]:
    assert isinstance(answer, Form), answer
    return answer.body["verdict"], answer.body["reason"]


# --- what is not read -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reaction", "system", "ephemeral"])
def test_what_says_nothing_gets_no_answer(kind: str) -> None:
    assert read(message("sold 3 bread", kind), 1000) == Silence()


def test_more_lines_than_a_form_holds_are_told_so_and_no_model_is_asked() -> None:
    lines = [f"{number} bread" for number in range(1, 41)]
    assert isinstance(read(message("sold " + ", ".join(lines)), 1000), Form)
    assert read(message("sold " + ", ".join([*lines, "3 milk"])), 1000) == Refusal("too_many_lines")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("edit", "edited"),
        ("revoke", "deleted"),
        ("contacts", "contact"),
        ("location", "location"),
        ("order", "order"),
        ("sticker", "unsupported"),
        ("video", "unsupported"),
        ("poll", "unsupported"),
        ("interactive", "unsupported"),
        ("unknown", "unsupported"),
    ],
)
def test_each_other_kind_gets_its_own_answer_whatever_its_words(kind: str, code: str) -> None:
    assert read(message("sold 3 bread", kind), 1000) == Refusal(code)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["audio", "image", "document"])
def test_a_strangers_file_is_not_fetched(kind: str) -> None:
    assert read(media(kind, known=False), 1000) == Refusal("media_unread")


@pytest.mark.parametrize("kind", ["audio", "image", "document", "video"])
def test_a_file_without_an_id_is_not_read(kind: str) -> None:
    assert read(message("sold 3 bread", kind), 1000) == Refusal("unsupported")


# --- forwarded ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["undo", "yes", "no", "2", "coke", "each", "cancel", "language zulu", "stocktake", "R12"],
)
def test_forwarded_words_answer_no_question_and_change_no_setting(words: str) -> None:
    assert read(message(words, forwarded=True), 1000) == Refusal("forwarded")


@pytest.mark.parametrize("words", ["sold 3 bread", "got 10 bread at R12", "price of bread R20"])
def test_a_forwarded_booking_is_a_draft(words: str) -> None:
    assert verdict(read(message(words, forwarded=True), 1000))[0] == "confirm"


@pytest.mark.parametrize("words", ["how many bread?", "help", "sales this week"])
def test_a_forwarded_question_is_answered(words: str) -> None:
    assert isinstance(read(message(words, forwarded=True), 1000), Form)


# --- the model ------------------------------------------------------------------------------------


async def test_names_are_shown_to_the_model_only_where_they_came_with_the_message() -> None:
    for names in (None, ["Bread", "Milk"]):
        asked_of = model(actions=[{"action": "unknown"}])
        await asked(message(UNKNOWN, names=names), asked_of)
        assert isinstance(asked_of.interpreter, Filled)
        assert list(asked_of.interpreter.products) == (names or [])


@pytest.mark.parametrize("words", ["30 bread R18", "the coke 2l is 6 please", "coke 2l"])
def test_where_only_the_verb_is_missing_the_sender_is_asked_and_not_the_model(words: str) -> None:
    assert isinstance(read(message(words), 1000), Form)


async def test_what_was_asked_is_counted_with_its_price() -> None:
    _, usage = await asked(message(UNKNOWN), model())
    assert usage == Usage("gemini-3.5-flash-lite", 1, 1000, 100, 550)


async def test_nobody_is_asked_when_the_budget_is_used_up_and_the_sender_is_told() -> None:
    asked_of = model(actions=[{"action": "help"}])
    answer = await asked(message(UNKNOWN, allowed=False), asked_of)
    assert answer == (Refusal("write_plainly"), None)
    assert isinstance(asked_of.interpreter, Filled)
    assert asked_of.interpreter.products == ("never asked",)


async def test_a_model_at_rest_costs_nothing() -> None:
    asked_of = Model(Breaker(Filled()), "gemini-x")
    usages = [(await asked(message(UNKNOWN), asked_of))[1] for _ in range(4)]
    assert [usage is None for usage in usages] == [False, False, False, True]


@pytest.mark.parametrize(
    "action",
    [
        {"action": "confirm"}, {"action": "reject"}, {"action": "choose", "option": "1"},
        {"action": "switch_company", "name": "Other"}, {"action": "register", "name": "Evil"},
        {"action": "notifications", "option": "off"}, {"action": "stocktake"},
    ],
    ids=lambda action: action["action"],
)  # fmt: skip
async def test_a_model_may_not_answer_or_set_anything(action: dict[str, str]) -> None:
    answer, _ = await asked(message(UNKNOWN), model(actions=[action]))
    assert isinstance(answer, Form)
    assert [one["action"] for one in answer.body["actions"]] == ["unknown"]


# --- heard and seen -------------------------------------------------------------------------------

SALE = {"action": "sell", "product": "white bread", "quantity": "3", "certainty": "sure"}


async def test_what_was_heard_is_a_draft_and_its_words_go_beside_it() -> None:
    answer = await heard(media("audio"), model(actions=[SALE], transcript="sold 3 white\x00 bread"))
    assert verdict(answer) == ("confirm", "heard")
    assert isinstance(answer, Form)
    assert answer.transcript == "sold 3 white  bread"
    assert answer.body["source"] == "voice"
    assert "transcript" not in answer.body


@pytest.mark.parametrize(
    ("transcript", "reason"),
    [
        ("maybe 4 white bread went", "number_not_in_text"),
        ("did not sell 3 white bread", "negated"),
        ("received 3 white bread", "direction_conflict"),
    ],
)
async def test_what_was_heard_must_say_what_is_drafted(transcript: str, reason: str) -> None:
    answer = await heard(media("audio"), model(actions=[SALE], transcript=transcript))
    assert verdict(answer) == ("reject", reason)


async def test_where_the_form_has_other_numbers_than_the_words_the_words_are_read_again() -> None:
    answer = await heard(media("audio"), model(actions=[SALE], transcript="sold 4 white bread"))
    assert verdict(answer) == ("confirm", "heard")
    assert isinstance(answer, Form)
    assert [action["quantity"] for action in answer.body["actions"]] == ["4"]


async def test_a_total_that_is_said_is_held_against_what_is_said() -> None:
    bread, milk = (
        {"action": "receive", "product": product, "quantity": quantity, "total_price": total}
        for product, quantity, total in (("bread", "10", "150"), ("milk", "6", "120"))
    )
    words = "received 10 bread for R150 and 6 milk for R120, total R{}"
    for total, reason in (("270", "heard"), ("280", "total_differs")):
        form = {"actions": [bread, milk], "document_total": total}
        answer = await heard(media("audio"), model(**form, transcript=words.format(total)))
        assert verdict(answer) == ("confirm", reason)


async def test_a_total_uses_up_no_number_of_what_was_typed() -> None:
    """Else a form could hide what it leaves out, and book the rest at once."""
    found = model(actions=[{**SALE, "quantity": "3"}], document_total="50")
    said = message("the aunty took 3 white bread, and 50 of the others, sold")
    answer, _ = await asked(said, found)
    assert verdict(answer)[0] != "ok"
    assert "document_total" not in answer.body  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"actions": [SALE]}, "unread"),
        ({"actions": [SALE], "transcript": " \n"}, "unread"),
        ({"actions": [{"action": "unknown"}], "transcript": "mm"}, "unread"),
        ({"actions": [{**SALE, "certainty": "unread"}], "transcript": "3 bread"}, "unread"),
        ({"actions": [{"action": "undo"}], "transcript": "undo"}, "type_it"),
        ({"actions": [SALE, {"action": "confirm"}], "transcript": "sold 3"}, "type_it"),
    ],
)
async def test_what_cannot_be_made_out_or_acts_at_once_is_asked_for_in_words(
    form: dict[str, Any], code: str
) -> None:
    assert await heard(media("audio"), model(**form)) == Refusal(code)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ["stock", "profit", "set_price", "undo", "correct"])
async def test_a_picture_only_books(action: str) -> None:
    form = {"actions": [{"action": action, "product": "bread"}], "transcript": "bread"}
    assert await heard(media("image"), model(**form)) == Refusal("type_it")


async def test_a_voice_may_ask() -> None:
    form = {"actions": [{"action": "stock", "product": "bread"}], "transcript": "how many bread"}
    assert isinstance(await heard(media("audio"), model(**form)), Form)


SLIP = """Sasko
bread 10 x 12.50
milk 2 R25.00
"""
LINES = [
    {"action": "receive", "product": "bread", "quantity": "10", "unit_price": "12.50"},
    {"action": "receive", "product": "milk", "quantity": "2", "total_price": "25.00"},
]


@pytest.mark.parametrize(
    ("printed", "total", "reason"),
    [
        ("TOTAL R150.00", "150.00", "seen"),
        ("TOTAL R150", "150", "seen"),
        ("TOTAL R150.01", "150.01", "total_differs"),
        ("TOTAL R15", "15", "total_differs"),
        ("TOTAL R150.00", "15", "total_unread"),
        ("", "150.00", "total_unread"),
        ("", None, "total_unread"),
        ("SUBTOTAL R150.00\nVAT 15% R22.50\nTOTAL R172.50", "172.50", "total_with_charges"),
        ("BTW @15.00% 22,50\nAflewering R40\nTOTAAL 212,50", "212.50", "total_with_charges"),
        ("Less discount -10.00\nTotal due 140.00", "140.00", "total_with_charges"),
        ("TOTAL R150.00 incl. VAT R19.57", "150.00", "seen"),
        ("VAT 15% R22.50\nTOTAL R172.51", "172.51", "total_differs"),
        ("VAT 15%\nTOTAL R165.00", "165.00", "total_differs"),
    ],
)
async def test_the_printed_total_is_the_sum_of_the_lines(
    printed: str, total: str | None, reason: str
) -> None:
    form: dict[str, Any] = {"actions": LINES, "transcript": SLIP + printed}
    told = {} if total is None else {"document_total": total}
    answer = await heard(media("image"), model(**form, **told))
    assert verdict(answer) == ("confirm", reason)
    assert isinstance(answer, Form)
    assert answer.body["lines_total"] == "150.00"


async def test_a_list_without_prices_has_no_total_to_miss() -> None:
    form = {"actions": [{"action": "receive", "product": "bread", "quantity": "10"}]}
    answer = await heard(media("image"), model(**form, transcript="bread 10"))
    assert verdict(answer) == ("confirm", "seen")


async def test_what_is_no_goods_on_a_slip_is_no_line() -> None:
    vat = {"action": "receive", "product": "VAT 15%", "quantity": "1", "total_price": "22.50"}
    words = SLIP + "VAT 15% 22.50\nTOTAL 172.50"
    form = {"actions": [*LINES, vat], "transcript": words, "document_total": "172.50"}
    answer = await heard(media("image"), model(**form))
    assert verdict(answer) == ("confirm", "total_with_charges")
    assert isinstance(answer, Form)
    assert [action["product"] for action in answer.body["actions"]] == ["bread", "milk"]


@pytest.mark.parametrize(
    ("caption", "words", "supplier", "certainty"),
    [
        ("", "bread 3", None, "unsure"),
        ("", "Verkoop:\nbread 3", None, "sure"),
        ("sold today", "bread 3", None, "sure"),
        ("", "Sold to: Thandi\nbread 3", "Sasko", "unsure"),
        ("sold today", "bread 3", "Sasko", "sure"),
    ],
)
async def test_a_picture_of_what_went_out_is_clear_only_where_it_says_so(
    caption: str, words: str, supplier: str | None, certainty: str
) -> None:
    sale = {"action": "sell", "product": "bread", "quantity": "3", "certainty": "sure"}
    form = {"actions": [sale], "transcript": words} | ({"supplier": supplier} if supplier else {})
    answer = await heard(media("image", caption), model(**form))
    assert isinstance(answer, Form)
    assert [action["certainty"] for action in answer.body["actions"]] == [certainty]


async def test_a_picture_does_not_go_the_other_way_than_the_words_under_it() -> None:
    receipt = {"action": "receive", "product": "bread", "quantity": "3", "certainty": "sure"}
    said = media("image", "we sold these")
    answer = await heard(said, model(actions=[receipt], transcript="bread 3"))
    assert verdict(answer) == ("reject", "direction_conflict")


async def test_the_words_under_a_picture_go_with_it_as_data() -> None:
    asked_of = model(actions=[SALE], transcript="slip")
    answer = await heard(media("image", "from Sasko"), asked_of)
    assert isinstance(asked_of.interpreter, Filled)
    assert asked_of.interpreter.caption == "from Sasko"
    assert isinstance(answer, Form)
    assert answer.transcript == "from Sasko\nslip"


@pytest.mark.parametrize("words", ["", "undo", "yes", "how many bread", "hello"])
def test_without_a_model_only_a_booking_under_a_picture_is_read(words: str) -> None:
    reading = read(media("image", words), 1000)
    assert isinstance(reading, Unheard)
    assert read_caption(reading) == Refusal("media_unread")
