"""Every setting of the adapter: keys, addresses, limits. Nothing else reads the environment.

Names are environment variables in capitals; a `.env` file in the working directory serves too, and
the environment wins over it. Without its secrets the adapter does not start: a webhook whose
signature cannot be checked must not be open.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from edge_adapter.signatures import StandardWebhook


class SettingsError(Exception):
    """The adapter cannot start; the message is one sentence that names the variables at fault."""


def _strip(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _fit_for_a_header(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("must be printable ASCII without spaces")
    return secret


Secret = Annotated[SecretStr, BeforeValidator(_strip), AfterValidator(_fit_for_a_header)]
Digits = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{1,32}$")]
Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """Immutable; durations in seconds, sizes as the name says."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    # Meta
    whatsapp_app_secret: Secret
    whatsapp_verify_token: Secret
    whatsapp_access_token: Secret
    whatsapp_phone_number_id: Digits
    graph_url: HttpUrl = HttpUrl("https://graph.facebook.com")
    graph_version: Annotated[str, StringConstraints(pattern=r"^v[0-9]{1,3}\.[0-9]$")] = "v25.0"
    graph_timeout_seconds: PositiveFloat = 10
    send_attempts: PositiveInt = 8
    sends_at_once: Annotated[int, Field(ge=1, le=100)] = 50

    # Supabase
    supabase_url: HttpUrl
    supabase_publishable_key: Secret
    supabase_adapter_token: Secret
    rpc_timeout_seconds: PositiveFloat = 5
    rpc_attempts: PositiveInt = 4

    # one-time codes
    send_sms_hook_secret: Secret
    otp_driver: Literal["console", "whatsapp"] = "whatsapp"
    otp_console_file: Path | None = None
    otp_template_name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")] = (
        "backroom_sign_in"
    )
    otp_template_language: Annotated[
        str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")
    ] = "en"
    # Supabase Auth waits 5 s in all, its own retries included.
    otp_timeout_seconds: PositiveFloat = 3.5

    # Gemini; without a key the grammar serves alone
    gemini_api_key: Secret | None = None
    gemini_model: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,99}$")] = (
        "gemini-3.5-flash-lite"
    )
    gemini_sdk: Literal["google-genai", "google-generativeai"] = "google-genai"
    gemini_url: HttpUrl = HttpUrl("https://generativelanguage.googleapis.com")
    gemini_timeout_seconds: PositiveFloat = 8
    gemini_output_tokens: PositiveInt = 8192

    # what people send that is not text; a type is listed only if the model reads it
    media_timeout_seconds: PositiveFloat = 5
    media_limit_bytes: Annotated[int, Field(ge=1, le=14 * 1024 * 1024)] = 8 * 1024 * 1024
    media_types: frozenset[str] = frozenset(
        {
            "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "image/jpeg", "image/png",
            "image/webp", "application/pdf",
        }
    )  # fmt: skip

    # the service itself
    adapter_host: str = "127.0.0.1"
    adapter_port: Port = 54440

    # what one message or one call may be
    webhook_body_limit_bytes: PositiveInt = 3 * 1024 * 1024
    hook_body_limit_bytes: PositiveInt = 20 * 1024
    text_limit_characters: PositiveInt = 1000
    batch_size: Annotated[int, Field(ge=1, le=50)] = 50
    claim_interval_seconds: PositiveFloat = 2
    lease_seconds: PositiveInt = 20  # a dead process's messages wait so long for another
    resend_seconds: PositiveInt = 60  # until another process may send a reply that is not settled
    unknown_fate_seconds: PositiveFloat = 120  # for a status to tell whether a reply went
    appliers: Annotated[int, Field(ge=1, le=16)] = 2  # batches being applied at once

    @field_validator("send_sms_hook_secret")
    @classmethod
    def _hook_secret_is_well_formed(cls, secret: SecretStr) -> SecretStr:
        StandardWebhook(secret.get_secret_value())
        return secret

    @field_validator("supabase_url", "graph_url", "gemini_url")
    @classmethod
    def _plain_http_stays_on_this_machine(cls, url: HttpUrl) -> HttpUrl:
        if url.scheme != "https" and not is_loopback(url):
            raise ValueError("must be https unless it is this machine")
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("must be a bare address")
        return url

    @model_validator(mode="after")
    def _console_codes_stay_local(self) -> Self:
        if self.otp_driver == "console":
            if not is_loopback(self.supabase_url):
                raise ValueError("OTP_DRIVER=console is only for a SUPABASE_URL on this machine")
            if self.otp_console_file is None:
                raise ValueError("OTP_DRIVER=console needs OTP_CONSOLE_FILE")
        return self

    @model_validator(mode="after")
    def _lease_outlives_the_work(self) -> Self:
        reading = (
            self.media_timeout_seconds + self.gemini_timeout_seconds + self.rpc_timeout_seconds
        )
        if self.lease_seconds <= reading:
            raise ValueError(f"LEASE_SECONDS must exceed the timeouts it covers ({reading:g})")
        sending = 2 * self.graph_timeout_seconds + self.rpc_timeout_seconds  # a picture is two
        if self.resend_seconds <= sending:
            raise ValueError(f"RESEND_SECONDS must exceed the timeouts it covers ({sending:g})")
        return self


def is_loopback(url: HttpUrl) -> bool:
    """Whether the address names this very machine; a name that merely begins so does not."""
    host = (url.host or "").strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(env_file: Path | str | None = ".env") -> Settings:
    """Read the environment and `env_file`; raises SettingsError, whose text holds no value."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"The settings file {env_file} cannot be read.") from None


def _sentence(error: ValidationError) -> str:
    missing: list[str] = []
    wrong: list[str] = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(fault["loc"][0]).upper() if fault["loc"] else ""
        text = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "missing":
            missing.append(name)
        else:
            wrong.append(f"{name} {text}".strip())
    parts = [f"set {', '.join(missing)}"] if missing else []
    return f"The adapter cannot start: {'; '.join(parts + wrong)}."
