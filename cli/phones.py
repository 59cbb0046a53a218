"""A phone number as people type it → E.164 digits without a plus, as WhatsApp writes it."""

from __future__ import annotations

from cli.errors import CommandError

REGION = "ZA"
_HOME, _HOME_DIGITS = 27, 9  # the library also knows shorter South African service numbers


def parse_phone(typed: str) -> str:
    """`082 000 0001`, `+27 82 000 0001`, `27820000001` → `27820000001`.

    Numbers without a country code are South African. Raises CommandError for anything that is no
    assigned number.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_valid_number(number):
        digits = phonenumbers.national_significant_number(number)
        if number.country_code != _HOME or len(digits) == _HOME_DIGITS:
            return f"{number.country_code}{digits}"
    raise CommandError(f"{typed!r} is not a phone number; write it like 0821234567.")
