"""A sample of the attack matrix through the HTTP API, with the client that everybody uses."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from postgrest.exceptions import APIError
from supabase import AuthApiError, AuthError, Client

from cli.demo import SHOPS
from cli.policies import matrix
from tests.conftest import Connection, WholeStack
from tests.signin.conftest import Open

OWN, OTHER = SHOPS
MATRIX = matrix.load()
TABLES = {
    name.removeprefix("public."): table
    for name, table in MATRIX.tables.items()
    if name.startswith("public.")
}
ADAPTERS = sorted(
    name.removeprefix("public.")
    for name, function in MATRIX.functions.items()
    if function.execute == ("edge_adapter",)
)


@pytest.fixture
def connection(stack: WholeStack) -> Iterator[Connection]:
    with psycopg.connect(stack.database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def owner(sign_in: Open) -> Client:
    return sign_in(OWN.owner.phone)


def seen(client: Client) -> dict[str, set[str]]:
    """Whose rows a client is shown, of every table and view."""
    return {
        name: {
            str(row[table.key])  # type: ignore[index, call-overload]
            for row in client.table(name).select(table.key).execute().data
        }
        for name, table in TABLES.items()
    }


def fingerprint(connection: Connection) -> list[object]:
    """All that the other company holds."""
    return [
        connection.execute(
            f"select md5(string_agg(held::text, '' order by held::text)) from public.{name} as held"
            f" where {table.key} = %s",
            [OTHER.id],
        ).fetchone()
        for name, table in TABLES.items()
    ]


def outcome(attempt: Any) -> str:
    """What became of a change: `hidden` where no row was touched, else the code of the refusal."""
    try:
        return "changed" if attempt.execute().data else "hidden"
    except APIError as error:
        return error.code or ""


def refused(error: pytest.ExceptionInfo[APIError]) -> str:
    return error.value.code or ""


def test_everything_exposed_shows_the_own_company_alone(owner: Client) -> None:
    shown = seen(owner)
    assert set().union(*shown.values()) == {str(OWN.id)}
    assert shown["companies"] == shown["transactions"] == shown["movements"] == {str(OWN.id)}


def test_no_filter_and_no_embedding_reaches_another_company(owner: Client) -> None:
    for name, table in TABLES.items():
        asked = owner.table(name).select(table.key)
        assert asked.eq(table.key, str(OTHER.id)).execute().data == [], name
        asked = owner.table(name).select(table.key)
        either = f"{table.key}.eq.{OTHER.id},{table.key}.neq.{OWN.id}"
        assert asked.or_(either).execute().data == [], name
    embedded = owner.table("companies").select("id, products(company_id), members(company_id)")
    assert str(OTHER.id) not in json.dumps(embedded.execute().data)


def test_nothing_of_another_company_is_changed_or_removed(
    owner: Client, connection: Connection
) -> None:
    before = fingerprint(connection)
    for name, table in TABLES.items():
        for attempt in (
            owner.table(name).update({table.key: str(OWN.id)}).eq(table.key, str(OTHER.id)),
            owner.table(name).delete().eq(table.key, str(OTHER.id)),
            owner.table(name).insert({table.key: str(OTHER.id)}),
            owner.table(name).upsert({table.key: str(OTHER.id)}),
        ):
            assert outcome(attempt) in ("hidden", "42501", "55000"), name
    with pytest.raises(APIError) as error:
        owner.table("products").insert({"company_id": str(OTHER.id), "name": "Attack"}).execute()
    assert refused(error) == "42501"
    assert fingerprint(connection) == before


def test_no_function_acts_in_another_company(owner: Client, connection: Connection) -> None:
    """Every function that takes a company, with that of another and nothing else that fits."""
    before = fingerprint(connection)
    rows = connection.execute(
        """
        select routine.proname, routine.proargnames[1:routine.pronargs - routine.pronargdefaults]
        from pg_proc as routine
        where routine.pronamespace = 'public'::regnamespace
            and routine.proargnames[1] = 'p_company_id'
            and has_function_privilege('authenticated', routine.oid, 'execute')
        """
    ).fetchall()
    assert len(rows) > 10
    for name, parameters in rows:
        values: dict[str, Any] = dict.fromkeys(parameters)
        values |= {"p_company_id": str(OTHER.id)}
        if "p_key" in values:
            values["p_key"] = str(uuid4())
        with pytest.raises(APIError) as error:
            owner.rpc(name, values).execute()
        assert refused(error) in ("PT403", "PT404", "PT409"), f"{name}: {error.value}"
    assert fingerprint(connection) == before


@pytest.mark.parametrize("function", ADAPTERS)
def test_what_the_adapter_calls_nobody_else_does(
    owner: Client, client: Open, function: str
) -> None:
    for one in (owner, client()):
        with pytest.raises(APIError) as error:
            one.rpc(function, {}).execute()
        assert refused(error) in ("42501", "PGRST202"), error.value


def test_what_is_private_is_not_served(owner: Client, client: Open) -> None:
    for one in (owner, client()):
        for name in ("people", "inbox", "requests"):
            with pytest.raises(APIError):
                one.schema("private").table(name).select("*").execute()
            with pytest.raises(APIError):
                one.table(name).select("*").execute()
        for function in ("prune", "book", "onboard_company", "company_id"):
            with pytest.raises(APIError):
                one.schema("private").rpc(function, {}).execute()
            with pytest.raises(APIError):
                one.rpc(function, {}).execute()


def test_what_a_user_writes_into_their_own_metadata_gives_no_right(owner: Client) -> None:
    wish = {"company_id": str(OTHER.id), "role": "owner", "company": {"id": str(OTHER.id)}}
    with suppress(AuthError):
        owner.auth.update_user({"data": wish})
        owner.auth.refresh_session()
    assert set().union(*seen(owner).values()) == {str(OWN.id)}


def test_a_token_whose_claims_were_changed_is_refused(owner: Client, client: Open) -> None:
    session = owner.auth.get_session()
    assert session is not None
    head, body, signature = session.access_token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    for forged, signed in (
        ({**claims, "role": "service_role"}, signature),
        ({**claims, "sub": str(uuid4())}, signature),
        ({**claims, "role": "postgres"}, ""),
    ):
        payload = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
        one = client(Authorization=f"Bearer {head}.{payload}.{signed}")
        with pytest.raises((APIError, AuthApiError)):
            one.table("companies").select("id").execute()
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    one = client(Authorization=f"Bearer {unsigned}.{body}.")
    with pytest.raises((APIError, AuthApiError)):
        one.table("companies").select("id").execute()
