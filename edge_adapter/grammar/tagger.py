"""Tokens to pieces: the part that every word, figure and mark plays by itself."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from edge_adapter.grammar.concords import without_objects
from edge_adapter.grammar.lexemes import Kind, Lexeme
from edge_adapter.grammar.lexicon import lexicon
from edge_adapter.grammar.pieces import Piece
from edge_adapter.grammar.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_adapter.grammar.lexicon import Lexicon
    from edge_adapter.interpretation import Language

_MARKS = {
    "\n": Kind.LINE,
    ",": Kind.COMMA,
    ";": Kind.COMMA,
    ".": Kind.STOP,
    "!": Kind.STOP,
    "?": Kind.ASK,
    ":": Kind.LINK,
    "=": Kind.LINK,
}


class Tagger:
    """Walks the tokens once, looking up the longest phrase at each."""

    def __init__(self, tokens: list[Token], entries: Lexicon, language: Language) -> None:
        self.tokens = _without_numbering(tokens)
        if concords := entries.concords.get(language):
            self.tokens = without_objects(self.tokens, concords)
        self.entries = entries
        self.words = tuple([token.word for token in self.tokens])
        self.language = language
        self.alone, self.longer = entries.tables[language]
        self.out: list[Piece] = []

    def pieces(self) -> list[Piece]:
        """One piece for each word, phrase, figure and mark that matters."""
        place, tokens, alone, longer = 0, self.tokens, self.alone, self.longer
        while place < len(tokens):
            token = tokens[place]
            word, kind, used = token.word, token.kind, 1
            if kind is Kind.MARK:
                self._mark(place)
            elif word in longer and (found := self._phrase(word, place)):
                used, lexeme = found
                text = " ".join([token.text for token in tokens[place : place + used]])
                self._add(lexeme, text, token.start, tokens[place + used - 1].end)
            elif word in self.entries.gluable and self._is_prefix(place):
                self._prefix(token)
            elif meaning := alone.get(word):
                self._add(meaning, token.text, token.start, token.end)
            elif kind is Kind.CONTENT:
                used = self._word(place)
            else:
                self.out.append(_figure(token))
            place += used
        return self.out

    def _phrase(self, first: str, place: int) -> tuple[int, Lexeme] | None:
        """The longest phrase of a first word and the tokens behind it: its length and meaning."""
        words, start = self.words, place + 2
        if start > len(words) or first not in self.longer:
            return None
        for rest, lexeme in self.longer[first].get(words[place + 1], ()):
            if words[start : start + len(rest)] == rest:
                return 2 + len(rest), lexeme
        return None

    def _meaning(self, first: str, place: int) -> tuple[int, Lexeme] | None:
        """What a word behind its prefix says, with the tokens behind it or alone."""
        if found := self._phrase(first, place):
            return found
        lexeme = self.alone.get(first)
        return (1, lexeme) if lexeme else None

    def _add(self, lexeme: Lexeme, text: str, start: int, end: int) -> None:
        value, follows = lexeme.value, lexeme.follows_noun
        self.out.append(Piece(lexeme.kind, text, start, end, lexeme, value=value, follows=follows))

    def _is_prefix(self, place: int) -> bool:
        """Is this word glued, with or without a hyphen, to the number after it?"""
        tokens = self.tokens
        token = tokens[place]
        if token.word not in self.entries.gluable or token.word == "x":
            return False
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after and after.word == "-" and after.start == token.end and place + 2 < len(tokens):
            token, after = after, tokens[place + 2]
        if after is None or after.start != token.end:
            return False
        return after.kind in _AMOUNTS or after.word[0].isdecimal()  # "i-7up"

    def _prefix(self, token: Token) -> None:
        word = self.entries.joined.get(token.word, token.word)  # "nezingu-10": and 10
        if word is not token.word:
            self.out.append(Piece(Kind.AND, token.text, token.start, token.start))
        kind = Kind.WITH if word in self.entries.price_prefixes else Kind.LINKER
        self.out.append(Piece(kind, token.text, token.start, token.end))

    def _word(self, place: int) -> int:
        """A word that is no entry: what is behind its prefix. Returns how many tokens it took."""
        token = self.tokens[place]
        if not token.word[-1].isalnum():
            return 1  # a thumb up says something alone, nothing in a sentence
        text, start = token.text, token.start
        head, hyphen, tail = _parted(token)
        whole = self.alone.get(token.word.replace("-", "")) if hyphen else None
        if whole and whole.kind in _WHOLE:  # "a-phukile", "ngi-sell-ile"
            self._add(whole, text, start, token.end)
            return 1
        if tail and (joints := self._hyphened(token, head)) is not None:
            self.out += joints
            text = text[len(head + hyphen) :]
        elif (hyphen and self._counted(token)) or self._compounded(token):
            return 1
        elif found := _noun_behind(token.word, self.entries.sure_joints.get(self.language, ())):
            joint, prefix, text = found
            if piece := _JOINTS[joint](token, prefix):
                self.out.append(piece)
        if text is not token.text and (entry := self._meaning(text.lower(), place)):
            length, lexeme = entry
            if lexeme.number and lexeme.number.role == "part" and self._is_each(place + length):
                length, lexeme = length + 1, _NAMED  # "di-half loaf" are called so
            last = self.tokens[place + length - 1]
            text = " ".join((text, *(one.text for one in self.tokens[place + 1 : place + length])))
            self._add(lexeme, text, start, last.end)
            if tail and head in self.entries.number_prefixes:
                self.out[-1].follows = True
            return length
        if (
            text[0].lower() in self.entries.locatives
            and text[1:].lower() in self.entries.whereabouts
        ):
            self.out.append(Piece(Kind.FROM, text[0], start, start, value="place"))
            text = text[1:]
        kind = Kind.FILLER if self._is_locative(text) else Kind.CONTENT
        self.out.append(Piece(kind, text, start, token.end))
        return 1

    def _is_each(self, place: int) -> bool:
        """Does a word for a single piece stand here?"""
        lexeme = self.alone.get(self.words[place]) if place < len(self.words) else None
        return lexeme is not None and lexeme.kind is Kind.UNIT and lexeme.value == "each"

    def _is_locative(self, word: str) -> bool:
        """Is it an unknown place, as its beginning and its end say: "edolobheni" (in town)?"""
        ends = self.entries.locative_ends.get(self.language, ())
        return word[0] == "e" and len(word) > _PLACE and word.endswith(ends)

    def _hyphened(self, token: Token, head: str) -> list[Piece] | None:
        """What a hyphened prefix says before its word ("ku-": to); None if it is no prefix."""
        if head in self.entries.owners and token.text[len(head) :].strip("-").istitle():
            return [Piece(Kind.FILLER, head, token.start, token.start, value="owner")]
        if head in self.entries.locatives and self._is_place(token.text[len(head) :].strip("-")):
            return [Piece(Kind.FROM, head, token.start, token.start, value="place")]
        for name, prefixes in self.entries.joints.items():
            if head in prefixes:
                joint = _JOINTS[name](token, head)
                return [joint] if joint else []
        if head in self.entries.noun_prefixes or self._counts_units(head, token):
            return []
        lexeme = self.alone.get(head)
        if lexeme is not None and lexeme.kind in _PREFIXED:
            return [Piece(lexeme.kind, head, token.start, token.start, lexeme)]
        return None

    def _counts_units(self, head: str, token: Token) -> bool:
        """Does a concord tie a unit to its noun: "uphalafini ongama-litha amabili"?"""
        lexeme = self.alone.get(token.word[len(head) :].strip("-"))
        return (
            lexeme is not None and lexeme.kind is Kind.UNIT and head in self.entries.number_prefixes
        )

    def _is_place(self, name: str) -> bool:
        """Is it where something was got ("e-Makro", "ngithenge e-Boxer"), or whose: "e-Fanta"?"""
        word = name.lower()
        lexeme = self.alone.get(word)
        if word in self.entries.whereabouts or (lexeme is not None and lexeme.kind in _WHERE):
            return True
        if not name.istitle() or word in self.entries.known or word in self.entries.names:
            return False
        return not self.out or self.out[-1].kind in _BEFORE_PLACES

    def _counted(self, token: Token) -> bool:
        """Take "twenty-five" apart."""
        pieces: list[Piece] = []
        for part in token.word.split("-"):
            lexeme = self.alone.get(part)
            if lexeme is None or lexeme.kind not in (Kind.NUMBER, Kind.AND):
                return False
            pieces.append(Piece(lexeme.kind, part, token.start, token.end, lexeme))
        self.out.extend(pieces)
        return True

    def _compounded(self, token: Token) -> bool:
        """Take "halfkilo" apart."""
        parts = self.entries.compounds.get(token.word, ())
        found = [(part, lexeme) for part in parts if (lexeme := self.alone.get(part))]
        if not parts or len(found) < len(parts):
            return False
        for part, lexeme in found:
            self._add(lexeme, part, token.start, token.end)
        return True

    def _mark(self, place: int) -> None:
        token = self.tokens[place]
        word = token.word
        if word == ":" and self._is_time(place):
            self.out[-1].number, self.out[-1].doubt = None, "time"
            self.tokens[place + 1].value = None
        elif kind := _MARKS.get(word):
            self.out.append(Piece(kind, word, token.start, token.end))
        elif word == "-":
            self._dash(place)
        elif word == "/" and self._is_share(place):
            self.tokens[place + 1].value = self.out[-1].number = None
            self.tokens[place + 1].doubt = self.out[-1].doubt = "range"
        elif word == "/":
            self.out.append(Piece(Kind.EACH, word, token.start, token.end))
        elif lexeme := self.alone.get(word):
            self.out.append(Piece(lexeme.kind, word, token.start, token.end, lexeme))
        elif word == "%" and self.out and self.out[-1].kind is Kind.NUMBER:
            self.out[-1].number, self.out[-1].doubt = None, "percent"

    def _is_share(self, place: int) -> bool:
        """Does the stroke stand in "8/10"?"""
        beside = self.tokens[place - 1 : place + 2 : 2] if place else []
        return [token.kind for token in beside] == [Kind.NUMBER, Kind.NUMBER]

    def _is_time(self, place: int) -> bool:
        """Does the colon stand in "14:30"?"""
        around = self.tokens[place - 1 : place + 2]
        return (
            len(around) == 3
            and all(token.kind is Kind.NUMBER for token in (around[0], around[2]))
            and around[0].end == around[1].start
            and around[1].end == around[2].start
        )

    def _dash(self, place: int) -> None:
        """A bullet, a separator, a minus sign, a range, or the joint after a prefix."""
        tokens = self.tokens
        dash = tokens[place]
        before = tokens[place - 1] if place else None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after is None:
            return
        glued_before = before is not None and before.end == dash.start
        glued_after = after.start == dash.end
        is_number = after.kind in _AMOUNTS
        if before and before.word == "\n":
            return
        if glued_before and before and before.kind is Kind.CONTENT and self._is_prefix(place - 1):
            return
        if glued_before and glued_after and before and before.kind is Kind.NUMBER and is_number:
            after.value, after.doubt = None, "range"
            self.out[-1].number, self.out[-1].doubt = None, "range"
        elif is_number and glued_after and not glued_before:
            last = self.out[-1].kind if self.out else None
            if last in (Kind.CONTENT, Kind.SIZE):
                after.doubt = "minus_or_dash"
                self.out.append(Piece(Kind.LINK, "-", dash.start, dash.end))
            else:
                after.value, after.doubt = None, "negative"
        else:
            self.out.append(Piece(Kind.LINK, "-", dash.start, dash.end))


def _parted(token: Token) -> tuple[str, str, str]:
    """A word at its hyphen, or where a small prefix ends before a capital: e-Makro, kwaNomsa."""
    head, hyphen, tail = token.word.partition("-")
    if not hyphen and token.text[0].islower() and not token.text.islower():
        place = next(place for place, letter in enumerate(token.text) if not letter.islower())
        return head[:place], "", head[place:]
    return head, hyphen, tail


def _noun_behind(word: str, sure: Sequence[tuple[str, str, str]]) -> tuple[str, str, str] | None:
    """The joint that is glued to a noun, its spelling and the noun: namaqanda → and, n, amaqanda.

    Also wesinkwa (of bread), sinobisi (we have milk), asinasinkwa (we have no bread),
    kumphakeli (to the supplier), yikhasimende (by a customer), and English
    nouns with a prefix alone: icoke, amachips, isales. Behind a `sure` joint any word is a noun.
    """
    entries = lexicon()
    if word in entries.known:
        return None
    for joint, prefix, vowel in entries.joints_by_letter.get(word[0], ()):
        stem = word.removeprefix(prefix)
        if stem == word or (len(prefix) == 1 and len(stem) <= _SHORT):
            continue
        nouns = entries.people if joint == "by" else entries.prefixed_nouns
        for noun in (vowel + stem, stem):
            if noun in nouns:
                return joint, prefix, noun
    for prefix in entries.noun_prefixes:
        stem = word.removeprefix(prefix)
        if stem != word and stem in entries.loans and len(stem) >= _least(prefix):
            return "of", prefix, stem
    for joint, prefix, vowel in sure:
        if word.startswith(prefix) and len(word) > len(prefix) + _SHORT:
            return joint, prefix, vowel + word[len(prefix) :]
    return None


def _least(prefix: str) -> int:
    """How many letters a noun behind a prefix must have: "igas", but "open" is no "pen"."""
    return _SHORT if prefix.strip("i") == "" else _SHORT + 1


_SHORT = 3
_PLACE = 6  # letters of a locative, at least
_AMOUNTS = frozenset((Kind.NUMBER, Kind.MONEY, Kind.SIZE))
_WHERE = frozenset((Kind.PARTY, Kind.PLACE))
_WHOLE = frozenset((Kind.VERB, Kind.REASON, Kind.FINISHED, Kind.LEFT, Kind.INTENT, Kind.NUMBER))
_PREFIXED = frozenset((Kind.WAS, Kind.COPULA, Kind.NOT))
_BEFORE_PLACES = frozenset((Kind.VERB, Kind.FILLER, Kind.DATE, Kind.LEFT))
_NAMED = Lexeme(Kind.CONTENT, "name")
_HAVE = Lexeme(Kind.VERB, "have", "done")
_JOINTS: dict[str, Callable[[Token, str], Piece | None]] = {
    "and": lambda token, prefix: Piece(Kind.AND, prefix, token.start, token.start),
    "of": lambda _token, _prefix: None,
    "have": lambda token, prefix: Piece(
        Kind.VERB, prefix, token.start, token.start, _HAVE, value="have"
    ),
    "none": lambda token, prefix: Piece(Kind.FINISHED, prefix, token.start, token.start),
    "by": lambda token, prefix: Piece(Kind.BY, prefix, token.start, token.start),
    "to": lambda token, prefix: Piece(Kind.TO, prefix, token.start, token.start),
    "was": lambda token, prefix: Piece(Kind.WAS, prefix, token.start, token.start),
    "self": lambda token, prefix: Piece(Kind.SELF, prefix, token.start, token.start),
}


def _figure(token: Token) -> Piece:
    piece = Piece(
        token.kind,
        token.text,
        token.start,
        token.end,
        number=token.value,
        unit=token.unit,
        doubt=token.doubt,
    )
    if token.kind is Kind.ORDINAL:
        piece.value = str(token.value)
    if token.kind is Kind.DATE:
        piece.value = _iso(token.text)
        if not piece.value:
            piece.kind, piece.doubt = Kind.NUMBER, "date"
    return piece


def _iso(written: str) -> str:
    """A day in ISO 8601 from "2026-11-20" or "20/11/2026" (day first); empty if there is none."""
    try:
        if "-" in written:
            return date.fromisoformat(written).isoformat()
        day, month, year = (int(part) for part in written.split("/"))
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return ""


def _without_numbering(tokens: list[Token]) -> list[Token]:
    """Drop "1." "2)" in front of lines that count up from one."""
    places: list[int] = []
    for place, token in enumerate(tokens[:-2]):
        if token.kind is not Kind.NUMBER:
            continue
        starts_line = place == 0 or tokens[place - 1].word == "\n"
        closer = tokens[place + 1]
        if (
            starts_line
            and closer.word in (".", ")")
            and closer.start == token.end
            and token.value == len(places) + 1
        ):
            places.append(place)
    if len(places) < 2:
        return tokens
    dropped = {*places, *(place + 1 for place in places)}
    return [token for place, token in enumerate(tokens) if place not in dropped]
