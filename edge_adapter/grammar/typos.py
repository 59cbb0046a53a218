"""A verb one slip away from a known one: a letter missing, doubled or wrong, or two swapped."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind, Lexeme
from edge_adapter.grammar.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_adapter.grammar.clauses import Clause
    from edge_adapter.grammar.pieces import Piece

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 3
_SURE = 7
_PARTICIPLE = 6
_OPEN = Lexeme(Kind.VERB, "open", "done")


def mend(clause: Clause, *, sure: bool = False) -> bool:
    """Turn a misspelt verb at the start or end of a clause into the verb; True if there was one.

    Where another verb stands already it must be `sure`: a long word at the end.

    A slip that fits two directions, or a verb with a twin of the opposite direction, becomes a verb
    that leaves the direction open.
    """
    amounts = clause.of(Kind.NUMBER, Kind.SIZE, Kind.MONEY, Kind.ARTICLE, Kind.UNIT)
    words = [piece for piece in clause.pieces if piece.kind is Kind.CONTENT]
    if not amounts or not words:
        return False
    first, last = words[0], words[-1]
    if sure:
        closes = last is clause.pieces[-1] and len(last.word) >= _SURE
        return (closes and _mended(last)) or _is_participle(last, amounts[0])
    if first.start < amounts[0].start and _mended(first):
        return True
    return last is not first and last is clause.pieces[-1] and _mended(last)


def _is_participle(last: Piece, amount: Piece) -> bool:
    """ "Ek het 3 brood gebêre": an unknown verb, as its beginning says, that may mean anything."""
    entries = lexicon()
    word = last.word
    if last.start < amount.start or len(word) < _PARTICIPLE or word in entries.known:
        return False
    if not word.startswith(entries.participles):
        return False
    last.kind, last.value, last.lexeme = Kind.VERB, _OPEN.value, _OPEN
    return True


def _mended(piece: Piece) -> bool:
    if piece.lexeme is not None or (lexeme := _nearest(piece.word)) is None:
        return False
    piece.kind, piece.value, piece.doubt = Kind.VERB, lexeme.value, "typo"
    return True


@lru_cache(maxsize=4096)
def _nearest(word: str) -> Lexeme | None:
    entries = lexicon()
    if not _SHORTEST <= len(word) <= entries.longest_verb + 1:
        return None
    if word in entries.known or not word.isalpha():
        return None
    forms = entries.verb_forms
    found = {lexeme for spelling in _slips(word) if spelling in forms for lexeme in forms[spelling]}
    if not found:
        return None
    directions = {lexeme.value for lexeme in found}
    directions |= {
        lexeme.value
        for letter in _LETTERS
        for lexeme in entries.verb_forms.get(letter + word[1:], ())
    }
    readings = {lexeme.reading for lexeme in found}
    if len(directions) > 1 or readings - {"done", "noun"} or any(one.exact for one in found):
        return _OPEN
    if any(one.value == "deliver" and one.person == "own" for one in found):
        return _OPEN  # brought to somebody
    return found.pop()


def _slips(word: str) -> Iterator[str]:
    """Every spelling one slip away that keeps the first letter, or swaps the first two."""
    yield word[1] + word[0] + word[2:]
    for place in range(1, len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
