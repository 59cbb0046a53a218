"""The five language files: complete, alike, within WhatsApp's limits, readable by our grammar."""

from __future__ import annotations

import re
from datetime import date

import pytest

from edge_adapter.grammar import parse
from edge_adapter.graph import BUTTON_TITLE_LIMIT
from edge_adapter.wording.language import LANGUAGES, Wording, wording_of
from tests.wording import migrations
from tests.wording.tables import OTHERS, placeholders, table, words


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_key_of_english_and_no_other(language: str) -> None:
    assert words(language).keys() == words("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_says_the_same_things_in_every_language(language: str) -> None:
    english = words("en")
    differing = {
        name: text
        for name, text in words(language).items()
        if placeholders(text) != placeholders(english[name])
    }
    assert differing == {}


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_are_translated(language: str) -> None:
    english = words("en")
    untranslated = {
        name
        for name, text in words(language).items()
        if text == english[name]
        and any(map(str.isalpha, _without_names(text)))
        and not name.startswith("unit.")  # packs often keep their English word
    }
    assert untranslated == set()


def _without_names(text: str) -> str:
    for name in placeholders(text):
        text = text.replace(f"{{{name}}}", "")
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_english_claims_to_be_checked_by_a_native_speaker(language: str) -> None:
    assert table(language)["checked_by_native_speaker"] is (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_fits_whatsapp(language: str) -> None:
    buttons = {
        name: text
        for name, text in words(language).items()
        if name.startswith(("option.", "option_of.")) or name.endswith("_button")
    }
    assert len(buttons) > 10
    assert {name: text for name, text in buttons.items() if len(text) > BUTTON_TITLE_LIMIT} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_of_one_question_can_be_told_apart(language: str) -> None:
    options = [text for name, text in words(language).items() if name.startswith("option.")]
    assert len(set(options)) == len(options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_draft_is_changed_is_understood_as_that(language: str) -> None:
    hint = wording_of(language).say("common", "draft_hint", product="coke 2l")
    _, amount, removal = (part.rpartition(": ")[2] for part in re.split(r"[?.] |$", hint)[:3])
    (read,) = parse(amount).actions
    assert (read.action, read.product, read.quantity) == ("unknown", "coke 2l", "12")
    (read,) = parse(removal).actions
    assert (read.action, read.option, read.product) == ("choose", "remove", "coke 2l")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ["sell", "receive", "stock", "undo", "language"])
def test_what_help_shows_is_understood_as_that(language: str, action: str) -> None:
    example = wording_of(language).examples[action]
    read = parse(example, today=date(2026, 11, 22))
    assert [found.action for found in read.actions] == [action]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_units_word_is_understood_as_that_unit(language: str) -> None:
    sentence = wording_of(language).examples["sell"].replace("3 coke 2l", "{words} coke 2l")
    units = table(language)["unit"].items()
    misread = {}
    for unit, forms in units:
        said = sentence.format(words=f"3 {forms['many']}")
        (action,) = parse(said, today=date(2026, 11, 22)).actions
        if action.unit != unit:
            misread[forms["many"]] = action.unit or action.product
    assert misread == {}


_SAYS_IT_TOO = {"yes": "confirm", "resume": "confirm", "cancel": "reject", "undo": "undo"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_types_a_button_instead_of_tapping_it_is_understood(language: str) -> None:
    wording = wording_of(language)
    misread = {}
    asked_at_once = {("unknown_product_all", "add"), ("unknown_product_all", "singly")}
    for kind, key in migrations.options() | asked_at_once:
        title = wording.option(kind, key)
        (read,) = parse(title, today=date(2026, 11, 22)).actions
        if (read.option or read.action) not in (key, _SAYS_IT_TOO.get(key)):
            misread[title] = (kind, key, read.action, read.option)
    assert misread == {}


# --- numbers, money and days as Babel writes them -------------------------------------------------


@pytest.mark.parametrize(
    ("language", "number", "money", "loss", "day"),
    [
        ("en", "1\xa0234,5", "R1\xa0234,50", "-R5,00", "Wed 18 Nov"),
        ("af", "1\xa0234,5", "R1\xa0234,50", "-R5,00", "Wo. 18 Nov."),
        ("zu", "1,234.5", "R1,234.50", "-R5.00", "Tha 18 Nov"),
        ("xh", "1\xa0234.5", "R1\xa0234.50", "-R5.00", "Tha 18 Nov"),
        ("st", "1,234.5", "R1,234.50", "-R5.00", "Rar 18 Pun"),
    ],
)
def test_figures_are_written_as_the_language_writes_them(
    language: str, number: str, money: str, loss: str, day: str
) -> None:
    wording = wording_of(language)
    assert wording.number("1234.500") == number
    assert wording.money("1234.5") == money
    assert wording.signed_money("-5") == loss
    assert wording.signed("5", None) == "+5"
    assert wording.signed("0", None) == "0"
    assert wording.day("2026-11-18") == day


def test_no_digit_of_a_quantity_is_lost() -> None:
    wording = wording_of("en")
    assert wording.number("0.001") == "0,001"
    assert wording.number("0.333333") == "0,333333"
    assert wording.number("100") == "100"
    assert wording.number("99999999999.999") == "99\xa0999\xa0999\xa0999,999"


@pytest.mark.parametrize(
    ("currency", "told"), [("ZAR", "R1 240,50"), ("NAD", "NAD1 240,50"), ("JPY", "JP¥1 240,50")]
)
def test_money_is_in_the_shops_own_currency_and_to_the_cent(currency: str, told: str) -> None:
    wording = wording_of("en", currency)
    assert wording.money("1240.50").replace("\xa0", " ") == told
    assert wording.amount("1240.50", "rand").replace("\xa0", " ") == told


def test_amounts_carry_their_unit() -> None:
    wording = wording_of("en")
    amounts = [("3", "each"), ("1.5", "kg"), ("50", "rand"), ("1", "case"), ("2", "case")]
    assert [wording.amount(*amount) for amount in amounts] == [
        "3",
        "1,5 kg",
        "R50,00",
        "1 case",
        "2 cases",
    ]
    assert wording.amount("2", "6-pack") == "2 6-pack"


@pytest.mark.parametrize("language", ["tn", "", "../en", "EN"])
def test_a_language_we_do_not_have_is_answered_in_english(language: str) -> None:
    assert isinstance(wording_of(language), Wording)
    assert wording_of(language).say("option", "yes") == "Yes"
