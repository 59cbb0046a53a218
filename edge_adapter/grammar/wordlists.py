"""One language's word list: phrases with what they mean, whole-message commands, names of months.

Verbs that a list gives as roots are spelled out in every form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any, TypeVar

from edge_adapter.grammar.lexemes import KINDS, Kind, Lexeme
from edge_adapter.grammar.morphology import Roots, Tense, conjugate
from edge_adapter.grammar.numbers import NumberWord

Phrase = tuple[str, ...]
_Meaning = TypeVar("_Meaning")


@dataclass(slots=True)
class WordList:
    """One language's list, compiled."""

    phrases: dict[Phrase, Lexeme] = field(default_factory=dict)
    commands: dict[Phrase, tuple[str, str]] = field(default_factory=dict)
    openings: dict[Phrase, str] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    glosses: dict[str, str] = field(default_factory=dict)


def compiled(data: dict[str, Any]) -> WordList:
    """Compile a list as its TOML file holds it; of two meanings of a phrase the first one stays."""
    words = WordList()
    follows_noun = data.get("numbers_follow_noun", False)

    def add(phrase: str, lexeme: Lexeme) -> None:
        words.phrases.setdefault(tuple(phrase.split()), lexeme)

    for name in data.get("products", {}).get("names", ()):
        add(name, Lexeme(Kind.CONTENT, "name"))
    for english, nouns in data.get("glossary", {}).items():
        for noun in nouns:
            words.glosses[noun] = english
    units = {spelling for section, _, spelling in _agreeing(data, "words") if section == "unit"}
    for single, plurals in data.get("prefixes", {}).get("plurals", {}).items():
        _add_plurals(words.glosses, single, plurals)
    for noun in words.glosses.keys() - units:  # "ilofu" is bread, "ilofu lesinkwa" one of it
        add(noun, Lexeme(Kind.CONTENT, "noun"))
    _add_listed_verbs(data, add)
    for role, value, spelling in _agreeing(data, "numbers"):
        number = NumberWord(role, Decimal(value))
        add(spelling, Lexeme(Kind.NUMBER, number=number, follows_noun=follows_noun))
    for role, total, spelling in _compounded(data):
        number = NumberWord(role, total)
        add(spelling, Lexeme(Kind.NUMBER, number=number, follows_noun=follows_noun))
    for section, value, spelling in _agreeing(data, "words"):
        if section == "month":
            words.months[spelling] = int(value)
        else:
            add(spelling, Lexeme(KINDS[section], value))
    _add_conjugated_verbs(data, add)
    for key, phrases in data.get("command", {}).items():
        action, _, option = key.partition("-")
        for phrase in phrases:
            words.commands.setdefault(tuple(phrase.split()), (action, option))
    for action, phrases in data.get("opening", {}).items():
        for phrase in phrases:
            words.openings[tuple(phrase.split())] = action
    if spellings := data.get("spelling"):
        _respell(words.phrases, spellings)
        _respell(words.commands, spellings)
        _respell(words.openings, spellings)
        for noun, english in list(words.glosses.items()):
            for spelled in _spelled(noun, spellings):
                words.glosses.setdefault(spelled, english)
    return words


def _add_plurals(glosses: dict[str, str], single: str, plurals: Sequence[str]) -> None:
    """Add what a loan word that begins with a consonant behind its prefix may be called as many."""
    for noun, english in list(glosses.items()):
        stem = noun.removeprefix(single)
        if stem != noun and stem[0] not in _VOWELS:
            for plural in plurals:
                glosses.setdefault(plural + stem, english)


def _respell(entries: dict[Phrase, _Meaning], spellings: Mapping[str, str]) -> None:
    """Add every phrase as another orthography of the language writes it, or mixes the two."""
    for phrase, meaning in list(entries.items()):
        for spelled in _spelled(" ".join(phrase), spellings):
            entries.setdefault(tuple(spelled.split()), meaning)


def _spelled(phrase: str, spellings: Mapping[str, str]) -> set[str]:
    """A phrase with each of the spellings replaced throughout or not at all."""
    found = {phrase}
    for letters, others in spellings.items():
        found |= {one.replace(letters, others) for one in found if letters in one}
    return found


def _agreeing(data: dict[str, Any], kind: str) -> Iterator[tuple[str, str, str]]:
    """Words as they are listed, then those of each `concord`: its prefixes before its stems."""
    tables = [([""], data.get(kind, {}))]
    tables += [(row["prefixes"], row.get(kind, {})) for row in data.get("concord", ())]
    for prefixes, sections in tables:
        for section, entries in sections.items():
            valued = entries if isinstance(entries, dict) else {"": entries}
            for value, stems in valued.items():
                for prefix, stem in product(prefixes, stems):
                    yield section, value, prefix + stem


def _compounded(data: dict[str, Any]) -> Iterator[tuple[str, Decimal, str]]:
    """Numbers written as one word: "sesendertig" (36), "tweehonderd"."""
    joints = data.get("compounds", {}).get("and", ())
    if not joints:
        return
    numbers = data["numbers"]
    for value, units in numbers["unit"].items():
        if not value.isdecimal() or not 0 < int(value) < _TEN:
            continue
        for ten, tens in numbers["ten"].items():
            for joined in product(units, joints, tens):
                yield "unit", Decimal(value) + Decimal(ten), "".join(joined)
        for scale, scales in numbers["scale"].items():
            for unit, spelled in product(units, scales):
                yield "scale", Decimal(value) * Decimal(scale), unit + spelled


_TEN = 10
_Add = Callable[[str, Lexeme], None]
_VERBS = ((Kind.VERB, "verb"), (Kind.REASON, "reason"))
_ROOTS = ("roots", "passive", "intransitive", "beneficial", "perfect")
_VOWELS = "aeiou"
_GIVEN, _TAKEN = "given", "taken"
_MORE_ROOTS = (_GIVEN, "taking", "lent")


def _add_listed_verbs(data: dict[str, Any], add: _Add) -> None:
    """Forms that a list spells out; "done_own" says who acts behind the reading, "done_given" that
    who it was done for may follow.
    """
    for kind, section in _VERBS:
        for value, entry in data.get(section, {}).items():
            for key, spellings in entry.items():
                if key in ("exact", *_MORE_ROOTS, *_ROOTS):
                    continue
                reading, _, person = key.partition("_")
                given = person == _GIVEN
                exact = entry.get("exact", False)
                lexeme = Lexeme(kind, value, reading, "" if given else person, exact, given)
                for spelling in spellings:
                    add(spelling, lexeme)


def _add_conjugated_verbs(data: dict[str, Any], add: _Add) -> None:
    """Forms built from roots; a word that a list spells out keeps its own meaning."""
    subjects = data.get("subject", {})
    without = {**subjects, "object": ()}
    tenses = [
        Tense(
            row["reading"],
            row.get("subjects", ()),
            row["patterns"],
            row.get("intransitive", False),
        )
        for row in data.get("tense", ())
    ]
    for kind, section in _VERBS:
        for value, entry in data.get(section, {}).items():
            exact = entry.get("exact", False)
            plain = Roots(*(entry.get(key, ()) for key in _ROOTS))
            given, taken, lent = (Roots(entry.get(key, ()), (), (), (), ()) for key in _MORE_ROOTS)
            for roots in (plain, given, taken, lent):
                for forms in conjugate(roots, tenses, without if roots is lent else subjects):
                    done = forms.reading == "done"
                    reading = _TAKEN if roots is taken and done else forms.reading
                    lexeme = Lexeme(kind, value, reading, forms.person, exact, roots is given)
                    if forms.reading == "aside":
                        lexeme = Lexeme(Kind.FILLER)
                    for spelling in forms.spellings:
                        add(spelling, lexeme)
