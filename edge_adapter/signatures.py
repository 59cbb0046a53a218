"""Who sent this? Meta's signature on a webhook, and Standard Webhooks for the Send SMS hook.

Both work on the raw bytes, compare in constant time and know two answers only: genuine or not. Meta
signs no time and no id, so a captured webhook verifies for ever: the defence against replay is the
unique wamid in the database.
Sources: Meta, "Validating Webhook Payloads"; the Standard Webhooks specification.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook, WebhookVerificationError


class Rejected(Exception):  # noqa: N818 - a verdict, not a fault
    """Not from who it claims to be; carries no detail, for a forger would read it."""


def sign_meta(secret: str, raw_body: bytes) -> str:
    """The value of `X-Hub-Signature-256` for this body."""
    return f"sha256={hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()}"


def verify_meta(secret: str, raw_body: bytes, header: str | None) -> bool:
    """Whether `header` is Meta's signature of the body. Any malformed header is simply not."""
    return bool(secret) and same_secret(sign_meta(secret, raw_body), header)


def same_secret(expected: str, given: str | None) -> bool:
    """Whether a caller gave the secret, in a time that tells nothing of how much of it."""
    if not expected or given is None:
        return False
    # Bytes: compare_digest refuses non-ASCII text, and a caller may send any.
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


# One v1 signature is 32 bytes in base64. Whatever else stands in the header is passed over, so that
# a newer scheme or a broken neighbour does not reject a good signature.
_V1 = re.compile(r"(?<![^ ,])v1,([A-Za-z0-9+/]{43}=)(?![^ ,])")
_SIGNATURES_READ = 8


class StandardWebhook:
    """Verifies and signs as Supabase Auth does.

    Its secrets read `v1,whsec_<base64>`, several joined by `|` while one is being replaced; it then
    sends one signature per secret joined by ", ", where the specification has a space. Its
    `webhook-id` is new on every retry, so it names no request.
    """

    def __init__(self, secrets: str) -> None:
        """Raises ValueError for a secret that is not base64 of 16 to 128 bytes."""
        self._keys = [_key(secret) for secret in secrets.split("|")]

    def verify(self, raw_body: bytes, headers: Mapping[str, str]) -> None:
        """Raises Rejected unless one secret signed this body within five minutes of now."""
        named = {name.lower(): value for name, value in headers.items()}
        signatures = _V1.findall(named.get("webhook-signature", ""))[:_SIGNATURES_READ]
        named["webhook-signature"] = " ".join(f"v1,{signature}" for signature in signatures)
        for key in self._keys:
            try:
                key.verify(raw_body, named, json_parse=False)
            except (WebhookVerificationError, ValueError):  # ValueError: the library on odd input
                continue
            return
        raise Rejected

    def sign(self, raw_body: bytes, webhook_id: str, at: datetime) -> dict[str, str]:
        """The three headers that verify() accepts, one signature per secret; `at` is aware."""
        moment = at.astimezone(UTC)
        body = raw_body.decode()
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": ", ".join(
                key.sign(webhook_id, moment, body) for key in self._keys
            ),
        }


def _key(secret: str) -> Webhook:
    encoded = secret.strip().removeprefix("v1,").removeprefix("whsec_")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be v1,whsec_ and base64") from None
    if not 16 <= len(key) <= 128:
        raise ValueError("must hold a key of 16 to 128 bytes")
    return Webhook(key)
