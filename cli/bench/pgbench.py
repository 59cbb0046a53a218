"""Runs pgbench, so that what is measured is the server and not this program."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cli.bench.server import Server
from cli.errors import CommandError
from cli.stack.settings import ROOT

SCRIPTS = ROOT / "sql" / "bench" / "scripts"
SCALE = 10  # pgbench's own table has a million rows, as the ledger has
BASELINE = "pgbench"


@dataclass(frozen=True)
class Run:
    """What pgbench printed. latency: milliseconds, on average."""

    transactions: int
    failed: int
    per_second: Decimal
    latency: Decimal


@dataclass(frozen=True)
class Bench:
    """pgbench against one server: `clients` sessions over the extended protocol, prepared."""

    server: Server
    clients: int = 8

    def initialise(self) -> None:
        """The table of pgbench's own transaction."""
        self.server.create(BASELINE)
        self._pgbench(BASELINE, "postgres", ["--initialize", "--quiet", f"--scale={SCALE}"])
        self.server.settle(BASELINE)

    def simple_update(self, seconds: int) -> Run:
        """pgbench's own transaction without its two contended tables (`-N`): the yardstick."""
        return self._run(BASELINE, "postgres", ["--skip-some-updates", f"--time={seconds}"])

    def script(
        self,
        database: str,
        script: Path,
        *,
        seconds: int | None = None,
        transactions: int | None = None,
        clients: int | None = None,
        role: str = "authenticator",
        **variables: int,
    ) -> Run:
        """A script for so many seconds, or so many transactions of each client."""
        amount = f"--time={seconds}" if seconds else f"--transactions={transactions}"
        return self._run(
            database, role, [f"--file={script}", amount], clients=clients, variables=variables
        )

    def _run(
        self,
        database: str,
        role: str,
        arguments: list[str],
        *,
        clients: int | None = None,
        variables: Mapping[str, int] | None = None,
    ) -> Run:
        sessions = clients or self.clients
        defined = {"clients": sessions, **(variables or {})}
        printed = self._pgbench(
            database,
            role,
            [
                "--no-vacuum",
                "--protocol=prepared",
                f"--client={sessions}",
                f"--jobs={min(sessions, os.cpu_count() or 1)}",
                *(f"--define={name}={value}" for name, value in defined.items()),
                *arguments,
            ],
        )
        return Run(
            int(_found(r"transactions actually processed: (\d+)", printed)),
            int(_found(r"number of failed transactions: (\d+)", printed)),
            Decimal(_found(r"tps = ([\d.]+)", printed)),
            Decimal(_found(r"latency average = ([\d.]+) ms", printed)),
        )

    def _pgbench(self, database: str, role: str, arguments: list[str]) -> str:
        cluster = self.server.cluster
        done = subprocess.run(
            [
                self.server.bin / "pgbench",
                "--host=127.0.0.1",
                f"--port={cluster.port}",
                f"--username={role}",
                *arguments,
                database,
            ],
            env={"PATH": os.environ.get("PATH", os.defpath), "PGPASSWORD": self.server.password},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = done.stdout.strip().splitlines() or [f"status {done.returncode}"]
            said = next((line for line in lines if "ERROR" in line), lines[-1])
            raise CommandError(f"pgbench stopped: {said.strip()}")
        return done.stdout


def _found(pattern: str, printed: str) -> str:
    match = re.search(pattern, printed)
    if match is None:
        raise CommandError(f"pgbench printed no line like {pattern!r}.")
    return match[1]
