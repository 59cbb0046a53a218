"""Letters to tokens: numbers, money, sizes, dates, words, marks, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.numbers import amount, fraction

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(slots=True, eq=False)
class Token:
    """`kind` is what its letters say before any dictionary is asked: `CONTENT`, a figure, `MARK`.

    `text` as written, `word` folded for look-up; `value` None: a number nobody can read.
    """

    kind: Kind
    text: str
    word: str
    start: int
    end: int
    value: Decimal | None = None
    unit: str = ""
    doubt: str = ""


_CLEAN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2007\u2009\t\v\f", " "),
        **dict.fromkeys("‘’ʼ´`", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\ufe0f\u20e3\ufeff", None),
        **dict.fromkeys("\r\u2028\u2029", "\n"),
        "×": "x",
        **dict.fromkeys("±~≈", "about "),
    }
)

_IS_CLEAN = re.compile(r"[\n -*,-_a-}]*+")

_AMOUNT = r"[0-9]++(?:[.,'][0-9]++)*+"
_GROUPED = r"[0-9]{1,3}(?:[ '][0-9]{3})++(?:[.,][0-9]{1,2})?(?![0-9A-Za-z])"
_LETTERS = r"(?:[^\W0-9_]++)"
_END = r"(?![^\W_])"

_TOKEN = re.compile(
    rf"""
    (?!\ )(?:  # what is no blank
      (?P<plain>(?!(?:zar|r)\ )[a-z]++(?=[\ ,\n]|\Z))  # most words, found without further ado
    | (?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?![0-9])
              |[0-9]{{1,2}}/[0-9]{{1,2}}/(?:[0-9]{{4}}|[0-9]{{2}})(?![0-9]))
    | (?P<dashed>(?:zar|r)\ ?(?P<rands>[0-9]{{1,9}})-(?P<cents>[0-9]{{2}})(?![0-9A-Za-z]))
    | (?P<money>(?:zar|r)\ {{0,2}}(?P<rand>{_GROUPED}|{_AMOUNT})(?P<kilorand>k{_END})?)
    | (?P<coins>(?P<coin>[0-9]{{1,9}})\ ?(?:c|cents?){_END})
    | (?P<fraction>(?:[0-9]{{1,6}}\ ?)?[½¼¾]|(?:[0-9]{{1,6}}\ )?[0-9]/[0-9](?![0-9/]))
    | (?P<ordinal>(?P<rank>[0-9]{{1,2}})(?:st|nd|rd|th|ste|de){_END})
    | (?P<pack>(?P<packed>[0-9]{{1,3}})-?packs?{_END})
    | (?P<size>(?P<sized>{_AMOUNT})\ ?
          (?P<measure>kgs?|kilos?|grams?|gr|g|mls?|ltr?s?|l|litres?|liters?){_END})
    | (?P<number>(?P<figures>{_AMOUNT})(?P<kilo>k{_END})?(?=x?{_END}))
    | (?P<mixed>{_LETTERS}[0-9][^\W_]*+|[0-9]++[^\W_]++)
    | (?P<word>'?{_LETTERS}(?:['-]{_LETTERS}(?![0-9]))*+|[^\W_]++|[👍👎✅❌👌🙏])
    | (?P<mark>[\n,;.!?:=@&+()/*•%-])
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_WORDS = frozenset(("plain", "word"))
_MEASURES = {"k": "kg", "g": "g", "l": "l", "m": "ml"}
_BARCODES = frozenset((8, 12, 13, 14))


def clean(text: str) -> str:
    """One form for every blank, quote and dash; nothing that cannot be seen."""
    if _IS_CLEAN.fullmatch(text):
        return text
    return text.translate(_CLEAN).replace("+/-", "about ").replace("+-", "about ")


def tokenize(text: str, prefixes: Collection[str], known: Collection[str]) -> list[Token]:
    """Cut cleaned text into tokens.

    `prefixes` may be glued before a number ("ngoR18"); so may, by haste, the words that are
    `known`, and those behind a number too ("2bread").
    """
    tokens: list[Token] = []
    scan = _TOKEN.finditer(text)
    while match := next(scan, None):
        if match.lastgroup in _WORDS:
            start, end = match.span()
            tokens.append(Token(Kind.CONTENT, match[0], match[0].lower(), start, end))
            continue
        token = _token(match, prefixes, known)
        tokens.append(token)
        if token.end < match.end():
            scan = _TOKEN.finditer(text, token.end)
    return tokens


def _token(match: re.Match[str], prefixes: Collection[str], known: Collection[str]) -> Token:
    start, end = match.span()
    text = match.group()
    token = Token(Kind.CONTENT, text, text.lower(), start, end)
    match match.lastgroup:
        case "mark":
            token.kind = Kind.MARK
        case "number":
            figures = match["figures"]
            if len(figures) in _BARCODES and figures.isdecimal():
                return token
            token.kind = Kind.NUMBER
            token.value, token.doubt = _thousands(amount(figures), match["kilo"])
        case "money":
            token.kind = Kind.MONEY
            token.value, token.doubt = _thousands(amount(match["rand"]), match["kilorand"])
        case "size":
            token.kind = Kind.SIZE
            token.value, token.doubt = amount(match["sized"], measured=True)
            token.unit = _MEASURES[match["measure"][0].lower()]
        case "mixed":
            _unglue(token, prefixes, known)
        case "coins":
            token.kind, token.value = Kind.MONEY, Decimal(match["coin"]).scaleb(-2)
        case "dashed":
            token.kind, token.doubt = Kind.MONEY, "dashed_cents"
            token.value = Decimal(f"{match['rands']}.{match['cents']}")
        case "fraction":
            token.kind, token.value = Kind.NUMBER, fraction(text)
        case "ordinal":
            token.kind, token.value = Kind.ORDINAL, Decimal(match["rank"])
        case "pack":
            token.kind, token.unit = Kind.PACK, f"{match['packed']}-pack"
            token.value = Decimal(match["packed"])
        case "date":
            token.kind = Kind.DATE
    return token


def _thousands(read: tuple[Decimal | None, str], k: str | None) -> tuple[Decimal | None, str]:
    value, doubt = read
    return (value * 1000, doubt) if k and value is not None else (value, doubt)


def _unglue(token: Token, prefixes: Collection[str], known: Collection[str]) -> None:
    """Leave only the first part in the token, if each part is sure; the rest is cut next."""
    digits = len(token.word) - len(token.word.lstrip("0123456789"))
    if digits:
        if token.word[digits:] in known:
            token.value, token.doubt = amount(token.text[:digits])
            token.kind = Kind.NUMBER
            _shorten(token, digits)
        return
    letters = _leading(token.word)
    for length in (letters, letters - 1):
        head, rest = token.word[:length], token.word[length:letters]
        glued = head in prefixes and (length > 1 or head == "x") and rest in ("", "r")
        if glued or (not rest and head in known):
            _shorten(token, length)
            return


def _leading(word: str) -> int:
    """How many letters a word starts with."""
    return next(place for place, letter in enumerate(word) if letter.isdecimal())


def _shorten(token: Token, length: int) -> None:
    token.text, token.word = token.text[:length], token.word[:length]
    token.end = token.start + length
