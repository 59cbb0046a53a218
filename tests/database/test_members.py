"""How people come into a company, what they may do there, how they go, and what owners may set."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.conftest import Database
from tests.database.refusal import refuses
from tests.database.shop import Shop, line

_phones = count(27_840_000_001)
_keys = count(1)


def call(shop: Shop, who: str, function: str, *values: Any) -> Any:
    """One RPC as the person behind a role's phone."""
    places = ", ".join(["%s"] * len(values))
    return shop.as_user(who, f"select public.{function}({places})", *values)


def listed(shop: Shop, who: str, function: str) -> Any:
    """The rows of an RPC that answers a table, as the API returns them."""
    return shop.as_user(
        who, f"select coalesce(jsonb_agg(listed), '[]') from public.{function} as listed"
    )


def key() -> str:
    return f"key {next(_keys)}"


def stranger(shop: Shop, name: str = "stranger") -> str:
    """A person with a confirmed phone and no company; their name stands for them."""
    shop.phones[name] = str(next(_phones))
    shop.user(name)
    return name


def invite(shop: Shop, name: str = "guest", role: str = "clerk") -> UUID:
    """Invites a phone of its own; the member it will be."""
    shop.phones[name] = str(next(_phones))
    answer = call(
        shop, "owner", "invite_member", shop.id, key(), shop.phones[name], name.title(), role
    )
    shop.members[name] = UUID(answer["member_id"])
    return shop.members[name]


def member(shop: Shop, name: str) -> tuple[str, str]:
    """Role and status, as stored."""
    found = shop.connection.execute(
        "select role, status from public.members where company_id = %s and id = %s",
        [shop.id, shop.members[name]],
    ).fetchone()
    assert found is not None
    return found[0], found[1]


# --- registering ---


def test_whoever_registers_a_company_owns_it_and_works_in_it(shop: Shop) -> None:
    newcomer, company_id = stranger(shop), uuid4()
    answer = call(shop, newcomer, "register_company", company_id, " Sipho's ", "Sipho", "zu")
    assert answer["company_id"] == str(company_id)
    assert listed(shop, newcomer, "my_companies()") == [
        {"id": str(company_id), "name": "Sipho's", "role": "owner", "active": True}
    ]
    assert shop.as_user(newcomer, "select language from public.companies") == "zu"
    assert shop.as_user(newcomer, "select name from public.locations where is_default") == "Shop"
    assert shop.as_user(newcomer, "select id from public.members") == UUID(
        answer["owner_member_id"]
    )


def test_registering_again_gives_the_same_answer_and_one_company(shop: Shop) -> None:
    newcomer, company_id = stranger(shop), uuid4()
    first = call(shop, newcomer, "register_company", company_id, "A shop")
    assert call(shop, newcomer, "register_company", company_id, "A shop") == first
    assert len(listed(shop, newcomer, "my_companies()")) == 1
    with refuses(409, "key_reused"):
        call(shop, newcomer, "register_company", company_id, "Another name")


def test_nobody_registers_over_a_company_that_exists(shop: Shop) -> None:
    for who in (stranger(shop), "clerk", "owner"):
        with refuses(409, "company_exists"):
            call(shop, who, "register_company", shop.id, "Mine now")
    assert shop.value("select name from public.companies where id = %s", shop.id) == "A shop"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (("  ",), "bad_name"),
        ((None,), "bad_name"),
        (("x" * 121,), "bad_name"),
        (("A shop", ""), "bad_name"),
        (("A shop", "Sipho", "tlh"), "bad_language"),
        (("A shop", "Sipho", None), "bad_language"),
    ],
)
def test_a_registration_with_a_bad_value_leaves_nothing(
    shop: Shop, values: tuple[str | None, ...], word: str
) -> None:
    newcomer, company_id = stranger(shop), uuid4()
    with refuses(422, word):
        call(shop, newcomer, "register_company", company_id, *values)
    assert shop.value("select count(*) from public.companies where id = %s", company_id) == 0
    call(shop, newcomer, "register_company", company_id, "A shop")


def test_a_registration_needs_an_id(shop: Shop) -> None:
    with refuses(400, "bad_key"):
        call(shop, stranger(shop), "register_company", None, "A shop")


def test_one_person_owns_at_most_twenty_companies(shop: Shop) -> None:
    newcomer = stranger(shop)
    for _ in range(20):
        call(shop, newcomer, "register_company", uuid4(), "A shop")
    with refuses(422, "too_many_companies"):
        call(shop, newcomer, "register_company", uuid4(), "A shop")


def test_a_session_without_a_confirmed_phone_is_nobody(shop: Shop) -> None:
    shop.phones["unconfirmed"] = str(next(_phones))
    shop.connection.execute(
        "insert into auth.users (id, phone) values (%s, %s)",
        [uuid4(), shop.phones["unconfirmed"]],
    )
    with refuses(403, "no_person"):
        call(shop, "unconfirmed", "register_company", uuid4(), "A shop")
    assert listed(shop, "unconfirmed", "my_companies()") == []


@pytest.mark.parametrize(
    "change",
    [
        "phone_confirmed_at = null",
        "phone = null",
        "phone = ''",
        "phone = null, phone_confirmed_at = null",
        "phone = '27839999999'",
    ],
)
def test_a_user_who_loses_their_phone_loses_what_it_opened(shop: Shop, change: str) -> None:
    user_id = shop.user("owner")
    assert listed(shop, "owner", "my_companies()") != []
    shop.connection.execute(f"update auth.users set {change} where id = %s", [user_id])
    with shop.connection.transaction(force_rollback=True):
        shop.connection.execute("set local role authenticated")
        shop.connection.execute(
            "select set_config('request.jwt.claims', %s, true)", [f'{{"sub": "{user_id}"}}']
        )
        assert shop.value("select count(*) from public.companies") == 0
        assert shop.value("select count(*) from public.my_companies()") == 0


# --- inviting and accepting ---


def test_an_invited_phone_sees_nothing_until_it_accepts_and_then_works(shop: Shop) -> None:
    guest = invite(shop)
    assert member(shop, "guest") == ("clerk", "invited")
    assert listed(shop, "guest", "my_companies()") == []
    assert shop.as_user("guest", "select count(*) from public.products") == 0
    (invitation,) = listed(shop, "guest", "my_invitations()")
    assert (invitation["id"], invitation["name"], invitation["role"]) == (
        str(shop.id),
        "A shop",
        "clerk",
    )

    answer = call(shop, "guest", "accept_invitation", shop.id, key())
    assert answer == {
        "member_id": str(guest),
        "name": "Guest",
        "role": "clerk",
        "status": "active",
        "invited_until": None,
    }
    assert listed(shop, "guest", "my_invitations()") == []
    assert shop.as_user("guest", "select count(*) from public.products") == len(shop.products)
    shop.record("guest", key(), line("sell", "bread", "1"))


def test_only_the_invited_phone_accepts(shop: Shop) -> None:
    invite(shop)
    with refuses(404, "no_invitation"):
        call(shop, stranger(shop), "accept_invitation", shop.id, key())
    with refuses(404, "no_invitation"):
        call(shop, "guest", "accept_invitation", Shop.open(shop.connection).id, key())
    with refuses(409, "already_member"):
        call(shop, "viewer", "accept_invitation", shop.id, key())
    assert member(shop, "guest") == ("clerk", "invited")


def test_an_invitation_expires_after_seven_days_and_can_be_renewed(shop: Shop) -> None:
    guest = invite(shop)
    lasts = "select round(extract(epoch from invited_until - now()) / 86400) from public.members"
    assert shop.value(f"{lasts} where id = %s", guest) == 7
    shop.connection.execute(
        "update public.members set invited_until = now() where id = %s", [guest]
    )
    assert listed(shop, "guest", "my_invitations()") == []
    with refuses(410, "invitation_expired"):
        call(shop, "guest", "accept_invitation", shop.id, key())

    again = call(
        shop, "owner", "invite_member", shop.id, key(), shop.phones["guest"], "Nomsa", "viewer"
    )
    assert again["member_id"] == str(guest)
    call(shop, "guest", "accept_invitation", shop.id, key())
    assert member(shop, "guest") == ("viewer", "active")


def test_an_invitation_can_be_withdrawn(shop: Shop) -> None:
    guest = invite(shop)
    call(shop, "owner", "deactivate_member", shop.id, key(), guest)
    with refuses(404, "no_invitation"):
        call(shop, "guest", "accept_invitation", shop.id, key())


def test_who_is_here_is_not_invited_again(shop: Shop) -> None:
    with refuses(409, "already_member"):
        call(shop, "owner", "invite_member", shop.id, key(), shop.phones["clerk"], "Clerk", "owner")
    assert member(shop, "clerk") == ("clerk", "active")


@pytest.mark.parametrize(
    ("phone", "name", "role", "word"),
    [
        ("082 000 0001", "Nomsa", "clerk", "bad_phone"),
        ("+27820000001", "Nomsa", "clerk", "bad_phone"),
        (None, "Nomsa", "clerk", "bad_phone"),
        ("27820000001", " ", "clerk", "bad_name"),
        ("27820000001", None, "clerk", "bad_name"),
        ("27820000001", "Nomsa", None, "bad_role"),
    ],
)
def test_an_invitation_with_a_bad_value_is_refused(
    shop: Shop, phone: str | None, name: str | None, role: str | None, word: str
) -> None:
    with refuses(422, word):
        call(shop, "owner", "invite_member", shop.id, key(), phone, name, role)


def test_an_answer_does_not_tell_whether_anybody_knows_the_phone(shop: Shop) -> None:
    known = Shop.open(shop.connection).phones["owner"]
    answers = [
        call(shop, "owner", "invite_member", shop.id, key(), phone, "Nomsa", "clerk")
        for phone in (known, str(next(_phones)))
    ]
    for answer in answers:
        del answer["member_id"], answer["invited_until"]
    assert answers[0] == answers[1]


# --- who may manage ---


@pytest.mark.parametrize("who", ["manager", "clerk", "viewer"])
def test_only_owners_manage_members_and_settings(shop: Shop, who: str) -> None:
    viewer = shop.members["viewer"]
    for function, values in (
        ("invite_member", ("27820000001", "Nomsa", "owner")),
        ("change_member_role", (shop.members[who], "owner")),
        ("deactivate_member", (viewer,)),
        ("hand_over_ownership", (shop.members[who],)),
        ("update_company", (Jsonb({"name": "Mine"}),)),
    ):
        with refuses(403, "role_too_low"):
            call(shop, who, function, shop.id, key(), *values)
    with refuses(403, "role_too_low"):
        call(shop, who, "member_phones", shop.id)


def test_no_company_is_managed_from_outside(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    for function, values in (
        ("invite_member", ("27820000001", "Nomsa", "owner")),
        ("change_member_role", (shop.members["clerk"], "owner")),
        ("deactivate_member", (shop.members["clerk"],)),
        ("hand_over_ownership", (shop.members["clerk"],)),
        ("update_company", (Jsonb({"name": "Mine"}),)),
        ("choose_company", ()),
        ("leave_company", ()),
    ):
        with refuses(403, "not_a_member"):
            call(other, "owner", function, shop.id, key(), *values)
    with refuses(403, "not_a_member"):
        call(other, "owner", "member_phones", shop.id)


def test_a_member_of_another_company_is_unknown_here(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    for function, values in (
        ("change_member_role", ("viewer",)),
        ("deactivate_member", ()),
        ("hand_over_ownership", ()),
    ):
        with refuses(404, "unknown_member"):
            call(shop, "owner", function, shop.id, key(), other.members["clerk"], *values)
    assert member(other, "clerk") == ("clerk", "active")


def test_anonymous_callers_reach_no_function(shop: Shop) -> None:
    for query in (
        "public.my_companies()",
        "public.my_invitations()",
        f"public.member_phones('{shop.id}')",
        f"public.leave_company('{shop.id}', 'k')",
        f"public.register_company('{uuid4()}', 'A shop')",
    ):
        shop.connection.execute("set role anon")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            shop.connection.execute(f"select {query}")
        shop.connection.execute("reset role")


def test_owners_read_the_phones_of_their_members_and_nobody_reads_the_people(shop: Shop) -> None:
    rows = listed(shop, "owner", f"member_phones('{shop.id}')")
    assert {row["phone"] for row in rows} == set(shop.phones.values())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.as_user("owner", "select phone from private.people")


# --- roles, leaving, handing over ---


def test_a_changed_role_counts_at_once(shop: Shop) -> None:
    with refuses(403, "role_too_low"):
        shop.record("viewer", key(), line("sell", "bread", "1"))
    call(shop, "owner", "change_member_role", shop.id, key(), shop.members["viewer"], "clerk")
    shop.record("viewer", key(), line("sell", "bread", "1"))
    call(shop, "owner", "change_member_role", shop.id, key(), shop.members["viewer"], "viewer")
    with refuses(403, "role_too_low"):
        shop.record("viewer", key(), line("sell", "bread", "1"))


def test_a_deactivated_member_is_out_at_once_and_comes_back_by_invitation(shop: Shop) -> None:
    clerk = shop.members["clerk"]
    answer = call(shop, "owner", "deactivate_member", shop.id, key(), clerk)
    assert answer["status"] == "deactivated"
    with refuses(403, "not_a_member"):
        shop.record("clerk", key(), line("sell", "bread", "1"))
    assert shop.as_user("clerk", "select count(*) from public.products") == 0
    assert listed(shop, "clerk", "my_companies()") == []
    with refuses(409, "deactivated"):
        call(shop, "owner", "change_member_role", shop.id, key(), clerk, "owner")
    with refuses(404, "no_invitation"):
        call(shop, "clerk", "accept_invitation", shop.id, key())

    call(shop, "owner", "invite_member", shop.id, key(), shop.phones["clerk"], "Clerk", "clerk")
    answer = call(shop, "clerk", "accept_invitation", shop.id, key())
    assert answer["member_id"] == str(clerk)
    shop.record("clerk", key(), line("sell", "bread", "1"))


def test_a_bad_role_is_refused(shop: Shop) -> None:
    with refuses(422, "bad_role"):
        call(shop, "owner", "change_member_role", shop.id, key(), shop.members["clerk"], None)


def test_nobody_deactivates_themselves(shop: Shop) -> None:
    with refuses(409, "is_yourself"):
        call(shop, "owner", "deactivate_member", shop.id, key(), shop.members["owner"])


@pytest.mark.own_database
def test_the_last_owner_stays_whatever_is_tried(shop: Shop) -> None:
    owner = shop.members["owner"]
    with refuses(409, "last_owner"):
        call(shop, "owner", "leave_company", shop.id, key())
    with refuses(409, "last_owner"):
        call(shop, "owner", "change_member_role", shop.id, key(), owner, "manager")
    with refuses(409, "last_owner"):
        shop.value("select private.add_member(%s, %s, 'x', 'clerk')", shop.id, shop.phones["owner"])
    with refuses(409, "last_owner"):
        shop.connection.execute("update public.members set status = 'deactivated'")
    assert member(shop, "owner") == ("owner", "active")


def test_an_owner_who_is_only_invited_is_none(shop: Shop) -> None:
    invite(shop, "partner", "owner")
    with refuses(409, "last_owner"):
        call(shop, "owner", "leave_company", shop.id, key())
    call(shop, "partner", "accept_invitation", shop.id, key())
    call(shop, "owner", "leave_company", shop.id, key())
    assert member(shop, "owner") == ("owner", "deactivated")


def test_ownership_is_handed_over_in_one_step(shop: Shop) -> None:
    manager = shop.members["manager"]
    answer = call(shop, "owner", "hand_over_ownership", shop.id, key(), manager)
    assert (answer["member_id"], answer["role"]) == (str(manager), "owner")
    assert member(shop, "owner") == ("manager", "active")
    with refuses(403, "role_too_low"):
        call(shop, "owner", "update_company", shop.id, key(), Jsonb({"name": "Mine"}))
    call(shop, "owner", "leave_company", shop.id, key())


def test_ownership_goes_to_another_active_member_only(shop: Shop) -> None:
    with refuses(409, "is_yourself"):
        call(shop, "owner", "hand_over_ownership", shop.id, key(), shop.members["owner"])
    with refuses(409, "not_active"):
        call(shop, "owner", "hand_over_ownership", shop.id, key(), invite(shop))
    assert member(shop, "owner") == ("owner", "active")


def waiting(shop: Shop, attempt: Callable[[], None], other: Callable[[], None]) -> Exception | None:
    """Runs `attempt` in a transaction and, before that commits, `other` elsewhere; its error."""
    with ThreadPoolExecutor(1) as pool:
        with shop.connection.transaction():
            attempt()
            racing = pool.submit(other)
            waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            deadline = time.monotonic() + 10
            while not shop.value(waits) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert not racing.done(), "the second one did not wait for the first"
        error = racing.exception(10)
    assert error is None or isinstance(error, Exception)
    return error


@pytest.mark.parametrize("way", ["leave_company", "operator"])
def test_of_two_owners_who_leave_at_once_one_stays(own_database: Database, way: str) -> None:
    with own_database.connect() as one, own_database.connect() as two:
        two.execute("set statement_timeout = '20s'")
        shop = Shop.open(one)
        call(shop, "owner", "change_member_role", shop.id, key(), shop.members["manager"], "owner")
        shop.user("manager")
        racing = Shop(two, shop.id, shop.phones, shop.members)

        def leave(shop: Shop, who: str) -> None:
            if way == "leave_company":
                call(shop, who, way, shop.id, key())
            else:
                shop.connection.execute(
                    "update public.members set status = 'deactivated' where id = %s",
                    [shop.members[who]],
                )

        error = waiting(shop, lambda: leave(shop, "owner"), lambda: leave(racing, "manager"))
        assert isinstance(error, psycopg.Error)
        assert (error.sqlstate, error.diag.message_hint) == ("PT409", "last_owner")
        assert member(shop, "owner") == ("owner", "deactivated")
        assert member(shop, "manager") == ("owner", "active")


def test_two_who_register_one_id_at_once_get_one_company(own_database: Database) -> None:
    with own_database.connect() as one, own_database.connect() as two:
        two.execute("set statement_timeout = '20s'")
        shop = Shop.open(one)
        first, second, company_id = stranger(shop, "first"), stranger(shop, "second"), uuid4()
        racing = Shop(two, shop.id, shop.phones, shop.members)
        error = waiting(
            shop,
            lambda: call(shop, first, "register_company", company_id, "A shop"),
            lambda: call(racing, second, "register_company", company_id, "A shop"),
        )
        assert isinstance(error, psycopg.Error)
        assert (error.sqlstate, error.diag.message_hint) == ("PT409", "company_exists")


def book(shop: Shop) -> None:
    shop.record("manager", key(), line("sell", "coke", "1"))


def take_back(shop: Shop) -> None:
    query = "select id::text from public.operations where company_id = %s limit 1"
    shop.reverse("manager", key(), shop.value(query, shop.id))


def merge(shop: Shop) -> None:
    pair = [shop.products["Coca-Cola 500ml"], shop.products["Coca-Cola 2L"]]
    call(shop, "manager", "merge_products", shop.id, key(), *pair)


@pytest.mark.parametrize("write", [book, take_back, merge])
@pytest.mark.parametrize(
    ("ending", "values", "word"),
    [
        ("deactivate_member", [], "not_a_member"),
        ("change_member_role", ["viewer"], "role_too_low"),
    ],
)
def test_who_loses_their_right_while_they_wait_writes_nothing(
    own_database: Database, write: Callable[[Shop], None], ending: str, values: list[str], word: str
) -> None:
    with own_database.connect() as one, own_database.connect() as two:
        two.execute("set statement_timeout = '20s'")
        shop = Shop.open(one)
        racing = Shop(two, shop.id, shop.phones, shop.members, shop.products)
        book(shop)
        before = shop.lines()
        error = waiting(
            shop,
            lambda: call(shop, "owner", ending, shop.id, key(), shop.members["manager"], *values),
            lambda: write(racing),
        )
        assert isinstance(error, psycopg.Error)
        assert (error.sqlstate, error.diag.message_hint) == ("PT403", word)
        assert shop.lines() == before


def test_who_may_not_write_waits_for_nobody(own_database: Database) -> None:
    with own_database.connect() as one, own_database.connect() as two:
        shop = Shop.open(one)
        elsewhere = Shop(two, shop.id, shop.phones)
        passing = stranger(shop)
        shop.user("viewer")
        with shop.connection.transaction():
            book(shop)
            for who, word in ((passing, "not_a_member"), ("viewer", "role_too_low")):
                with refuses(403, word):
                    elsewhere.record(who, key(), line("sell", "coke", "1"))


# --- idempotency keys ---


def test_a_repeated_request_is_done_once_and_answered_the_same(shop: Shop) -> None:
    phone = str(next(_phones))
    first = call(shop, "owner", "invite_member", shop.id, "k", phone, "Nomsa", "clerk")
    call(shop, "owner", "deactivate_member", shop.id, key(), first["member_id"])
    again = call(shop, "owner", "invite_member", shop.id, "k", phone, "Nomsa", "clerk")
    assert again == first
    status = shop.value("select status from public.members where id = %s", first["member_id"])
    assert status == "deactivated"


def test_who_has_left_still_hears_the_answer_to_their_leaving(shop: Shop) -> None:
    answer = call(shop, "clerk", "leave_company", shop.id, "k")
    assert call(shop, "clerk", "leave_company", shop.id, "k") == answer
    with refuses(403, "not_a_member"):
        call(shop, "clerk", "leave_company", shop.id, key())


def test_a_key_used_for_something_else_or_by_somebody_else_is_refused(shop: Shop) -> None:
    call(shop, "owner", "update_company", shop.id, "k", Jsonb({"name": "New"}))
    with refuses(409, "key_reused"):
        call(shop, "owner", "update_company", shop.id, "k", Jsonb({"name": "Newer"}))
    with refuses(409, "key_reused"):
        call(shop, "owner", "choose_company", shop.id, "k")
    with refuses(409, "key_reused"):
        call(shop, "clerk", "leave_company", shop.id, "k")
    assert member(shop, "clerk") == ("clerk", "active")
    assert shop.value("select name from public.companies where id = %s", shop.id) == "New"


def test_a_stranger_cannot_ask_which_keys_exist(shop: Shop) -> None:
    call(shop, "owner", "choose_company", shop.id, "k")
    for name in ("k", "never used"):
        with refuses(403, "not_a_member"):
            call(shop, stranger(shop), "choose_company", shop.id, name)


def test_a_request_without_a_key_is_refused(shop: Shop) -> None:
    for bad in ("", None, "k" * 201):
        with refuses(400, "bad_key"):
            call(shop, "owner", "leave_company", shop.id, bad)


def test_one_key_serves_two_companies(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    for each in (shop, other):
        assert call(each, "owner", "choose_company", each.id, "k") == {"company_id": str(each.id)}


# --- several companies ---


def test_a_phone_of_two_companies_chooses_where_it_works(shop: Shop) -> None:
    second = uuid4()
    call(shop, "owner", "register_company", second, "Z shop")

    def active() -> list[bool]:
        return [row["active"] for row in listed(shop, "owner", "my_companies()")]

    assert active() == [True, False]
    call(shop, "owner", "choose_company", second, "to the second")
    assert active() == [False, True]
    assert shop.as_user("owner", "select name from public.companies") == "Z shop"
    received = shop.adapter("receive_messages", p_messages=[shop.arrival("owner")])
    assert received["work"][0]["messages"][0]["known"]
    assert shop.value("select company_id from private.inbox") == second

    # A choice that arrives again, late, does not switch back.
    call(shop, "owner", "choose_company", shop.id, "to the first")
    call(shop, "owner", "choose_company", second, "to the second")
    assert active() == [True, False]


def test_whoever_leaves_the_chosen_company_goes_on_in_another_one(shop: Shop) -> None:
    second = uuid4()
    call(shop, "clerk", "register_company", second, "Z shop")
    assert shop.as_user("clerk", "select id from public.companies") == shop.id
    call(shop, "clerk", "leave_company", shop.id, key())
    assert shop.as_user("clerk", "select id from public.companies") == second


def test_accepting_leaves_the_chosen_company_chosen(shop: Shop) -> None:
    other = Shop.open(shop.connection)
    call(shop, "owner", "invite_member", shop.id, key(), other.phones["owner"], "Guest", "viewer")
    call(other, "owner", "accept_invitation", shop.id, key())
    assert other.as_user("owner", "select id from public.companies") == other.id
    assert len(listed(other, "owner", "my_companies()")) == 2


# --- settings ---


def test_an_owner_sets_everything_a_company_may_set(shop: Shop) -> None:
    changes = {
        "name": " Thandi's ",
        "language": "zu",
        "currency": "BWP",
        "timezone": "Africa/Gaborone",
        "negative_stock": "block",
        "large_quantity_factor": "2.5",
        "vat_registered": True,
        "vat_number": "4123456789",
        "locked_before": "2026-03-01",
        "share_product_names": True,
    }
    answer = call(shop, "owner", "update_company", shop.id, key(), Jsonb(changes))
    assert answer == {**changes, "name": "Thandi's"}
    cleared = call(
        shop,
        "owner",
        "update_company",
        shop.id,
        key(),
        Jsonb({"locked_before": None, "vat_registered": False, "vat_number": None}),
    )
    assert (cleared["locked_before"], cleared["vat_number"]) == (None, None)
    assert cleared["timezone"] == "Africa/Gaborone"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"name": ""}, "bad_name"),
        ({"name": None}, "bad_name"),
        ({"language": "tlh"}, "bad_language"),
        ({"currency": "rand"}, "bad_currency"),
        ({"timezone": "Africa/Atlantis"}, "bad_timezone"),
        ({"timezone": "UTC+2"}, "bad_timezone"),
        ({"timezone": None}, "bad_timezone"),
        ({"negative_stock": "maybe"}, "bad_negative_stock"),
        ({"large_quantity_factor": "0.5"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "2.555"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "NaN"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "1e9"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": {"a": 1}}, "bad_large_quantity_factor"),
        ({"vat_registered": "perhaps"}, "bad_vat_registered"),
        ({"share_product_names": None}, "bad_share_product_names"),
        ({"model_calls_a_day": 100000}, "unknown_setting"),
        ({"vat_registered": True, "vat_number": None}, "bad_vat_number"),
        ({"vat_number": "5123456789"}, "bad_vat_number"),
        ({"vat_number": "412345678"}, "bad_vat_number"),
        ({"locked_before": "2026-02-30"}, "bad_locked_before"),
        ({"locked_before": "01/03/2026"}, "bad_locked_before"),
        ({"locked_before": "infinity"}, "bad_locked_before"),
        ({"locked_before": "2999-01-01"}, "bad_locked_before"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "unknown_setting"),
        ({"created_at": "2026-01-01"}, "unknown_setting"),
        ({"colour": "red"}, "unknown_setting"),
        (["name"], "bad_changes"),
    ],
)
def test_a_bad_setting_is_refused_by_name_and_changes_nothing(
    shop: Shop, changes: Any, word: str
) -> None:
    before = shop.value("select to_jsonb(c) from public.companies as c where id = %s", shop.id)
    good_too = {"vat_number": "4123456789", **changes} if word != "bad_changes" else changes
    with refuses(422, word):
        call(shop, "owner", "update_company", shop.id, key(), Jsonb(good_too))
    after = shop.value("select to_jsonb(c) from public.companies as c where id = %s", shop.id)
    assert after == before


def test_settings_are_written_in_no_other_way(shop: Shop) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shop.as_user("owner", "update public.companies set name = 'x' returning name")


def test_the_rate_of_vat_is_that_of_its_day(shop: Shop) -> None:
    rate = (
        "select rate::text from private.vat_rates where valid_from <= %s"
        " order by valid_from desc limit 1"
    )
    assert shop.value(rate, "2018-03-31") == "0.14"
    assert shop.value(rate, "2018-04-01") == "0.15"
    assert shop.value(rate, "2026-11-22") == "0.15"
