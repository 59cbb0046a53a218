"""The adapter's token: signed by the right key, for one role, never for more than a year."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cli.errors import CommandError
from cli.tokens import days_left, mint

SECRET = "a secret that is long enough for HS256"


def test_a_local_token_is_for_the_adapters_role_alone() -> None:
    claims = jwt.decode(mint(SECRET, 3), SECRET, algorithms=["HS256"])
    assert claims["role"] == "edge_adapter"
    assert claims["exp"] - time.time() == pytest.approx(3 * 86_400, abs=5)


def test_a_hosted_token_is_signed_with_the_imported_key() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private)) | {"kid": "the-key"}
    token = mint(json.dumps(jwk))
    assert jwt.get_unverified_header(token)["kid"] == "the-key"
    assert jwt.decode(token, private.public_key(), algorithms=["ES256"])["role"] == "edge_adapter"


@pytest.mark.parametrize("days", [0, 366])
def test_no_token_lives_for_less_than_a_day_or_more_than_a_year(days: int) -> None:
    with pytest.raises(CommandError, match="1 to 365 days"):
        mint(SECRET, days)


@pytest.mark.parametrize("key", ["{", "[]", '{"kty": "EC", "crv": "P-256", "kid": "public"}'])
def test_what_is_no_private_signing_key_is_refused(key: str) -> None:
    with pytest.raises(CommandError, match="signing key"):
        mint(key)


def test_a_token_of_another_secret_is_good_for_nothing() -> None:
    assert days_left(mint(SECRET), SECRET) == pytest.approx(365, abs=0.01)
    assert days_left(mint(SECRET), SECRET[::-1]) == 0
