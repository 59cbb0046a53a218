"""A stack of a test's own: its state, its ports, the real commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.stack.postgres import free_port
from cli.stack.settings import ROOT

PROGRAM = [sys.executable, "-m", "cli.main"]
SECONDS = 90


@dataclass(frozen=True)
class OwnStack:
    """environment: makes every command below speak of this stack alone."""

    state: Path
    environment: dict[str, str]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One `backroom` command to its end."""
        return subprocess.run(
            [*PROGRAM, *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command that keeps running; its words come together on stdout."""
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return answer

    def record(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.state / "stack.json").read_text())
        return content

    def processes(self) -> list[psutil.Process]:
        """The parts that run, the database included."""
        found = [psutil.Process(own["pid"]) for own in self.record()["processes"].values()]
        port = int(self.environment["BACKROOM_DATABASE_PORT"])
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listens and connection.pid and listens.port == port:
                found.append(psutil.Process(connection.pid))
        return found


def ended(process: psutil.Process) -> bool:
    """Whether it is gone, or waits for whoever adopted it to notice."""
    with suppress(psutil.NoSuchProcess):
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    return True


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnStack]:
    """Down at first; gone, data and all, when the module is done."""
    from cli.stack.settings import StackSettings
    from cli.stack.supervisor import Stack

    state = tmp_path_factory.mktemp("stack")
    names = ("database_port", "api_port", "adapter_port", "graph_port")
    chosen: dict[str, Any] = {"state": state} | {name: free_port() for name in names}
    environment = {f"BACKROOM_{name.upper()}": str(value) for name, value in chosen.items()}
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("GEMINI_")
    }
    yield OwnStack(state, inherited | environment)
    Stack(StackSettings(**chosen)).destroy()
