"""What gets installed is written down: exact, with hashes, for every platform, wherever from."""

from __future__ import annotations

import json
import re

import pytest

from cli.stack.settings import ROOT

NPM = json.loads((ROOT / "supabase" / "local" / "package-lock.json").read_text())["packages"]
PIP = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"]


def _pins(lock: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9-]+)(?:\[\S+\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    )


def test_the_npm_lock_lists_every_platform_of_the_supabase_cli() -> None:
    supabase = NPM["node_modules/supabase"]
    wanted = supabase["optionalDependencies"]
    assert len(wanted) == 8
    for name, version in wanted.items():
        entry = NPM[f"node_modules/{name}"]
        system, cpu, *musl = name.removeprefix("@supabase/cli-").split("-")
        assert entry["version"] == version == supabase["version"]
        assert entry["optional"] is True
        assert entry["os"] == ["win32" if system == "windows" else system]
        assert entry["cpu"] == [cpu]
        assert entry.get("libc") == (["musl" if musl else "glibc"] if system == "linux" else None)


def test_the_npm_lock_pins_what_the_package_asks_for() -> None:
    package = json.loads((ROOT / "supabase" / "local" / "package.json").read_text())
    for name, version in package["dependencies"].items():
        assert NPM[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("lock", PIP)
def test_no_python_lock_holds_an_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_the_npm_lock_says_of_no_package_where_it_lies() -> None:
    assert [name for name, entry in NPM.items() if "resolved" in entry] == []


@pytest.mark.parametrize("lock", PIP)
def test_every_python_package_is_pinned_with_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert entries
    for entry in entries:
        assert re.match(r"\S+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_tests_run_on_the_very_packages_that_users_run_on() -> None:
    assert _pins("requirements.lock").items() <= _pins("requirements-dev.lock").items()
