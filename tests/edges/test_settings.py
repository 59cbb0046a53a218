"""No settings, no start: and the sentence says which."""

from pathlib import Path
from typing import Any

import pytest

from edge_adapter.settings import Settings, SettingsError, load_settings

COMPLETE: dict[str, Any] = {
    "whatsapp_app_secret": "app-secret",
    "whatsapp_verify_token": "verify-token",
    "whatsapp_access_token": "access-token",
    "whatsapp_phone_number_id": "112233445566",
    "supabase_url": "http://127.0.0.1:54430",
    "supabase_publishable_key": "sb_publishable_x",
    "supabase_adapter_token": "a.b.c",
    "send_sms_hook_secret": "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A complete environment and nothing else of ours in it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name.upper(), value)
    return monkeypatch


def _refusal() -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings(env_file=None)
    return str(refused.value)


def test_a_complete_environment_starts(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BATCH_SIZE", "20")
    settings = load_settings(env_file=None)
    assert settings.whatsapp_app_secret.get_secret_value() == "app-secret"
    assert settings.batch_size == 20
    assert settings.webhook_body_limit_bytes == 3 * 1024 * 1024


@pytest.mark.parametrize("name", [name.upper() for name in COMPLETE])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_setting_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    if value is None:
        environment.delenv(name)
    else:
        environment.setenv(name, value)
    sentence = _refusal()
    assert name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_all_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("WHATSAPP_APP_SECRET")
    environment.delenv("SUPABASE_URL")
    assert _refusal() == "The adapter cannot start: set WHATSAPP_APP_SECRET, SUPABASE_URL."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WHATSAPP_ACCESS_TOKEN", "tok\nen"),
        ("WHATSAPP_ACCESS_TOKEN", "tökén"),
        ("WHATSAPP_PHONE_NUMBER_ID", "../me"),
        ("GRAPH_VERSION", "latest"),
        ("SUPABASE_URL", "http://shop.example.com"),
        ("SUPABASE_URL", "http://127.0.0.1.example.com"),
        ("SUPABASE_URL", "http://localhost.example.com"),
        ("SUPABASE_URL", "https://user:pass@shop.example.com"),
        ("SEND_SMS_HOOK_SECRET", "v1,whsec_short"),
        ("OTP_DRIVER", "pigeon"),
        ("GEMINI_SDK", "other"),
        ("GEMINI_MODEL", "../../x"),
        ("ADAPTER_PORT", "99999"),
        ("BATCH_SIZE", "51"),
        ("RPC_TIMEOUT_SECONDS", "0"),
        ("LEASE_SECONDS", "10"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    environment.setenv(name, value)
    sentence = _refusal()
    assert name in sentence
    assert len(value) < 3 or value not in sentence


def test_the_console_is_for_this_machine_only(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("OTP_DRIVER", "console")
    assert "OTP_CONSOLE_FILE" in _refusal()
    environment.setenv("OTP_CONSOLE_FILE", str(tmp_path / "codes"))
    assert load_settings(env_file=None).otp_driver == "console"
    environment.setenv("SUPABASE_URL", "https://shop.example.com")
    assert "OTP_DRIVER=console" in _refusal()


def test_secrets_do_not_show(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GEMINI_API_KEY", "gemini-key")
    shown = repr(load_settings(env_file=None))
    hidden = ["app-secret", "verify-token", "access-token", "a.b.c", "whsec", "gemini-key"]
    assert not [secret for secret in hidden if secret in shown]


@pytest.mark.usefixtures("environment")
def test_a_file_serves_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("WHATSAPP_VERIFY_TOKEN=from-file\nLEASE_SECONDS=90\nUNKNOWN=1\n")
    settings = load_settings(env_file=file)
    assert settings.lease_seconds == 90
    assert settings.whatsapp_verify_token.get_secret_value() == "verify-token"
