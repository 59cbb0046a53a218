"""Commands against a whole local stack: webhook, adapter, database, Graph stand-in, sign-in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("stack")

SHOP = "Thandi's Spaza"
OWNER, CLERK, STRANGER = "0820000001", "0820000003", "0829990000"


def backroom(*arguments: str, given: str = "", status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env=os.environ,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


def said(*arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(backroom("say", *arguments, "--json"))
    return told


def on_hand(product: str) -> int:
    rows = json.loads(backroom("stock", "-c", SHOP, "--json"))
    return next(int(row["quantity"]) for row in rows if row["product"] == product)


def test_a_sale_and_a_receipt_are_booked_from_one_sentence() -> None:
    coke, bread = on_hand("Coca-Cola 2L"), on_hand("Albany White Bread 700g")
    told = said("sold 3 coke 2l and got 10 bread at R12", "--as", OWNER)
    assert told["outcome"] == "posted"
    assert told["reply"]
    assert told["operation"]["kind"] == "mixed"
    assert told["operation"]["lines"] == [
        {
            "product": "Coca-Cola 2L",
            "kind": "sell",
            "quantity": "-3",
            "unit_price": "29.000000",
            "balance": str(coke - 3),
        },
        {
            "product": "Albany White Bread 700g",
            "kind": "receive",
            "quantity": "10",
            "unit_price": "12.000000",
            "balance": str(bread + 10),
        },
    ]
    (line,) = json.loads(
        backroom("ledger", "-c", SHOP, "--product", "coke 2l", "--limit", "1", "--json")
    )
    assert line["operation_id"] == told["operation"]["id"]
    assert (line["member"], line["said"]) == ("Thandi", "sold 3 coke 2l and got 10 bread at R12")


def test_a_question_is_answered_by_tapping_one_of_its_options() -> None:
    asked = said("sold 2 coke", "--as", OWNER)
    assert asked["outcome"] == "question"
    assert asked["operation"] is None
    choice = next(option for option in asked["options"] if "500" in option["title"])
    before = on_hand("Coca-Cola 500ml")
    told = said("--button", choice["key"], "--reply-to", asked["reply_id"], "--as", OWNER)
    assert told["outcome"] == "posted"
    assert on_hand("Coca-Cola 500ml") == before - 2


def test_an_option_is_tapped_by_its_full_id_too() -> None:
    asked = said("sold 2 coke", "--as", OWNER)
    before = on_hand("Coca-Cola 500ml")
    told = said("--button", f"q:{asked['question_id']}:cancel", "--as", OWNER)
    assert told["outcome"] == "answered"
    assert on_hand("Coca-Cola 500ml") == before


def test_a_reply_to_a_booking_takes_it_back() -> None:
    before = on_hand("Large Eggs")
    booked = said("sold 6 eggs", "--as", CLERK)
    undone = said("undo", "--as", CLERK, "--reply-to", booked["reply_id"])
    assert undone["outcome"] == "posted"
    assert undone["operation"]["reverses"] == booked["operation"]["id"]
    assert on_hand("Large Eggs") == before


def test_a_stranger_is_refused_with_status_0_answered_or_not() -> None:
    for _ in range(2):
        told = said("sold 3 coke 2l", "--as", STRANGER)
        assert (told["outcome"], told["code"]) == ("refused", "unknown_sender")


def test_an_option_that_nobody_offered_is_refused_in_one_line() -> None:
    told = backroom("say", "--button", "p99", "--as", OWNER, status=1)
    assert told.count("\n") == 1


def test_a_chat_goes_line_by_line_and_numbers_tap_options() -> None:
    before = on_hand("Coca-Cola 1.5L")
    shown = backroom("chat", "--as", OWNER, given="sold 1 coke\n1\n\n")
    assert shown.count("The Backroom") == 2
    assert on_hand("Coca-Cola 1.5L") == before - 1


@pytest.mark.parametrize("name", ["note.opus", "note.ogg", "slip.jpg", "slip.pdf"])
def test_a_file_is_sent_as_a_phone_sends_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"bytes")
    told = said("--file", str(file), "--as", OWNER)
    assert (told["outcome"], told["code"]) == ("refused", "media_unread")


def test_the_words_under_a_picture_are_a_draft_without_a_model(tmp_path: Path) -> None:
    file = tmp_path / "slip.png"
    file.write_bytes(b"bytes")
    told = said("received 2 eggs", "--file", str(file), "--as", OWNER)
    assert told["outcome"] == "question"
    assert said("--button", "cancel", "--as", OWNER)["outcome"] == "answered"


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    told = backroom("say", "--file", str(tmp_path / "no.ogg"), "--as", OWNER, status=1)
    assert told.count("\n") == 1


def test_a_picture_in_the_chat_is_an_address_to_look_at() -> None:
    said("sold 1 eggs", "--as", OWNER)
    shown = backroom("say", "sales this week", "--as", OWNER)
    (address,) = re.findall(r"http://\S+/_standin/media/\d+", shown)
    answer = httpx.get(address, trust_env=False).raise_for_status()
    assert answer.content.startswith(b"\x89PNG")


def test_a_login_brings_a_session_and_the_companies_of_that_phone() -> None:
    session = json.loads(backroom("login", OWNER, "--json"))
    assert session.keys() == {"access_token", "refresh_token", "user_id", "companies"}
    assert [(company["name"], company["role"]) for company in session["companies"]] == [
        (SHOP, "owner")
    ]


def test_the_doctor_finds_nothing_wrong() -> None:
    findings = json.loads(backroom("doctor", "--json"))
    assert {finding["level"] for finding in findings} <= {"ok", "warning"}
    assert {"database", "migrations", "Supabase API", "adapter", "adapter token"} <= {
        finding["name"] for finding in findings
    }
