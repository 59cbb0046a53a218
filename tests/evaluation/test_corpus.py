"""The committed corpus, held to its targets."""

from __future__ import annotations

import pytest

from cli.evaluation import campaign
from cli.evaluation.campaign import Report
from cli.evaluation.score import LEAST_EXACT
from cli.stack.settings import ROOT
from tests.conftest import Database
from tests.evaluation.conftest import connected

LANGUAGES = tuple(LEAST_EXACT)


@pytest.fixture(scope="module")
def report(database: Database) -> Report:
    made = database.clone()
    with connected(made) as connection:
        found = campaign.run(connection, campaign.load(ROOT / "tests" / "corpus"))
    made.drop()
    return found


def misses(report: Report, language: str) -> str:
    return "\n".join(
        [f"{one.judgement}: {one.sentence.text!r}: expected {one.expected}, got {one.got}"
         for one in report.misses if one.sentence.language == language]
        + [f"{one.dialogue.name!r}: {one.fault}"
           for one in report.faults if one.dialogue.language == language]
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_meets_its_targets(report: Report, language: str) -> None:
    one = report.scores[language]
    assert list(one.missed(language)) == [], misses(report, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_any_sentence_is_about_what_the_shop_does_not_keep(
    report: Report, language: str
) -> None:
    one = report.scores[language]
    assert one.unlisted / one.sentences <= 0.1


def test_the_corpus_holds_four_hundred_sentences_and_talks_in_five_languages(
    report: Report,
) -> None:
    assert report.scores.keys() == set(LANGUAGES)
    assert len(report.judged) >= 400
    assert all(one.dialogues >= 7 for one in report.scores.values())
