"""No settings, no start: one sentence that names what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapter.servers import Surroundings

SECRETS = (
    "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_PHONE_NUMBER_ID", "SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY",
    "SUPABASE_ADAPTER_TOKEN", "SEND_SMS_HOOK_SECRET",
)  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
def test_the_adapter_stops_with_one_sentence(
    outside: Surroundings, tmp_path: Path, name: str, value: str | None
) -> None:
    settings = {**outside.settings, "PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())}
    settings.pop(name)
    if value is not None:
        settings[name] = value
    done = subprocess.run(
        [sys.executable, "-m", "edge_adapter.main"],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"The adapter cannot start: set {name}.\n"
