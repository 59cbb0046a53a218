"""A phone number as people type it → E.164 digits without a plus, as WhatsApp writes it."""

from __future__ import annotations

from cli.errors import CommandError

REGION = "ZA"


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
    if number is None or not phonenumbers.is_valid_number(number):
        raise CommandError(f"{typed!r} is not a phone number; write it like 0821234567.")
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"
