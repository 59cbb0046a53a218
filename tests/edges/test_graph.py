"""Sending: what went over the wire, and which outcome each answer means."""

import tomllib
from importlib import resources
from typing import Any

import pytest

from edge_adapter.graph import Alarm, Ambiguous, Dead, Graph, Outcome, Retry, Row, Sent
from tests.edges.conftest import NUMBER, TOKEN, Standin, free_port

pytestmark = pytest.mark.anyio

TO = "27821234567"


async def test_a_text_reaches_the_number_it_names(graph: Graph, meta: Standin) -> None:
    outcome = await graph.send_text(
        TO, "Sold 3 × Coke 2L", reply_to="wamid.in", callback_data="outbox-1"
    )
    (sent,) = meta.get("messages", to=TO)
    assert outcome == Sent(sent["wamid"])
    assert sent["payload"] == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "text",
        "text": {"body": "Sold 3 × Coke 2L", "preview_url": False},
        "to": f"+{TO}",
        "context": {"message_id": "wamid.in"},
        "biz_opaque_callback_data": "outbox-1",
    }


async def test_who_has_no_number_is_reached_by_user_id(graph: Graph, meta: Standin) -> None:
    assert isinstance(await graph.send_text("ZA.1349abc", "hello"), Sent)
    (sent,) = meta.get("messages")
    assert sent["payload"]["recipient"] == "ZA.1349abc"
    assert "to" not in sent["payload"]


async def test_buttons_and_lists_reach_the_number(graph: Graph, meta: Standin) -> None:
    await graph.send_buttons(TO, "Which?", [("q:1:a", "Coke 2L"), ("q:1:b", "Coke 500ml")])
    await graph.send_list(
        TO, "Which?", "Choose", [Row("q:1:a", "Coke 2L", "Coke 2 litre"), Row("b", "B")]
    )
    buttons, rows = (m["payload"]["interactive"] for m in meta.get("messages", to=TO))
    assert [b["reply"]["id"] for b in buttons["action"]["buttons"]] == ["q:1:a", "q:1:b"]
    assert rows["action"]["sections"][0]["rows"] == [
        {"id": "q:1:a", "title": "Coke 2L", "description": "Coke 2 litre"},
        {"id": "b", "title": "B"},
    ]


async def test_a_code_goes_into_the_body_and_the_button(graph: Graph, meta: Standin) -> None:
    assert isinstance(await graph.send_code(TO, "123456", "sign_in", "en"), Sent)
    template = meta.get("messages")[0]["payload"]["template"]
    assert [c["parameters"][0]["text"] for c in template["components"]] == ["123456", "123456"]


@pytest.mark.parametrize(
    "send",
    [
        lambda g: g.send_text(TO, ""),
        lambda g: g.send_text(TO, "x" * 4097),
        lambda g: g.send_text("not a number", "x"),
        lambda g: g.send_buttons(TO, "Which?", []),
        lambda g: g.send_buttons(TO, "Which?", [(str(n), "x") for n in range(4)]),
        lambda g: g.send_buttons(TO, "Which?", [("1", "x" * 21)]),
        lambda g: g.send_buttons(TO, "Which?", [("1", "x"), ("1", "y")]),
        lambda g: g.send_buttons(TO, "x" * 1025, [("1", "x")]),
        lambda g: g.send_list(TO, "Which?", "Choose", [Row(str(n), "x") for n in range(11)]),
        lambda g: g.send_list(TO, "Which?", "Choose", [Row("1", "x" * 25)]),
        lambda g: g.send_list(TO, "Which?", "Choose", [Row("1", "x", "y" * 73)]),
    ],
)
async def test_what_exceeds_metas_limits_is_dead(graph: Graph, meta: Standin, send: Any) -> None:
    outcome = await send(graph)
    assert isinstance(outcome, Dead)
    assert outcome.reason == "bad_message"
    assert meta.get("messages") == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (131047, Dead(131047, "window_closed")),
        (131026, Dead(131026, "cannot_receive")),
        (132001, Dead(132001, "template")),
        (190, Alarm(190, "access")),
        (0, Alarm(0, "access")),
        (200, Alarm(200, "access")),
        (299, Alarm(299, "access")),
        (131042, Alarm(131042, "payment")),
        (368, Alarm(368, "account_restricted")),
        (999999, Dead(999999, "unknown")),
    ],
)
async def test_the_code_decides(graph: Graph, meta: Standin, code: int, expected: Outcome) -> None:
    meta.post("fail", status=400, code=code)
    assert await graph.send_text(TO, "x") == expected
    assert meta.get("messages") == []


@pytest.mark.parametrize("code", [1, 2, 4, 80007, 130429, 131000, 131016, 131057])
async def test_a_busy_code_is_tried_again_later_and_later(
    graph: Graph, meta: Standin, code: int
) -> None:
    meta.post("fail", times=2, status=400, code=code)
    first = await graph.send_text(TO, "x")
    later = await graph.send_text(TO, "x", attempt=6)
    assert isinstance(first, Retry)
    assert isinstance(later, Retry)
    assert 0.5 <= first.after_seconds <= 1
    assert 32 <= later.after_seconds <= 64
    assert first.code == code


@pytest.mark.parametrize(("attempt", "pause"), [(0, 1), (1, 4), (2, 16), (3, 64), (50, 3600)])
async def test_a_full_pair_waits_a_power_of_four(
    graph: Graph, meta: Standin, attempt: int, pause: float
) -> None:
    meta.post("fail", status=400, code=131056)
    assert await graph.send_text(TO, "x", attempt=attempt) == Retry(pause, 131056)


async def test_not_today_waits_a_day(graph: Graph, meta: Standin) -> None:
    meta.post("fail", status=400, code=131049)
    assert await graph.send_text(TO, "x") == Retry(86400, 131049)


async def test_a_server_error_is_tried_again(graph: Graph, meta: Standin) -> None:
    meta.post("fail", status=503, text="<html>Bad Gateway</html>")
    assert isinstance(await graph.send_text(TO, "x"), Retry)


async def test_a_known_code_outweighs_the_http_status(graph: Graph, meta: Standin) -> None:
    meta.post("fail", status=500, code=131026)
    assert await graph.send_text(TO, "x") == Dead(131026, "cannot_receive")


async def test_an_unknown_code_that_meta_calls_transient_is_tried_again(
    graph: Graph, meta: Standin
) -> None:
    meta.post("fail", status=400, code=424242, is_transient=True)
    assert isinstance(await graph.send_text(TO, "x"), Retry)


async def test_a_pause_that_meta_asks_for_is_kept(graph: Graph, meta: Standin) -> None:
    meta.post("fail", status=429, code=4, retry_after=120)
    assert await graph.send_text(TO, "x") == Retry(120, 4)


async def test_a_lost_answer_is_ambiguous_and_the_message_went(graph: Graph, meta: Standin) -> None:
    meta.post("fail", drop=True)
    assert await graph.send_text(TO, "x") == Ambiguous(None)
    assert len(meta.get("messages")) == 1


async def test_a_late_answer_is_ambiguous_and_the_message_went(graph: Graph, meta: Standin) -> None:
    meta.post("fail", delay_seconds=1)
    assert await graph.send_text(TO, "x") == Ambiguous(None)
    assert len(meta.get("messages", wait=5)) == 1


@pytest.mark.parametrize("text", ["{}", "[]", "", "[" * 100_000, '{"messages": [{"id": 5}]}'])
async def test_an_accepted_message_without_an_id_is_ambiguous(
    graph: Graph, meta: Standin, text: str
) -> None:
    meta.post("fail", status=200, text=text)
    assert await graph.send_text(TO, "x") == Ambiguous(None)


async def test_an_answer_that_is_not_the_graph_apis_is_an_alarm(
    graph: Graph, meta: Standin
) -> None:
    meta.post("fail", status=404, text="<html>")
    assert await graph.send_text(TO, "x") == Alarm(None, "http_404")


async def test_a_wrong_token_is_an_alarm(meta: Standin) -> None:
    async with Graph(meta.url, "v25.0", NUMBER, "stale", timeout_seconds=2) as graph:
        assert await graph.send_text(TO, "x") == Alarm(190, "access")


async def test_nobody_listening_is_tried_again() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with Graph(nobody, "v25.0", NUMBER, TOKEN, timeout_seconds=2) as graph:
        outcome = await graph.send_text(TO, "x")
    assert isinstance(outcome, Retry)
    assert outcome.code is None


def test_every_row_of_the_table_is_a_rule_with_a_reason() -> None:
    table = tomllib.loads(resources.files("edge_adapter").joinpath("graph_errors.toml").read_text())
    codes = [code for row in table["error"] for code in row.get("codes", [])]
    assert len(codes) == len(set(codes))
    assert {row["do"] for row in table["error"]} == {"retry", "pair", "dead", "alarm"}
    assert all(row["reason"].isidentifier() for row in table["error"])
