"""`stack.json`: the addresses of the stack that is up, and which processes are its own.

A process is known by its id and start time, so that a reused id is never taken for ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from cli.stack.secret_files import write_private


@dataclass(frozen=True)
class Own:
    """A process of ours. started: seconds since 1970, as the system counts them."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Own:
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


@dataclass(frozen=True)
class Record:
    """addresses: what `status --json` prints. keeper: the `up` that waits; None when detached."""

    addresses: Mapping[str, str]
    parts: Mapping[str, Own]
    keeper: Own | None = None

    def write(self, file: Path) -> None:
        content: dict[str, Any] = dict(self.addresses)
        content["processes"] = {name: vars(own) for name, own in self.parts.items()}
        content["keeper"] = vars(self.keeper) if self.keeper else None
        write_private(file, json.dumps(content, indent=2) + "\n")


def read(file: Path) -> Record | None:
    """None where no stack is up; a file that cannot be read says nothing either."""
    try:
        content = json.loads(file.read_text())
        parts = {name: Own(**own) for name, own in content.pop("processes").items()}
        keeper = content.pop("keeper")
        return Record(content, parts, Own(**keeper) if keeper else None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
