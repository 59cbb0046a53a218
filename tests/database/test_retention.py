"""What is kept for a while only goes; what keeps anything from happening twice stays."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.conftest import Connection, Database
from tests.database.refusal import refuses
from tests.database.shop import Shop, line

pytestmark = pytest.mark.own_database

# The body of pg_cron that a migration may call; the real one runs the job as whoever asked.
CRON = """
create schema cron;
create table cron.job (jobname text primary key, schedule text, command text);
create function cron.schedule(job text, schedule text, command text) returns bigint
language sql as $$
    insert into cron.job values (job, schedule, command)
    on conflict (jobname) do update set schedule = excluded.schedule, command = excluded.command;
    select 1::bigint
$$;
"""


def prune(shop: Shop, *more: Any) -> dict[str, int]:
    values = ", ".join(["%s"] * len(more))
    return dict(shop.value(f"select private.prune({values})", *more))


def age(connection: Connection, days: int = 100) -> None:
    """Makes everything that retention looks at older."""
    for table, column in (
        ("private.inbox", "received_at"),
        ("private.outbox", "created_at"),
        ("private.requests", "created_at"),
        ("public.questions", "created_at"),
        ("public.messages", "created_at"),
    ):
        connection.execute(f"update {table} set {column} = {column} - interval '{days} days'")


def trade(shop: Shop) -> dict[str, Any]:
    """A sale that leaves a question, what is not understood, and a request; the sale as owed."""
    said: dict[str, Any] = shop.say("clerk", line("sell", "bread", "3"))
    shop.say("clerk", line("sell", "tractor", "1"))
    shop.as_user("owner", "select public.update_company(%s, 'k', '{\"name\": \"New\"}')", shop.id)
    return said


def test_what_is_young_stays(shop: Shop) -> None:
    trade(shop)
    assert not any(prune(shop).values())


def test_what_is_done_with_goes_once_it_is_old(connection: Connection, shop: Shop) -> None:
    trade(shop)
    age(connection)
    shop.say("clerk", line("sell", "bread", "1"))
    assert prune(shop) == {
        "messages": 2, "replies": 2, "requests": 1, "questions": 1, "model_usage": 0, "words": 0,
    }  # fmt: skip
    assert shop.value("select count(*) from private.inbox") == 1
    assert shop.value("select count(*) from private.outbox") == 1
    assert not any(prune(shop).values())


def test_what_is_still_to_do_stays_however_old(connection: Connection, shop: Shop) -> None:
    arrival = shop.arrival("clerk")
    (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
    shop.adapter("receive_messages", p_messages=[shop.arrival("owner")])
    item = {
        "id": work["messages"][0]["id"], "sender": work["sender"], "token": work["token"],
        "form": {"language": "en", "actions": [line("sell", "bread", "1")]},
    }  # fmt: skip
    shop.adapter("apply_interpretations", p_items=[item])  # booked, and its reply not yet sent
    age(connection)
    taken = prune(shop)
    assert (taken["messages"], taken["replies"]) == (0, 0)
    assert shop.value("select count(*) from private.inbox") == 2


def test_a_bite_takes_no_more_than_it_is_told(connection: Connection, shop: Shop) -> None:
    for _ in range(3):
        shop.say("clerk", line("sell", "bread", "1"))
    age(connection)
    assert [prune(shop, "90 days", None, 2)["messages"] for _ in range(3)] == [2, 1, 0]


def test_a_message_that_the_inbox_forgot_is_not_booked_again(
    connection: Connection, shop: Shop
) -> None:
    arrival = shop.arrival("clerk")
    first = shop.adapter("receive_messages", p_messages=[arrival])["work"][0]
    item = {
        "id": first["messages"][0]["id"], "sender": first["sender"], "token": first["token"],
        "form": {"language": "en", "actions": [line("sell", "bread", "1")]},
    }  # fmt: skip
    (owed,) = shop.adapter("apply_interpretations", p_items=[item])
    shop.adapter(
        "settle_outbound",
        p_items=[{"outbound_id": owed["outbound_id"], "state": "sent", "wamid": "w", "text": "t"}],
        p_leases=[{"sender": first["sender"], "token": first["token"]}],
    )
    age(connection)
    assert prune(shop, "90 days", "90 days")["words"] == 1 + 1
    again = shop.adapter("receive_messages", p_messages=[arrival])
    assert (again["stored"], again["duplicates"]) == (0, 1)
    assert again["work"][0]["messages"] == []
    assert shop.on_hand("Albany White Bread 700g") == "-1"


def test_erased_words_leave_ledger_and_reply_to_undo(connection: Connection, shop: Shop) -> None:
    """ "Why is it 7?" is answered without the words; a reply to an old answer still undoes it."""
    said = trade(shop)
    age(connection)
    taken = prune(shop, "90 days", "60 days")
    assert taken["words"] == 4  # two sentences and what was answered to each
    assert shop.value("select count(*) from public.messages where body is not null") == 0
    assert shop.value("select count(*) from public.movements where said is not null") == 0
    assert shop.lines() == 1
    undone = shop.say("clerk", {"action": "undo"}, reply_to=said["wamid"])
    assert undone["result"]["operation"]["kind"] == "reversal"


def test_younger_words_stay(connection: Connection, shop: Shop) -> None:
    shop.say("clerk", line("sell", "bread", "3"))
    age(connection, 50)
    assert prune(shop, "90 days", "60 days")["words"] == 0


def test_an_answer_to_a_question_that_is_gone_books_nothing(
    connection: Connection, shop: Shop
) -> None:
    asked = shop.say("clerk", line("sell", "bread", "30"))
    question = asked["result"]["question"]["id"]
    age(connection)
    prune(shop)
    tapped = shop.say("clerk", {"action": "choose"}, button_id=f"q:{question}:receive")
    assert tapped["result"] == {"outcome": "refused", "code": "no_question"}
    assert shop.lines() == 1


@pytest.mark.parametrize("kept", ["29 days", "-1 days", None])
def test_nothing_is_forgotten_while_meta_may_repeat_it(shop: Shop, kept: str | None) -> None:
    with refuses(422, "kept_too_short"):
        prune(shop, kept)


def test_the_ledger_and_the_audit_are_never_pruned(connection: Connection, shop: Shop) -> None:
    trade(shop)
    counts = "select (select count(*) from public.operations), (select count(*) from"
    counts += " public.transactions), (select count(*) from public.audit_log)"
    before = connection.execute(counts).fetchone()
    age(connection, 5000)
    prune(shop, "90 days", "1 day")
    assert connection.execute(counts).fetchone() == before


def test_a_server_with_cron_prunes_by_itself_and_one_without_is_left_alone(
    own_database: Database,
) -> None:
    with own_database.connect() as connection:
        asked = "select private.schedule_pruning()"
        assert connection.execute(asked).fetchone() == (False,)
        connection.execute(CRON)
        assert connection.execute(asked).fetchone() == (True,)
        assert connection.execute(asked).fetchone() == (True,)
        jobs = connection.execute("select jobname, schedule, command from cron.job").fetchall()
        assert jobs == [("backroom-prune", "*/10 * * * *", "select private.prune()")]
        connection.execute(str(jobs[0][2]).encode())


def test_the_command_takes_all_that_is_due_and_counts_it(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_database.connect() as connection:
        trade(Shop.open(connection))
        age(connection)
    monkeypatch.setenv("BACKROOM_DATABASE_URL", own_database.url)
    runner = CliRunner()
    done = runner.invoke(app, ["db", "prune", "--words", "60", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "messages": 2, "replies": 2, "requests": 1, "questions": 1, "model_usage": 0, "words": 4,
    }  # fmt: skip
    assert runner.invoke(app, ["db", "prune", "--keep", "7"]).exit_code == 2
