"""`backroom eval` as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.evaluation.corpora import written

KEYS = {"sentences", "exact", "asked", "wrong", "wrong_direction"}


def backroom(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "eval", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return written(
        tmp_path,
        {
            "sold 3 bread": "sell product=bread quantity=3",
            "sold 5 bread": "receive product=bread quantity=5",
        },
    )


def test_a_missed_target_is_one_line_and_a_status(corpus: Path) -> None:
    done = backroom("--corpus", str(corpus), "--json", "--misses")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("backroom: Targets missed: en: exact 50 % < 98 %;")
    answer = json.loads(done.stdout)
    assert answer.keys() == {"en"}
    assert answer["en"].keys() >= KEYS
    assert {key: answer["en"][key] for key in KEYS} == {
        "sentences": 2,
        "exact": 1,
        "asked": 0,
        "wrong": 1,
        "wrong_direction": 1,
    }
    (miss,) = answer["en"]["misses"]
    assert (miss["said"], miss["judgement"]) == ("sold 5 bread", "wrong_direction")


def test_the_table_tells_a_language_and_its_targets(corpus: Path) -> None:
    done = backroom("--corpus", str(corpus), "--misses")
    assert "English" in done.stdout
    assert "✗ exact 50 % < 98 %" in done.stdout
    assert "en wrong_direction: 'sold 5 bread'" in done.stdout


@pytest.mark.parametrize(
    ("reading", "line"),
    [
        ("set_price product=bread price=20", "as set_price without its unit_price."),
        ("set_price unit_price=20", "as set_price without its product."),
        ("add_product unit_price=20", "as add_product without its name."),
        ("set_reorder_level product=bread", "as set_reorder_level without its quantity."),
        (
            "sell product=bread quantity=two",
            "as sell whose quantity is 'two', which is no number.",
        ),
    ],
)
def test_a_reading_without_a_field_is_one_sentence(tmp_path: Path, reading: str, line: str) -> None:
    done = backroom("--corpus", str(written(tmp_path, {"bread is now R20": reading})))
    assert done.returncode == 1
    assert done.stderr.strip() == f"backroom: The corpus reads 'bread is now R20' {line}"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--language", "fr"], "There is no language 'fr'; the languages are en, af, zu, xh, st."),
        (["--language", "zu"], "There are no sentences in "),
    ],
)
def test_a_run_of_nothing_is_refused_in_one_line(
    corpus: Path, arguments: list[str], line: str
) -> None:
    done = backroom("--corpus", str(corpus), *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(f"backroom: {line}")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_corpus_without_its_shop_is_refused_in_one_line(corpus: Path) -> None:
    (corpus / "shop.csv").unlink()
    done = backroom("--corpus", str(corpus))
    assert done.returncode == 1
    assert done.stderr == (
        f"backroom: A corpus needs the shop it is about: there is no {corpus / 'shop.csv'}.\n"
    )
