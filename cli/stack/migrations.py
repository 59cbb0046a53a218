"""Applies supabase/migrations with the real Supabase CLI, as a hosted project would get them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from cli.errors import CommandError
from cli.stack.node import LOCAL, node
from cli.stack.settings import ROOT

_COMMAND = LOCAL / "node_modules" / "supabase" / "dist" / "supabase.js"
# supabase/config.toml names settings of a hosted project; to push migrations, it need only parse.
_UNUSED = {
    "DASHBOARD_URL": "http://127.0.0.1",
    "SEND_SMS_HOOK_URL": "http://127.0.0.1/hooks/send-sms",
    "SEND_SMS_HOOK_SECRET": "v1,whsec_" + "A" * 44,
}


def migrate(database_url: str, *, home: Path, project: Path = ROOT) -> list[str]:
    """Applies what is missing and answers the names of the files applied.

    database_url: on this machine, as `postgres`, the role that owns everything. home: where the
    Supabase CLI keeps its own files. project: the folder that holds `supabase/`.

    Raises CommandError with the database's own words when a migration fails; that one is undone.
    """
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            node(),
            _COMMAND,
            "db",
            "push",
            "--yes",
            f"--remote={database_url}?sslmode=disable",
            f"--workdir={project}",
        ],
        env=_UNUSED
        | {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "NO_COLOR": "1",
            "DO_NOT_TRACK": "1",
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "SUPABASE_NO_UPDATE_NOTIFIER": "1",
            "SUPABASE_NO_KEYRING": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    applied = re.findall(r"^Applying migration (\S+?)\.\.\.", done.stdout, re.MULTILINE)
    if done.returncode:
        where = f"{applied[-1]} failed" if applied else "The migrations were not applied"
        raise CommandError(
            f"{where}: {_reason(done.stdout)} (`backroom db reset` starts over, without the data.)"
        )
    return applied


def _reason(output: str) -> str:
    """What the CLI said went wrong, without what it says every time."""
    lines = [line.strip() for line in output.splitlines()]
    said = [line for line in lines if line and not line.startswith(("Target:", "Confirmed", "Try"))]
    errors = [line for line in said if re.match(r"ERROR|failed|Invalid", line)]
    return " ".join(errors[:1] or said) or "the Supabase CLI said nothing"
