"""The word lists under `words/`, compiled once: which words and phrases mean what, per language.

A message has one main language; its own words come first, then English (shops mix it into every
language), then the longer verbs, numbers and nouns of the others. Short and small words never
cross: "is", "ka", "op" mean something else next door.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum, auto
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, get_args

from edge_adapter.grammar.morphology import Roots, Tense, conjugate
from edge_adapter.grammar.numbers import NumberWord
from edge_adapter.interpretation import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LANGUAGES: tuple[Language, ...] = get_args(Language)
_SHORT = 3


class Kind(StrEnum):
    """What a word or phrase does in a message. All but the first block are sections of `words`."""

    __hash__ = (
        str.__hash__
    )  # an Enum's own is slow, and the kind of a piece is looked up all the time

    CONTENT = auto()
    NUMBER = auto()
    MONEY = auto()
    SIZE = auto()
    PACK = auto()
    VERB = auto()
    REASON = auto()
    LINE = auto()
    STOP = auto()
    ASK = auto()
    LINK = auto()
    COMMA = auto()

    AGREES = auto()
    AND = auto()
    ARTICLE = auto()
    AT = auto()
    BREAK = auto()
    BY = auto()
    CHOOSE = auto()
    COPULA = auto()
    CORRECT = auto()
    CREDIT = auto()
    CURRENCY = auto()
    DATE = auto()
    DAYS_AGO = auto()
    EACH = auto()
    FILLER = auto()
    FINISHED = auto()
    FOR = auto()
    FROM = auto()
    FUTURE = auto()
    GREETING = auto()
    HEDGE = auto()
    HOLDS = auto()
    INTENT = auto()
    LANGUAGE = auto()
    LAST = auto()
    LEFT = auto()
    LINKER = auto()
    LOOSE = auto()
    NO = auto()
    NOT = auto()
    OF = auto()
    OPTION = auto()
    ORDINAL = auto()
    PARTY = auto()
    PLACE = auto()
    QUERY = auto()
    SELF = auto()
    SLANG_MONEY = auto()
    SORRY = auto()
    THEY = auto()
    TIMES = auto()
    TO = auto()
    TOPIC = auto()
    TOTAL = auto()
    UNDO = auto()
    UNIT = auto()
    WAS = auto()
    WITH = auto()
    WRONG = auto()


_WEIGHTS = {
    Kind.VERB: 6,
    Kind.UNDO: 6,
    Kind.REASON: 5,
    Kind.QUERY: 5,
    Kind.NUMBER: 4,
    Kind.LEFT: 4,
    Kind.DATE: 4,
    Kind.CONTENT: 3,
}


_CROSSING = frozenset((Kind.VERB, Kind.REASON, Kind.LEFT, Kind.NUMBER, Kind.CONTENT))


@dataclass(frozen=True, slots=True)
class Lexeme:
    """An entry. `exact` verbs have a twin of the opposite direction: no typo may be read as one."""

    kind: Kind
    value: str = ""
    reading: str = ""
    person: str = ""
    exact: bool = False
    number: NumberWord | None = None
    follows_noun: bool = False


Entries = dict[str, list[tuple[tuple[str, ...], Lexeme]]]


@dataclass(slots=True)
class _Words:
    """One language's list, compiled."""

    phrases: dict[tuple[str, ...], Lexeme] = field(default_factory=dict)
    commands: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)
    openings: dict[tuple[str, ...], str] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    glosses: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All languages. `number_prefixes` and the like hold what is glued before a word."""

    words: Mapping[Language, _Words]
    weights: Mapping[str, tuple[tuple[int, int], ...]]
    verb_forms: Mapping[str, tuple[Lexeme, ...]]
    known: frozenset[str]
    months: Mapping[str, int]
    glosses: Mapping[str, str]
    names: Mapping[str, Sequence[tuple[str, ...]]]
    nouns: frozenset[str]
    prefixed_nouns: frozenset[str]
    number_prefixes: frozenset[str]
    price_prefixes: frozenset[str]
    gluable: frozenset[str]
    splittable: frozenset[str]
    agreement: frozenset[str]
    noun_prefixes: tuple[str, ...]
    joints: Mapping[str, Mapping[str, str]]
    value_items: frozenset[str]
    sized: frozenset[str]
    sizes: Mapping[str, frozenset[Decimal]]
    usual_sizes: frozenset[Decimal]
    small_sizes: frozenset[Decimal]
    tables: dict[Language, Entries] = field(default_factory=dict)

    def language_of(self, words: tuple[str, ...]) -> Language:
        """The language that most of the words speak for; English unless another one wins.

        Brand names speak for none, whatever their words mean.
        """
        scores = [0] * len(LANGUAGES)
        named_until = 0
        for place, word in enumerate(words):
            for rest in self.names.get(word, ()):
                if words[place + 1 : place + 1 + len(rest)] == rest:
                    named_until = place + 1 + len(rest)
            weights = self.weights.get(word)
            if weights and place >= named_until and word not in words[:place]:
                for language, weight in weights:
                    scores[language] += weight
        return LANGUAGES[scores.index(max(scores))]

    def table(self, language: Language) -> Entries:
        """First word → (rest of the phrase, entry), longest first, for a message in `language`."""
        if (table := self.tables.get(language)) is None:
            table = self.tables[language] = self._merge(language)
        return table

    def command(self, words: tuple[str, ...], language: Language) -> tuple[str, str] | None:
        """The action and option of a message that is nothing but this phrase."""
        for one in (language, *LANGUAGES):
            if found := self.words[one].commands.get(words):
                return found
        return None

    def opening(self, words: tuple[str, ...], language: Language) -> tuple[str, int] | None:
        """The action whose opening phrase the message starts with, and that phrase's length."""
        for length in range(min(6, len(words) - 1), 0, -1):
            for one in dict.fromkeys((language, *LANGUAGES)):
                if found := self.words[one].openings.get(words[:length]):
                    return found, length
        return None

    def _merge(self, language: Language) -> Entries:
        merged: dict[tuple[str, ...], Lexeme] = {}
        for other in LANGUAGES:
            for phrase, lexeme in self.words[other].phrases.items():
                if lexeme.kind in _CROSSING and len(phrase[0]) > _SHORT:
                    merged.setdefault(phrase, lexeme)
        merged |= self.words["en"].phrases
        merged |= self.words[language].phrases
        table: Entries = defaultdict(list)
        for (first, *rest), lexeme in merged.items():
            table[first].append((tuple(rest), lexeme))
        for entries in table.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return dict(table)


@cache
def lexicon() -> Lexicon:
    """Every word list, read and compiled on first use."""
    folder = files("edge_adapter.grammar") / "words"
    data = {
        language: tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
        for language in LANGUAGES
        if (folder / f"{language}.toml").is_file()
    }
    words = {language: _compile(data.get(language, {})) for language in LANGUAGES}

    def gathered(section: str, key: str) -> Iterator[Any]:
        for one in data.values():
            yield from one.get(section, {}).get(key, ())

    glosses: dict[str, str] = {}
    months: dict[str, int] = {}
    for one in words.values():
        glosses = one.glosses | glosses
        months |= one.months
    joints: dict[str, dict[str, str]] = {"and": {}, "of": {}, "have": {}, "none": {}}
    for raw in data.values():
        for name, vowels in raw.get("prefixes", {}).get("joints", {}).items():
            for vowel, prefixes in vowels.items():
                joints[name] |= dict.fromkeys(prefixes, vowel)
    names: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name in gathered("products", "names"):
        first, *rest = name.split()
        names[first].append(tuple(rest))
    nouns = frozenset(gathered("products", "nouns"))
    known = nouns | {word for one in words.values() for phrase in one.phrases for word in phrase}
    number_prefixes = frozenset(gathered("prefixes", "number"))
    price_prefixes = frozenset(gathered("prefixes", "price"))
    return Lexicon(
        words=words,
        weights=_weights(words),
        verb_forms=_verb_forms(words),
        known=known | glosses.keys(),
        months=months,
        glosses=glosses,
        names=names,
        nouns=nouns,
        prefixed_nouns=frozenset(
            noun
            for language, raw in data.items()
            if "joints" in raw.get("prefixes", {})
            for noun in words[language].glosses
        ),
        number_prefixes=number_prefixes,
        price_prefixes=price_prefixes,
        splittable=frozenset(
            word
            for word in (*nouns, *glosses, *_verb_forms(words), *_units(words))
            if len(word) > _SHORT
        ),
        agreement=frozenset(gathered("prefixes", "agreement"))
        | {prefix for prefix in number_prefixes if len(prefix) > 1} - glosses.keys(),
        gluable=number_prefixes | price_prefixes | {"x"},
        noun_prefixes=tuple(sorted(gathered("prefixes", "noun"), key=len, reverse=True)),
        joints=joints,
        value_items=frozenset(gathered("products", "value_items")),
        sized=frozenset(gathered("products", "sized")),
        sizes={
            word: frozenset(Decimal(size) for size in sizes)
            for raw in data.values()
            for word, sizes in raw.get("products", {}).get("sizes", {}).items()
        },
        small_sizes=frozenset(Decimal(size) for size in gathered("products", "small_sizes")),
        usual_sizes=frozenset(Decimal(size) for size in gathered("products", "usual_sizes")),
    )


def _compile(data: dict[str, Any]) -> _Words:
    words = _Words()
    follows_noun = data.get("numbers_follow_noun", False)

    def add(phrase: str, lexeme: Lexeme) -> None:
        words.phrases.setdefault(tuple(phrase.split()), lexeme)

    for name in data.get("products", {}).get("names", ()):
        add(name, Lexeme(Kind.CONTENT, "name"))
    for english, nouns in data.get("glossary", {}).items():
        for noun in nouns:
            words.glosses[noun] = english
    for noun in words.glosses:
        add(noun, Lexeme(Kind.CONTENT, "noun"))
    _add_listed_verbs(data, add)
    for role, values in data.get("numbers", {}).items():
        for value, spellings in values.items():
            for spelling in spellings:
                number = NumberWord(role, Decimal(value))
                add(spelling, Lexeme(Kind.NUMBER, number=number, follows_noun=follows_noun))
    for section, entries in data.get("words", {}).items():
        if section == "month":
            words.months |= {name: int(month) for month, names in entries.items() for name in names}
            continue
        kind = Kind(section)
        valued = entries if isinstance(entries, dict) else {"": entries}
        for value, spellings in valued.items():
            for spelling in spellings:
                add(spelling, Lexeme(kind, value))
    _add_conjugated_verbs(data, add)
    for key, phrases in data.get("command", {}).items():
        action, _, option = key.partition("-")
        for phrase in phrases:
            words.commands.setdefault(tuple(phrase.split()), (action, option))
    for action, phrases in data.get("opening", {}).items():
        for phrase in phrases:
            words.openings[tuple(phrase.split())] = action
    return words


_Add = Callable[[str, Lexeme], None]
_VERBS = ((Kind.VERB, "verb"), (Kind.REASON, "reason"))


def _add_listed_verbs(data: dict[str, Any], add: _Add) -> None:
    """Forms that a list spells out; "done_own" says who acts behind the reading."""
    for kind, section in _VERBS:
        for value, entry in data.get(section, {}).items():
            for key, spellings in entry.items():
                if key in ("exact", "roots", "passive", "intransitive"):
                    continue
                reading, _, person = key.partition("_")
                for spelling in spellings:
                    add(spelling, Lexeme(kind, value, reading, person, entry.get("exact", False)))


def _add_conjugated_verbs(data: dict[str, Any], add: _Add) -> None:
    """Forms built from roots; a word that a list spells out keeps its own meaning."""
    subjects = data.get("subject", {})
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
            roots = Roots(*(entry.get(key, ()) for key in ("roots", "passive", "intransitive")))
            for spelling, reading, person in conjugate(roots, tenses, subjects):
                add(spelling, Lexeme(kind, value, reading, person, entry.get("exact", False)))


def _weights(words: Mapping[Language, _Words]) -> dict[str, tuple[tuple[int, int], ...]]:
    """For each word, how much it speaks for which of the languages."""
    weights: dict[str, list[int]] = defaultdict(lambda: [0] * len(LANGUAGES))
    for place, language in enumerate(LANGUAGES):
        for phrase, lexeme in words[language].phrases.items():
            if lexeme.value == "name":
                continue
            weight = _WEIGHTS.get(lexeme.kind, 1) if len(phrase) == 1 else 1
            if language != "en" and len(phrase) == 1:
                weight *= 2  # English is mixed into every language, hardly the other way round
            for word in phrase:
                if word[0].isalpha() and word != "x":
                    weights[word][place] = max(weights[word][place], weight)
        for command in words[language].commands:
            for word in command:
                weights[word][place] = max(weights[word][place], 2)
    return {
        word: tuple((place, score) for place, score in enumerate(scores) if score)
        for word, scores in weights.items()
    }


def _units(words: Mapping[Language, _Words]) -> Iterator[str]:
    """Every unit and currency that is one word."""
    for one in words.values():
        for phrase, lexeme in one.phrases.items():
            if lexeme.kind in (Kind.UNIT, Kind.CURRENCY) and len(phrase) == 1:
                yield phrase[0]


def _verb_forms(words: Mapping[Language, _Words]) -> dict[str, tuple[Lexeme, ...]]:
    forms: dict[str, list[Lexeme]] = defaultdict(list)
    for one in words.values():
        for phrase, lexeme in one.phrases.items():
            if lexeme.kind is Kind.VERB and len(phrase) == 1 and len(phrase[0]) > _SHORT:
                forms[phrase[0]].append(lexeme)
    return {form: tuple(lexemes) for form, lexemes in forms.items()}
