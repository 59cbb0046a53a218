"""What reaches stderr: ids and counts, and none of a shop's words."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge_adapter.log import only_ids, wamid_tag

PHONE = "27821234567"
WAMID = "wamid.HBgLMjc4MjEyMzQ1NjcVAgASGBQzQQA="


def _kept(**event: Any) -> Any:
    return only_ids(None, "info", event)


def test_ids_and_counts_are_kept() -> None:
    event = {
        "event": "batch_received",
        "message_id": "0190b6a1-0000-7000-8000-123456789012",
        "messages": 3,
        "ignored": {"no_sender": 1},
        "duration_ms": 12.5,
        "reason": "window_closed",
        "code": None,
    }
    assert _kept(**event) == event


@pytest.mark.parametrize("key", ["text", "body", "phone", "to", "token", "raw", "sender"])
def test_a_key_that_is_not_listed_is_dropped(key: str) -> None:
    assert _kept(event="x", **{key: "sold 3 coke"}) == {"event": "x", "dropped_keys": 1}


@pytest.mark.parametrize(
    "value",
    ["sold 3 coke", PHONE, f"+{PHONE}", int(PHONE), f"outbox:{PHONE}", "a" * 200, [PHONE], "é"],
)
@pytest.mark.parametrize("key", ["event", "reason", "message_id", "ignored", "messages"])
def test_a_value_that_is_no_id_is_dropped(key: str, value: object) -> None:
    shown = json.dumps(_kept(**{key: value}))
    assert "dropped" in shown
    assert PHONE not in shown
    assert "coke" not in shown


def test_the_keys_of_a_mapping_are_held_to_it_too() -> None:
    assert PHONE not in json.dumps(_kept(ignored={PHONE: 1, "x": {"y": PHONE}}))


def test_a_wamid_is_logged_by_its_tag_for_it_spells_the_number() -> None:
    assert _kept(event="x", wamid=WAMID)["wamid"] == wamid_tag(WAMID)
    assert len(wamid_tag(WAMID)) == 16


PROGRAM = f"""
import logging, warnings
from edge_adapter.log import configure, get_logger
configure()
log = get_logger("edge_adapter.work")
log.info("message_booked", message_id="m-1", text="sold 3 coke", wamid="{WAMID}")
log.info("sold 3 coke {PHONE}")
try:
    raise ValueError("sold 3 coke {PHONE}")
except ValueError:
    log.exception("booking_failed", code="PT400")
    logging.getLogger("uvicorn.error").exception("Exception with {PHONE}")
logging.getLogger("uvicorn.access").info("GET /?hub.verify_token=secret")
logging.getLogger("httpx").info("POST to {PHONE}")
warnings.warn("coke {PHONE}")
"""


def test_a_process_logs_lines_of_json_without_words_or_numbers(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "message_booked",
        "dropped",
        "booking_failed",
        "library_message",
        "library_message",
    ]
    booked, _, failed, library, _ = lines
    assert booked["message_id"] == "m-1"
    assert booked["level"] == "info"
    assert booked["timestamp"]
    assert (failed["error"], failed["at"]) == ("ValueError", "program.py:9")
    assert (library["error"], library["logger"]) == ("ValueError", "uvicorn.error")
    assert done.stdout == ""
    assert not [word for word in (PHONE, "coke", "secret", "HBgL") if word in done.stderr]
