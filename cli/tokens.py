"""The adapter's token: a JWT that lets its holder act as the database role `edge_adapter`."""

from __future__ import annotations

import json
import time
from typing import Any

from cli.errors import CommandError

ROLE = "edge_adapter"
LONGEST_DAYS = 365


def mint(key: str, days: int = LONGEST_DAYS) -> str:
    """A token for the adapter, good for `days`, at most 365.

    key: the local stack's secret (HS256), or a hosted project's signing key, the private JWK that
    `supabase gen signing-key` prints (ES256, with `kid`). Raises CommandError for any other.
    """
    import jwt

    if not 1 <= days <= LONGEST_DAYS:
        raise CommandError(f"A token lives for 1 to {LONGEST_DAYS} days.")
    now = int(time.time())
    claims = {"iss": "backroom", "role": ROLE, "iat": now, "exp": now + days * 86_400}
    if not key.lstrip().startswith(("{", "[")):
        return jwt.encode(claims, key, algorithm="HS256")
    jwk = _signing_key(key)
    return jwt.encode(claims, jwt.PyJWK(jwk).key, algorithm="ES256", headers={"kid": jwk["kid"]})


def days_left(token: str, secret: str) -> float:
    """How long a local token is still good for; 0 for one that the secret did not sign."""
    import jwt

    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return 0
    return float(claims["exp"] - time.time()) / 86_400


def _signing_key(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
        jwk = dict(content[0] if isinstance(content, list) else content)
    except (ValueError, IndexError, TypeError):
        raise CommandError("The signing key is no JSON.") from None
    if jwk.get("crv") != "P-256" or not jwk.get("kid") or not jwk.get("d"):
        raise CommandError("The signing key must be a private ES256 key with a `kid`.")
    return jwk
