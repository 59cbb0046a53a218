"""A corpus that is wrong on purpose: every way to go wrong is counted as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.evaluation import campaign
from cli.evaluation.campaign import Report
from tests.evaluation.conftest import Connection
from tests.evaluation.corpora import written


def ran(connection: Connection, folder: Path) -> Report:
    return campaign.run(connection, campaign.load(folder))


@pytest.mark.parametrize(
    ("text", "reading", "judgement"),
    [
        ("sold 3 bread", "sell product=bread quantity=3", "exact"),
        ("how much bread?", "stock product=bread", "exact"),
        ("30 bread", "receive product=bread quantity=30", "asked"),
        ("blue sky", "sell product=bread quantity=1", "asked"),
        ("how much bread?", "price product=bread", "wrong"),
        ("sold 1000 bread", "sell product=bread quantity=1000 ? odd_price", "wrong"),
        ("sold 3 bread", "sell product=bread quantity=4", "wrong_booking"),
        ("sold 3 bread", "sell product=coke 2l quantity=3", "wrong_booking"),
        ("sold 3 bread at R20", "sell product=bread quantity=3 total_price=20", "wrong_booking"),
        ("sold 3 bread", "write_off product=bread quantity=3 reason=expired", "wrong_booking"),
        ("sold 3 bread", "stock product=bread", "wrong_booking"),
        ("sold 3 bread", "ask", "wrong_booking"),
        ("sold 3 bread", "receive product=bread quantity=3", "wrong_direction"),
        ("got 3 bread", "sell product=bread quantity=3", "wrong_direction"),
        ("customer returned 3 bread", "return_out product=bread quantity=3", "wrong_direction"),
    ],
)
def test_a_sentence_is_judged_by_what_it_did_to_the_books(
    connection: Connection, tmp_path: Path, text: str, reading: str, judgement: str
) -> None:
    (judged,) = ran(connection, written(tmp_path, {text: reading})).judged
    assert judged.judgement == judgement, judged


def test_every_judgement_is_counted_where_it_belongs(
    connection: Connection, tmp_path: Path
) -> None:
    report = ran(
        connection,
        written(
            tmp_path,
            {
                "sold 3 bread": "sell product=bread quantity=3",
                "30 bread": "receive product=bread quantity=30",
                "how much bread?": "price product=bread",
                "sold 4 bread": "sell product=bread quantity=3",
                "sold 5 bread": "receive product=bread quantity=5",
            },
        ),
    )
    one = report.scores["en"]
    assert (one.sentences, one.exact, one.asked) == (5, 1, 1)
    assert (one.wrong, one.wrong_booking, one.wrong_direction) == (3, 2, 1)
    assert report.missed == [
        "en: exact 20 % < 98 %",
        "en: asked 20 % > 5 %",
        "en: booked wrongly 40 % > 0.5 %",
        "en: wrong direction 1 > 0",
    ]


def test_what_one_sentence_books_is_gone_before_the_next(
    connection: Connection, tmp_path: Path
) -> None:
    folder = written(
        tmp_path,
        {
            "counted 7 bread": "count product=bread quantity=7",
            "counted bread: 7": "count product=bread quantity=7",
        },
    )
    assert [one.judgement for one in ran(connection, folder).judged] == ["exact", "exact"]


@pytest.mark.parametrize(
    ("text", "reading", "judgement"),
    [
        ("sold 3 umbrellas", "sell product=umbrellas quantity=3", "exact"),
        ("got 3 umbrellas", "receive product=umbrellas quantity=3", "exact"),
        ("how many umbrellas?", "stock product=umbrellas", "exact"),
        ("sold 3 umbrellas", "receive product=umbrellas quantity=3", "wrong"),
        ("sold 3 bread", "sell product=umbrellas quantity=3", "wrong_booking"),
    ],
)
def test_of_a_product_that_the_shop_does_not_keep_the_reading_is_judged_and_nothing_is_booked(
    connection: Connection, tmp_path: Path, text: str, reading: str, judgement: str
) -> None:
    report = ran(connection, written(tmp_path, {text: reading}))
    assert [one.judgement for one in report.judged] == [judgement]
    assert report.scores["en"].unlisted == 1


def test_a_talk_that_leaves_what_is_written_says_where(
    connection: Connection, tmp_path: Path
) -> None:
    talk = """turns = [
        { say = "sold 3 bread", books = "sell -3 Albany Bread 700g" },
        { say = "that was 5", books = "sell -5 Albany Bread 700g" },
    ]"""
    report = ran(connection, written(tmp_path, {}, talk))
    (fault,) = report.faults
    assert fault.fault is not None
    assert fault.fault.startswith("turn 2, 'that was 5': expected no more than sell -5 Albany")
    assert report.missed == ["en: dialogues 0 of 1"]


@pytest.mark.parametrize("unit", ["crate", "kg"])
def test_of_a_pack_that_the_shop_never_named_the_reading_is_judged(
    connection: Connection, tmp_path: Path, unit: str
) -> None:
    reading = f"sell product=bread quantity=2 unit={unit}"
    report = ran(connection, written(tmp_path, {f"sold 2 {unit} bread": reading}))
    assert [one.judgement for one in report.judged] == ["exact"]
    assert report.scores["en"].unlisted == 1
