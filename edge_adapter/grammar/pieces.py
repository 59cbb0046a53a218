"""Tokens to pieces: every word gets its part, every number is put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexicon import Kind, Lexeme, Lexicon, lexicon
from edge_adapter.grammar.numbers import NumberWord, words_to_number
from edge_adapter.grammar.tokens import Sort, Token, clean, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge_adapter.interpretation import Language

_MEASURES = frozenset(("kg", "g", "l", "ml"))
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


@dataclass(slots=True, eq=False)
class Piece:
    """One word, phrase, number or mark.

    `number` is None for a number that has no single reading; `doubt` says why it should be asked
    about; `follows` marks a number that belongs to the noun before it; `counts` one that can only
    be a quantity ("3x"); `weak` one that need not be meant as a number ("a bread").
    """

    kind: Kind
    text: str
    start: int
    end: int
    lexeme: Lexeme | None = None
    number: Decimal | None = None
    unit: str = ""
    value: str = ""
    doubt: str = ""
    follows: bool = False
    counts: bool = False
    weak: bool = False

    @property
    def word(self) -> str:
        return self.text.lower()


@dataclass(slots=True)
class Pieces:
    """A message cut up: its language, its words for whole-message commands, its pieces."""

    language: Language
    words: tuple[str, ...]
    pieces: list[Piece]


def cut(text: str, today: date | None = None) -> Pieces:
    """Cut a message into pieces."""
    entries = lexicon()
    tokens = tokenize(clean(text), entries.gluable, entries.splittable)
    words = tuple(token.word for token in tokens if token.sort is not Sort.MARK)
    language = entries.language_of(tuple(part for word in words for part in word.split("-")))
    atoms = _Tagger(tokens, entries, language).atoms()
    return Pieces(language, words, _compose(_agree(atoms, entries, language), entries, today))


class _Tagger:
    """Walks the tokens once, looking up the longest phrase at each."""

    def __init__(self, tokens: list[Token], entries: Lexicon, language: Language) -> None:
        self.tokens = _without_numbering(tokens)
        self.entries = entries
        self.words = tuple(token.word for token in self.tokens)
        self.table = entries.table(language)
        self.out: list[Piece] = []

    def atoms(self) -> list[Piece]:
        place, tokens = 0, self.tokens
        while place < len(tokens):
            token = tokens[place]
            if token.sort is Sort.MARK:
                self._mark(place)
                place += 1
                continue
            if found := self._phrase(place):
                length, lexeme = found
                last = tokens[place + length - 1]
                self._add(lexeme, token, last, place)
                place += length
            elif token.sort is Sort.WORD:
                self._word(place)
                place += 1
            else:
                self.out.append(_figure(token))
                place += 1
        return self.out

    def _phrase(self, place: int) -> tuple[int, Lexeme] | None:
        words, start = self.words, place + 1
        for rest, lexeme in self.table.get(words[place], ()):
            if not rest or words[start : start + len(rest)] == rest:
                return 1 + len(rest), lexeme
        return None

    def _add(self, lexeme: Lexeme, first: Token, last: Token, place: int) -> None:
        if first is last and self._is_prefix(place):
            self._prefix(first)
            return
        text = first.text if first is last else f"{first.text} {last.text}"
        if first is not last:
            between = self.tokens[place + 1 : self.tokens.index(last, place)]
            text = " ".join((first.text, *(token.text for token in between), last.text))
        self.out.append(
            Piece(
                lexeme.kind,
                text,
                first.start,
                last.end,
                lexeme,
                value=lexeme.value,
                follows=lexeme.follows_noun,
            )
        )

    def _is_prefix(self, place: int) -> bool:
        """Is this word glued, with or without a hyphen, to the number after it?"""
        tokens = self.tokens
        token = tokens[place]
        if token.word not in self.entries.gluable or token.word == "x":
            return False
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after and after.word == "-" and after.start == token.end and place + 2 < len(tokens):
            token, after = after, tokens[place + 2]
        return bool(
            after
            and after.start == token.end
            and after.sort in (Sort.NUMBER, Sort.MONEY, Sort.SIZE)
        )

    def _prefix(self, token: Token) -> None:
        kind = Kind.WITH if token.word in self.entries.price_prefixes else Kind.LINKER
        self.out.append(Piece(kind, token.text, token.start, token.end))

    def _word(self, place: int) -> None:
        token = self.tokens[place]
        if self._is_prefix(place):
            self._prefix(token)
            return
        text, start = token.text, token.start
        head, hyphen, tail = token.word.partition("-")
        if hyphen and tail and head in self.entries.joints["and"]:
            self.out.append(Piece(Kind.AND, head, start, start + len(head)))
            text = text[len(head) + 1 :]
        elif hyphen and tail and head in self.entries.noun_prefixes:
            text = text[len(head) + 1 :]
        elif hyphen and self._counted(token):
            return
        elif found := self._noun_behind(token):
            joint, text = found
            if joint:
                self.out.append(joint)
        if text is not token.text and (entries := self.table.get(text.lower())):
            for rest, lexeme in entries:
                if not rest:
                    self.out.append(
                        Piece(lexeme.kind, text, start, token.end, lexeme, value=lexeme.value)
                    )
                    return
        self.out.append(Piece(Kind.CONTENT, text, start, token.end))

    def _counted(self, token: Token) -> bool:
        """Take "twenty-five" apart."""
        pieces: list[Piece] = []
        for part in token.word.split("-"):
            lexeme = next((found for rest, found in self.table.get(part, ()) if not rest), None)
            if lexeme is None or lexeme.kind not in (Kind.NUMBER, Kind.AND):
                return False
            pieces.append(Piece(lexeme.kind, part, token.start, token.end, lexeme))
        self.out.extend(pieces)
        return True

    def _noun_behind(self, token: Token) -> tuple[Piece | None, str] | None:
        """The noun behind a glued word, and that word: namaqanda → and, amaqanda.

        Also wesinkwa (of bread), sinobisi (we have milk), asinasinkwa (we have no bread).
        """
        word = token.word
        if word in self.entries.known:
            return None
        for name, prefixes in self.entries.joints.items():
            for prefix, vowel in prefixes.items():
                stem = word.removeprefix(prefix)
                if stem == word:
                    continue
                for noun in (vowel + stem, stem):
                    if noun in self.entries.prefixed_nouns:
                        return _JOINTS[name](token, prefix), noun
        return None

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
        elif word == "/":
            self.out.append(Piece(Kind.EACH, word, token.start, token.end))
        elif (entries := self.table.get(word)) and not entries[0][0]:
            lexeme = entries[0][1]
            self.out.append(Piece(lexeme.kind, word, token.start, token.end, lexeme))
        elif word == "%" and self.out and self.out[-1].kind is Kind.NUMBER:
            self.out[-1].number, self.out[-1].doubt = None, "percent"

    def _is_time(self, place: int) -> bool:
        """Does the colon stand in "14:30"?"""
        around = self.tokens[place - 1 : place + 2]
        return (
            len(around) == 3
            and all(token.sort is Sort.NUMBER for token in (around[0], around[2]))
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
        is_number = after.sort in (Sort.NUMBER, Sort.MONEY, Sort.SIZE)
        if before and before.word == "\n":
            return
        if glued_before and before and before.sort is Sort.WORD and self._is_prefix(place - 1):
            return
        if glued_before and glued_after and before and before.sort is Sort.NUMBER and is_number:
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


_HAVE = Lexeme(Kind.VERB, "have", "done")
_JOINTS: dict[str, Callable[[Token, str], Piece | None]] = {
    "and": lambda token, prefix: Piece(Kind.AND, prefix, token.start, token.start),
    "of": lambda _token, _prefix: None,
    "have": lambda token, prefix: Piece(
        Kind.VERB, prefix, token.start, token.start, _HAVE, value="have"
    ),
    "none": lambda token, prefix: Piece(Kind.FINISHED, prefix, token.start, token.start),
}
_FIGURES = {
    Sort.NUMBER: Kind.NUMBER,
    Sort.MONEY: Kind.MONEY,
    Sort.SIZE: Kind.SIZE,
    Sort.ORDINAL: Kind.ORDINAL,
    Sort.PACK: Kind.PACK,
    Sort.DATE: Kind.DATE,
}


def _figure(token: Token) -> Piece:
    piece = Piece(
        _FIGURES[token.sort],
        token.text,
        token.start,
        token.end,
        number=token.value,
        unit=token.unit,
        doubt=token.doubt,
    )
    if token.sort is Sort.ORDINAL:
        piece.value = str(token.value)
    if token.sort is Sort.DATE:
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
        starts_line = place == 0 or tokens[place - 1].word == "\n"
        closer = tokens[place + 1]
        if (
            starts_line
            and token.sort is Sort.NUMBER
            and closer.word in (".", ")")
            and closer.start == token.end
            and token.value == len(places) + 1
        ):
            places.append(place)
    if len(places) < 2:
        return tokens
    dropped = {*places, *(place + 1 for place in places)}
    return [token for place, token in enumerate(tokens) if place not in dropped]


_OWN_NOUN = frozenset((Kind.CONTENT, Kind.UNIT, Kind.SIZE))
_BOUNDS = frozenset((Kind.AND, Kind.BREAK, Kind.COMMA, Kind.LINE, Kind.STOP, Kind.VERB))
_AFTER_NO = frozenset(
    (Kind.COMMA, Kind.CORRECT, Kind.SORRY, Kind.WAS, Kind.STOP, Kind.NUMBER, Kind.LINE)
)
_CONCORDS: frozenset[Language] = frozenset(("zu", "xh", "st"))


def _agree(atoms: list[Piece], entries: Lexicon, language: Language) -> list[Piece]:
    """Settle what the little words do.

    "le" is "and" or ties a number to its noun ("lebese le 2"), as others always do ("tse 10");
    "no" answers, or denies what follows.
    """
    for place, atom in enumerate(atoms):
        after = atoms[place + 1] if place + 1 < len(atoms) else None
        counted = after is not None and after.kind in (Kind.NUMBER, Kind.SIZE)
        if atom.kind is Kind.NO and not (place == 0 and after and after.kind in _AFTER_NO):
            atom.kind = Kind.NOT
        elif atom.kind is Kind.AGREES:
            noun = place
            while noun and atoms[noun - 1].word in entries.agreement:
                noun -= 1
            atom.kind = Kind.LINKER if counted and _uncounted(atoms[:noun]) else Kind.AND
        elif counted and atom.word in entries.agreement:
            last = atoms[place - 1].kind if place else Kind.LINE
            tens = last is Kind.NUMBER and _multiplies(atoms[place - 1])
            if (last in _OWN_NOUN or tens) and (len(atom.word) > 1 or language in _CONCORDS):
                atom.kind = Kind.LINKER
    return atoms


def _multiplies(piece: Piece) -> bool:
    number = piece.lexeme.number if piece.lexeme else None
    return number is not None and number.role == "times"


def _uncounted(before: Sequence[Piece]) -> bool:
    """Does the noun at the end still lack its number?"""
    if not before or before[-1].kind not in _OWN_NOUN:
        return False
    for piece in reversed(before):
        if piece.kind in _BOUNDS:
            return True
        if piece.kind is Kind.NUMBER:
            return False
    return True


def _compose(atoms: list[Piece], entries: Lexicon, today: date | None) -> list[Piece]:
    """Put numbers together: words, money in words, weights, dates, "3 x"."""
    out: list[Piece] = []
    place = 0
    while place < len(atoms):
        atom = atoms[place]
        used = 1
        if found := _date(atoms, place, entries):
            out.append(found[0])
            place += found[1]
            continue
        if atom.kind is Kind.NUMBER:
            piece, used = _number(atoms, place)
            after = atoms[place + used] if place + used < len(atoms) else None
            if after and after.kind is Kind.CURRENCY and not _is_counted(atoms, place + used + 1):
                piece = replace(piece, kind=Kind.MONEY, follows=False, end=after.end)
                used += 1
            elif after and after.kind is Kind.UNIT and after.value in _MEASURES:
                text = f"{piece.text} {after.text}"
                piece = replace(piece, kind=Kind.SIZE, unit=after.value, end=after.end, text=text)
                used += 1
            elif after and after.kind is Kind.DAYS_AGO:
                piece = _days_ago(piece, after, today)
                used += 1
            if out and out[-1].kind in (Kind.LINKER, Kind.ARTICLE):
                piece.follows = piece.follows or out[-1].kind is Kind.LINKER
                out.pop()
            if out and out[-1].kind is Kind.CURRENCY and piece.kind is Kind.NUMBER:
                piece = replace(piece, kind=Kind.MONEY, follows=False)
                out.pop()
            is_party = after is not None and after.kind in (Kind.PARTY, Kind.THEY)
            if after and is_party and not piece.follows and used == 1:
                piece = replace(after, start=piece.start)
                used += 1
            out.append(piece)
        elif atom.kind is Kind.SLANG_MONEY:
            number = Decimal(atom.value)
            out.append(replace(atom, kind=Kind.MONEY, number=number, doubt="slang_money"))
        elif atom.kind is Kind.SIZE and out and out[-1].kind is Kind.LINKER:
            out[-1] = replace(atom, follows=True)
        else:
            out.append(atom)
        place += used
    return _times(out)


def _is_counted(atoms: Sequence[Piece], place: int) -> bool:
    """Does a number that belongs to the noun before it stand here ("amarandi ayi-18")?"""
    after = atoms[place : place + 2]
    if after and after[0].kind is Kind.LINKER:
        return len(after) > 1 and after[1].kind is Kind.NUMBER
    return bool(after) and after[0].kind is Kind.NUMBER and after[0].follows


_SKIPPED_IN_NUMBERS = frozenset((Kind.ARTICLE, Kind.LINKER))


def _number(atoms: Sequence[Piece], place: int) -> tuple[Piece, int]:
    """The number in figures, words or both ("3 and a half") that starts here; how many atoms."""
    first = atoms[place]
    words: list[NumberWord | None] = []
    for atom in atoms[place : place + 8]:
        if atom.kind is Kind.NUMBER and atom.lexeme is not None and atom.lexeme.number is not None:
            words.append(atom.lexeme.number)
        elif atom.kind is Kind.NUMBER and atom is first and atom.number is not None:
            words.append(NumberWord("unit", atom.number))
        elif atom.kind is Kind.AND and words:
            words.append(None)
        elif not words or atom.kind not in _SKIPPED_IN_NUMBERS:
            break
    read = words_to_number(words) if words else None
    if read is None or (read[1] == 1 and first.number is not None):
        return first, 1
    value, used = read
    length = _atoms_of(atoms, place, used)
    text = " ".join(atom.text for atom in atoms[place : place + length])
    piece = replace(first, number=value, text=text, end=atoms[place + length - 1].end)
    piece.follows = any(atom.follows for atom in atoms[place : place + length])
    return piece, length


def _atoms_of(atoms: Sequence[Piece], place: int, words: int) -> int:
    """How many atoms hold so many number words, counting skipped articles."""
    length = 0
    while words:
        if atoms[place + length].kind not in _SKIPPED_IN_NUMBERS:
            words -= 1
        length += 1
    return length


_DAY_OR_MONTH = frozenset((Kind.NUMBER, Kind.ORDINAL, Kind.CONTENT, Kind.INTENT))


def _date(atoms: Sequence[Piece], place: int, entries: Lexicon) -> tuple[Piece, int] | None:
    """ "3 nov", "3rd of november", "nov 3", each with or without a year."""
    first = atoms[place]
    if first.kind not in _DAY_OR_MONTH:
        return None
    if first.kind in (Kind.CONTENT, Kind.INTENT) and first.word not in entries.months:
        return None
    window = [
        (offset, atom)
        for offset, atom in enumerate(atoms[place : place + 5])
        if atom.kind not in (Kind.OF, Kind.FILLER, Kind.LINKER)
    ]
    if len(window) < 2:
        return None
    (_, one), (offset, two) = window[:2]
    month, day = entries.months.get(one.word), two
    if month is None:
        month, day = entries.months.get(two.word), one
    if month is None or day.kind not in (Kind.NUMBER, Kind.ORDINAL) or not day.text[:1].isdigit():
        return None
    number = Decimal(day.value) if day.kind is Kind.ORDINAL else day.number
    if number is None or not 1 <= number <= 31 or number != int(number):
        return None
    value, used = f"--{month:02}-{int(number):02}", offset + 1
    if len(window) > 2 and window[2][1].kind is Kind.NUMBER:
        year = window[2][1].number
        if year is not None and 2000 <= year < 2100 and len(window[2][1].text) == 4:
            value, used = f"{int(year)}{value[1:]}", window[2][0] + 1
    try:
        date.fromisoformat(f"2000{value[1:]}" if value.startswith("--") else value)
    except ValueError:
        return None
    last = atoms[place + used - 1]
    return Piece(Kind.DATE, f"{one.text} {two.text}", one.start, last.end, value=value), used


def _days_ago(number: Piece, words: Piece, today: date | None) -> Piece:
    """ "2 days ago": a named day, else a date counted from today, else a number nobody can read."""
    days = number.number
    piece = replace(number, kind=Kind.DATE, end=words.end)
    if days == 1:
        piece.value = "yesterday"
    elif days == 2:
        piece.value = "day_before_yesterday"
    elif today and days is not None and days == int(days) and days < 366:
        piece.value = (today - timedelta(days=int(days))).isoformat()
    else:
        return replace(number, number=None, doubt="date")
    return piece


def _times(pieces: list[Piece]) -> list[Piece]:
    """Mark what "x" multiplies as a quantity and drop the sign."""
    out: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind is not Kind.TIMES:
            out.append(piece)
            continue
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        before = out[-1] if out else None
        named = len(out) > 1 and out[-2].kind in (Kind.CONTENT, Kind.SIZE, Kind.CHOOSE)
        if before and before.kind is Kind.NUMBER and not (named and _is_number(after)):
            before.counts = True
        elif after and after.kind is Kind.NUMBER:
            after.counts = True
        elif before is None or before.kind not in (Kind.NUMBER, Kind.PACK):
            out.append(replace(piece, kind=Kind.CONTENT))
    return out


def _is_number(piece: Piece | None) -> bool:
    return piece is not None and piece.kind is Kind.NUMBER
