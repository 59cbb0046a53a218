"""`backroom bench --only webhook`: a stack of its own, its figures, and nothing left of it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cli.bench import adapter, campaign
from cli.bench.size import QUICK
from cli.load import Load
from cli.stack.settings import StackSettings

TINY = replace(QUICK, rounds=2, reads=6)


# The parts outlive the command that started them, and so the objects that hold them here.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_webhook_is_measured_on_a_stack_that_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(adapter, "_SHOPS", Load(companies=3, products=20, transactions=60))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tmp_path.chmod(0o711)
    system = StackSettings().postgres_bin
    figures = {
        figure.name: figure
        for figure in campaign.run(
            ["webhook"], TINY, system=system, pgledger=None, say=lambda _: None
        )
    }
    assert {name: figure.unit for name, figure in figures.items()} == {
        "webhook_stored": "ms",
        "webhook_stored_p99": "ms",
        "webhook_replied": "ms",
        "webhook_replied_p99": "ms",
        "webhook_stored_rate": "webhooks/s",
        "webhook_stored_over_250_ms": "%",
        "webhook_stored_over_1000_ms": "%",
        "webhook_replied_rate": "messages/s",
    }
    assert all(figure.value is not None for figure in figures.values()), figures
    assert len(figures["webhook_replied"].rounds) == TINY.rounds
    stored, replied = (figures[name].value for name in ("webhook_stored", "webhook_replied"))
    assert stored is not None
    assert replied is not None
    assert 0 < stored < replied
    assert list(tmp_path.iterdir()) == []
    left = [process.cmdline() for process in psutil.Process(os.getpid()).children(recursive=True)]
    assert [command for command in left if "edge_adapter.main" in command] == []
