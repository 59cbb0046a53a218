"""`backroom bench`: the figures, in the form that is promised."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cli.bench import campaign
from cli.bench.figure import Pair, compared, unmeasured
from cli.bench.report import page, sparkline
from cli.bench.size import QUICK
from cli.load import Load
from cli.stack.settings import StackSettings

TINY = replace(
    QUICK, many=Load(8, 50, 400), few=Load(2, 20, 100), catalogue=Load(1, 40, 0, seed=2),
    rounds=1, seconds=1, transactions=2, reads=5,
)  # fmt: skip


def test_every_group_of_the_database_gives_its_figures() -> None:
    steps: list[str] = []
    figures = {
        figure.name: figure
        for figure in campaign.run(
            campaign.DATABASE_GROUPS,
            TINY,
            system=StackSettings().postgres_bin,
            pgledger=None,
            say=steps.append,
        )
    }
    assert set(figures) == {
        "seed_load",
        "on_hand_unanalysed", "movements_unanalysed", "sales_unanalysed",
        "sequential_scans_unanalysed", "on_hand_analysed", "movements_analysed",
        "sales_analysed", "sequential_scans_analysed", "on_hand_among_many",
        "movements_among_many", "sales_among_many", "product_matched", "product_candidates",
        "one_line_sale", "five_line_sale", "batch_of_50", "hot_product",
        "hot_product_failures", "bytes_per_sale", "one_line_sale_to_pgledger",
        "message_stored", "message_applied", "messages_applied_by_50",
    }  # fmt: skip
    assert figures["hot_product_failures"].value == 0
    measured = [figure for figure in figures.values() if figure.value is not None]
    assert [figure.name for figure in figures.values() if figure not in measured] == [
        "one_line_sale_to_pgledger"
    ]
    for figure in measured:
        assert figure.value is not None
        assert figure.value >= 0
        assert set(figure.fields()) == {"value", "unit", "baseline", "ratio"}
    assert len(steps) > 10


def test_the_grammar_is_measured_without_a_database() -> None:
    figures = list(campaign.run(["grammar"], TINY, system=None, pgledger=None, say=lambda _: None))
    assert [figure.name for figure in figures] == ["grammar", "grammar_guarded"]
    assert all(figure.value is not None and figure.value > 0 for figure in figures)


def test_a_ratio_is_the_median_of_alternating_runs() -> None:
    pairs = [Pair(Decimal(value), Decimal(10)) for value in (1, 9, 8)]
    figure = compared("sale", "transactions/s", pairs, least=Decimal("0.7"))
    assert (figure.ratio, figure.met) == (Decimal("0.8"), True)
    assert compared("sale", "transactions/s", pairs, least=Decimal("0.9")).met is False


def test_what_was_not_measured_says_why() -> None:
    figure = unmeasured("transfers", "transactions/s", "no checkout")
    assert figure.fields()["value"] is None
    assert "| transfers |  | transactions/s |" in page([figure], "PostgreSQL 18")
    assert "not measured: no checkout" in page([figure], "PostgreSQL 18")


@pytest.mark.parametrize(("rounds", "bars"), [((), ""), ((1, 2, 4), "▃▅█"), ((0, 0), "")])
def test_bars_show_how_steady_the_runs_were(rounds: tuple[int, ...], bars: str) -> None:
    assert sparkline([Decimal(value) for value in rounds]) == bars
