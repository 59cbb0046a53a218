"""The local API answers as a hosted project does, to the very client that everybody uses."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from psycopg import sql
from standardwebhooks import Webhook
from supabase import AuthApiError, Client, ClientOptions, create_client

from cli.errors import CommandError
from cli.stack.bootstrap import bootstrap
from cli.stack.migrations import migrate
from cli.stack.node import LOCAL, node
from cli.stack.postgres import Cluster, free_port, throwaway
from cli.stack.settings import StackSettings

JWT_SECRET = "a secret that is long enough for HS256"
PUBLISHABLE_KEY = "sb_publishable_test"
HOOK_SECRET = "v1,whsec_" + "c2VjcmV0" * 4
PHONE = "+27820000001"

MIGRATION = """
create role edge_adapter nologin;
grant edge_adapter to authenticator;
grant usage on schema public to edge_adapter;

create function public.whoami(p_list jsonb, p_amount numeric, p_text text)
returns jsonb
language sql
as $$
    select jsonb_build_object(
        'role', current_user,
        'list', jsonb_typeof(p_list),
        'amount', p_amount::text,
        'text', p_text,
        'company', nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-company-id'
    )
$$;

create function public.refuse(p_code text)
returns void
language plpgsql
as $$
begin
    raise exception 'refused' using errcode = p_code, hint = 'the_word';
end;
$$;

create function public.user_id()
returns uuid
language sql
stable
as 'select auth.uid()';
"""


@dataclass
class Hook:
    """Takes the place of the adapter's hook: keeps what came and answers `answer`."""

    port: int = field(default_factory=free_port)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: tuple[int, bytes] = (204, b"")

    def __post_init__(self) -> None:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.came.append((dict(self.headers), body))
                status, content = hook.answer
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def code(self) -> str:
        return str(json.loads(self.came[-1][1])["sms"]["otp"])


@dataclass(frozen=True)
class Api:
    url: str
    hook: Hook
    cluster: Cluster
    log: Path

    def rpc(self, name: str, arguments: dict[str, Any], **headers: str) -> httpx.Response:
        return httpx.post(
            f"{self.url}/rest/v1/rpc/{name}",
            json=arguments,
            headers={"apikey": PUBLISHABLE_KEY} | headers,
            trust_env=False,
        )


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The server over a database that the real Supabase CLI has migrated."""
    place = tmp_path_factory.mktemp("api")
    folder = place / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20260101000000_first.sql").write_text(MIGRATION)
    with throwaway(StackSettings().postgres_bin) as cluster:
        bootstrap(cluster, passwords={"postgres": "one", "local_api": "two"})
        url = cluster.url("postgres", "one")
        assert migrate(url, home=place / "home", project=place) == ["20260101000000_first.sql"]
        assert migrate(url, home=place / "home", project=place) == []
        hook, port, log = Hook(), free_port(), place / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [node(), LOCAL / "server.mjs"],
                env={
                    "API_PORT": str(port),
                    "DATABASE_URL": cluster.url("local_api", "two"),
                    "JWT_SECRET": JWT_SECRET,
                    "PUBLISHABLE_KEY": PUBLISHABLE_KEY,
                    "SEND_SMS_HOOK_URL": f"http://127.0.0.1:{hook.port}/hooks/send-sms",
                    "SEND_SMS_HOOK_SECRET": HOOK_SECRET,
                },
                stdout=out,
                stderr=out,
            )
        try:
            yield _await(Api(f"http://127.0.0.1:{port}", hook, cluster, log), process)
        finally:
            process.terminate()
            process.wait(10)
            hook.server.shutdown()
            hook.server.server_close()


def _await(api: Api, process: subprocess.Popen[bytes]) -> Api:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{api.url}/healthz", trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return api
    raise AssertionError(api.log.read_text())


@pytest.fixture
def client(api: Api) -> Iterator[Client]:
    api.hook.answer = (204, b"")
    with httpx.Client(trust_env=False) as http:
        options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
        yield create_client(api.url, PUBLISHABLE_KEY, options)


def _token(key: str = JWT_SECRET, **claims: Any) -> str:
    claims = {"role": "edge_adapter", "exp": int(time.time()) + 86400} | claims
    return f"Bearer {jwt.encode(claims, key, algorithm='HS256')}"


def test_a_token_runs_functions_as_the_role_it_names(api: Api) -> None:
    arguments = {"p_list": [{"a": "1"}], "p_amount": "1.10", "p_text": '{"b": 2}'}
    answer = api.rpc("whoami", arguments, authorization=_token(), **{"x-company-id": "shop"})
    assert answer.json() == {
        "role": "edge_adapter",
        "list": "array",
        "amount": "1.10",
        "text": '{"b": 2}',
        "company": "shop",
    }


def test_the_publishable_key_alone_is_anonymous(api: Api) -> None:
    assert api.rpc("whoami", {"p_list": {}, "p_amount": "1", "p_text": ""}).json()["role"] == "anon"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"apikey": "sb_publishable_other"}, 401),
        ({"authorization": _token(key=JWT_SECRET[::-1])}, 401),
        ({"authorization": "Bearer nonsense"}, 401),
        ({"authorization": _token(exp=int(time.time()) - 600)}, 401),
        ({"authorization": _token(role="postgres")}, 403),
        ({"authorization": _token(role="supabase_admin")}, 403),
    ],
    ids=["other key", "other secret", "no token", "expired", "owner", "superuser"],
)
def test_whoever_has_no_right_is_refused(api: Api, headers: dict[str, str], status: int) -> None:
    answer = api.rpc("whoami", {"p_list": {}, "p_amount": "1", "p_text": ""}, **headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("PT404", 404),
        ("PT409", 409),
        ("PT422", 422),
        ("22P02", 400),
        ("23505", 409),
        ("42501", 403),
    ],
)
def test_an_error_keeps_its_code_and_finds_its_status(api: Api, code: str, status: int) -> None:
    answer = api.rpc("refuse", {"p_code": code}, authorization=_token())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if code.startswith("PT"):
        assert answer.json()["hint"] == "the_word"


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_what_may_be_retried_is_a_server_error(api: Api, code: str) -> None:
    assert api.rpc("refuse", {"p_code": code}, authorization=_token()).status_code == 500


def test_a_phone_signs_in_with_a_code_that_the_hook_was_given(api: Api, client: Client) -> None:
    client.auth.sign_in_with_otp({"phone": PHONE})
    headers, body = api.hook.came[-1]
    event = Webhook(HOOK_SECRET.removeprefix("v1,")).verify(body, headers)
    assert event["sms"]["phone"] == PHONE.removeprefix("+")
    assert event["user"]["id"]

    with pytest.raises(AuthApiError) as refused:
        client.auth.verify_otp({"phone": PHONE, "token": "wrong", "type": "sms"})
    assert refused.value.code == "otp_expired"
    assert _confirmed(api) is False

    answer = client.auth.verify_otp({"phone": PHONE, "token": api.hook.code, "type": "sms"})
    assert answer.user is not None
    assert answer.user.phone == PHONE.removeprefix("+")
    assert answer.user.email == ""
    assert answer.user.id == event["user"]["id"]
    assert _confirmed(api) is True

    refreshed = client.auth.refresh_session()
    assert refreshed.session is not None
    found = client.auth.get_user()
    assert found is not None
    assert found.user.id == answer.user.id
    assert client.rpc("user_id", {}).execute().data == answer.user.id


def _confirmed(api: Api) -> bool:
    with api.cluster.connect() as connection:
        row = connection.execute(
            "select phone_confirmed_at is not null from auth.users where phone = %s",
            [PHONE.removeprefix("+")],
        ).fetchone()
    return row == (True,)


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        (
            (200, b'{"error": {"http_code": 429, "message": "Wait a minute."}}'),
            429,
            "Wait a minute.",
        ),
        ((503, b"{}"), 500, "Unexpected status code returned from hook: 503"),
    ],
)
def test_a_code_that_was_not_sent_is_an_error(
    api: Api, client: Client, answer: tuple[int, bytes], status: int, message: str
) -> None:
    api.hook.answer = answer
    with pytest.raises(AuthApiError) as refused:
        client.auth.sign_in_with_otp({"phone": PHONE})
    assert (refused.value.status, refused.value.message) == (status, message)


def test_what_is_no_phone_is_refused(client: Client) -> None:
    with pytest.raises(AuthApiError) as refused:
        client.auth.sign_in_with_otp({"phone": "banana"})
    assert refused.value.status == 400


def test_the_log_holds_codes_and_not_what_was_typed(api: Api) -> None:
    api.rpc("whoami", {"p_list": {}, "p_amount": "private words", "p_text": ""})
    log = api.log.read_text()
    assert "22P02" in log
    assert "private words" not in log
    assert PHONE.removeprefix("+") not in log


def test_a_failing_migration_is_named_with_its_reason(api: Api, tmp_path: Path) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20260101000000_first.sql").write_text("select 1;")
    (folder / "20260102000000_second.sql").write_text("create table public.half (); select 1 / 0;")
    url = api.cluster.url("postgres", "one")
    with pytest.raises(
        CommandError, match=r"20260102000000_second\.sql failed: .*division by zero"
    ):
        migrate(url, home=tmp_path / "home", project=tmp_path)
    with api.cluster.connect() as connection:
        found = connection.execute("select to_regclass('public.half')").fetchone()
    assert found == (None,)


def test_the_api_is_no_superuser(api: Api) -> None:
    """A superuser would hide a grant that a migration forgot."""
    with api.cluster.connect() as connection:
        query = sql.SQL("select rolsuper, rolbypassrls from pg_roles where rolname = 'local_api'")
        assert connection.execute(query).fetchone() == (False, False)
