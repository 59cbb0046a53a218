"""People who sign in by phone on the whole stack, through the client that the dashboard uses."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest
from supabase import Client, ClientOptions, create_client

from tests.conftest import WholeStack

SECONDS = 15

Open = Callable[..., Client]


@pytest.fixture
def client(stack: WholeStack) -> Iterator[Open]:
    """Opens clients with the publishable key; their headers are the arguments."""
    with ExitStack() as opened:

        def open_client(**headers: str) -> Client:
            http = opened.enter_context(httpx.Client(timeout=SECONDS, trust_env=False))
            options = ClientOptions(
                httpx_client=http,
                auto_refresh_token=False,
                persist_session=False,
                headers={name.replace("_", "-"): value for name, value in headers.items()},
            )
            return create_client(stack.api_url, stack.publishable_key, options)

        yield open_client


@pytest.fixture
def sign_in(stack: WholeStack, client: Open) -> Open:
    """A client in the name of a phone's owner: asks for a code, and enters the one that came."""

    def signed_in(phone: str, **headers: str) -> Client:
        one = client(**headers)
        before = _codes(stack)
        one.auth.sign_in_with_otp({"phone": f"+{phone}"})
        answer = one.auth.verify_otp(
            {"phone": f"+{phone}", "token": _code(stack, len(before), phone), "type": "sms"}
        )
        assert answer.session is not None
        return one

    return signed_in


def _codes(stack: WholeStack) -> list[str]:
    return stack.otp_file.read_text().splitlines() if stack.otp_file.exists() else []


def _code(stack: WholeStack, skip: int, phone: str) -> str:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for line in _codes(stack)[skip:]:
            entry = json.loads(line)
            if entry["phone"] == phone:
                return str(entry["otp"])
        time.sleep(0.05)
    raise AssertionError("no code came")
