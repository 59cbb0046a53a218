"""The operating system account that runs PostgreSQL, which refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.errors import CommandError

NAME = "backroom"


@dataclass(frozen=True)
class Account:
    """Who a command runs as; the ids are None for whoever runs `backroom`."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Hands one file or folder to the account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, command: list[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end with no input; its output comes back as one text."""
        return subprocess.run(
            command,
            cwd=cwd,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            # A caller's PGHOST, PGDATA or locale must not decide what these commands do.
            env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def database_account() -> Account:
    """The caller; for root, the system user `backroom`, made on first use."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        if not shutil.which("useradd"):
            raise CommandError(
                "PostgreSQL does not run as root, and this system has no useradd: "
                "run as an ordinary user."
            ) from None
        subprocess.run(
            [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                NAME,
            ],
            check=True,
        )
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_uid, entry.pw_gid)
