"""Signing in on the local stack through the Supabase client, as the dashboard does."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from cli.addresses import addresses
from cli.errors import CommandError

_CODE_SECONDS = 10.0


@dataclass(frozen=True)
class Session:
    """What a signed-in client holds."""

    access_token: str
    refresh_token: str
    user_id: str


def sign_in(phone: str) -> Session:
    """Asks for a code, reads it where the adapter wrote it, and trades it for a session.

    phone: E.164 digits. Raises CommandError when the stack is not up or no code comes.
    """
    import httpx
    from supabase import AuthError, ClientOptions, create_client

    stack = addresses()
    codes = Path(stack["otp_file"])
    skip = codes.stat().st_size if codes.exists() else 0
    # This machine only: a proxy of the environment has no business in between.
    with httpx.Client(timeout=15, trust_env=False) as client:
        options = ClientOptions(
            httpx_client=client, auto_refresh_token=False, persist_session=False
        )
        auth = create_client(stack["api_url"], stack["publishable_key"], options).auth
        try:
            auth.sign_in_with_otp({"phone": f"+{phone}"})
            code = _code(codes, skip, phone)
            answer = auth.verify_otp({"phone": f"+{phone}", "token": code, "type": "sms"})
        except AuthError as error:
            raise CommandError(f"The sign-in was refused: {error.message}") from error
        except httpx.HTTPError:
            raise CommandError(
                f"The API does not answer at {stack['api_url']}: run `backroom status`."
            ) from None
    if answer.session is None or answer.user is None:
        raise CommandError("The sign-in brought no session.")
    return Session(answer.session.access_token, answer.session.refresh_token, answer.user.id)


def _code(file: Path, skip: int, phone: str) -> str:
    """The newest code for a phone past so many bytes of the file; waits for it."""
    deadline = time.monotonic() + _CODE_SECONDS
    while time.monotonic() < deadline:
        lines = file.read_bytes()[skip:].splitlines(keepends=True) if file.exists() else []
        for line in reversed(lines):
            if line.endswith(b"\n") and (entry := json.loads(line))["phone"] == phone:
                return str(entry["otp"])
        time.sleep(0.05)
    raise CommandError(f"No code came within {_CODE_SECONDS:g} seconds: run `backroom doctor`.")
