"""An adapter may die at any moment: each message is booked once and answered once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.adapter.servers import Surroundings
from tests.adapter.webhooks import status, text, webhook
from tests.conftest import Connection
from tests.database.shop import Shop

BREAD = "Albany White Bread 700g"
SALE = "sold 3 white bread"
QUICK = {"GRAPH_TIMEOUT_SECONDS": "1.5", "RESEND_SECONDS": "7"}  # what died unsent goes soon
CALLS = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
BLOCKED = f"select exists (select {CALLS})"


@contextmanager
def _company_locked(outside: Surroundings, shop: Shop) -> Iterator[Connection]:
    """Nothing of the shop can be booked, as when another booking of it takes long."""
    with psycopg.connect(outside.database.url) as other:
        other.execute("select private.lock_companies(array[%s::uuid])", [shop.id])
        yield other


def _end_calls(outside: Surroundings) -> None:
    """As when the API dies too: what waits in the database is undone."""
    outside.admin.execute(f"select pg_terminate_backend(pid) {CALLS}")
    outside.eventually(f"select not exists (select {CALLS})")


@pytest.mark.parametrize("call_survives", [False, True], ids=["call died too", "call goes on"])
def test_killed_between_the_200_and_the_booking(
    outside: Surroundings, shop: Shop, call_survives: bool
) -> None:
    owner = shop.phones["owner"]
    sale = webhook(text(owner, SALE))
    with _company_locked(outside, shop):
        with outside.adapter(**QUICK) as first:
            assert first.post(sale).status_code == 200
            outside.eventually(BLOCKED)
            first.kill()
        assert shop.lines() == 0
        if not call_survives:
            _end_calls(outside)
    if not call_survives:
        assert shop.lines() == 0
    with outside.adapter(**QUICK) as second:
        assert len(outside.replies(owner)) == 1
        assert second.post(sale).status_code == 200
        assert len(outside.replies(owner)) == 1
    assert shop.lines() == 1
    assert shop.on_hand(BREAD) == "-3"


def test_killed_between_the_booking_and_the_sending(outside: Surroundings, shop: Shop) -> None:
    """One reply at a time: while the first is on its way, the second has not begun."""
    first_in_line, owner = shop.phones["clerk"], shop.phones["owner"]
    outside.fail(delay_seconds=1, status=503)
    with outside.adapter(SENDS_AT_ONCE="1", **QUICK) as first:
        assert first.post(webhook(text(first_in_line, SALE))).status_code == 200
        outside.eventually(
            "select count(*) = 1 from private.outbox where recipient = %(p)s", p=first_in_line
        )
        assert first.post(webhook(text(owner, SALE))).status_code == 200
        outside.eventually(
            "select count(*) = 1 from private.outbox where recipient = %(p)s", p=owner
        )
        first.kill()
    assert outside.sent_to(owner) == []
    assert shop.lines() == 2
    with outside.adapter(**QUICK):
        assert len(outside.replies(owner)) == 1
        assert len(outside.replies(first_in_line)) == 1
    assert shop.on_hand(BREAD) == "-6"


def test_killed_between_the_sending_and_the_settling(outside: Surroundings, shop: Shop) -> None:
    """Meta accepted the reply and says so in a status; nobody else knows."""
    owner = shop.phones["owner"]
    outside.fail(delay_seconds=1)
    with outside.adapter(**QUICK) as first, psycopg.connect(outside.database.url) as other:
        assert first.post(webhook(text(owner, SALE))).status_code == 200
        outside.eventually(
            "select count(*) = 1 from private.outbox where recipient = %(p)s", p=owner
        )
        other.execute("select from private.outbox where recipient = %s for update", [owner])
        outside.eventually(BLOCKED)
        first.kill()
        _end_calls(outside)
    (sent,) = outside.sent_to(owner)
    with outside.adapter(**QUICK) as second:
        assert second.post(webhook(statuses=[status(sent, "delivered")])).status_code == 200
        outside.eventually(
            "select now() > next_attempt_at + interval '1 second'"
            " from private.outbox where recipient = %(p)s",
            p=owner,
        )
        assert len(outside.replies(owner)) == 1
    assert shop.lines() == 1


def test_what_breaks_a_call_holds_up_nobody_else(outside: Surroundings, shop: Shop) -> None:
    """Many senders share a call; the one at fault waits alone until the database is whole again."""
    manager, clerk, owner = (shop.phones[role] for role in ("manager", "clerk", "owner"))
    outside.connection.execute(
        "create function public.break_down() returns trigger language plpgsql as"
        " $$begin raise exception 'broken' using errcode = 'XX000'; end$$"
    )
    outside.connection.execute(
        "create trigger break_down before insert on public.transactions for each row"
        " when (new.quantity = -13) execute function public.break_down()"
    )
    with outside.adapter(APPLIERS="1") as adapter:
        try:
            with _company_locked(outside, shop):
                # The first waits for the lock; the other two gather behind it, in one call.
                first = text(manager, "sold 1 white bread")
                assert adapter.post(webhook(first)).status_code == 200
                outside.eventually(BLOCKED)
                others = [text(clerk, "sold 13 white bread"), text(owner, SALE)]
                assert adapter.post(webhook(*others)).status_code == 200
            assert len(outside.replies(owner)) == 1
            assert shop.on_hand(BREAD) == "-4"
        finally:
            outside.connection.execute("drop function public.break_down cascade")
        assert len(outside.replies(clerk)) == 1
    assert shop.on_hand(BREAD) == "-17"
