"""The grammar against the corpus, and against sentences written after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_adapter.grammar.evaluation import Score, load, score

CORPUS = Path(__file__).parent.parent / "corpus"
LANGUAGES = ("en", "af", "zu", "xh", "st")
EXACT = {"en": 0.98, "af": 0.95, "zu": 0.90, "xh": 0.90, "st": 0.90}


@pytest.fixture(scope="module", params=["", "held_out"], ids=["corpus", "held out"])
def scores(request: pytest.FixtureRequest) -> dict[str, Score]:
    return score(load(CORPUS / request.param))


def _misses(one: Score) -> str:
    return "\n".join(f"{miss.judged}: {miss.sentence.text!r} → {miss.got}" for miss in one.misses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_read_as_exactly_as_promised(
    scores: dict[str, Score], language: str
) -> None:
    one = scores[language]
    assert one.exact / one.sentences >= EXACT[language], _misses(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_any_clear_sentence_is_asked_back(scores: dict[str, Score], language: str) -> None:
    one = scores[language]
    assert one.asked / one.sentences <= 0.05, _misses(one)


def test_goods_are_never_booked_in_the_wrong_direction(scores: dict[str, Score]) -> None:
    for one in scores.values():
        assert one.wrong_direction == 0, _misses(one)


def test_hardly_anything_is_booked_wrongly(scores: dict[str, Score]) -> None:
    wrong = sum(one.wrong for one in scores.values())
    sentences = sum(one.sentences for one in scores.values())
    assert wrong / sentences <= 0.005, "\n".join(map(_misses, scores.values()))


def test_the_corpus_holds_four_hundred_sentences_in_five_languages() -> None:
    sentences = load(CORPUS)
    assert {sentence.language for sentence in sentences} == set(LANGUAGES)
    assert len(sentences) >= 400
