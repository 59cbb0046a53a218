"""Sesotho writes concords apart: whose verb it is, what it was done to, and how many there are."""

from __future__ import annotations

import pytest

from edge_adapter.grammar import parse
from edge_adapter.guard import guard

# Noun → its concord.
_NOUNS = {
    "bohobe": "bo", "lebese": "le", "mahe": "a", "sesepa": "se", "dinawa": "di", "litapole": "li",
    "tswekere": "e",
}  # fmt: skip
_UNTOLD = -1


def _read(text: str) -> tuple[str, str, int]:
    interpretation = parse(text)
    assert guard(text, interpretation, origin="grammar").outcome == "ok", text
    (action,) = interpretation.actions
    return action.action, action.product or "", int(action.quantity or _UNTOLD)


def _is_asked(text: str) -> bool:
    interpretation = parse(text)
    unknown = any(action.action == "unknown" for action in interpretation.actions)
    return unknown or guard(text, interpretation, origin="grammar").outcome != "ok"


@pytest.mark.parametrize(("noun", "concord"), _NOUNS.items())
def test_what_a_verb_says_again_of_its_object_changes_nothing(noun: str, concord: str) -> None:
    tie = {"di": "tse", "li": "tse", "e": "tse"}.get(concord, concord)
    goods = f"{noun} {tie} 5"
    assert _read(f"{goods} ke {concord} rekisitse") == ("sell", noun, 5)
    assert _read(f"ke {concord} rekile, {goods}") == ("receive", noun, 5)
    assert _read(f"{goods} re {concord} lahlile") == ("write_off", noun, 5)


@pytest.mark.parametrize(("noun", "concord"), _NOUNS.items())
def test_goods_that_are_still_there_are_counted_unless_it_is_asked(noun: str, concord: str) -> None:
    tie = {"di": "tse", "li": "tse", "e": "tse"}.get(concord, concord)
    for there in (f"{concord} sa le teng", f"{concord} setse"):
        assert _read(f"{noun} {tie} 5 {there}") == ("count", noun, 5)
    for question in (f"na {noun} {concord} sa le teng", f"{noun} {concord} sa le teng?"):
        (asked,) = parse(question).actions
        assert (asked.action, asked.product) == ("stock", noun)


@pytest.mark.parametrize("noun", _NOUNS)
def test_the_number_of_goods_is_told_or_asked(noun: str) -> None:
    assert _read(f"palo ya {noun} ke 12") == ("count", noun, 12)
    (asked,) = parse(f"palo ya {noun}?").actions
    assert (asked.action, asked.product) == ("stock", noun)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ke rekisitse mahe a12", ("sell", "mahe", 12)),
        ("mahe a12 a thubehile", ("write_off", "mahe", 12)),
        ("ke rekisitse coke tse12", ("sell", "coke", 12)),
        ("ke rekisitse a4 paper tse 3", ("sell", "a4 paper", 3)),
        ("ke rekisitse pampiri ya a4 e le 1", ("sell", "pampiri ya a4", 1)),
    ],
)
def test_a_concord_may_be_glued_to_its_number_but_not_to_a_name(
    text: str, read: tuple[str, str, int]
) -> None:
    assert _read(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "bana ba rekile coke tse 3",
        "bana ba sekolo ba rekile coke tse 3",
        "ngwana wa sekolo o rekile coke tse 3",
        "Bomme ba kereke ba rekile coke tse 3 ho rona",
    ],
)
def test_what_people_who_come_to_a_shop_bought_was_sold(text: str) -> None:
    assert _read(text) == ("sell", "coke", 3)


@pytest.mark.parametrize(
    "text",
    [
        "Albany e tlisitse mahobe a 40",
        "Albany e re siyetse mahobe a 40",
        "mofani o re file mahobe a 40",
        "ke amohetse thepa ya Albany: mahobe a 40",
        "ho fihlile mahobe: mahobe a 40",
        "ke tswa Makro, ke rekile mahobe a 40",
        "ke sa tswa toropong, ke rekile mahobe a 40",
    ],
)
def test_what_was_brought_or_fetched_was_received(text: str) -> None:
    assert _read(text) == ("receive", "mahobe", 40)


def test_a_relative_clause_only_says_which_goods() -> None:
    assert _read("Thabo o kgutlisitse castle tse 3 tseo a di rekileng maobane") == (
        "return_in", "castle", 3,
    )  # fmt: skip
    assert _read("tray tse 5 tsa mahe tseo ke di odarileng di fihlile") == ("receive", "mahe", 5)


@pytest.mark.parametrize("verb", ["ka di kenya", "ka di isa"])
def test_what_is_taken_out_of_one_place_and_into_another_was_moved(verb: str) -> None:
    (moved,) = parse(f"ke ntshitse raese tse 10 setorong {verb} shopong").actions
    assert (moved.action, moved.product, moved.quantity) == ("transfer", "raese", "10")
    assert (moved.location, moved.to_location) == ("setorong", "shopong")


def test_a_name_behind_is_whom_goods_were_returned_to() -> None:
    read = ("return_out", "yoghurt", 12)
    assert _read("di-yoghurt tse 12 re di kgutliseditse Clover") == read
    assert _read("re kgutliseditse Clover di-yoghurt tse 12") == read


def test_a_pack_of_goods_is_one_unless_it_is_many() -> None:
    assert _read("ke rekile terei ya mahe") == ("receive", "mahe", 1)
    assert _read("ke rekile diterei tsa mahe") == ("receive", "mahe", _UNTOLD)


@pytest.mark.parametrize("by", ["ke R15", "ka R15"])
def test_what_a_price_rose_by_is_not_the_price(by: str) -> None:
    assert _is_asked(f"coke e nyolohile {by}")
    (risen,) = parse("theko ya coke e nyolohile ho R15").actions
    assert (risen.action, risen.product, risen.unit_price) == ("set_price", "coke", "15")


@pytest.mark.parametrize(
    "text",
    ["Thabo o rekile coke tse 3", "ausi o nkile coke tse 3", "Thandi o re nketse coke tse 3"],
)
def test_what_somebody_bought_or_took_who_may_be_ours_is_asked(text: str) -> None:
    assert _is_asked(text)
