"""Every person, tense and noun class of Afrikaans and Sesotho: what was done is booked, no more.

What is expected follows from the table that a sentence was made from. Not yet checked by native
speakers, as the word lists are.
"""

from __future__ import annotations

from itertools import product

from edge_adapter.grammar import parse
from edge_adapter.guard import STOCK, guard

_AFRIKAANS = {
    "sell": [("verkoop", "verkoop")],
    "receive": [("koop", "gekoop"), ("kry", "gekry"), ("ontvang", "ontvang"), ("haal", "gehaal")],
    "write_off": [("weggooi", "weggegooi"), ("afskryf", "afgeskryf")],
    "count": [("tel", "getel")],
    "return_out": [("terugstuur", "teruggestuur")],
}
_HAVING_DONE = """
ek het {goods} {done} | ons het {goods} {done} | ek het vandag {goods} {done} | {goods} {done}
| gister het ek {goods} {done} | ons het nou net {goods} {done} | toe het ons {goods} {done}
| daar is {goods} {done} | ek het sopas {goods} {done} | ek en my vrou het {goods} {done}
| het vandag {goods} {done} | {goods} {done} vandag | {goods} vandag {done} | {goods} het ek {done}
| goeie more, ons het {goods} {done} dankie | {done}: {goods} | ja ek het {goods} {done}
"""
_NOT_HAVING_DONE = """
ek gaan {goods} {do} | ek sal {goods} {do} | ek moet nog {goods} {do} | ek wil {goods} {do}
| ek het nie {goods} {done} nie | ek het nog nie {goods} {done} nie | ek het amper {goods} {done}
| het ek {goods} {done}? | as ek {goods} {do} | kan ek {goods} {do} | ek beplan om {goods} te {do}
| ek kon nie {goods} {do} nie | ek sou {goods} {done} het | ek het vergeet om {goods} te {do}
| ek wou {goods} {do} | moenie {goods} {do} nie | niemand het {goods} {done} nie
| ek dink ek het {goods} {done} | miskien het ek {goods} {done} | môre gaan ons {goods} {do}
| wie het {goods} {done} | ek is besig om {goods} te {do} | onthou om {goods} te {do}
"""

_SESOTHO = {
    "sell": [("rekis", "rekisitse", "rekisitswe")],
    "receive": [("rek", "rekile", ""), ("amohel", "amohetse", "amohetswe"), ("lat", "latile", "")],
    "write_off": [("lahl", "lahlile", "lahlilwe")],
    "count": [("bal", "badile", "badilwe")],
}
_QETILE = """
{i} {done} {goods} | {i} se {i} {done} {goods} | {i} ile {a} {root}a {goods}
| {i} sa tswa {root}a {goods} | {i} tswa ho {root}a {goods} | {i} qetile ho {root}a {goods}
| maobane {i} {done} {goods} | {i} {done} {goods} kajeno | {goods} {i} di {done}
"""
_HA_E_SO_ETSAHALE = """
ha {i} a {root}a {goods} | ha {i} so {root}e {goods} | {i} tla {root}a {goods}
| {i} tlo {root}a {goods} | {i} ilo {root}a {goods} | {i} ya ho {root}a {goods}
| {i} batla ho {root}a {goods} | {i} lokela ho {root}a {goods} | {i} tlameha ho {root}a {goods}
| {i} rera ho {root}a {goods} | {i} hlolehile ho {root}a {goods} | {i} sa {root}a {goods}
| {i} kopa ho {root}a {goods} | na {i} {done} {goods}? | haeba {i} {root}a {goods}
| hosane {i} tla {root}a {goods} | a {i} {root}e {goods} | {i} itokisetsa ho {root}a {goods}
"""
_GOODS = {"bohobe": "bo 3", "mahe": "a mararo", "coke 2l": "tse 3"}

_STEMS = ["bedi", "raro", "ne", "hlano"]
_INVARIABLE = ["tsheletseng", "supileng", "robedi", "robong", "leshome"]
_COUNTED = {
    "bohobe bo": ["bong", "bobedi", "boraro", "bone", "bohlano", *_INVARIABLE],
    "mahe a": [*(f"ma{stem}" for stem in _STEMS), *_INVARIABLE],
    "dikerese tse": ["pedi", "tharo", "nne", "hlano", *_INVARIABLE],
    "lebese le": ["leng"],
    "sesepa se": ["seng"],
    "omo e": ["nngwe"],
}
_TENS = {20: "mabedi", 30: "mararo", 40: "mane", 50: "mahlano", 60: "tsheletseng", 90: "robong"}
_ONES = {
    1: "motso o mong",
    2: "metso e mmedi",
    3: "metso e meraro",
    5: "metso e mehlano",
    8: "metso e robedi",
}


def _frames(listed: str) -> list[str]:
    return [frame.strip() for frame in listed.split("|")]


def _said(text: str) -> tuple[str, str | None, str | None]:
    interpretation = parse(text)
    assert guard(text, interpretation, origin="grammar").outcome == "ok", text
    (action,) = interpretation.actions
    return action.action, action.quantity, action.product


def _books(text: str) -> bool:
    interpretation = parse(text)
    names = {action.action for action in interpretation.actions}
    booked = guard(text, interpretation, origin="grammar").outcome == "ok"
    return booked and "unknown" not in names and bool(names & STOCK)


def test_afrikaans_books_what_was_done_in_every_order_of_words() -> None:
    for action, verbs in _AFRIKAANS.items():
        for (_, done), frame, goods in product(verbs, _frames(_HAVING_DONE), ("3", "drie")):
            if frame.startswith("daar is") and done == "gekry":
                continue
            text = frame.format(goods=f"{goods} coke 2l", done=done)
            assert _said(text) == (action, "3", "coke 2l"), text


def test_afrikaans_books_nothing_that_was_not_done() -> None:
    for verbs in _AFRIKAANS.values():
        for (do, done), frame in product(verbs, _frames(_NOT_HAVING_DONE)):
            text = frame.format(goods="3 brood", do=do, done=done)
            assert not _books(text), text


def test_sesotho_books_what_was_done_in_every_past() -> None:
    for action, verbs in _SESOTHO.items():
        for (root, done, _), frame in product(verbs, _frames(_QETILE)):
            for (i, a), (noun, count) in product((("ke", "ka"), ("re", "ra")), _GOODS.items()):
                text = frame.format(i=i, a=a, root=root, done=done, goods=f"{noun} {count}")
                assert _said(text) == (action, "3", noun), text


def test_sesotho_books_what_things_had_done_to_them() -> None:
    for action, verbs in _SESOTHO.items():
        for (_, _, passive), (noun, count) in product(verbs, _GOODS.items()):
            if passive:
                assert _said(f"{noun} {count} di {passive}") == (action, "3", noun), passive
                assert _said(f"ho {passive} {noun} {count}") == (action, "3", noun), passive


def test_sesotho_books_nothing_that_was_not_done() -> None:
    for verbs in _SESOTHO.values():
        for (root, done, _), frame in product(verbs, _frames(_HA_E_SO_ETSAHALE)):
            for i, (noun, count) in product(("ke", "re"), _GOODS.items()):
                text = frame.format(i=i, root=root, done=done, goods=f"{noun} {count}")
                assert not _books(text), text


def test_sesotho_numbers_agree_with_every_class_of_noun() -> None:
    for noun_and_tie, words in _COUNTED.items():
        noun = noun_and_tie.split()[0]
        first = 2 if words[0].startswith(("ma", "pedi")) else 1
        for number, word in enumerate(words, start=first):
            for frame, action in (("ke rekisitse {}", "sell"), ("ho setse {}", "count")):
                text = frame.format(f"{noun_and_tie} {word}")
                assert _said(text) == (action, str(number), noun), text


def test_sesotho_counts_in_tens_and_ones() -> None:
    for (ten, tens), (one, ones), joint in product(_TENS.items(), _ONES.items(), ("le", "a")):
        text = f"ke rekisitse mahe a mashome a {tens} {joint} {ones}"
        assert _said(text) == ("sell", str(ten + one), "mahe"), text


def test_sesotho_is_read_as_it_is_written_in_lesotho() -> None:
    for text, expected in {
        "ho rekisitsoe mahe a leshome le metso e 'meli": ("sell", "12", "mahe"),
        "moreki o khutlisitse likerese tse peli": ("return_in", "2", "likerese"),
        "ke amohetse libotlolo tse tharo tsa coke": ("receive", "3", "coke"),
        "ke rekisitse coke e le 'ngoe": ("sell", "1", "coke"),
    }.items():
        assert _said(text) == expected, text
