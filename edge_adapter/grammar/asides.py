"""What is said beside the business: who speaks, who came, for whose party, while who was out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind, Lexeme

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_adapter.grammar.lexicon import Lexicon
    from edge_adapter.grammar.pieces import Piece

_ENDS = frozenset((Kind.COMMA, Kind.LINE, Kind.STOP, Kind.ASK, Kind.BREAK, Kind.AND))
_CLOSES = frozenset((Kind.COMMA, Kind.LINE, Kind.STOP, Kind.LINK))
_ASIDE = frozenset(
    (
        Kind.CONTENT,
        Kind.FILLER,
        Kind.SELF,
        Kind.THEY,
        Kind.PARTY,
        Kind.WAS,
        Kind.COPULA,
        Kind.ARTICLE,
        Kind.PLACE,
        Kind.TO,
        Kind.AT,
        Kind.LAST,
        Kind.CORRECT,
    )
)
_INTRODUCES = frozenset(
    (Kind.CONTENT, Kind.THEY, Kind.FILLER, Kind.GREETING, Kind.COMMA, Kind.COPULA, Kind.SELF)
)
_SAID = frozenset((Kind.CONTENT, Kind.CORRECT))
_DETERMINES = frozenset((Kind.ARTICLE, Kind.FILLER))
_BEFORE_CALLERS = _ENDS | {Kind.FROM, Kind.BY, Kind.GREETING}
_DELIVER = Lexeme(Kind.VERB, "deliver", "order")
_OPEN = Lexeme(Kind.VERB, "open", "done")


def _drop_clause(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Sold 4 lays while I was out": names no goods, if it counts and tells nothing."""
    end = place + 1
    while end < len(atoms) and atoms[end].kind not in _ENDS:
        if atoms[end].kind not in _ASIDE:
            return
        end += 1
    _silence(atoms[place + 1 : end])


def _drop_speaker(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "Gogo here. The van brought 10 sugar": who writes, where nothing was said yet."""
    after = atoms[place + 1] if place + 1 < len(atoms) else None
    if atoms[place].value != "here" or after is None or after.kind not in _CLOSES:
        return
    before = atoms[:place]
    if all(atom.kind in _INTRODUCES and atom.word not in entries.nouns for atom in before):
        _silence(before)


def _silence(atoms: Sequence[Piece]) -> None:
    for atom in atoms:
        if atom.kind in _SAID:
            atom.kind = Kind.FILLER


def _find_deliverer(atoms: list[Piece], place: int, entries: Lexicon) -> None:
    """ "The bread guy came": the goods before "guy" say who it was."""
    goods = atoms[place - 1] if place else None
    if atoms[place].value != "caller" or goods is None or goods.word not in entries.nouns:
        return
    before = place - 2
    while before >= 0 and atoms[before].kind in _DETERMINES:
        before -= 1
    if before < 0 or atoms[before].kind in _BEFORE_CALLERS:
        goods.kind = Kind.FILLER
        atoms[place].kind, atoms[place].value = Kind.PARTY, "supplier"


def _find_purpose(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "A case for R384 to a guy for his party" was for somebody, like "to"."""
    whose, what = [*atoms[place + 1 : place + 3], None, None][:2]
    if whose is None or what is None or what.kind is not Kind.CONTENT:
        return
    if whose.kind is Kind.THEY or whose.value == "whose":
        atoms[place].kind = Kind.TO


def _find_bringer(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "Supplier bring me 20 paraffin": told, if perhaps a wish, where "bring me" alone is one."""
    before = place - 1
    while before >= 0 and atoms[before].kind is Kind.FILLER and atoms[before].value != "please":
        before -= 1
    if atoms[place].value != "order" or before < 0:
        return
    giver = atoms[before]
    if giver.kind is Kind.THEY or giver.value == "supplier":
        atoms[place] = replace(
            atoms[place], kind=Kind.VERB, value="deliver", lexeme=_DELIVER, number=None
        )


def _find_dropper(atoms: list[Piece], place: int, _entries: Lexicon) -> None:
    """ "The Simba guy dropped 4 boxes": off, or on the floor?"""
    lexeme = atoms[place].lexeme
    if lexeme is None or lexeme.reading != "brought":
        return
    if place and atoms[place - 1].value == "supplier":
        atoms[place] = replace(atoms[place], kind=Kind.VERB, value="open", lexeme=_OPEN)


ASIDES: dict[Kind, Callable[[list[Piece], int, Lexicon], None]] = {
    Kind.ASIDE: _drop_clause,
    Kind.FILLER: _drop_speaker,
    Kind.FOR: _find_purpose,
    Kind.INTENT: _find_bringer,
    Kind.REASON: _find_dropper,
    Kind.THEY: _find_deliverer,
}
"""What may turn out to be an aside: each is given all pieces, its place there and the words."""
