"""The program as it is typed, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.conftest import Database

HEAVY = {"google.genai", "httpx", "phonenumbers", "psycopg", "pydantic_settings", "supabase"}


class Backroom(Protocol):
    """Runs `backroom` with arguments; `status` is how it must end."""

    def __call__(self, *arguments: str, status: int = 0, given: str = "") -> str: ...


@pytest.fixture(scope="module")
def shop_database(database: Database) -> Iterator[Database]:
    made = database.clone()
    yield made
    made.drop()


@pytest.fixture
def backroom(tmp_path: Path, shop_database: Database) -> Backroom:
    """On a database of this module, far from any stack of this machine."""
    environment = {
        "PATH": os.environ["PATH"],
        "BACKROOM_DATABASE_URL": shop_database.url,
        "BACKROOM_STATE": str(tmp_path / "state"),
    }

    def run(*arguments: str, status: int = 0, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        if status:
            assert done.stderr.count("\n") == 1
            assert done.stderr.startswith("backroom: ")
        return done.stderr if status else done.stdout

    return run


@pytest.fixture
def seeded(backroom: Backroom) -> Backroom:
    backroom("seed", "demo")
    return backroom


SHOP = "Thandi's Spaza"


def test_help_and_parse_load_neither_database_nor_network_code() -> None:
    script = (
        "import sys, cli.main\n"
        "from edge_adapter.grammar import parse\n"
        "parse('sold 3 coke 2l')\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "cli.main" in loaded
    assert HEAVY.isdisjoint(loaded)


@pytest.mark.parametrize(
    "command",
    [
        ["seed", "demo"],
        ["company", "onboard"],
        ["company", "list"],
        ["company", "show"],
        ["company", "invite"],
        ["products", "import"],
        ["products", "export"],
        ["stock"],
        ["ledger"],
        ["say"],
        ["chat"],
        ["login"],
        ["parse"],
        ["doctor"],
    ],
)
def test_the_help_of_every_command_has_an_example(command: list[str], backroom: Backroom) -> None:
    shown = " ".join(backroom(*command, "--help").split())
    assert f"Example: backroom {' '.join(command)}" in shown


def test_parse_needs_no_database() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "parse", "sold 3 coke 2l", "--json"],
        env={"PATH": os.environ["PATH"], "BACKROOM_DATABASE_URL": "postgresql://127.0.0.1:1/no"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["actions"] == [
        {"action": "sell", "product": "coke 2l", "quantity": "3"}
    ]


def test_stock_has_exactly_the_fields_of_the_contract_with_numbers_as_text(
    seeded: Backroom,
) -> None:
    rows = {row["product"]: row for row in json.loads(seeded("stock", "-c", SHOP, "--json"))}
    assert rows["Coca-Cola 2L"] == {
        "product": "Coca-Cola 2L",
        "location": "Shop",
        "quantity": "36",
        "unit": "each",
        "average_cost": "24.100000",
    }


def test_the_ledger_has_exactly_the_fields_of_the_contract(seeded: Backroom) -> None:
    (line,) = json.loads(
        seeded("ledger", "--company", SHOP, "--product", "coke 2l", "--limit", "5", "--json")
    )
    assert set(line) == {
        "id",
        "operation_id",
        "kind",
        "product",
        "quantity",
        "balance_after",
        "unit_price",
        "unit_cost",
        "occurred_at",
        "member",
        "said",
    }
    assert (line["kind"], line["quantity"], line["balance_after"]) == ("opening", "36", "36")
    assert line["unit_cost"] == "24.100000"


def test_the_ledger_of_a_product_nobody_knows_is_refused(seeded: Backroom) -> None:
    assert "'marmite'" in seeded("ledger", "-c", SHOP, "--product", "marmite", status=1)


def test_a_shop_is_onboarded_once_and_people_are_invited(backroom: Backroom) -> None:
    company_id = "0b8f9d5e-1111-4222-8333-444455556666"
    typed = ["company", "onboard", "Corner", "--owner-phone", "083 123 4567", "--id", company_id]
    made = json.loads(backroom(*typed, "--json"))
    assert made.keys() == {"company_id", "owner_member_id"}
    assert json.loads(backroom(*typed, "--json")) == made
    backroom("company", "invite", "0831234568", "-c", "corner", "--name", "Zo", "--role", "clerk")
    shown = json.loads(backroom("company", "show", company_id, "--json"))
    assert [(m["name"], m["phone"], m["role"]) for m in shown["members"]] == [
        ("Owner", "27831234567", "owner"),
        ("Zo", "27831234568", "clerk"),
    ]
    listed = json.loads(backroom("company", "list", "--json"))
    assert company_id in [company["id"] for company in listed]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["stock", "-c", "Nobody's"], "There is no company"),
        (["company", "show", "Nobody's"], "There is no company"),
        (["company", "onboard", "X", "--owner-phone", "12"], "is not a phone number"),
        (["company", "onboard", " ", "--owner-phone", "0831234567"], "1 to 120 characters"),
        (["company", "invite", "12", "-c", "x", "--name", "y"], "is not a phone number"),
        (["products", "import", "/nowhere.csv", "-c", "x"], "/nowhere.csv cannot be read"),
        (["say", "hi", "--as", "12"], "is not a phone number"),
        (["say", "hi", "--as", "0831234567"], "`backroom up`"),
        (["say", "--as", "0831234567"], "Say either"),
        (["login", "0831234567"], "`backroom up`"),
    ],
)
def test_a_refusal_is_one_line_on_stderr(
    typed: list[str], sentence: str, backroom: Backroom
) -> None:
    assert sentence in backroom(*typed, status=1)


def test_a_command_that_is_typed_wrongly_is_told_in_one_line(backroom: Backroom) -> None:
    assert "--company" in backroom("stock", status=2)
    assert "nonsense" in backroom("nonsense", status=2)


def test_a_database_that_is_not_there_is_one_line_without_its_password(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "company", "list"],
        env={
            "PATH": os.environ["PATH"],
            "BACKROOM_DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/no",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stderr


def test_an_export_goes_back_in_and_a_dry_run_changes_nothing(
    seeded: Backroom, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    seeded("products", "export", "-c", SHOP, "-o", str(file))
    before = file.read_text()
    changed = before.replace("29.00", "31.00")
    tried = imported(seeded, changed, "--dry-run")
    assert (tried["products"], tried["created"], tried["dry_run"]) == (35, 0, True)
    assert seeded("products", "export", "-c", SHOP) == before
    imported(seeded, changed)
    assert seeded("products", "export", "-c", SHOP) == changed
    imported(seeded, before)
    assert seeded("products", "export", "-c", SHOP) == before


def imported(backroom: Backroom, content: str, *more: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        backroom("products", "import", "-", "-c", SHOP, "--json", *more, given=content)
    )
    return told


def test_a_file_with_faults_lists_them_all_in_one_line_and_changes_nothing(
    seeded: Backroom,
) -> None:
    before = seeded("products", "export", "-c", SHOP)
    told = seeded(
        "products", "import", "-", "-c", SHOP, status=1, given="name,price\nNew,1\nA,x\nB,y\n"
    )
    assert "line 3, price" in told
    assert "line 4, price" in told
    assert seeded("products", "export", "-c", SHOP) == before


def test_the_doctor_names_what_is_missing_and_fails(backroom: Backroom) -> None:
    told = backroom("doctor", status=1)
    assert "adapter settings" in told
    assert "database" not in told
