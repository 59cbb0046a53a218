"""Every setting and external party, checked: what is wrong and what to do about it.

A check is a function that yields findings; `CHECKS` lists them in the order a person would fix
things. A check that cannot run because an earlier one failed says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cli.addresses import addresses
from cli.database import connect, report
from cli.errors import CommandError
from cli.stack.settings import ROOT, StackSettings

if TYPE_CHECKING:
    import httpx

    from edge_adapter.settings import Settings

_TOKEN_LEFT = timedelta(days=30)
_MODEL_LEFT = timedelta(days=60)
_OLDEST_POSTGRES = 15
_SECONDS = 5.0


class Level(StrEnum):
    """How bad a finding is. Warnings are fine on one's own machine."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """name: what was looked at. detail: what was found. remedy: empty when all is well."""

    name: str
    level: Level
    detail: str
    remedy: str = ""


class Patient:
    """What is examined: the local stack, where one is up, and the adapter's settings."""

    @cached_property
    def stack(self) -> Mapping[str, str] | None:
        """The addresses of the local stack, None where none is up."""
        try:
            return addresses()
        except CommandError:
            return None

    @cached_property
    def env_file(self) -> Path:
        """Where the adapter's settings lie, unless the environment has them."""
        local = StackSettings().state / "adapter.env"
        return local if self.stack and local.exists() else Path(".env")

    @cached_property
    def settings(self) -> Settings | None:
        """The adapter's; None while they are incomplete."""
        from edge_adapter.settings import SettingsError, load_settings

        try:
            return load_settings(self.env_file)
        except SettingsError:
            return None

    @cached_property
    def database(self) -> int | CommandError:
        """The major version of the database that answers, or why none does."""
        try:
            with connect() as connection:
                return connection.info.server_version // 10000
        except CommandError as error:
            return error

    def get(self, url: str, headers: dict[str, str] | None = None) -> httpx.Response | None:
        """The answer, or None when nobody answers in time."""
        import httpx

        local = httpx.URL(url).host in ("127.0.0.1", "localhost", "::1")
        try:
            return httpx.get(url, headers=headers, timeout=_SECONDS, trust_env=not local)
        except httpx.HTTPError:
            return None


def _database(patient: Patient) -> Iterator[Finding]:
    name = "database"
    version = patient.database
    if isinstance(version, CommandError):
        yield Finding(name, Level.FAILURE, str(version), "run `backroom up`")
    elif version < _OLDEST_POSTGRES:
        detail = f"PostgreSQL {version} is too old"
        yield Finding(name, Level.FAILURE, detail, f"use PostgreSQL {_OLDEST_POSTGRES} or later")
    else:
        yield Finding(name, Level.OK, f"PostgreSQL {version} answers")


def _migrations(patient: Patient) -> Iterator[Finding]:
    if isinstance(patient.database, CommandError):
        return
    name = "migrations"
    wanted = {file.name.split("_")[0] for file in (ROOT / "supabase" / "migrations").glob("*.sql")}
    try:
        with connect() as connection:
            applied = {row["version"] for row in report(connection, "applied_migrations")}
    except CommandError:
        yield Finding(name, Level.FAILURE, "none was ever applied", "run `backroom db migrate`")
        return
    if missing := sorted(wanted - applied):
        detail = f"not applied: {', '.join(missing)}"
        yield Finding(name, Level.FAILURE, detail, "run `backroom db migrate`")
    elif unknown := sorted(applied - wanted):
        detail = f"applied, but not in this checkout: {', '.join(unknown)}"
        yield Finding(name, Level.WARNING, detail, "update this checkout")
    else:
        yield Finding(name, Level.OK, f"all {len(wanted)} are applied")


def _roles(patient: Patient) -> Iterator[Finding]:
    if isinstance(patient.database, CommandError):
        return
    name = "roles and grants"
    try:
        with connect() as connection:
            faults = [row["fault"] for row in report(connection, "safety")]
    except CommandError as error:
        yield Finding(name, Level.FAILURE, str(error), "run `backroom db migrate`")
        return
    for fault in faults:
        remedy = "run `backroom policy test`, then undo what changed it"
        yield Finding(name, Level.FAILURE, fault, remedy)
    if not faults:
        yield Finding(name, Level.OK, "nobody may do more than intended")


def _settings(patient: Patient) -> Iterator[Finding]:
    from edge_adapter.settings import SettingsError, load_settings

    name = "adapter settings"
    try:
        load_settings(patient.env_file)
    except SettingsError as error:
        remedy = f"set them in the environment or in {patient.env_file}"
        yield Finding(name, Level.FAILURE, str(error), remedy)
    else:
        yield Finding(name, Level.OK, "complete")


def _token(patient: Patient) -> Iterator[Finding]:
    import jwt

    if patient.settings is None:
        return
    name = "adapter token"
    mint = "mint another with `backroom adapter key`"
    token = patient.settings.supabase_adapter_token.get_secret_value()
    try:
        # Read, not verified: only the API holds the key to do that.
        claims = jwt.decode(token, options={"verify_signature": False})
        expires = datetime.fromtimestamp(int(claims["exp"]), UTC) if "exp" in claims else None
    except (jwt.InvalidTokenError, ValueError, OverflowError, TypeError):
        yield Finding(name, Level.FAILURE, "SUPABASE_ADAPTER_TOKEN is no JWT", mint)
        return
    now = datetime.now(UTC)
    if claims.get("role") != "edge_adapter":
        yield Finding(name, Level.FAILURE, "it is not for the role edge_adapter", mint)
    elif expires is None:
        yield Finding(name, Level.WARNING, "it never expires", mint)
    elif expires <= now:
        yield Finding(name, Level.FAILURE, f"it expired on {expires:%Y-%m-%d}", mint)
    elif expires <= now + _TOKEN_LEFT:
        yield Finding(name, Level.WARNING, f"it expires on {expires:%Y-%m-%d}", mint)
    else:
        yield Finding(name, Level.OK, f"valid until {expires:%Y-%m-%d}")


def _api(patient: Patient) -> Iterator[Finding]:
    if patient.settings is None:
        return
    name = "Supabase API"
    url = str(patient.settings.supabase_url).rstrip("/")
    key = patient.settings.supabase_publishable_key.get_secret_value()
    answer = patient.get(f"{url}/rest/v1/", {"apikey": key})
    if answer is None or answer.is_server_error:
        detail = "no answer" if answer is None else f"HTTP {answer.status_code}"
        remedy = "run `backroom status`" if patient.stack else "check SUPABASE_URL"
        yield Finding(name, Level.FAILURE, f"{detail} from {url}", remedy)
    else:
        yield Finding(name, Level.OK, f"{url} answers")


def _adapter(patient: Patient) -> Iterator[Finding]:
    name = "adapter"
    if patient.stack:
        url = patient.stack["adapter_url"]
    elif patient.settings:
        url = f"http://{patient.settings.adapter_host}:{patient.settings.adapter_port}"
    else:
        return
    answer = patient.get(f"{url}/readyz")
    if answer is None:
        remedy = "run `backroom up`" if patient.stack else "run `backroom adapter serve`"
        level = Level.FAILURE if patient.stack else Level.WARNING
        yield Finding(name, level, f"no answer from {url}", remedy)
    elif not answer.is_success:
        detail = f"not ready: HTTP {answer.status_code}"
        yield Finding(name, Level.FAILURE, detail, "see its log and the findings above")
    else:
        yield Finding(name, Level.OK, f"{url} is ready")


def _graph(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    if settings is None:
        return
    name = "WhatsApp Graph API"
    url = str(settings.graph_url).rstrip("/")
    if patient.stack and url == patient.stack["graph_url"]:
        answer = patient.get(f"{url}/healthz")
        if answer is None or not answer.is_success:
            yield Finding(name, Level.FAILURE, f"no answer from {url}", "run `backroom status`")
        else:
            yield Finding(name, Level.OK, f"the stand-in at {url} answers")
        return
    path = f"{url}/{settings.graph_version}/{settings.whatsapp_phone_number_id}?fields=id"
    token = settings.whatsapp_access_token.get_secret_value()
    answer = patient.get(path, {"authorization": f"Bearer {token}"})
    if answer is None:
        yield Finding(name, Level.FAILURE, f"no answer from {url}", "check the network")
    elif not answer.is_success:
        detail = f"the token was refused with HTTP {answer.status_code}"
        remedy = "check WHATSAPP_ACCESS_TOKEN and WHATSAPP_PHONE_NUMBER_ID"
        yield Finding(name, Level.FAILURE, detail, remedy)
    else:
        yield Finding(name, Level.OK, "the token works for this number")


def _gemini(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    if settings is None:
        return
    name = "Gemini"
    if settings.gemini_api_key is None:
        remedy = "set GEMINI_API_KEY to have other sentences read too"
        yield Finding(name, Level.WARNING, "no key: the grammar serves alone", remedy)
        return
    url = f"{str(settings.gemini_url).rstrip('/')}/v1beta/models/{settings.gemini_model}"
    answer = patient.get(url, {"x-goog-api-key": settings.gemini_api_key.get_secret_value()})
    if answer is None:
        detail = "no answer: until then the grammar serves alone"
        yield Finding(name, Level.WARNING, detail, "check the network")
    elif not answer.is_success:
        detail = f"key or model refused with HTTP {answer.status_code}"
        yield Finding(name, Level.FAILURE, detail, "check GEMINI_API_KEY and GEMINI_MODEL")
    else:
        yield Finding(name, Level.OK, f"{settings.gemini_model} answers")


def _model(patient: Patient) -> Iterator[Finding]:
    """What is known of the model and the client beforehand; nobody is asked."""
    from edge_adapter.gemini.families import gone, is_known
    from edge_adapter.settings import Settings

    settings = patient.settings
    if settings is None or settings.gemini_api_key is None:
        return
    name, model = "Gemini model", settings.gemini_model
    usual = Settings.model_fields["gemini_model"].default
    today, ends = datetime.now(UTC).date(), gone(model)
    if not is_known(model):
        detail = (
            f"{model} is of no family known here: not told to think less, counted as the dearest"
        )
        remedy = f"set GEMINI_MODEL={usual}, or add it to edge_adapter/gemini/families.toml"
        yield Finding(name, Level.WARNING, detail, remedy)
    elif ends is not None and ends <= today + _MODEL_LEFT:
        level = Level.FAILURE if ends <= today else Level.WARNING
        detail = f"Google switches {model} off on {ends}"
        yield Finding(name, level, detail, f"set GEMINI_MODEL={usual}")
    else:
        yield Finding(name, Level.OK, model)
    if settings.gemini_sdk == "google-generativeai":
        detail = "google-generativeai has had no support since 2025-11-30"
        yield Finding("Gemini client", Level.WARNING, detail, "set GEMINI_SDK=google-genai")


def _codes(patient: Patient) -> Iterator[Finding]:
    if patient.settings is None:
        return
    name = "sign-in codes"
    if patient.settings.otp_driver == "console":
        detail = "written to a file, not sent"
        yield Finding(name, Level.WARNING, detail, "set OTP_DRIVER=whatsapp before going live")
    else:
        yield Finding(name, Level.OK, f"sent by WhatsApp as {patient.settings.otp_template_name}")


CHECKS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    _database,
    _migrations,
    _roles,
    _settings,
    _token,
    _api,
    _adapter,
    _graph,
    _gemini,
    _model,
    _codes,
)


def examine(patient: Patient) -> list[Finding]:
    """All findings, in the order of CHECKS."""
    return [finding for check in CHECKS for finding in check(patient)]
