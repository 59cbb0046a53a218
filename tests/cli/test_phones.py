"""Phone numbers as people write them."""

from __future__ import annotations

import pytest

from cli.errors import CommandError
from cli.phones import parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "0831234567",
        "083 123 4567",
        "083-123-4567",
        "(083) 123 4567",
        "831234567",
        "27831234567",
        "+27831234567",
        "+27 83 123 4567",
        "+27 (0)83 123 4567",
        "0027831234567",
    ],
)
def test_every_way_to_write_a_south_african_number_means_the_same_digits(typed: str) -> None:
    assert parse_phone(typed) == "27831234567"


def test_a_number_of_another_country_keeps_its_code() -> None:
    assert parse_phone("+44 7911 123456") == "447911123456"


@pytest.mark.parametrize(
    "typed", ["", "Thandi", "12", "08211122", "083123456", "08312345678", "+27", "0931234567890123"]
)
def test_what_is_no_phone_number_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(CommandError, match="is not a phone number") as refusal:
        parse_phone(typed)
    assert "\n" not in str(refusal.value)
