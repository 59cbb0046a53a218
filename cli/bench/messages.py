"""Messages: stored once, understood in the shop's words, booked and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import psycopg
from psycopg.types.json import Jsonb

from cli.bench.figure import Figure, Pair, compared
from cli.bench.ledger import MANY
from cli.bench.pgbench import SCRIPTS, Bench, Run
from cli.bench.size import Size
from cli.errors import CommandError
from cli.stack.settings import ROOT

READINGS = ROOT / "sql" / "bench" / "readings.sql"
_BATCH = 50
_STORED_AT_ONCE = 1_000


def messaging(bench: Bench, size: Size, say: Callable[[str], None]) -> Iterator[Figure]:
    """Storing a message, applying one, and applying fifty in a call."""
    received: list[Pair] = []
    single: list[Pair] = []
    batches: list[Pair] = []
    for round_ in range(1, size.rounds + 1):
        say(f"messages, round {round_} of {size.rounds}")
        baseline = bench.simple_update(size.seconds).per_second
        stored = bench.script(
            MANY,
            SCRIPTS / "receive.pgbench",
            seconds=size.seconds,
            companies=size.many.companies,
        )
        received.append(Pair(stored.per_second, baseline))
        one = _apply(bench, size, 1, size.transactions)
        single.append(Pair(one.per_second, baseline))
        batch = _apply(bench, size, _BATCH, max(1, size.transactions // 10))
        batches.append(Pair(batch.per_second * _BATCH, one.per_second))
    yield compared("message_stored", "messages/s", received)
    yield compared("message_applied", "messages/s", single, least=Decimal("0.25"))
    yield compared("messages_applied_by_50", "messages/s", batches, least=Decimal(3))


def _apply(bench: Bench, size: Size, at_once: int, transactions: int) -> Run:
    """Stores as many messages as will be applied, then applies each of them once."""
    base = _store(bench, size, transactions * bench.clients, at_once)
    run = bench.script(
        MANY,
        SCRIPTS / "apply.pgbench",
        transactions=transactions,
        first=base,
        messages=at_once,
    )
    with bench.server.connect(MANY) as connection:
        row = connection.execute(
            "select count(*) from private.outbox as outbound"
            " inner join private.inbox as arrived on outbound.inbox_id = arrived.id"
            " where arrived.id >= %s and outbound.result ->> 'outcome' <> 'posted'",
            [base],
        ).fetchone()
        left = connection.execute(
            "select count(*) from private.inbox where id >= %s and state <> 'done'", [base]
        ).fetchone()
    if row != (0,) or left != (0,):
        raise CommandError(f"Of the bench's messages {row} were not booked, {left} not done.")
    return run


def _store(bench: Bench, size: Size, calls: int, at_once: int) -> int:
    """Stores messages of the companies' owners by turns; the id of the first, the rest follow."""
    messages = calls * at_once
    with bench.server.connect(MANY) as connection:
        # Leases of earlier rounds end, and each sender's next one has the token that scripts use.
        connection.execute("update private.senders set leased_until = '-infinity', lease_token = 0")
        connection.execute("update private.inbox set state = 'done' where state = 'open'")
        row = connection.execute("select coalesce(max(id), 0) from private.inbox").fetchone()
        connection.execute(
            "select setval(pg_get_serial_sequence('private.inbox', 'id'), %s, false)",
            [base := int(row[0] if row else 0) + 1],
        )
        for start in range(0, messages, _STORED_AT_ONCE):
            connection.execute(
                "select public.receive_messages(%s, '[]', 3600)",
                [
                    Jsonb(
                        [
                            _message(base, number, size.many.companies)
                            for number in range(start, min(start + _STORED_AT_ONCE, messages))
                        ]
                    )
                ],
            )
        psycopg.RawCursor(connection).execute(READINGS.read_bytes(), (base, at_once))
    bench.server.settle(MANY)
    return base


def _message(base: int, number: int, companies: int) -> dict[str, object]:
    seconds, micros = divmod(number, 1_000_000)
    return {
        "wamid": f"wamid.{base}.{number:09}",
        "sender": f"2700001{1 + number % companies:05}1",
        "phone_number_id": "1",
        "sent_at": f"2026-01-01T00:00:{seconds:02}.{micros:06}Z",
        "message": {"type": "text", "text": "sold 1 albany white bread"},
    }
