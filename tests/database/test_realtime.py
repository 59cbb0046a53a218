"""What is broadcast, and who hears it, where the server has Realtime; nothing is where it has not.

Realtime itself is a service; its database part is stood in for by a schema of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Connection, Database
from tests.database.shop import Shop, line

REALTIME = """
create schema realtime;
grant usage on schema realtime to authenticated;
create table realtime.messages (
    id uuid not null default gen_random_uuid() primary key,
    topic text not null,
    extension text not null,
    payload jsonb,
    event text,
    private boolean default false,
    inserted_at timestamp not null default now()
);
alter table realtime.messages enable row level security;
grant select, insert, update on table realtime.messages to authenticated;

create function realtime.topic() returns text language sql stable as $$
    select nullif(current_setting('realtime.topic', true), '')::text;
$$;
grant execute on function realtime.topic() to authenticated;

create function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void language plpgsql as $$
begin
    insert into realtime.messages (payload, event, topic, private, extension)
    values (payload, event, topic, private, 'broadcast');
end;
$$;
"""


@pytest.fixture
def with_realtime(own_database: Database) -> Iterator[Connection]:
    """A database that has Realtime, with our migration applied to it."""
    with own_database.connect() as connection:
        connection.execute(REALTIME)
        connection.execute("select private.connect_realtime()")
        yield connection


def sent(connection: Connection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select topic, event, private, payload from realtime.messages order by inserted_at"
    ).fetchall()


def listen(shop: Shop, who: str, topic: str) -> int:
    """How many broadcasts of a topic a member may hear, asked as Realtime asks."""
    user_id = shop.user(who)
    with shop.connection.transaction():
        for setting, value in (
            ("realtime.topic", topic),
            ("request.jwt.claims", f'{{"sub": "{user_id}", "role": "authenticated"}}'),
            ("role", "authenticated"),
        ):
            shop.connection.execute("select set_config(%s, %s, true)", [setting, value])
        return int(shop.value("select count(*) from realtime.messages") or 0)


def test_each_operation_is_broadcast_once_to_its_company_with_ids_only(
    with_realtime: Connection,
) -> None:
    shop = Shop.open(with_realtime)
    answer = shop.record("clerk", "k", line("sell", "bread", "1"), line("sell", "coke 2l", "1"))
    shop.record("clerk", "k", line("sell", "bread", "1"), line("sell", "coke 2l", "1"))
    assert sent(with_realtime) == [
        (
            f"company:{shop.id}",
            "operation",
            True,
            {"company_id": str(shop.id), "operation_id": answer["id"]},
        )
    ]


def test_what_is_not_booked_is_not_broadcast(with_realtime: Connection) -> None:
    shop = Shop.open(with_realtime)
    with with_realtime.transaction(force_rollback=True):
        shop.record("clerk", "k", line("sell", "bread", "1"))
    assert sent(with_realtime) == []


def test_members_hear_their_company_and_nobody_elses(with_realtime: Connection) -> None:
    shop, other = Shop.open(with_realtime), Shop.open(with_realtime)
    shop.record("clerk", "k", line("sell", "bread", "1"))
    with_realtime.execute("delete from realtime.messages where topic <> %s", [f"company:{shop.id}"])
    assert listen(shop, "viewer", f"company:{shop.id}") == 1
    assert listen(other, "owner", f"company:{shop.id}") == 0
    assert listen(shop, "viewer", f"company:{other.id}") == 0
    assert listen(shop, "viewer", "company:") == 0
    with_realtime.execute(
        "update public.members set status = 'deactivated' where id = %s", [shop.members["viewer"]]
    )
    assert listen(shop, "viewer", f"company:{shop.id}") == 0


def test_nobody_broadcasts_but_the_database(with_realtime: Connection) -> None:
    commands = with_realtime.execute(
        "select distinct cmd from pg_policies where schemaname = 'realtime'"
    ).fetchall()
    assert commands == [("SELECT",)]


def test_a_realtime_that_is_taken_away_stops_no_sale(with_realtime: Connection) -> None:
    shop = Shop.open(with_realtime)
    with_realtime.execute("drop schema realtime cascade")
    shop.record("clerk", "k", line("sell", "bread", "1"))
    assert shop.lines() == 1


def test_connecting_again_changes_nothing(with_realtime: Connection) -> None:
    shop = Shop.open(with_realtime)
    assert shop.value("select private.connect_realtime()") is True
    shop.record("clerk", "k", line("sell", "bread", "1"))
    assert len(sent(with_realtime)) == 1


def test_where_there_is_no_realtime_nothing_is_attached(shop: Shop) -> None:
    assert shop.value("select private.connect_realtime()") is False
    attached = shop.value(
        "select count(*) from pg_catalog.pg_trigger where tgname = 'operations_broadcast'"
    )
    assert attached == 0
