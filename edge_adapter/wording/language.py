"""One language: its words, and how it writes numbers, money and days."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final, get_args

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_symbol,
    get_decimal_symbol,
    get_minus_sign_symbol,
    get_plus_sign_symbol,
)

from edge_adapter.interpretation import Language

LANGUAGES: Final[tuple[str, ...]] = get_args(Language)
CURRENCY: Final = "ZAR"  # of a shop that has set no other
LONGEST_NAME: Final = 80
LONGEST_LIST: Final = 20  # lines

_MEASURES: Final = frozenset(("kg", "g", "l", "ml"))
_UNSEEN: Final = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
_JOINER: Final = "\u200d"  # between the parts of one emoji


def plain(value: Any, longest: int = LONGEST_NAME) -> str:
    """Words that came from a person: one line, of a readable length, nothing unseen in them."""
    seen = "".join(
        " " if unicodedata.category(letter) in _UNSEEN and letter != _JOINER else letter
        for letter in str("" if value is None else value)[: 20 * longest]
    )
    line = " ".join(seen.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


class Wording:
    """The table of one language file. `say` falls to a table's `other` for a key it lacks.

    currency: an ISO 4217 code; one that Babel does not know is written as it is.
    """

    def __init__(self, table: Mapping[str, Any], currency: str) -> None:
        self._table = table
        self._currency = currency
        self._locale = Locale.parse(table["locale"])

    # --- words ---

    def say(self, table: str, key: str | None, /, **values: str) -> str:
        """The words for a key of a table, filled; a value that is not given stays empty."""
        words: Mapping[str, str] = self._table[table]
        template = words[key] if key and key in words else words["other"]
        return template.format_map(defaultdict(str, values)).strip()

    def has(self, table: str, key: str | None) -> bool:
        """Whether there are words of its own for a key."""
        return key in self._table[table]

    @property
    def examples(self) -> Mapping[str, str]:
        """Sentences that the grammar reads, by the action they stand for."""
        examples: Mapping[str, str] = self._table["example"]
        return examples

    def option(self, question: str, key: str) -> str:
        """The title of an answer to a kind of question."""
        own = self._table["option_of"].get(question, {})
        return str(own[key]) if key in own else self.say("option", key)

    def listed(self, lines: Sequence[str], most: int = LONGEST_LIST) -> list[str]:
        """The lines, or the first of them and how many more there are."""
        if len(lines) <= most:
            return list(lines)
        shown = most - 1
        more = self.say("common", "more", count=self.number(str(len(lines) - shown)))
        return [*lines[:shown], more]

    # --- numbers ---

    def number(self, text: str) -> str:
        """A decimal string as this language writes it, every digit of it."""
        value = Decimal(text).normalize()
        words: str = format_decimal(value, locale=self._locale, decimal_quantization=False)
        return words

    def money(self, text: str) -> str:
        """A decimal string of money, to the cent as the ledger keeps it."""
        words: str = format_currency(
            Decimal(text), self._currency, locale=self._locale, currency_digits=False
        )
        return words

    def round_money(self, text: str) -> str:
        """A decimal string of money without its cents."""
        whole = Decimal(text).quantize(Decimal(1))
        words: str = format_currency(
            whole,
            self._currency,
            locale=self._locale,
            currency_digits=False,
            decimal_quantization=False,
        )
        return words.removesuffix(f"{get_decimal_symbol(self._locale)}00")

    def unit(self, unit: str, quantity: str = "1") -> str:
        """A unit's word for that many of it; a shop's own word stays what it is."""
        words = self._table["unit"].get(unit)
        if words is None:
            return plain(unit)
        return str(words["one" if Decimal(quantity) == 1 else "many"])

    def amount(self, quantity: str, unit: str | None) -> str:
        """A quantity in a unit: `3`, `1,5 kg`, `R50,00`, `2 cases`."""
        if unit == "rand":
            return self.money(quantity)
        if unit in (None, "each"):
            return self.number(quantity)
        return f"{self.number(quantity)} {self.unit(str(unit), quantity)}"

    def signed(self, quantity: str, unit: str | None) -> str:
        """A change of quantity, its sign always shown."""
        return self._sign(quantity) + self.amount(_size(quantity), unit)

    def signed_money(self, text: str) -> str:
        """A change of money, its sign always shown."""
        return self._sign(text) + self.money(_size(text))

    def price_per(self, text: str, unit: str | None) -> str:
        """A price of one: `R21,00`; of what is weighed or poured, `R18,00/kg`."""
        return f"{self.money(text)}/{unit}" if unit in _MEASURES else self.money(text)

    def _sign(self, text: str) -> str:
        value = Decimal(text)
        if value == 0:
            return ""
        return (
            get_minus_sign_symbol(self._locale) if value < 0 else get_plus_sign_symbol(self._locale)
        )

    def measured(self, product: str, unit: str | None) -> str:
        """A product and what it is counted in, unless it is counted one by one: `Potatoes (kg)`."""
        if unit == "rand":
            return f"{product} ({get_currency_symbol(self._currency, locale=self._locale)})"
        return f"{product} ({unit})" if unit in _MEASURES else product

    # --- days ---

    def day(self, iso: str) -> str:
        """A local date: `Wed 18 Nov`."""
        return format_date(date.fromisoformat(iso), "EEE d MMM", locale=self._locale)

    def weekday(self, day: date) -> str:
        """The day's short name: `Wed`."""
        return format_date(day, "EEE", locale=self._locale).rstrip(".")

    def span(self, first: date, last: date) -> str:
        """From one day to another: `23 – 28 Nov`."""
        return format_interval(first, last, "MMMd", locale=self._locale).rstrip(".")

    def moment(self, iso: str) -> str:
        """A local date and time: `18 Nov 14:05`."""
        return format_datetime(datetime.fromisoformat(iso), "d MMM HH:mm", locale=self._locale)

    def when(self, word: str) -> str:
        """A word of time of an interpretation, or the day it writes as a date."""
        if self.has("when", word):
            return self.say("when", word)
        try:
            if word.startswith("--"):
                return format_date(date.fromisoformat(f"2000-{word[2:]}"), "d MMM", self._locale)
            return format_date(date.fromisoformat(word), "d MMM y", self._locale)
        except ValueError:
            return self.say("when", "other")


def _size(text: str) -> str:
    return str(abs(Decimal(text)))


@cache
def wording_of(language: str, currency: str = CURRENCY) -> Wording:
    """The wording of a language; English for one that has none."""
    name = language if language in LANGUAGES else "en"
    file = resources.files(__package__).joinpath(f"{name}.toml")
    return Wording(tomllib.loads(file.read_text(encoding="utf-8")), currency)
