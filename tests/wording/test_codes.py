"""Whatever code the database can answer with, there are words for it in every language."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import pytest

from edge_adapter.guard import Verdict
from edge_adapter.interpretation import Action
from edge_adapter.reading import Refusal
from edge_adapter.wording.language import LANGUAGES, wording_of
from edge_adapter.wording.render import render
from tests.wording import migrations
from tests.wording.tables import table

every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_the_search_finds_what_is_known_to_be_there() -> None:
    assert {"role_too_low", "bad_quantity", "not_bookable"} <= migrations.refusals()
    assert {"negative_stock", "stocktake_count", "which_company"} <= migrations.questions()
    assert {("negative_stock", "add"), ("stocktake_count", "skip")} <= migrations.options()
    assert {"append_only", "key_reused", "details"}.isdisjoint(migrations.refusals())
    assert "help" in migrations.answered()
    assert migrations.not_understood() == {"unknown", "not_offered"}


@every_language
def test_every_refusal_has_words(language: str) -> None:
    from_the_adapter = set(get_args(get_type_hints(Refusal)["code"]))
    given = migrations.refusals() | from_the_adapter
    assert table(language)["refused"].keys() == given | {"other"}


@every_language
def test_every_question_has_words_and_no_words_wait_for_a_question(language: str) -> None:
    worded = {
        re.sub(r"^(unknown_product|name_product|how_many|odd_price)_.*", r"\1", kind)
        for kind in table(language)["question"]
    }
    assert migrations.questions() | {"other"} == worded


@every_language
def test_every_answer_of_a_question_has_a_title(language: str) -> None:
    own = table(language)["option_of"]
    untitled = {
        (kind, key)
        for kind, key in migrations.options()
        if key not in own.get(kind, {}) and key not in table(language)["option"]
    }
    assert untitled == set()
    several = {(f"{kind}_all", key) for kind, key in migrations.options()}
    assert {(kind, key) for kind in own for key in own[kind]} <= migrations.options() | several


@every_language
def test_what_is_asked_about_at_once_has_words(language: str) -> None:
    assert table(language)["at_once"].keys() == migrations.at_once() | {"other"}
    assert table(language)["doubted"].keys() == migrations.at_once() | {"odd_price_paid", "other"}


@every_language
def test_every_code_of_an_answer_has_words(language: str) -> None:
    assert table(language)["answered"].keys() == migrations.answered() | {"other"}


@every_language
def test_every_question_to_the_books_has_an_answer(language: str) -> None:
    silent = wording_of(language).say("answer", "other")
    for action in migrations.answers():
        reply = render(
            {"outcome": "answered", "answers": [{"action": action, "rows": []}]}, language
        )
        assert reply.text
        assert reply.text != silent


@every_language
def test_every_change_of_the_catalogue_has_words(language: str) -> None:
    assert migrations.changes() <= table(language)["changed"].keys()
    assert migrations.changes() <= table(language)["deed"].keys()


@every_language
def test_every_kind_of_movement_and_every_reason_has_words(language: str) -> None:
    # An operation is mixed or changes the catalogue, a line does not; a revaluation moves nothing
    # and is never shown.
    moved = migrations.kinds("movement_kind") - {"mixed", "merge", "revaluation"}
    moved -= migrations.changes()
    assert moved <= table(language)["moved"].keys()
    assert moved - {"adjustment"} <= table(language)["posted"].keys()
    assert moved - {"adjustment", "reversal"} <= table(language)["deed"].keys()
    assert migrations.kinds("write_off_reason") == table(language)["reason"].keys()


@every_language
def test_every_reason_of_the_guard_is_worded_or_said_as_unsure(language: str) -> None:
    listed = (Verdict.__doc__ or "").split("reject:")[1].split()
    known = table(language)["not_understood"].keys()
    assert set(listed) - known == {"no_exact_word"}
    assert known <= {*listed, *migrations.not_understood(), "other"}


@every_language
@pytest.mark.parametrize("outcome", ["refused", "answered", "not_understood", "unheard_of", None])
def test_a_code_nobody_knows_is_never_shown(language: str, outcome: str | None) -> None:
    reply = render({"outcome": outcome, "code": "brand_new"}, language)
    assert reply.text
    assert "brand_new" not in reply.text
    assert reply.options == ()


@every_language
def test_a_question_or_option_nobody_knows_can_still_be_answered(language: str) -> None:
    options = [{"key": "brand_new"}, {"key": "newer_still"}, {"key": "p1", "label": "Bread"}]
    asked = {"id": "7", "kind": "brand_new", "details": {}, "options": options}
    reply = render({"outcome": "question", "question": asked}, language)
    assert "brand_new" not in reply.text + "".join(option.title for option in reply.options)
    assert [option.id for option in reply.options] == ["q:7:brand_new", "q:7:newer_still", "q:7:p1"]
    assert len({option.title for option in reply.options}) == 3


def test_every_word_of_time_that_a_message_may_use_has_words() -> None:
    when = Action.model_json_schema()["properties"]["when"]["anyOf"][0]["pattern"]
    words = re.findall(r"[a-z_]{5,}", when)
    assert len(words) == 14
    assert set(words) | {"other"} == table("en")["when"].keys()
