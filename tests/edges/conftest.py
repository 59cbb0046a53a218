"""The vendors' stand-ins, each a process of its own on a free port."""

import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from edge_adapter.graph import Graph

TOKEN = "graph-token"
NUMBER = "112233445566"


@dataclass(frozen=True)
class Standin:
    """A running stand-in and its own routes."""

    url: str
    control: httpx.Client

    def post(self, path: str, **body: Any) -> None:
        """Tell it how the next requests end."""
        self.control.post(f"/_standin/{path}", json=body).raise_for_status()

    def get(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """What it has received."""
        rows: list[dict[str, Any]] = (
            self.control.get(f"/_standin/{path}", params=query).raise_for_status().json()[path]
        )
        return rows


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(module: str, *arguments: str) -> Iterator[Standin]:
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), *arguments]
    with (
        subprocess.Popen(command) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=70) as control,
    ):
        try:
            _wait_for(control, process)
            yield Standin(f"http://127.0.0.1:{port}", control)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait_for(control: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            control.get("/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the stand-in did not start")


@pytest.fixture(scope="session")
def _graph_process() -> Iterator[Standin]:
    with _running("cli.standins.graph", "--token", TOKEN, "--phone-number-id", NUMBER) as standin:
        yield standin


@pytest.fixture(scope="session")
def _gemini_process() -> Iterator[Standin]:
    with _running("cli.standins.gemini") as standin:
        yield standin


@pytest.fixture
def meta(_graph_process: Standin) -> Standin:
    """The Graph API's stand-in, with nothing sent."""
    _graph_process.control.delete("/_standin/messages").raise_for_status()
    return _graph_process


@pytest.fixture
def google(_gemini_process: Standin) -> Standin:
    """Gemini's stand-in, with nothing asked."""
    _gemini_process.control.delete("/_standin/requests").raise_for_status()
    return _gemini_process


@pytest.fixture
async def graph(meta: Standin) -> AsyncIterator[Graph]:
    """A client of the stand-in that waits half a second."""
    async with Graph(meta.url, "v25.0", NUMBER, TOKEN, timeout_seconds=0.5) as client:
        yield client


@pytest.fixture
def anyio_backend() -> str:
    """The adapter runs on asyncio alone."""
    return "asyncio"
