"""The closed form."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from edge_adapter.interpretation import Action, Envelope, Interpretation

SELL = {"action": "sell", "product": "coke 2l", "quantity": "3"}


def _with(**fields: Any) -> dict[str, Any]:
    return {"language": "en", "actions": [{**SELL, **fields}]}


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity": 3},
        {"quantity": "3e2"},
        {"quantity": "NaN"},
        {"quantity": "-3"},
        {"quantity": "1."},
        {"quantity": "1" * 12},
        {"quantity": "٣"},
        {"price": "1.1234567"},
        {"price": "12", "unit_price": "12"},
        {"to_product": "fanta"},
        {"when": "2026-02-30"},
        {"when": "next week"},
        {"unit": "CASE"},
        {"product": ""},
        {"product": "a\nb"},
        {"product": "x" * 121},
        {"reason": "because"},
        {"action": "drop_table"},
        {"company": "another"},
    ],
)
def test_nothing_outside_the_form_is_accepted(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Interpretation.model_validate(_with(**fields))


@pytest.mark.parametrize("count", [0, 41])
def test_a_message_has_one_to_forty_actions(count: int) -> None:
    with pytest.raises(ValidationError):
        Interpretation.model_validate({"language": "en", "actions": [SELL] * count})


def test_numbers_keep_their_scale_and_lose_leading_noughts() -> None:
    assert Action.model_validate({**SELL, "quantity": "003.50"}).quantity == "3.50"


def test_a_day_without_a_year_may_be_the_29th_of_february() -> None:
    assert Action.model_validate({**SELL, "when": "--02-29"}).when == "--02-29"


def test_the_envelope_says_where_the_words_came_from() -> None:
    envelope = Envelope.model_validate({**_with(), "source": "text", "reply_to": "wamid.1"})
    assert envelope.model_dump(mode="json", exclude_none=True) == {
        "language": "en",
        "actions": [SELL],
        "source": "text",
        "reply_to": "wamid.1",
    }


def test_the_schema_for_a_model_is_closed() -> None:
    schema = Interpretation.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Action"]["additionalProperties"] is False
    assert "sell" in schema["$defs"]["Action"]["properties"]["action"]["enum"]
