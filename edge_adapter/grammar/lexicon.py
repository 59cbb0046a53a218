"""The word lists under `words/` put together, once: what a word means in a message, per language.

A message has one main language; its own words come first, then English (shops mix it into every
language), then the longer verbs, numbers and nouns of the others. Short and small words never
cross: "is", "ka", "op" mean something else next door.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_args

from edge_adapter.grammar.concords import Concords, concords_of
from edge_adapter.grammar.lexemes import Kind, Lexeme
from edge_adapter.grammar.wordlists import Phrase, WordList, compiled
from edge_adapter.interpretation import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES: tuple[Language, ...] = get_args(Language)
_SHORT = 3

_WEIGHTS = {
    Kind.VERB: 6,
    Kind.UNDO: 6,
    Kind.REASON: 5,
    Kind.QUERY: 5,
    Kind.TOPIC: 6,
    Kind.NUMBER: 4,
    Kind.LEFT: 4,
    Kind.DATE: 4,
    Kind.CONTENT: 3,
    Kind.CORRECT: 3,
    Kind.WRONG: 3,
    Kind.SORRY: 3,
    Kind.HOLDS: 3,
    Kind.AGREES: 4,
}
_MENTION = 2  # in a command
_MARK = 3  # letters, or one less, with which words of one language alone begin
_MARKED = 12
_HYPHENED = 12
_PARTICLE = 9  # little words of one language alone
_CONCORD = 7  # before a number: more than an English verb
_CROSSING = frozenset(
    (Kind.VERB, Kind.REASON, Kind.LEFT, Kind.NUMBER, Kind.CONTENT, Kind.AT, Kind.EACH, Kind.DATE)
)
_PEOPLE = frozenset((Kind.PARTY, Kind.THEY))
_PREFIXED = _PEOPLE | {Kind.UNIT, Kind.NUMBER}  # "namasaka", "nezimbili"
_LENT = frozenset((Kind.PARTY, Kind.TOPIC, Kind.UNIT))  # "icustomer", "isales"
_NO_PACKS = frozenset(("each", "kg", "g", "l", "ml", "rand"))

_Meaning = TypeVar("_Meaning")
Entries = dict[str, list[tuple[Phrase, _Meaning]]]
"""First word → (rest of the phrase, what it means), longest first."""


class Table(NamedTuple):
    """What words mean `alone`, and the `longer` phrases by their first word and their second."""

    alone: Mapping[str, Lexeme]
    longer: Mapping[str, Entries[Lexeme]]


Weights = dict[str, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All languages. `number_prefixes` and the like hold what is glued before a word.

    `tables` are what a message in a language may say, `commands` what it may be as a whole and
    `openings` how it may start.
    """

    words: Mapping[Language, WordList]
    tables: Mapping[Language, Table]
    commands: Mapping[Language, Mapping[Phrase, tuple[str, str]]]
    openings: Mapping[Language, Entries[str]]
    weights: Weights
    marks: Weights
    hyphened: Weights
    pairs: Mapping[str, Mapping[Phrase, tuple[tuple[int, int], ...]]]
    verb_forms: Mapping[str, Sequence[Lexeme]]
    longest_verb: int
    known: frozenset[str]
    months: Mapping[str, int]
    glosses: Mapping[str, str]
    names: Mapping[str, Sequence[Phrase]]
    nouns: frozenset[str]
    loans: frozenset[str]
    prefixed_nouns: frozenset[str]
    people: frozenset[str]
    titles: frozenset[str]
    called: frozenset[str]
    addressed: frozenset[str]
    kin: frozenset[str]
    possessives: frozenset[str]
    relatives: frozenset[str]
    retracting: frozenset[str]
    dayparts: frozenset[str]
    singles: frozenset[str]
    pack_weights: frozenset[Decimal]
    number_prefixes: frozenset[str]
    price_prefixes: frozenset[str]
    joined: Mapping[str, str]
    gluable: frozenset[str]
    splittable: frozenset[str]
    agreement: frozenset[str]
    noun_prefixes: tuple[str, ...]
    loan_plurals: frozenset[str]
    locatives: frozenset[str]
    owners: frozenset[str]
    sure_joints: Mapping[Language, Sequence[tuple[str, str, str]]]
    locative_ends: Mapping[Language, tuple[str, ...]]
    concords: Mapping[Language, Concords]
    joints: Mapping[str, Mapping[str, str]]
    joints_by_letter: Mapping[str, Sequence[tuple[str, str, str]]]
    value_items: frozenset[str]
    vouchers: frozenset[str]
    unit_goods: frozenset[str]
    getting: frozenset[str]
    namelike: frozenset[str]
    sized: frozenset[str]
    containers: frozenset[str]
    becoming: frozenset[str]
    public: frozenset[str]
    whereabouts: frozenset[str]
    sounds_for: frozenset[str]
    separable: Mapping[str, Sequence[tuple[str, Lexeme]]]
    compounds: Mapping[str, tuple[str, str]]
    participles: tuple[str, ...]
    qualities: frozenset[str]
    authority: tuple[str, ...]
    pack_sizes: frozenset[Decimal]
    sizes: Mapping[str, frozenset[Decimal]]
    usual_sizes: frozenset[Decimal]
    small_sizes: frozenset[Decimal]
    single_packs: frozenset[str]

    def language_of(self, words: Phrase) -> Language:
        """The language that most of the words speak for; English unless another one wins.

        Brand names speak for none, whatever their words mean.
        """
        scores = [0] * len(LANGUAGES)
        if "-" in " ".join(words):
            for word in words:
                if "-" in word:
                    for language, weight in self.hyphened.get(word.partition("-")[0], ()):
                        scores[language] += weight
            words = tuple("-".join(words).split("-"))
        named_until = 0
        seen = set()
        names, weights_of, pairs = self.names, self.weights.get, self.pairs
        for place, word in enumerate(words):
            if word in pairs:
                for language, weight in pairs[word].get(words[place + 1 : place + 2], ()):
                    scores[language] += weight
            if word in names:
                for rest in names[word]:
                    if words[place + 1 : place + 1 + len(rest)] == rest:
                        named_until = place + 1 + len(rest)
            if weights := weights_of(word) or self._marked(word):
                if place >= named_until and word not in seen:
                    for language, weight in weights:
                        scores[language] += weight
                seen.add(word)
        return LANGUAGES[scores.index(max(scores))]

    def _marked(self, word: str) -> tuple[tuple[int, int], ...] | None:
        return self.marks.get(word[:_MARK]) or self.marks.get(word[: _MARK - 1])

    def opening(self, words: Phrase, language: Language) -> tuple[str, int] | None:
        """The action whose opening phrase the message starts with, and that phrase's length."""
        for rest, action in self.openings[language].get(words[0], ()) if words else ():
            length = 1 + len(rest)
            if length < len(words) and words[1:length] == rest:
                return action, length
        return None


@cache
def lexicon() -> Lexicon:
    """Every word list, read and compiled on first use."""
    folder = files("edge_adapter.grammar") / "words"
    data = {
        language: tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
        for language in LANGUAGES
        if (folder / f"{language}.toml").is_file()
    }
    words = {language: compiled(data.get(language, {})) for language in LANGUAGES}

    def gathered(section: str, key: str) -> Iterator[Any]:
        for one in data.values():
            yield from one.get(section, {}).get(key, ())

    glosses: dict[str, str] = {}
    months: dict[str, int] = {}
    for one in words.values():
        glosses = one.glosses | glosses
        months |= one.months
    joints: dict[str, dict[str, str]] = {
        "by": {},
        "and": {},
        "of": {},
        "have": {},
        "none": {},
        "to": {},
        "was": {},
        "self": {},
    }
    for raw in data.values():
        for name, vowels in raw.get("prefixes", {}).get("joints", {}).items():
            for vowel, prefixes in vowels.items():
                joints[name] |= dict.fromkeys(prefixes, vowel)
    names: dict[str, list[Phrase]] = defaultdict(list)
    for name in gathered("products", "names"):
        first, *rest = name.split()
        names[first].append(tuple(rest))
    nouns = frozenset(gathered("products", "nouns"))
    known = nouns.union(
        glosses,
        *(
            phrase
            for one in words.values()
            for phrase, lexeme in one.phrases.items()
            if lexeme.value != "noun" or lexeme.kind is not Kind.CONTENT
        ),
    )
    verb_forms = _verb_forms(words)
    numbering = {language: _number_prefixes(raw) for language, raw in data.items()}
    number_prefixes = frozenset().union(*numbering.values())
    price_prefixes = frozenset(gathered("prefixes", "price"))
    joined = {
        joint + prefix: prefix
        for joint, vowel in joints["and"].items()
        for prefix in number_prefixes | price_prefixes
        if not vowel and len(joint) == 1 and prefix[0] in "aeio"
    }
    marks = {
        mark: language
        for language, raw in data.items()
        for mark in raw.get("prefixes", {}).get("mark", ())
    }
    concords = {
        language: [one for one in prefixes if len(one) >= _MARK]
        for language, prefixes in numbering.items()
    }
    return Lexicon(
        words=words,
        tables=_tables(words),
        commands={
            language: _own_first(language, {other: one.commands for other, one in words.items()})
            for language in LANGUAGES
        },
        openings={
            language: _by_first_word(
                _own_first(language, {other: one.openings for other, one in words.items()})
            )
            for language in LANGUAGES
        },
        weights=_weights(
            words, marks, concords, {one: _particles(raw) for one, raw in data.items()}
        ),
        marks={mark: ((LANGUAGES.index(one), _MARKED),) for mark, one in marks.items()},
        hyphened=_hyphened(data),
        pairs=_pairs(data),
        verb_forms=verb_forms,
        longest_verb=max(map(len, verb_forms)),
        known=known,
        months=months,
        glosses=glosses,
        names=names,
        nouns=nouns,
        loans=nouns.union(_alone(words["en"], _LENT)),
        prefixed_nouns=nouns.union(
            noun
            for language, raw in data.items()
            if "joints" in raw.get("prefixes", {})
            for noun in (*words[language].glosses, *_alone(words[language], _PREFIXED))
        ),
        people=frozenset(
            person
            for language, raw in data.items()
            if "joints" in raw.get("prefixes", {})
            for person in _alone(words[language], _PEOPLE)
        ),
        titles=frozenset(gathered("people", "titles")),
        called=frozenset(
            word for key in ("titles", "kin", "addressed") for word in gathered("people", key)
        ),
        addressed=frozenset(gathered("people", "addressed")),
        kin=frozenset(gathered("people", "kin")),
        possessives=frozenset(gathered("people", "possessives")),
        relatives=frozenset(gathered("people", "relatives")),
        dayparts=frozenset(gathered("dayparts", "words")),
        singles=frozenset(gathered("products", "singles")),
        pack_weights=frozenset(Decimal(size) for size in gathered("products", "pack_weights")),
        retracting=frozenset(gathered("retracting", "words")),
        number_prefixes=number_prefixes,
        price_prefixes=price_prefixes,
        splittable=frozenset(
            word for word in (*nouns, *glosses, *verb_forms) if len(word) > _SHORT
        ).union(word for word in (*_units(words), *gathered("clock", "words")) if len(word) > 1),
        agreement=frozenset(gathered("prefixes", "agreement"))
        | {prefix for prefix in number_prefixes if len(prefix) > 1} - glosses.keys(),
        joined=joined,
        gluable=number_prefixes | price_prefixes | joined.keys() | {"x"},
        noun_prefixes=tuple(sorted(gathered("prefixes", "noun"), key=len, reverse=True)),
        loan_plurals=frozenset(gathered("prefixes", "loan_plural")),
        locatives=frozenset(gathered("prefixes", "locative")),
        owners=frozenset(gathered("prefixes", "owner")),
        sure_joints={
            language: _sure_joints(raw["prefixes"])
            for language, raw in data.items()
            if "sure" in raw.get("prefixes", {})
        },
        locative_ends={
            language: tuple(raw["prefixes"]["locative_ends"])
            for language, raw in data.items()
            if "locative_ends" in raw.get("prefixes", {})
        },
        concords={
            language: apart
            for language, raw in data.items()
            if (apart := concords_of(raw, words[language]))
        },
        joints=joints,
        joints_by_letter=_by_letter(joints),
        value_items=frozenset(gathered("products", "value_items")),
        namelike=frozenset(gathered("products", "namelike")),
        vouchers=frozenset(gathered("products", "vouchers")),
        unit_goods=frozenset(gathered("products", "unit_goods")),
        getting=frozenset(gathered("getting", "words")),
        sized=frozenset(gathered("products", "sized")),
        separable=_separable(data, words),
        compounds={
            part + unit: (part, unit)
            for language, raw in data.items()
            for part in raw.get("compounds", {}).get("parts", ())
            for unit in _units({language: words[language]})
        },
        participles=tuple(gathered("participles", "prefixes")),
        becoming=frozenset(gathered("becoming", "verbs")),
        public=frozenset(gathered("whereabouts", "public")),
        whereabouts=frozenset(gathered("whereabouts", "shops")),
        sounds_for=frozenset(gathered("sms", "for")),
        containers=frozenset(gathered("products", "containers")),
        qualities=frozenset(gathered("products", "qualities")),
        authority=tuple(gathered("people", "authority")),
        pack_sizes=frozenset(Decimal(size) for size in gathered("products", "pack_sizes")),
        sizes={
            word: frozenset(Decimal(size) for size in sizes)
            for raw in data.values()
            for word, sizes in raw.get("products", {}).get("sizes", {}).items()
        },
        small_sizes=frozenset(Decimal(size) for size in gathered("products", "small_sizes")),
        usual_sizes=frozenset(Decimal(size) for size in gathered("products", "usual_sizes")),
        single_packs=frozenset(
            pack
            for language, raw in data.items()
            for pack in _single_packs(words[language], raw.get("prefixes", {}))
        ),
    )


def _number_prefixes(raw: Mapping[str, Any]) -> set[str]:
    """What is glued before a figure: listed, or a concord with its copula ("ezi" + "ngu")."""
    prefixes = raw.get("prefixes", {})
    agreeing = product(prefixes.get("concord", ()), prefixes.get("copula", ()))
    return {*prefixes.get("number", ()), *(concord + copula for concord, copula in agreeing)}


def _own_first(
    language: Language, lists: Mapping[Language, Mapping[Phrase, _Meaning]]
) -> dict[Phrase, _Meaning]:
    """One list of several, where the language's own meaning of a phrase wins."""
    merged = dict(lists[language])
    for other in lists.values():
        for phrase, meaning in other.items():
            merged.setdefault(phrase, meaning)
    return merged


def _tables(words: Mapping[Language, WordList]) -> dict[Language, Table]:
    """A language's own meanings, then English ones, then what crosses."""
    alone: dict[Language, dict[str, Lexeme]] = {}
    longer: dict[Language, dict[Phrase, Lexeme]] = {}
    crossing: dict[str, Lexeme] = {}
    crossing_longer: dict[Phrase, Lexeme] = {}
    for language, one in words.items():
        alone[language], longer[language] = {}, {}
        for phrase, lexeme in one.phrases.items():
            first = phrase[0]
            crosses = lexeme.kind in _CROSSING and len(first) > _SHORT
            if len(phrase) > 1:
                longer[language][phrase] = lexeme
                if crosses:
                    crossing_longer.setdefault(phrase, lexeme)
            else:
                alone[language][first] = lexeme
                if crosses:
                    crossing.setdefault(first, lexeme)
    return {
        language: Table(
            crossing | alone["en"] | alone[language],
            _by_two_words(crossing_longer | longer["en"] | longer[language]),
        )
        for language in LANGUAGES
    }


def _by_two_words(phrases: Mapping[Phrase, Lexeme]) -> dict[str, Entries[Lexeme]]:
    found: dict[str, dict[Phrase, Lexeme]] = {}
    for phrase, lexeme in phrases.items():
        found.setdefault(phrase[0], {})[phrase[1:]] = lexeme
    return {first: _by_first_word(rests) for first, rests in found.items()}


def _by_first_word(phrases: Mapping[Phrase, _Meaning]) -> Entries[_Meaning]:
    found: Entries[_Meaning] = {}
    for phrase, meaning in phrases.items():
        found.setdefault(phrase[0], []).append((phrase[1:], meaning))
    for entries in found.values():
        if len(entries) > 1:
            entries.sort(key=lambda entry: -len(entry[0]))
    return found


def _weights(
    words: Mapping[Language, WordList],
    marks: Mapping[str, Language],
    concords: Mapping[Language, Sequence[str]],
    particles: Mapping[Language, Sequence[str]],
) -> Weights:
    """For each word, how much it speaks for which of the languages (by their place)."""
    weights: Weights = {}
    english = {phrase[0] for phrase in words["en"].phrases if len(phrase) == 1}
    for place, language in enumerate(LANGUAGES):
        one = words[language]
        own = dict.fromkeys((word for command in one.commands for word in command), _MENTION)
        own |= dict.fromkeys(concords[language], _CONCORD)
        for phrase, lexeme in one.phrases.items():
            if lexeme.value == "name":
                continue
            for word in phrase:
                if len(word) < len(phrase):
                    continue  # "i" in the middle of a phrase says nothing
                weight = 1
                if len(phrase) == 1:
                    # English is mixed into every language, hardly the other way round
                    weight = _WEIGHTS.get(lexeme.kind, 1) * (1 if word in english else 2)
                if marks.get(word[:_MARK]) == language:
                    weight = _MARKED
                if own.get(word, 0) < weight and word[0].isalpha() and word != "x":
                    own[word] = weight
        own |= dict.fromkeys((one for one in particles[language] if " " not in one), _PARTICLE)
        votes = {weight: ((place, weight),) for weight in own.values()}
        for word, weight in own.items():
            weights[word] = weights.get(word, ()) + votes[weight]
    return weights


def _particles(raw: Mapping[str, Any]) -> Sequence[str]:
    """The words, and pairs of words, that only this language uses to tie a number to its noun."""
    found: Sequence[str] = raw.get("prefixes", {}).get("particle", ())
    return found


def _pairs(
    data: Mapping[Language, Any],
) -> Mapping[str, Mapping[Phrase, tuple[tuple[int, int], ...]]]:
    """Votes of the pairs of particles, by their first word and then what follows it."""
    votes: dict[str, dict[Phrase, tuple[tuple[int, int], ...]]] = defaultdict(dict)
    for language, raw in data.items():
        for first, _, second in (one.partition(" ") for one in _particles(raw)):
            if second:
                votes[first][(second,)] = ((LANGUAGES.index(language), _PARTICLE),)
    return votes


def _hyphened(data: Mapping[Language, Any]) -> Weights:
    """What is written with a hyphen before a word ("ama-coke") speaks for these languages."""
    votes: Weights = {}
    for place, language in enumerate(LANGUAGES):
        prefixes = data[language].get("prefixes", {})
        joints = prefixes.get("joints", {}).values()
        heads = {head for joint in joints for spelled in joint.values() for head in spelled}
        for head in heads.union(prefixes.get("noun", ())) - {"e", "y"}:
            votes[head] = (*votes.get(head, ()), (place, _HYPHENED))
    return votes


def _units(words: Mapping[Language, WordList]) -> Iterator[str]:
    """Every unit, currency and "each" that is one word."""
    for one in words.values():
        for phrase, lexeme in one.phrases.items():
            if lexeme.kind in (Kind.UNIT, Kind.CURRENCY, Kind.EACH) and len(phrase) == 1:
                yield phrase[0]


def _single_packs(words: WordList, prefixes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every word for one pack, as its prefix says: "itreyi" (a tray), "mokotla" (a bag)."""
    single, several = tuple(prefixes.get("singular", ())), tuple(prefixes.get("plural", ()))
    for phrase, lexeme in words.phrases.items():
        word = phrase[0]
        if lexeme.kind is not Kind.UNIT or len(phrase) > 1 or lexeme.value in _NO_PACKS:
            continue
        if word.startswith(single) and not word.startswith(several):
            yield word


def _sure_joints(prefixes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The joints, each with its prefix and swallowed vowel, that nothing but a noun can follow."""
    return [
        (joint, prefix, vowel)
        for joint, vowels in prefixes["joints"].items()
        for vowel, spelled in vowels.items()
        for prefix in spelled
        if prefix in prefixes["sure"]
    ]


def _alone(words: WordList, kinds: frozenset[Kind]) -> Iterator[str]:
    """Every word of these kinds that stands alone."""
    for phrase, lexeme in words.phrases.items():
        if lexeme.kind in kinds and len(phrase) == 1:
            yield phrase[0]


def _by_letter(joints: Mapping[str, Mapping[str, str]]) -> dict[str, list[tuple[str, str, str]]]:
    """First letter of a prefix → its joint, the prefix, and the vowel that it swallows."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for joint, prefixes in joints.items():
        for prefix, vowel in prefixes.items():
            found[prefix[0]].append((joint, prefix, vowel))
    return dict(found)


def _separable(
    data: Mapping[Language, Any], words: Mapping[Language, WordList]
) -> dict[str, list[tuple[str, Lexeme]]]:
    """First half of a verb that may stand apart → its second half and what both mean."""
    apart: dict[str, list[tuple[str, Lexeme]]] = defaultdict(list)
    for language, raw in data.items():
        for verb in raw.get("separable", {}).get("verbs", ()):
            head, tail = verb.split()
            apart[head].append((tail, words[language].phrases[head, tail]))
    return dict(apart)


def _verb_forms(words: Mapping[Language, WordList]) -> dict[str, tuple[Lexeme, ...]]:
    forms: dict[str, list[Lexeme]] = defaultdict(list)
    for one in words.values():
        for phrase, lexeme in one.phrases.items():
            if lexeme.kind is Kind.VERB and len(phrase) == 1 and len(phrase[0]) > _SHORT:
                forms[phrase[0]].append(lexeme)
    return {form: tuple(lexemes) for form, lexemes in forms.items()}
