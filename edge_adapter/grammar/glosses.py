"""The English word for a product noun, so that "izinkwa" finds a product called "Bread".

An interpretation carries the product as it was written, since a shop may well list the vernacular
word as the product's name or alias; the gloss is a second spelling to try.
"""

from __future__ import annotations

from edge_adapter.grammar.lexicon import lexicon

_SHORTEST_STEM = 3
_OF = frozenset(("ya", "ea", "wa", "oa", "la", "sa"))
_LONGEST = 5  # words of a noun


def gloss(product: str) -> str | None:
    """Translate the nouns of a product name that the word lists know ("ubisi 1l" → "milk 1l").

    Noun-class, plural and locative prefixes are looked through ("icoke" → "coke", "iimuffin" →
    "muffin"), and words that only tie a quality to its noun are left out ("bohobe bo bosweu" →
    "bread white"). None if there is nothing to translate.
    """
    words = product.lower().split()
    found = [_noun(word) or word for word in _joined(words)]
    if found == words:
        return None
    agreeing = lexicon().agreement | _OF
    return " ".join(word for place, word in enumerate(found) if not place or word not in agreeing)


def _joined(words: list[str]) -> list[str]:
    """The words, where some that have one meaning stand as one ("inyama yenkomo": beef)."""
    glosses, found, place = lexicon().glosses, [], 0
    while place < len(words):
        length = _LONGEST
        while length > 1 and " ".join(words[place : place + length]) not in glosses:
            length -= 1
        found.append(" ".join(words[place : place + length]))
        place += length
    return found


def _noun(word: str) -> str | None:
    entries = lexicon()
    if english := entries.glosses.get(word):
        return english
    if word in entries.nouns:
        return None
    for prefix in entries.noun_prefixes:
        stem = word.removeprefix(prefix)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        if english := entries.glosses.get(stem):
            return english
        if stem in entries.nouns:
            return stem
    for prefix in entries.loan_plurals:
        if word.startswith(prefix) and len(word) > len(prefix) + _SHORTEST_STEM:
            return word.removeprefix(prefix)
    return None
