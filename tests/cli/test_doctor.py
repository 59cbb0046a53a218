"""What `backroom doctor` finds, in a process of its own: settings that open nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from cli.stack.postgres import free_port
from tests.adapter.servers import serving

NOBODY = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("claims", "level", "detail"),
    [
        ({"role": "edge_adapter", "days": 300}, "ok", "valid until"),
        ({"role": "edge_adapter", "days": 29}, "warning", "expires on"),
        ({"role": "edge_adapter", "days": -1}, "failure", "expired on"),
        ({"role": "service_role", "days": 300}, "failure", "not for the role edge_adapter"),
        ({"role": "edge_adapter"}, "warning", "never expires"),
        (None, "failure", "is no JWT"),
    ],
)
def test_the_doctor_looks_at_the_adapters_token(
    claims: dict[str, Any] | None, level: str, detail: str, tmp_path: Path
) -> None:
    token = "no-token"
    if claims is not None:
        days = claims.pop("days", None)
        expires = {} if days is None else {"exp": int(time.time()) + days * 86_400}
        token = jwt.encode({**claims, **expires}, "k" * 32, algorithm="HS256")
    findings, shown = _examined(tmp_path, SUPABASE_ADAPTER_TOKEN=token)
    assert findings["adapter token"]["level"] == level
    assert detail in findings["adapter token"]["detail"]
    assert (findings["adapter token"]["remedy"] == "") == (level == "ok")
    assert findings["database"]["level"] == "failure"
    assert findings["Supabase API"]["level"] == "failure"
    assert findings["Gemini"]["level"] == "warning"
    assert "Gemini model" not in findings
    assert token not in shown


@pytest.mark.parametrize(
    ("model", "level", "detail"),
    [
        (None, "ok", "gemini-3.5-flash-lite"),
        ("gemini-2.5-flash-lite", "ok", "gemini-2.5-flash-lite"),
        ("gemini-2.0-flash-001", "failure", "off on 2026-06-01"),
        ("gemini-2.5-flash", "", "off on 2026-12-01"),
        ("gemini-2.5-pro", "", "off on 2026-12-01"),
        ("gemma-9", "warning", "of no family known here"),
    ],
)
def test_the_doctor_knows_which_models_live_on(
    model: str | None, level: str, detail: str, tmp_path: Path
) -> None:
    """One that is switched off soon is a warning, on the day a failure: never fine."""
    chosen = {} if model is None else {"GEMINI_MODEL": model}
    findings, _ = _examined(tmp_path, GEMINI_API_KEY="k", GEMINI_URL=NOBODY, **chosen)
    found = findings["Gemini model"]
    assert found["level"] in ([level] if level else ["warning", "failure"])
    assert detail in found["detail"]
    assert (found["remedy"] == "") == (found["level"] == "ok")
    assert "Gemini client" not in findings


def test_the_doctor_asks_gemini_for_the_model(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "cli.standins.gemini", f"--port={port}"]
    with serving(command, port, {}, tmp_path / "gemini.log") as google:
        told = {"GEMINI_API_KEY": "k", "GEMINI_URL": google.url}
        assert _examined(tmp_path, **told)[0]["Gemini"]["level"] == "ok"
        google.client.post("/_standin/answers", json={"status": 404}).raise_for_status()
        refused = _examined(tmp_path, **told)[0]["Gemini"]
    assert refused["level"] == "failure"
    assert "404" in refused["detail"]
    assert _examined(tmp_path, **told)[0]["Gemini"]["level"] == "warning", "nobody answers now"


def test_the_doctor_warns_of_the_client_that_has_ended(tmp_path: Path) -> None:
    told = {"GEMINI_API_KEY": "k", "GEMINI_URL": NOBODY, "GEMINI_SDK": "google-generativeai"}
    assert _examined(tmp_path, **told)[0]["Gemini client"]["level"] == "warning"


def _examined(state: Path, **settings: str) -> tuple[dict[str, dict[str, str]], str]:
    """Findings by name, of an adapter that reaches nobody; and everything that was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "doctor", "--json"],
        env={
            "PATH": os.environ["PATH"],
            "BACKROOM_STATE": str(state),
            "BACKROOM_DATABASE_URL": "postgresql://127.0.0.1:1/no",
            "WHATSAPP_APP_SECRET": "s",
            "WHATSAPP_VERIFY_TOKEN": "s",
            "WHATSAPP_ACCESS_TOKEN": "s",
            "WHATSAPP_PHONE_NUMBER_ID": "1",
            "GRAPH_URL": NOBODY,
            "SUPABASE_URL": NOBODY,
            "SUPABASE_PUBLISHABLE_KEY": "s",
            "SUPABASE_ADAPTER_TOKEN": "s",
            "SEND_SMS_HOOK_SECRET": "v1,whsec_" + "A" * 44,
            **settings,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, "no database answers"
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    return findings, done.stdout + done.stderr
