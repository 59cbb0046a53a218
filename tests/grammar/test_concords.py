"""isiZulu and isiXhosa numbers agree with their noun: every class, from the tables of a grammar.

The tables stand here once more, apart from the word lists that they prove.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge_adapter.grammar import parse
from edge_adapter.guard import guard

if TYPE_CHECKING:
    from collections.abc import Iterator

# Noun class → what a relative begins with, and a subject.
_RELATIVE = {
    1: "o", 2: "aba", 3: "o", 4: "e", 5: "eli", 6: "a", 7: "esi", 8: "ezi", 9: "e", 10: "ezi",
    11: "olu", 14: "obu",
}  # fmt: skip
_SUBJECT = {
    1: "u", 2: "ba", 3: "u", 4: "i", 5: "li", 6: "a", 7: "si", 8: "zi", 9: "i", 10: "zi", 11: "lu",
    14: "bu",
}  # fmt: skip
_ADJECTIVE = {2: "aba", 4: "emi", 6: "ama", 8: "ezi", 10: "ezi"}
_NOUNS = {
    "zu": {
        1: "ushukela", 2: "otamatisi", 3: "umentshisi", 4: "imithi", 5: "iqanda", 6: "amaqanda",
        7: "isinkwa", 8: "izinkwa", 9: "inyama", 10: "izinsipho", 11: "ubisi", 14: "utshwala",
    },
    "xh": {
        1: "ushukela", 2: "ootamatisi", 3: "umngqusho", 4: "iminqathe", 5: "iqanda", 6: "amaqanda",
        7: "isonka", 8: "izonka", 9: "iswekile", 10: "iitapile", 11: "ubisi", 14: "utywala",
    },
}  # fmt: skip
_SOLD = {"zu": "ngithengise", "xh": "ndithengise"}
_ADJECTIVES = {
    "zu": {2: "bili", 3: "thathu", 4: "ne", 5: "hlanu"},
    "xh": {2: "bini", 3: "thathu", 4: "ne", 5: "hlanu", 6: "thandathu"},
}
_NASAL = {
    "zu": {2: "mbili", 3: "ntathu", 4: "ne", 5: "nhlanu"},
    "xh": {2: "mbini", 3: "ntathu", 4: "ne", 5: "ntlanu", 6: "ntandathu"},
}
_NASAL_CLASSES = {"zu": (8, 10), "xh": (10,)}
_ONE = {
    "zu": {1: "oyedwa", 3: "owodwa", 5: "elilodwa", 7: "esisodwa", 9: "eyodwa", 11: "olulodwa"},
    "xh": {1: "omnye", 3: "omnye", 5: "elinye", 7: "esinye", 9: "enye", 11: "olunye"},
}
_HIGHER = {
    "zu": {
        6: "yisithupha", 7: "yisikhombisa", 8: "yisishiyagalombili", 9: "yisishiyagalolunye",
        10: "yishumi", 11: "yishumi nanye", 12: "yishumi nambili", 13: "yishumi nantathu",
        14: "yishumi nane", 15: "yishumi nanhlanu", 16: "yishumi nesithupha",
        17: "yishumi nesikhombisa", 18: "yishumi nesishiyagalombili",
        19: "yishumi nesishiyagalolunye", 20: "ngamashumi amabili",
        25: "ngamashumi amabili nanhlanu", 30: "ngamashumi amathathu", 50: "ngamashumi amahlanu",
        60: "ngamashumi ayisithupha", 100: "yikhulu", 120: "yikhulu namashumi amabili",
        200: "ngamakhulu amabili", 250: "ngamakhulu amabili namashumi amahlanu",
    },
    "xh": {
        7: "sixhenxe", 8: "sibhozo", 9: "lithoba", 10: "lishumi", 11: "lishumi elinanye",
        12: "lishumi elinesibini", 13: "lishumi elinesithathu", 14: "lishumi elinesine",
        15: "lishumi elinesihlanu", 16: "lishumi elinesithandathu", 17: "lishumi elinesixhenxe",
        18: "lishumi elinesibhozo", 19: "lishumi elinethoba", 20: "ngamashumi amabini",
        25: "ngamashumi amabini anesihlanu", 30: "ngamashumi amathathu",
        50: "ngamashumi amahlanu", 60: "ngamashumi amathandathu", 70: "ngamashumi asixhenxe",
        100: "likhulu", 120: "likhulu elinamashumi amabini", 200: "ngamakhulu amabini",
    },
}  # fmt: skip


def _in_words(language: str, noun_class: int) -> Iterator[tuple[int, str]]:
    relative = _RELATIVE[noun_class]
    if noun_class in _ONE[language]:
        yield 1, _ONE[language][noun_class]
    if adjective := _ADJECTIVE.get(noun_class):
        nasal = noun_class in _NASAL_CLASSES[language]
        for number, stem in (_NASAL if nasal else _ADJECTIVES)[language].items():
            yield number, adjective + stem
    for number, stem in _HIGHER[language].items():
        yield number, relative + stem


def _in_figures(noun_class: int) -> Iterator[tuple[int, str]]:
    relative = _RELATIVE[noun_class]
    for prefix in {relative, _ADJECTIVE.get(noun_class, relative)}:
        for joint in ("-", "yi-", "ngu-", "yi", "ngu", "nga-", "li-"):
            yield 12, f"{prefix}{joint}12"
        yield 20, f"{prefix}ngama-20"


def _predicates(noun_class: int) -> Iterator[tuple[int, str]]:
    for joint in ("-", "yi-", "ngu-", "nga-", "ngama-"):
        yield 12, f"{_SUBJECT[noun_class]}{joint}12"


def _read(text: str) -> tuple[str, str, int]:
    interpretation = parse(text)
    assert guard(text, interpretation, origin="grammar").outcome == "ok", text
    (action,) = interpretation.actions
    return action.action, action.product or "", int(action.quantity or -1)


@pytest.mark.parametrize("noun_class", _RELATIVE)
@pytest.mark.parametrize("language", _NOUNS)
def test_a_number_of_any_class_counts_the_noun_before_it(language: str, noun_class: int) -> None:
    noun = _NOUNS[language][noun_class]
    for number, word in (*_in_words(language, noun_class), *_in_figures(noun_class)):
        assert _read(f"{_SOLD[language]} {noun} {word}") == ("sell", noun, number), word
        assert _read(f"kusele {noun} {word}") == ("count", noun, number), word


@pytest.mark.parametrize("noun_class", _RELATIVE)
@pytest.mark.parametrize("language", _NOUNS)
def test_a_number_may_be_what_is_said_of_the_noun(language: str, noun_class: int) -> None:
    noun = _NOUNS[language][noun_class]
    for number, word in _predicates(noun_class):
        assert _read(f"kusele {noun} {word}") == ("count", noun, number), word
