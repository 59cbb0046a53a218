"""What Supabase Auth hears when it asks for the claims of a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.conftest import Database
from tests.database.shop import Shop

pytestmark = pytest.mark.own_database

Issue = Callable[[Any], Any]


def event(user_id: object) -> dict[str, Any]:
    """As Supabase Auth sends it."""
    return {
        "metadata": {"uuid": str(uuid4()), "time": "2026-11-22T08:00:00Z"},
        "user_id": str(user_id),
        "claims": {
            "iss": "https://project.supabase.co/auth/v1",
            "sub": str(user_id),
            "aud": "authenticated",
            "exp": 1795341600,
            "iat": 1795338000,
            "email": "",
            "phone": "27830000001",
            "role": "authenticated",
            "aal": "aal1",
            "session_id": str(uuid4()),
            "is_anonymous": False,
            "app_metadata": {"provider": "phone", "providers": ["phone"]},
            "user_metadata": {"company": "forged"},
        },
        "authentication_method": "otp",
    }


@pytest.fixture
def issue(own_database: Database) -> Iterator[Issue]:
    """Calls the hook with the rights, and in the way, of Supabase Auth."""
    with psycopg.connect(own_database.admin_url, autocommit=True) as session:
        session.execute("set session authorization supabase_auth_admin")
        session.execute("set search_path = auth")

        def call(sent: Any) -> Any:
            row = session.execute(
                'select "private"."custom_access_token_hook"(%s)', [Jsonb(sent)]
            ).fetchone()
            assert row is not None
            return row[0]

        yield call


def test_a_token_names_the_active_company_and_role_and_keeps_every_other_claim(
    shop: Shop,
    issue: Issue,
) -> None:
    sent = event(shop.user("clerk"))
    claims = issue(sent)["claims"]
    assert claims.pop("company") == {"id": str(shop.id), "role": "clerk"}
    assert claims == sent["claims"]
    assert claims["role"] == "authenticated"


def test_the_next_token_follows_a_changed_choice_and_role(shop: Shop, issue: Issue) -> None:
    second = uuid4()
    user = shop.user("clerk")
    shop.as_user("clerk", "select public.register_company(%s, 'B shop')", second)
    shop.as_user("clerk", "select public.choose_company(%s, 'k')", second)
    assert issue(event(user))["claims"]["company"] == {"id": str(second), "role": "owner"}


def test_whoever_works_nowhere_signs_in_with_claims_unchanged(shop: Shop, issue: Issue) -> None:
    leaver = shop.user("clerk")
    shop.as_user("clerk", "select public.leave_company(%s, 'k')", shop.id)
    shop.phones["newcomer"] = "27859999999"
    for user in (leaver, shop.user("newcomer"), uuid4()):
        sent = event(user)
        assert issue(sent)["claims"] == sent["claims"]


def test_a_stale_choice_is_not_named(shop: Shop, issue: Issue) -> None:
    user = shop.user("clerk")
    shop.connection.execute(
        "update public.members set status = 'deactivated' where id = %s", [shop.members["clerk"]]
    )
    assert "company" not in issue(event(user))["claims"]


@pytest.mark.parametrize(
    "sent",
    [{}, [], "text", {"user_id": "no uuid", "claims": {"sub": "x"}}, {"user_id": None}],
)
def test_no_sign_in_fails_of_the_hook(issue: Issue, sent: Any) -> None:
    assert issue(sent) == sent


def test_an_event_without_proper_claims_comes_back_as_it_was(shop: Shop, issue: Issue) -> None:
    user = shop.user("clerk")
    bad: list[dict[str, Any]] = [{}, {"claims": None}, {"claims": "text"}, {"claims": []}]
    for claims in bad:
        sent = {"user_id": str(user), **claims}
        assert issue(sent) == sent


def test_a_sign_in_succeeds_even_when_a_table_is_gone(shop: Shop, issue: Issue) -> None:
    sent = event(shop.user("clerk"))
    shop.connection.execute("alter table public.members rename to gone")
    assert issue(sent) == sent


@pytest.mark.parametrize("role", ["anon", "authenticated", "edge_adapter", "service_role"])
def test_nobody_but_supabase_auth_calls_it(shop: Shop, role: str) -> None:
    shop.connection.execute(f"set role {role}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.connection.execute("select private.custom_access_token_hook('{}')")


def test_supabase_auth_reads_no_table_of_ours(shop: Shop) -> None:
    reachable = shop.value(
        """
        select count(*)
        from pg_catalog.pg_class as relation
        inner join pg_catalog.pg_namespace as space on relation.relnamespace = space.oid
        where space.nspname in ('public', 'private')
            and relation.relkind in ('r', 'v')
            and pg_catalog.has_table_privilege('supabase_auth_admin', relation.oid, 'select')
        """
    )
    assert reachable == 0


def test_it_looks_up_one_person_and_scans_no_table(shop: Shop) -> None:
    user = shop.user("clerk")
    shop.connection.execute(
        """
        with person as (
            insert into private.people (phone)
            select (27900000000 + number)::text from generate_series(1, 2000) as number
            returning id
        )

        insert into public.members (company_id, person_id, name, role)
        select %s, person.id, 'x', 'viewer' from person
        """,
        [shop.id],
    )
    shop.connection.execute("analyze private.people, public.members")

    def scans() -> tuple[int, int]:
        index, sequential = shop.connection.execute(
            "select sum(idx_scan), sum(seq_scan) from pg_stat_xact_user_tables"
            " where relname in ('people', 'members')"
        ).fetchone() or (0, 0)
        return int(index), int(sequential)

    with shop.connection.transaction():
        before = scans()
        shop.value("select private.custom_access_token_hook(%s)", Jsonb(event(user)))
        after = scans()
    assert after[0] > before[0]
    assert after[1] == before[1]
