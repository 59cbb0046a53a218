"""What others' linters say of the schema; findings we keep are listed, with the reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.stack.node import LOCAL, node
from tests.conftest import Database
from tests.database.test_realtime import REALTIME
from tests.database.test_retention import CRON

KEPT: dict[str, list[dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("kept_findings.toml").read_text()
)
SUPABASE = LOCAL / "node_modules" / "supabase" / "dist" / "supabase.js"
SCHEMAS = ("public", "private")


def _unexplained(judge: str, findings: dict[tuple[str, str], str]) -> list[str]:
    """Findings (rule, object) that no entry of kept_findings.toml covers; `*` covers any object."""
    kept = {(entry["rule"], entry["object"]) for entry in KEPT.get(judge, [])}
    return sorted(
        f"{rule} {name}: {text}"
        for (rule, name), text in findings.items()
        if not kept & {(rule, name), (rule, "*")}
    )


def _stale(judge: str, findings: dict[tuple[str, str], str]) -> list[str]:
    rules = {rule for rule, _ in findings}
    return sorted(
        f"{entry['rule']} {entry['object']}"
        for entry in KEPT.get(judge, [])
        if (entry["rule"], entry["object"]) not in findings
        and not (entry["object"] == "*" and entry["rule"] in rules)
    )


def test_supabase_advisors_find_nothing_above_info(database: Database, tmp_path: Path) -> None:
    if not SUPABASE.exists():
        pytest.skip("the Supabase CLI is not installed: run `make setup`")
    clone = database.clone()
    with clone.cluster.connect(clone.name) as connection:
        # Without it, some of the advisors look at nothing.
        connection.execute(f"alter database {clone.name} set pgrst.db_schemas = 'public'")
    done = subprocess.run(
        [
            node(),
            SUPABASE,
            "db",
            "advisors",
            f"--remote={clone.admin_url}?sslmode=disable",
            "--level=warn",
            "--output-format=json",
        ],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "DO_NOT_TRACK": "1",
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "SUPABASE_NO_UPDATE_NOTIFIER": "1",
            "SUPABASE_NO_KEYRING": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    clone.drop()
    findings = {
        (entry["name"], _object(entry)): str(entry["detail"])
        for entry in json.loads(done.stdout)["results"]
    }
    assert not _unexplained("advisors", findings)
    assert not _stale("advisors", findings)


def _object(entry: dict[str, Any]) -> str:
    metadata = entry.get("metadata") or {}
    return f"{metadata.get('schema')}.{metadata.get('name')}"


def test_plpgsql_check_finds_nothing(database_with: Callable[[str], Database]) -> None:
    """Every PL/pgSQL function is compiled for real, trigger functions with each of their tables.

    Hosted Supabase has services that a bare server lacks, so what calls them is checked beside
    stand-ins of the same shape.
    """
    clone = database_with("plpgsql_check").clone()
    with clone.cluster.connect(clone.name) as connection:
        connection.execute("create extension plpgsql_check")
        connection.execute(f"{REALTIME}; {CRON}; select private.connect_realtime()")
        unattached = connection.execute(
            """
            select routine.proname
            from pg_proc as routine
            where routine.pronamespace::regnamespace::text = any(%s)
                and routine.prorettype = 'trigger'::regtype
                and not exists (
                    select from pg_trigger as watch where watch.tgfoid = routine.oid
                )
            """,
            [list(SCHEMAS)],
        ).fetchall()
        rows = connection.execute(
            """
            select
                concat_ws('.', routine.pronamespace::regnamespace, routine.proname),
                finding.level,
                finding.lineno,
                finding.message
            from pg_proc as routine
            inner join pg_language as language on routine.prolang = language.oid
            left join pg_trigger as watch
                on routine.oid = watch.tgfoid and not watch.tgisinternal
            cross join plpgsql_check_function_tb(
                routine.oid, coalesce(watch.tgrelid, 0), newtable := watch.tgnewtable,
                fatal_errors := false, security_warnings := true, extra_warnings := true
            ) as finding
            where language.lanname = 'plpgsql'
                and routine.pronamespace::regnamespace::text = any(%s)
            """,
            [list(SCHEMAS)],
        ).fetchall()
    clone.drop()
    assert unattached == []
    findings = {
        (str(message), str(name)): f"{level}, line {line}" for name, level, line, message in rows
    }
    assert not _unexplained("plpgsql_check", findings)


def test_pgrls_finds_nothing_unexplained(database: Database, tmp_path: Path) -> None:
    pytest.importorskip("pgrls", reason="pgrls is not installed")
    done = subprocess.run(
        [
            Path(sys.executable).with_name("pgrls"),
            "lint",
            f"--database-url={database.admin_url}",
            f"--schemas={','.join(SCHEMAS)}",
            "--format=json",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    findings = {
        (entry["rule_id"], entry["location"]): str(entry["message"])
        for entry in json.loads(done.stdout)["violations"]
        if entry["severity"] != "info"
    }
    assert not _unexplained("pgrls", findings)
    assert not _stale("pgrls", findings)


def test_every_kept_finding_has_a_reason() -> None:
    assert all(len(entry["why"]) > 20 for entries in KEPT.values() for entry in entries)
