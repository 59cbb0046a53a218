"""The processes around a test of the adapter, and the adapter itself: each on a port of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from cli.conversation import Reply, read_reply
from cli.stack.node import LOCAL, node
from cli.stack.postgres import free_port
from cli.tokens import mint
from edge_adapter.signatures import sign_meta
from tests.conftest import PASSWORD, Connection, Database

SECONDS = 30
NUMBER = "112233445566"
VERIFY_TOKEN = "verify-token"
_APP_SECRET = "app-secret"
_GRAPH_TOKEN = "graph-token"
_JWT_SECRET = "a secret that is long enough for HS256"
_PUBLISHABLE_KEY = "sb_publishable_test"
_HOOK_SECRET = "v1,whsec_" + "c2VjcmV0" * 4


@dataclass(frozen=True)
class Server:
    """A process that listens; its client knows the way to it and no proxy."""

    client: httpx.Client
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def kill(self) -> None:
        """As a crash ends it: SIGKILL, no last words."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(
    command: list[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """A server that answers /healthz; ended, killed if need be, when the block ends."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with (
        log.open("ab") as out,
        subprocess.Popen(
            command, env={**inherited, **environment}, stdout=out, stderr=subprocess.STDOUT
        ) as process,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=SECONDS, trust_env=False
        ) as client,
    ):
        try:
            _await(client, process, log)
            yield Server(client, process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.get("/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{process.args!r} did not start: {log.read_text()}")


@dataclass(frozen=True)
class Adapter(Server):
    """The adapter, as Meta sees it."""

    def post(self, payload: Any) -> httpx.Response:
        """A webhook under Meta's signature; bytes go as they are."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        headers = {"x-hub-signature-256": signature(body)}
        return self.client.post("/webhooks/whatsapp", content=body, headers=headers)


def signature(body: bytes) -> str:
    """What Meta would put into X-Hub-Signature-256."""
    return sign_meta(_APP_SECRET, body)


@dataclass(frozen=True)
class Surroundings:
    """What an adapter needs: a database of its own, the API before it, the Graph stand-in."""

    database: Database
    connection: Connection  # as `postgres`
    admin: Connection  # as superuser, who sees what others are doing
    graph: httpx.Client
    settings: Mapping[str, str] = field(repr=False)
    folder: Path

    @contextmanager
    def adapter(self, **settings: str) -> Iterator[Adapter]:
        """One more adapter process; settings are its environment's, beside the usual ones."""
        port = int(settings.get("ADAPTER_PORT", free_port()))
        environment = {**self.settings, "ADAPTER_PORT": str(port), **settings}
        command = [sys.executable, "-m", "edge_adapter.main"]
        with serving(command, port, environment, self.folder / f"adapter-{port}.log") as server:
            yield Adapter(server.client, server.process, server.log)

    # --- what Meta does ---

    def fail(self, **fault: Any) -> None:
        """How the next sends end: a Fault of cli/standins/graph.py."""
        self.graph.post("/_standin/fail", json=fault).raise_for_status()

    def sent_to(self, phone: str) -> list[dict[str, Any]]:
        """Everything the Graph API accepted for a phone, in order."""
        answer = self.graph.get("/_standin/messages", params={"to": phone}).raise_for_status()
        rows: list[dict[str, Any]] = answer.json()["messages"]
        return rows

    # --- what is true ---

    def replies(self, *phones: str) -> list[Reply]:
        """What people received, once nothing of theirs is open and nothing is owed to them."""
        deadline = time.monotonic() + 2 * SECONDS
        while states := self._unfinished(list(phones)):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {2 * SECONDS} s there are still messages {states}")
            time.sleep(0.02)
        return [read_reply(sent) for phone in phones for sent in self.sent_to(phone)]

    def _unfinished(self, phones: list[str]) -> dict[str, int]:
        rows = self.connection.execute(
            "select state::text, count(*) from private.inbox"
            " where sender = any(%(phones)s) and state = 'open' group by state"
            " union all"
            " select state::text, count(*) from private.outbox"
            " where recipient = any(%(phones)s) and state in ('ready', 'waiting', 'unknown')"
            " group by state",
            {"phones": phones},
        ).fetchall()
        return dict(rows)

    def stored(self, phone: str) -> int:
        """How many messages of a phone arrived."""
        return int(self.value("select count(*) from private.inbox where sender = %(p)s", p=phone))

    def value(self, query: str, **values: Any) -> Any:
        """The first value of a query with every right."""
        row = self.admin.execute(query, values).fetchone()
        return row[0] if row else None

    def eventually(self, query: str, **values: Any) -> None:
        """Waits until the query is true."""
        deadline = time.monotonic() + SECONDS
        while not self.value(query, **values):
            if time.monotonic() > deadline:
                raise AssertionError(f"still not so after {SECONDS} s: {query} {values}")
            time.sleep(0.02)


@contextmanager
def local_api(database: Database, folder: Path, port: int | None = None) -> Iterator[Server]:
    """The Supabase API of a database."""
    port = port or free_port()
    settings = {
        "API_PORT": str(port),
        "DATABASE_URL": database.cluster.url("local_api", PASSWORD, database.name),
        "JWT_SECRET": _JWT_SECRET,
        "PUBLISHABLE_KEY": _PUBLISHABLE_KEY,
        "SEND_SMS_HOOK_URL": "http://127.0.0.1:1/hooks/send-sms",
        "SEND_SMS_HOOK_SECRET": _HOOK_SECRET,
        "DO_NOT_TRACK": "1",
    }
    command = [node(), str(LOCAL / "server.mjs")]
    with serving(command, port, settings, folder / f"api-{port}.log") as server:
        yield server


@contextmanager
def graph_standin(folder: Path, webhook: str | None = None) -> Iterator[Server]:
    """Meta; it tells an address what becomes of each message, or nobody."""
    port = free_port()
    command = [
        sys.executable, "-m", "cli.standins.graph", f"--port={port}",
        f"--token={_GRAPH_TOKEN}", f"--phone-number-id={NUMBER}",
        *([f"--webhook={webhook}"] if webhook else []),
    ]  # fmt: skip
    secret = {"GRAPH_STANDIN_APP_SECRET": _APP_SECRET}
    with serving(command, port, secret, folder / f"graph-{port}.log") as server:
        yield server


@contextmanager
def surroundings(database: Database, folder: Path) -> Iterator[Surroundings]:
    """The API and the Graph stand-in over a database. Leases are short, so that tests are."""
    with (
        local_api(database, folder) as api,
        graph_standin(folder) as graph,
        database.connect() as connection,
        database.cluster.connect(database.name) as admin,
    ):
        settings = {
            "WHATSAPP_APP_SECRET": _APP_SECRET,
            "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
            "WHATSAPP_ACCESS_TOKEN": _GRAPH_TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "GRAPH_URL": graph.url,
            "SUPABASE_URL": api.url,
            "SUPABASE_PUBLISHABLE_KEY": _PUBLISHABLE_KEY,
            "SUPABASE_ADAPTER_TOKEN": mint(_JWT_SECRET),
            "SEND_SMS_HOOK_SECRET": _HOOK_SECRET,
            "RPC_TIMEOUT_SECONDS": "3",
            "GEMINI_TIMEOUT_SECONDS": "1",
            "MEDIA_TIMEOUT_SECONDS": "0.9",
            "LEASE_SECONDS": "6",
            "CLAIM_INTERVAL_SECONDS": "0.1",
        }
        yield Surroundings(database, connection, admin, graph.client, settings, folder)
