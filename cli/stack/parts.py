"""The processes of the local stack beside the database: what each runs, how it shows it works."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from cli.stack.node import LOCAL, node
from cli.stack.postgres import Cluster
from cli.stack.secret_files import Secrets
from cli.stack.settings import StackSettings

PHONE_NUMBER_ID = "100000000000001"


@dataclass(frozen=True)
class Part:
    """One process. health: answers 200 once it works. port_setting: what moves it elsewhere."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    health: str
    port: int

    @property
    def port_setting(self) -> str:
        return f"BACKROOM_{self.name.upper()}_PORT"


def adapter_settings(settings: StackSettings, secrets: Secrets) -> dict[str, str]:
    """What the adapter is told on this machine; `adapter.env` keeps it for other commands."""
    return {
        "WHATSAPP_APP_SECRET": secrets.app_secret,
        "WHATSAPP_VERIFY_TOKEN": secrets.verify_token,
        "WHATSAPP_ACCESS_TOKEN": secrets.access_token,
        "WHATSAPP_PHONE_NUMBER_ID": PHONE_NUMBER_ID,
        "GRAPH_URL": settings.url("graph"),
        "SUPABASE_URL": settings.url("api"),
        "SUPABASE_PUBLISHABLE_KEY": secrets.publishable_key,
        "SUPABASE_ADAPTER_TOKEN": secrets.adapter_token,
        "SEND_SMS_HOOK_SECRET": secrets.hook_secret,
        "OTP_DRIVER": "console",
        "OTP_CONSOLE_FILE": str(settings.state / "codes.jsonl"),
        "ADAPTER_HOST": "127.0.0.1",
        "ADAPTER_PORT": str(settings.adapter_port),
    }


def parts(settings: StackSettings, secrets: Secrets, cluster: Cluster) -> list[Part]:
    """In the order of a person who looks for a fault: data, the outside world, what joins them."""
    return [
        Part(
            "api",
            (node(), str(LOCAL / "server.mjs")),
            {
                "API_PORT": str(settings.api_port),
                "DATABASE_URL": cluster.url("local_api", secrets.local_api_password),
                "JWT_SECRET": secrets.jwt_secret,
                "PUBLISHABLE_KEY": secrets.publishable_key,
                "SEND_SMS_HOOK_URL": f"{settings.url('adapter')}/hooks/send-sms",
                "SEND_SMS_HOOK_SECRET": secrets.hook_secret,
                "DO_NOT_TRACK": "1",
            },
            f"{settings.url('api')}/healthz",
            settings.api_port,
        ),
        Part(
            "graph",
            (
                sys.executable,
                "-m",
                "cli.standins.graph",
                f"--port={settings.graph_port}",
                f"--phone-number-id={PHONE_NUMBER_ID}",
                f"--webhook={settings.url('adapter')}/webhooks/whatsapp",
            ),
            {
                "GRAPH_STANDIN_TOKEN": secrets.access_token,
                "GRAPH_STANDIN_APP_SECRET": secrets.app_secret,
            },
            f"{settings.url('graph')}/healthz",
            settings.graph_port,
        ),
        Part(
            "adapter",
            (sys.executable, "-m", "edge_adapter.main"),
            adapter_settings(settings, secrets),
            f"{settings.url('adapter')}/healthz",
            settings.adapter_port,
        ),
    ]


def environment(part: Part) -> dict[str, str]:
    """The caller's, which may name a Gemini key, under the part's own; never a proxy to itself."""
    loopback = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
    return {**os.environ, **loopback, **part.environment}
