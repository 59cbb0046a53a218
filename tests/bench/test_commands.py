"""`seed load` and `bench` as they are typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.conftest import Database


def test_seed_load_fills_the_database_it_is_given(own_database: Database) -> None:
    done = _backroom(
        "seed", "load", "--companies", "2", "--products", "5", "--transactions", "40", "--json",
        database=own_database.url,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["companies"], answer["lines"]) == (2, 40)


def test_seed_load_refuses_an_amount_in_one_line(own_database: Database) -> None:
    done = _backroom("seed", "load", "--companies", "0", database=own_database.url)
    assert done.returncode != 0
    assert done.stderr.strip().splitlines() == ["backroom: A load has 1 to 99,999 companies."]


def test_bench_refuses_figures_it_does_not_have() -> None:
    done = _backroom("bench", "--only", "luck")
    assert done.returncode != 0
    assert "luck" in done.stderr
    assert "booking" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_bench_prints_figures_by_name_as_json() -> None:
    done = _backroom("bench", "--quick", "--only", "grammar", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"grammar", "grammar_guarded"}
    assert set(answer["grammar"]) == {"value", "unit", "baseline", "ratio"}


def _backroom(*arguments: str, database: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import run; run()", *arguments],
        env=os.environ | {"BACKROOM_DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
    )
