"""The passwords and keys of the local stack: made once, each in a file of its owner's alone."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.tokens import days_left, mint

RENEW_DAYS = 30


@dataclass(frozen=True, repr=False)
class Secrets:
    """What the parts of the stack share. The names are those of the files."""

    postgres_password: str
    local_api_password: str
    jwt_secret: str
    publishable_key: str
    adapter_token: str
    app_secret: str
    verify_token: str
    access_token: str
    hook_secret: str


_MAKE: dict[str, Callable[[], str]] = {
    "postgres_password": lambda: secrets.token_urlsafe(24),
    "local_api_password": lambda: secrets.token_urlsafe(24),
    "jwt_secret": lambda: secrets.token_urlsafe(48),
    "publishable_key": lambda: f"sb_publishable_{secrets.token_urlsafe(24)}",
    "app_secret": lambda: secrets.token_hex(16),
    "verify_token": lambda: secrets.token_urlsafe(24),
    "access_token": lambda: secrets.token_urlsafe(48),
    "hook_secret": lambda: "v1,whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
}


def keep(folder: Path) -> Secrets:
    """Reads the secrets of a folder and makes those that are missing; renews an ageing token."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = {
        name: _read(folder / name) or _write(folder / name, make()) for name, make in _MAKE.items()
    }
    token = _read(folder / "adapter_token")
    if token is None or days_left(token, values["jwt_secret"]) < RENEW_DAYS:
        token = _write(folder / "adapter_token", mint(values["jwt_secret"]))
    return Secrets(adapter_token=token, **values)


def write_private(file: Path, content: str) -> None:
    """Replaces a file at once, readable by its owner alone."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(content)
    draft.replace(file)


def _read(file: Path) -> str | None:
    try:
        return file.read_text().strip() or None
    except FileNotFoundError:
        return None


def _write(file: Path, value: str) -> str:
    write_private(file, f"{value}\n")
    return value
