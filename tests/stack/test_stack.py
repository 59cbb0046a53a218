"""`backroom up` comes up from whatever it finds, and `down` ends exactly what it started."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import time

import pytest

from tests.stack.conftest import SECONDS, OwnStack, ended

PARTS = {"database", "api", "graph", "adapter"}


def _up(stack: OwnStack) -> subprocess.Popen[str]:
    """A foreground `up`, as far as the words that it is done."""
    process = stack.start("up")
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C stops it" in line:
            return process
    process.stdout.close()
    raise AssertionError(f"up ended with {process.wait()}")


@pytest.fixture(autouse=True)
def _down(stack: OwnStack) -> None:
    stack.run("down")


def test_a_detached_stack_runs_until_it_is_taken_down(stack: OwnStack) -> None:
    up = stack.run("up", "--detach")
    assert up.returncode == 0, up.stderr
    assert "0820000001" in up.stdout
    status = stack.status()
    assert status["parts"] == dict.fromkeys(PARTS, "running")
    assert {
        "api_url",
        "publishable_key",
        "adapter_url",
        "webhook_url",
        "graph_url",
        "database_url",
        "dashboard_url",
        "app_secret_file",
        "phone_number_id",
        "parts",
    } <= status.keys()
    processes = stack.processes()
    assert len(processes) == len(PARTS)

    again = stack.run("up", "--detach")
    assert again.returncode == 0
    assert "running already" in again.stderr
    assert stack.processes() == processes

    assert stack.run("down").returncode == 0
    assert all(ended(process) for process in processes)
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "stopped")


def test_ctrl_c_ends_every_part(stack: OwnStack) -> None:
    with _up(stack) as up:
        processes = stack.processes()
        up.send_signal(signal.SIGINT)
        assert up.wait(SECONDS) == 0
    assert all(ended(process) for process in processes)


def test_a_killed_up_blocks_nothing(stack: OwnStack) -> None:
    with _up(stack) as up:
        *left, _database = stack.processes()
        up.kill()
    again = stack.run("up", "--detach")
    assert again.returncode == 0, again.stderr
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "running")
    assert all(ended(process) for process in left)


def test_an_up_that_is_killed_while_it_starts_blocks_nothing(stack: OwnStack) -> None:
    for moment in (0.8, 1.6, 2.4):
        with stack.start("up") as up:
            time.sleep(moment)
            up.kill()
    again = stack.run("up", "--detach")
    assert again.returncode == 0, again.stderr
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "running")


def test_two_that_start_at_once_make_one_stack(stack: OwnStack) -> None:
    with stack.start("up", "--detach") as one, stack.start("up", "--detach") as other:
        words = [one.communicate(timeout=SECONDS)[0], other.communicate(timeout=SECONDS)[0]]
    assert (one.returncode, other.returncode) == (0, 0)
    assert sum("running already" in said for said in words) == 1
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "running")


def test_up_ends_when_a_part_ends_by_itself(stack: OwnStack) -> None:
    with _up(stack) as up:
        processes = stack.processes()
        processes[0].kill()
        words, _ = up.communicate(timeout=SECONDS)
    assert up.returncode == 1
    assert "The api ended by itself" in words
    assert all(ended(process) for process in processes)


@pytest.mark.parametrize("part", ["ADAPTER", "DATABASE"])
def test_a_port_in_use_is_one_sentence_with_the_way_out(stack: OwnStack, part: str) -> None:
    setting = f"BACKROOM_{part}_PORT"
    with socket.create_server(("127.0.0.1", int(stack.environment[setting]))):
        up = stack.run("up", "--detach")
    assert up.returncode == 1
    sentence = up.stderr.strip().splitlines()[-1]
    assert stack.environment[setting] in sentence
    assert setting in sentence
    assert "Traceback" not in up.stderr
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "stopped")


def test_a_reset_leaves_a_running_stack_that_is_empty(stack: OwnStack) -> None:
    assert stack.run("up", "--detach").returncode == 0
    assert stack.run("db", "reset", "--yes").returncode == 0
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "running")
    assert stack.run("company", "list", "--json").stdout.strip() == "[]"
    assert stack.run("db", "migrate").returncode == 0


def test_the_database_runs_alone(stack: OwnStack) -> None:
    assert stack.run("db", "start").returncode == 0
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "stopped") | {"database": "running"}
    assert stack.run("db", "url").stdout.strip() == stack.status()["database_url"]
    assert stack.run("db", "stop").returncode == 0
    assert stack.status()["parts"] == dict.fromkeys(PARTS, "stopped")


def test_secrets_are_kept_and_nobody_else_reads_them(stack: OwnStack) -> None:
    before = stack.status()
    secrets = list((stack.state / "secrets").iterdir())
    assert secrets
    for file in [*secrets, stack.state / "adapter.env"]:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stack.status()["publishable_key"] == before["publishable_key"]
