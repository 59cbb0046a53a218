"""supabase/tests: one file per area, four actors, on a server that has pgTAP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest

from cli.stack.settings import ROOT
from tests.conftest import Database

FOLDER = ROOT / "supabase" / "tests"
SETUP = FOLDER / "000_actors.sql"
FILES = sorted(path.name for path in FOLDER.glob("*.sql") if path != SETUP)


@pytest.fixture(scope="module")
def tested(database_with: Callable[[str], Database]) -> Iterator[Database]:
    clone = database_with("pgtap").clone()
    with clone.cluster.connect(clone.name) as connection:
        connection.execute(SETUP.read_bytes())
    yield clone
    clone.drop()


@pytest.mark.parametrize("file", FILES)
def test_every_assertion_of_the_file_holds(tested: Database, file: str) -> None:
    lines: list[str] = []
    with psycopg.connect(tested.admin_url, autocommit=True) as connection:
        cursor = connection.execute((FOLDER / file).read_bytes())
        more: bool | None = True
        while more:
            if cursor.description is not None:
                lines += (str(row[0]) for row in cursor.fetchall())
            more = cursor.nextset()
    tap = "\n".join(line for line in lines if re.match(r"(not )?ok |1\.\.|#", line))
    planned = re.search(r"^1\.\.(\d+)$", tap, re.MULTILINE)
    assert planned is not None
    assert tap.count("\nok ") == int(planned[1]), tap
    assert "not ok" not in tap, tap
