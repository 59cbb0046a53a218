"""The SQL reads the same everywhere and takes no unsafe lock."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from cli.stack.settings import ROOT

MIGRATIONS = sorted((ROOT / "supabase" / "migrations").glob("*.sql"))
TOOLS = Path(sys.executable).parent


def test_sqlfluff_finds_nothing() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sqlfluff",
            "lint",
            "--format=json",
            "--processes=2",
            "sql",
            "supabase",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    findings = [
        f"{file['filepath']}:{finding['start_line_no']} {finding['code']} {finding['description']}"
        for file in json.loads(done.stdout)
        for finding in file["violations"]
    ]
    assert not findings, "\n".join(findings)


def test_squawk_finds_no_unsafe_lock_or_type() -> None:
    done = subprocess.run(
        [
            TOOLS / "squawk",
            "--assume-in-transaction",
            "--pg-version=15",
            "--reporter=json",
            *MIGRATIONS,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    findings = [
        f"{finding['file']}:{finding['line']} {finding['rule_name']}: {finding['message']}"
        for finding in json.loads(done.stdout or "[]")
    ]
    assert not findings, "\n".join(findings)
    assert done.returncode == 0, done.stderr


def test_every_rule_that_squawk_skips_is_explained() -> None:
    lines = (ROOT / ".squawk.toml").read_text().splitlines()
    listed = lines.index("excluded_rules = [")
    assert lines[listed - 1].startswith("#")
