"""Buying and selling differ by a syllable and are never taken for each other."""

from __future__ import annotations

import random

import pytest

from edge_adapter.grammar import parse
from edge_adapter.grammar.lexemes import Kind, Lexeme
from edge_adapter.grammar.lexicon import lexicon
from edge_adapter.guard import guard

_OPPOSITE = {"sell": "receive", "buy": "sell"}
_OWN = {"sell": "sell", "buy": "receive"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _forms() -> list[tuple[str, Lexeme]]:
    """Every one-word form of buying and selling in every language."""
    return [
        (" ".join(phrase), lexeme)
        for table in lexicon().words.values()
        for phrase, lexeme in table.phrases.items()
        if lexeme.kind is Kind.VERB and lexeme.value in _OPPOSITE and len(phrase) == 1
    ]


def _slip(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    letter = chance.choice(_LETTERS)
    head, tail = word[:place], word[place:]
    return chance.choice(
        [
            head + tail[1:],
            head + letter + tail,
            head + letter + tail[1:],
            head + tail[1:2] + tail[:1] + tail[2:],
        ]
    )


def _booked(text: str) -> set[str]:
    interpretation = parse(text)
    if guard(text, interpretation, origin="grammar").outcome != "ok":
        return set()
    return {action.action for action in interpretation.actions}


def test_no_form_of_one_verb_is_booked_as_the_other() -> None:
    for form, lexeme in _forms():
        if lexeme.person in ("other", "thing"):
            continue
        assert _OPPOSITE[lexeme.value] not in _booked(f"{form} 3 bread"), form


def test_a_finished_form_of_our_own_is_booked_as_what_it_says() -> None:
    for form, lexeme in _forms():
        if lexeme.reading == "done" and lexeme.person in ("", "own"):
            assert _booked(f"{form} 3 bread") == {_OWN[lexeme.value]}, form


def test_a_form_of_someone_else_buying_is_never_our_receipt() -> None:
    for form, lexeme in _forms():
        if lexeme.value == "buy" and lexeme.person in ("other", "thing"):
            assert not _booked(f"{form} 3 bread") & {"receive", "sell"}, form


def test_denied_and_planned_forms_are_never_booked() -> None:
    for form, lexeme in _forms():
        if lexeme.reading in ("denied", "intended"):
            assert not _booked(f"{form} 3 bread") & {"receive", "sell"}, form


def test_no_slip_of_the_finger_turns_buying_into_selling() -> None:
    chance = random.Random(7)
    forms = _forms()
    for _ in range(4000):
        form, lexeme = chance.choice(forms)
        slipped = _slip(form, chance)
        if slipped not in lexicon().verb_forms:
            assert _OPPOSITE[lexeme.value] not in _booked(f"{slipped} 3 bread"), (form, slipped)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("customer bought 3 coke", "sell"),
        ("we bought 3 coke", "receive"),
        ("they bought 3 coke", "unknown"),
        ("Thabo bought 3 coke", "unknown"),
        ("Thabo bought 3 coke from Makro", "receive"),
        ("Thabo took 3 coke on credit", "sell"),
        ("Mrs Naidoo bought 3 coke", "sell"),
        ("Naidoo's son bought 3 coke", "sell"),
        ("the builders bought 3 coke", "sell"),
        ("my husband bought 3 coke", "unknown"),
        ("my husband bought 3 coke from Makro", "receive"),
        ("I bought 3 coke on credit", "receive"),
        ("bought 3 coke on credit", "unknown"),
        ("customer took 3 coke", "sell"),
        ("customer took 3 coke to the other shop", "unknown"),
        ("customer took 3 coke without paying", "write_off"),
        ("the aunty took 3 coke", "unknown"),
        ("the aunty took 3 coke and paid", "sell"),
        ("went to Makro bought 3 coke", "receive"),
        ("uncle Ben bought 3 coke for the shop", "unknown"),
        ("hi gogo, bought 3 coke", "receive"),
        ("hi gogo bought 3 coke", "unknown"),
        ("gogo, bought 3 coke", "unknown"),
        ("good morning, gogo bought 3 coke", "sell"),
        ("good morning Mrs Naidoo, bought 3 coke", "receive"),
        ("middag tannie, 3 coke gekoop", "receive"),
        ("sawubona mama ngithenge i-coke eyodwa", "receive"),
        ("the supplier sold us 3 coke", "receive"),
        ("sold us 3 coke", "unknown"),
        ("3 coke bought by a customer", "sell"),
        ("bought 3 coke from a customer", "receive"),
        ("klant het 3 coke gekoop", "sell"),
        ("ek het 3 coke gekoop", "receive"),
        ("hulle het 3 coke gekoop", "unknown"),
        ("ikhasimende lithenge i-coke eyodwa", "sell"),
        ("ngithenge i-coke eyodwa", "receive"),
        ("uthenge i-coke eyodwa", "unknown"),
        ("umthengi uthenge i-coke enye", "sell"),
        ("ndithenge i-coke enye", "receive"),
        ("bathenge i-coke enye", "unknown"),
        ("moreki o rekile coke e nngwe", "sell"),
        ("ke rekile coke e nngwe", "receive"),
        ("o rekile coke e nngwe", "unknown"),
        ("ngithengise izinkwa ezintathu ngo-R18", "sell"),
        ("ngithenge izinkwa ezintathu ngo-R18", "receive"),
        ("kuthengwe izinkwa ezintathu", "unknown"),
        ("returned 3 coke", "unknown"),
        ("customer returned 3 coke", "return_in"),
        ("returned 3 coke to the supplier", "return_out"),
        ("we delivered 3 coke to gogo", "unknown"),
        ("Albany delivered 3 coke", "receive"),
        ("the customer sold 3 coke", "unknown"),
        ("izinkwa ezintathu zithengwe yikhasimende", "sell"),
        ("izinkwa ezintathu zithengwe ngumakhelwane", "unknown"),
        ("ngithengisele u-supplier izinkwa ezintathu", "unknown"),
        ("ngibuye e-Makro nezinkwa ezintathu", "receive"),
        ("ikhasimende libuye nezinkwa ezintathu", "return_in"),
        ("uSipho ubuye nezinkwa ezintathu", "unknown"),
        ("ngize nezinkwa ezintathu emthengini", "unknown"),
        ("ngibuyisele e-Makro izinkwa ezintathu", "return_out"),
        ("ndithengele ivenkile izonka ezintathu", "receive"),
        ("ndithengele ummelwane izonka ezintathu", "unknown"),
        ("we were sold 3 coke", "unknown"),
        ("received 3 coke from a customer", "unknown"),
        ("please deliver 3 coke", "unknown"),
        ("ons het 3 coke afgelewer", "unknown"),
        ("3 coke by my gekoop", "unknown"),
        ("Albany het vir ons 3 coke verkoop", "unknown"),
        ("die trok het 3 coke gebring", "receive"),
    ],
)
def test_the_subject_decides_the_direction(text: str, action: str) -> None:
    assert [one.action for one in parse(text).actions] == [action]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("a customer came and bought 3 coke", "sell"),
        ("'n kliënt het gekom en 3 coke gekoop", "sell"),
        ("sold 2 bread to Sipho who bought 3 coke", "unknown"),
        ("a man came he bought 3 coke", "sell"),
        ("we saw they bought 3 coke", "unknown"),
        ("Mrs Naidoo took 2 bread and 3 coke on tick", "sell"),
        ("sold 3 coke, she will pay on Friday", "sell"),
        ("customer bought 2 bread and i bought 3 coke", "receive"),
    ],
)
def test_who_acted_acts_on_until_somebody_else_does(text: str, action: str) -> None:
    assert parse(text).actions[-1].action == action
