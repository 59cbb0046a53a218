"""A text to pieces: the one reader of words and numbers that the grammar and the guard share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge_adapter.grammar.assembly import assemble, settle
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.lexicon import lexicon
from edge_adapter.grammar.pieces import Pieces
from edge_adapter.grammar.retractions import may_retract, retract
from edge_adapter.grammar.tagger import Tagger
from edge_adapter.grammar.tokens import clean, tokenize

if TYPE_CHECKING:
    from datetime import date


def cut(text: str, today: date | None = None) -> Pieces:
    """Cut a message into pieces; `today` turns "5 days ago" into a date."""
    entries, text = lexicon(), clean(text)
    tokens = tokenize(text, entries.gluable, entries.splittable)
    words = tuple([token.word for token in tokens if token.kind is not Kind.MARK])
    language = entries.language_of(words)
    tagged = Tagger(tokens, entries, language).pieces()
    pieces = assemble(settle(tagged, entries, language), entries, today)
    kinds = {piece.kind for piece in pieces}
    if may_retract(kinds):
        pieces = retract(pieces, entries)
        kinds = {piece.kind for piece in pieces}
    return Pieces(text, language, words, pieces, kinds)
