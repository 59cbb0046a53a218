"""Writes cli/rows.py, the rows of the database as Python types: `make types`.

`supabase gen types --lang python` makes them. Two things of its output do not serve here: it calls
`numeric` a float, which would round money and quantities, and it has shapes for inserts and
updates, which only functions may do.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from cli.errors import CommandError
from cli.stack.bootstrap import bootstrap
from cli.stack.migrations import migrate
from cli.stack.node import LOCAL, node
from cli.stack.postgres import throwaway
from cli.stack.settings import ROOT, StackSettings

MODULE = ROOT / "cli" / "rows.py"

_COMMAND = LOCAL / "node_modules" / "supabase" / "dist" / "supabase.js"
_HEADER = '''\
"""The rows of tables and views as `supabase gen types --lang python` describes them.

Made by `make types`, see cli/row_types.py; not edited by hand.
"""
# ruff: noqa
# fmt: off

'''
_WRITTEN = re.compile(r"class \w+\(TypedDict\):\n(?: .+\n)+\n*")


def generate(database_url: str, home: Path) -> str:
    """The module's text for a migrated database. home: where the Supabase CLI keeps its files."""
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [
            node(),
            _COMMAND,
            "gen",
            "types",
            "--lang=python",
            "--schema=public",
            f"--remote={database_url}?sslmode=disable",
            f"--workdir={home}",
        ],
        env={
            "HOME": str(home),
            "NO_COLOR": "1",
            "DO_NOT_TRACK": "1",
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "SUPABASE_NO_UPDATE_NOTIFIER": "1",
            "SUPABASE_NO_KEYRING": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"The Supabase CLI made no types: {done.stderr.strip()}")
    return _HEADER + adapted(done.stdout)


def adapted(output: str) -> str:
    """What serves here: shapes of rows that are read, `numeric` exact."""
    imported, rest = output.split("import uuid\n", 1)
    exact = re.sub(r"\bfloat\b", "Decimal", _WRITTEN.sub("", rest))
    return f"{imported}import uuid\nfrom decimal import Decimal\n{exact.rstrip()}\n"


def main() -> None:
    """Write the module from a database that exists only meanwhile."""
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway(StackSettings().postgres_bin) as cluster,
    ):
        bootstrap(cluster, passwords={"postgres": "throwaway"})
        url = cluster.url("postgres", "throwaway")
        migrate(url, home=Path(folder))
        MODULE.write_text(generate(url, Path(folder)))


if __name__ == "__main__":
    main()
