"""Numbers as shops write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from edge_adapter.grammar.cutting import cut
from edge_adapter.grammar.lexemes import Kind
from edge_adapter.grammar.numbers import amount, fraction


@pytest.mark.parametrize(
    ("figures", "value"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,50", "12.50"),
        ("1 200", "1200"),
        ("1 200,00", "1200.00"),
        ("1,200.00", "1200.00"),
        ("1.200,00", "1200.00"),
        ("1’200.50".replace("’", "'"), "1200.50"),
        ("1,200", "1200"),
        ("12,345,678", "12345678"),
        ("0.250", "0.250"),
        ("1,2,3", None),
        ("1.2.3", None),
        ("12,34,567", None),
        ("1.200.00", None),
        ("0831234567", None),
        ("999999999999", None),
    ],
)
def test_the_last_separator_decides_what_is_decimal(figures: str, value: str | None) -> None:
    assert amount(figures)[0] == (None if value is None else Decimal(value))


def test_three_digits_behind_a_point_are_grams_in_a_weight_and_doubtful_elsewhere() -> None:
    assert amount("1.250", measured=True) == (Decimal("1.250"), "")
    assert amount("1.250") == (Decimal(1250), "thousands")


@pytest.mark.parametrize(
    ("figures", "value"),
    [("½", "0.5"), ("1½", "1.5"), ("3/4", "0.75"), ("2 1/2", "2.5"), ("1/3", None), ("3/2", None)],
)
def test_fractions_are_read_where_they_are_exact(figures: str, value: str | None) -> None:
    assert fraction(figures) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("R12", "12"),
        ("r 12", "12"),
        ("R12,50", "12.50"),
        ("12 rand", "12"),
        ("twelve rand", "12"),
        ("R1 200", "1200"),
        ("R1,200.00", "1200.00"),
        ("R 1 200,00", "1200.00"),
        ("50c", "0.50"),
        ("R1k", "1000"),
        ("R1.2k", "1200"),
        ("12 bucks", "12"),
        ("R12-50", "12.50"),
        ("a tiger", "10"),
        ("amarandi ayi-18", "18"),
        ("ngo-R18", "18"),
        ("ngoR18", "18"),
        ("ka R25", "25"),
    ],
)
def test_money_in_all_its_forms(text: str, value: str) -> None:
    money = [piece.number for piece in cut(text).pieces if piece.kind is Kind.MONEY]
    assert money == [Decimal(value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("three", 3),
        ("twenty-five", 25),
        ("a hundred and twenty", 120),
        ("two and a half", "2.5"),
        ("half", "0.5"),
        ("three quarters", "0.75"),
        ("een-en-twintig", 21),
        ("vyf en twintig", 25),
        ("anderhalf", "1.5"),
        ("ezintathu", 3),
        ("ishumi nambili", 12),
        ("amashumi amabili nanhlanu", 25),
        ("eziyi-10", 10),
        ("a-6", 6),
        ("alishumi elinesibini", 12),
        ("angamashumi amathathu", 30),
        ("tse tharo", 3),
        ("mahe a mashome a mabedi", 20),
        ("bo-3", 3),
    ],
)
def test_numbers_in_words_of_five_languages(text: str, value: int | str) -> None:
    numbers = [piece.number for piece in cut(text).pieces if piece.kind is Kind.NUMBER]
    assert numbers == [Decimal(value)]
