"""Whatever is handed to a function: refused with a stable code and one sentence, nothing written.

Each call below is good as it stands and is bent in one place at a time. What can be called is read
from the catalogue, so a new function is tried or this file fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql

from tests.conftest import Connection, Database
from tests.database.refusal import refuses
from tests.database.shop import Shop, line

COKE, SMALL, BREAD, AIRTIME = (
    "Coca-Cola 2L",
    "Coca-Cola 500ml",
    "Albany White Bread 700g",
    "Airtime",
)
NOBODY: Final = "00000000-0000-4000-8000-000000000000"
ROLES: Final = ("viewer", "clerk", "manager", "owner")
SALE: Final = {"action": "sell", "product": COKE, "quantity": "1"}

# Function → the role that calls it (the least that may, where there is one), and what with.
# `$name` stands for what the shop has.
CALLS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "record_operation": (
        "clerk",
        {"p_company_id": "$shop", "p_key": "k", "p_lines": [SALE], "p_occurred_at": None},
    ),
    "reverse_operation": (
        "clerk",
        {"p_company_id": "$shop", "p_key": "k", "p_operation_id": "$operation"},
    ),
    "merge_products": (
        "manager",
        {
            "p_company_id": "$shop",
            "p_key": "k",
            "p_product_id": "$product",
            "p_into_id": "$other product",
        },
    ),
    "register_company": (
        "viewer",
        {
            "p_company_id": NOBODY,
            "p_name": "New shop",
            "p_owner_name": "Ann",
            "p_language": "en",
        },
    ),
    "invite_member": (
        "owner",
        {
            "p_company_id": "$shop",
            "p_key": "k",
            "p_phone": "27831112222",
            "p_name": "Ann",
            "p_role": "clerk",
        },
    ),
    "accept_invitation": ("invited", {"p_company_id": "$shop", "p_key": "k"}),
    "change_member_role": (
        "owner",
        {"p_company_id": "$shop", "p_key": "k", "p_member_id": "$member", "p_role": "viewer"},
    ),
    "deactivate_member": (
        "owner",
        {"p_company_id": "$shop", "p_key": "k", "p_member_id": "$member"},
    ),
    "leave_company": ("viewer", {"p_company_id": "$shop", "p_key": "k"}),
    "hand_over_ownership": (
        "owner",
        {"p_company_id": "$shop", "p_key": "k", "p_member_id": "$member"},
    ),
    "choose_company": ("viewer", {"p_company_id": "$shop", "p_key": "k"}),
    "update_company": (
        "owner",
        {"p_company_id": "$shop", "p_key": "k", "p_changes": {"language": "zu"}},
    ),
    "my_companies": ("viewer", {}),
    "my_invitations": ("viewer", {}),
    "member_phones": ("owner", {"p_company_id": "$shop"}),
}
ADAPTER: Final = {
    "receive_messages",
    "claim_messages",
    "apply_interpretations",
    "claim_outbound",
    "settle_outbound",
}

Refusal = tuple[int, str]
ANY: Final = object()
"""A parameter that may be left out."""

# What null in a parameter, or what names nothing, is refused with; by function where it differs.
MISSING: Final[dict[str, Refusal | object]] = {
    "p_company_id": (403, "not_a_member"),
    "accept_invitation.p_company_id": (404, "no_invitation"),
    "register_company.p_company_id": (400, "bad_key"),
    "p_key": (400, "bad_key"),
    "p_lines": (422, "bad_lines"),
    "p_occurred_at": ANY,
    "p_operation_id": (404, "unknown_operation"),
    "p_product_id": (404, "unknown_product"),
    "p_into_id": (404, "unknown_product"),
    "p_name": (422, "bad_name"),
    "p_owner_name": (422, "bad_name"),
    "p_language": (422, "bad_language"),
    "p_phone": (422, "bad_phone"),
    "p_role": (422, "bad_role"),
    "p_member_id": (404, "unknown_member"),
    "p_changes": (422, "bad_changes"),
}
PARAMETERS: Final = [
    (function, parameter) for function, (_, values) in CALLS.items() for parameter in values
]


# What has a column of its own, and is named when it is refused.
FIELDS: Final = {
    "name", "language", "role", "currency", "timezone", "negative_stock", "large_quantity_factor",
    "locked_before", "vat_registered", "vat_number",
}  # fmt: skip


def about(word: str, who: str, function: str) -> dict[str, str] | None:
    """What a refusal says it is about, beside its sentence; None where that is all."""
    if word == "role_too_low":
        return {"role": who, "needed": CALLS[function][0]}
    field = word.removeprefix("bad_")
    return {"field": field} if field in FIELDS else None


@dataclass
class World:
    """A shop with something in it, and a neighbour; what a test does is undone after it."""

    shop: Shop
    neighbour: Shop
    names: dict[str, str]

    @property
    def connection(self) -> Connection:
        return self.shop.connection

    def call(self, who: str, function: str, values: dict[str, Any]) -> Any:
        """A function with a member's rights; `$name` becomes an id."""
        given = [
            json.dumps(value)
            if isinstance(value, list | dict | bool | int)
            else self.names.get(value, value)
            for value in values.values()
        ]
        names = ", ".join(f"{name} => %s" for name in values)
        answer = self.shop.as_user(who, f"select public.{function}({names})", *given)
        self.be_nobody()
        return answer

    def adapter(self, function: str, **parameters: Any) -> Any:
        """One of the adapter's functions, with the adapter's rights."""
        answer = self.shop.adapter(function, **parameters)
        self.be_nobody()
        return answer

    def be_nobody(self) -> None:
        """A call's role ends with its transaction, which here is the test's."""
        self.connection.execute("select set_config('request.jwt.claims', '', true)")
        self.connection.execute("set local role none")

    def refuses(self, expected: Refusal, who: str, function: str, values: dict[str, Any]) -> None:
        """The call is refused so, in one sentence, and leaves everything as it was."""
        was = self.content()
        with pytest.raises(psycopg.Error) as error:
            self.call(who, function, values)
        status, word = expected
        said = error.value.diag.message_primary or ""
        assert (error.value.sqlstate, error.value.diag.message_hint) == (f"PT{status}", word), said
        assert re.fullmatch(r"[A-Z][^\n\"{}]{8,150}\.", said)
        assert json.loads(error.value.diag.message_detail or "null") == about(word, who, function)
        assert self.content() == was

    def content(self) -> dict[str, tuple[int, int]]:
        """Of every table: how many rows, and a digest of what they say."""
        tables = self.connection.execute(
            "select schemaname, tablename from pg_tables"
            " where schemaname in ('public', 'private', 'auth') order by 1, 2"
        ).fetchall()
        counting = sql.SQL(" union all ").join(
            sql.SQL(
                "select {}, count(*), sum(hashtextextended(row_of::text, 0)) from {} as row_of"
            ).format(f"{schema}.{name}", sql.Identifier(schema, name))
            for schema, name in tables
        )
        rows = self.connection.execute(counting).fetchall()
        return {name: (count, digest) for name, count, digest in rows}


@pytest.fixture(scope="module")
def furnished(database: Database) -> Iterator[World]:
    """A world of this module alone."""
    own = database.clone()
    with own.connect() as connection:
        shop, neighbour = Shop.open(connection), Shop.open(connection)
        received = shop.record("clerk", "stock", line("receive", "coke 2l", "24", unit_price="15"))
        theirs = neighbour.record("owner", "theirs", line("receive", "coke 2l", "24"))
        shop.phones["invited"] = "27839998888"
        for role in (*ROLES, "invited"):
            shop.user(role)
        neighbour.user("owner")
        shop.as_user(
            "owner",
            "select public.invite_member(%s, 'invited', '27839998888', 'Sizwe', 'clerk')",
            shop.id,
        )
        (work,) = shop.adapter("receive_messages", p_messages=[shop.arrival("manager")])["work"]
        unsent = {"id": work["messages"][0]["id"], "sender": work["sender"], "token": work["token"]}
        (owed,) = shop.adapter("apply_interpretations", p_items=[{**unsent, "code": "too_long"}])
        yield World(
            shop,
            neighbour,
            {
                "$shop": str(shop.id),
                "$operation": received["id"],
                "$product": str(shop.products[COKE]),
                "$other product": str(shop.products[SMALL]),
                "$airtime": str(shop.products[AIRTIME]),
                "$member": str(shop.members["clerk"]),
                "$outbound": owed["outbound_id"],
                "$their shop": str(neighbour.id),
                "$their operation": theirs["id"],
                "$their product": str(neighbour.products[COKE]),
                "$their member": str(neighbour.members["clerk"]),
                "$their location": str(
                    neighbour.value(
                        "select id from public.locations where company_id = %s", neighbour.id
                    )
                ),
            },
        )
    own.drop()


@pytest.fixture
def world(furnished: World) -> Iterator[World]:
    with furnished.connection.transaction(force_rollback=True):
        yield furnished


def bent(function: str, **changes: Any) -> tuple[str, str, dict[str, Any]]:
    """Who calls what, with some parameters changed."""
    who, values = CALLS[function]
    return who, function, {**values, **changes}


# --- every function -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "tried"), [("authenticated", set(CALLS)), ("edge_adapter", ADAPTER), ("anon", set())]
)
def test_every_function_that_can_be_called_is_tried(
    world: World, role: str, tried: set[str]
) -> None:
    rows = world.connection.execute(
        "select proname, coalesce(proargnames[:pronargs], '{}') from pg_proc"
        " where pronamespace = 'public'::regnamespace"
        " and has_function_privilege(%s, oid, 'execute')",
        [role],
    ).fetchall()
    assert {name for name, _ in rows} == tried
    if role == "authenticated":
        assert {name: set(names) for name, names in rows} == {
            name: set(values) for name, (_, values) in CALLS.items()
        }


@pytest.mark.parametrize("function", CALLS)
def test_a_call_that_is_not_bent_is_answered(world: World, function: str) -> None:
    world.call(*bent(function))


@pytest.mark.parametrize(("function", "parameter"), PARAMETERS)
def test_null_is_refused_wherever_something_is_needed(
    world: World, function: str, parameter: str
) -> None:
    expected = MISSING.get(f"{function}.{parameter}", MISSING[parameter])
    if expected is ANY:
        world.call(*bent(function, **{parameter: None}))
    else:
        assert isinstance(expected, tuple)
        world.refuses(expected, *bent(function, **{parameter: None}))


@pytest.mark.parametrize("company", [NOBODY, "$their shop", "ffffffff-ffff-ffff-ffff-ffffffffffff"])
@pytest.mark.parametrize(
    "function",
    [name for name, parameter in PARAMETERS if parameter == "p_company_id"],
)
def test_a_company_that_is_unknown_or_not_the_callers_is_refused(
    world: World, function: str, company: str
) -> None:
    if function == "register_company":
        if company == "$their shop":
            world.refuses((409, "company_exists"), *bent(function, p_company_id=company))
        return
    expected = MISSING.get(f"{function}.p_company_id", MISSING["p_company_id"])
    assert isinstance(expected, tuple)
    world.refuses(expected, *bent(function, p_company_id=company))


@pytest.mark.parametrize(
    ("function", "parameter", "named"),
    [
        (function, parameter, named)
        for function, parameter in PARAMETERS
        for asked, named in (
            ("p_operation_id", "$their operation"),
            ("p_product_id", "$their product"),
            ("p_into_id", "$their product"),
            ("p_member_id", "$their member"),
        )
        if parameter == asked
    ],
)
def test_what_is_another_companys_is_unknown(
    world: World, function: str, parameter: str, named: str
) -> None:
    expected = MISSING[parameter]
    assert isinstance(expected, tuple)
    world.refuses(expected, *bent(function, **{parameter: named}))
    world.refuses(expected, *bent(function, **{parameter: NOBODY}))


@pytest.mark.parametrize(
    ("function", "role"),
    [
        (function, role)
        for function, (least, values) in CALLS.items()
        if "p_company_id" in values and least in ROLES
        for role in ROLES[: ROLES.index(least)]
    ],
)
def test_a_role_that_is_too_low_is_refused(world: World, function: str, role: str) -> None:
    _, name, values = bent(function)
    world.refuses((403, "role_too_low"), role, name, values)


@pytest.mark.parametrize("key", ["", "k" * 201, "k" * 100_000])
@pytest.mark.parametrize("function", [name for name, (_, v) in CALLS.items() if "p_key" in v])
def test_a_key_has_one_to_two_hundred_characters(world: World, function: str, key: str) -> None:
    world.refuses((400, "bad_key"), *bent(function, p_key=key))


@pytest.mark.parametrize("function", [name for name, (_, v) in CALLS.items() if "p_key" in v])
def test_a_key_that_was_used_for_something_else_is_refused(world: World, function: str) -> None:
    who, _, values = bent(function)
    earlier = {
        "record_operation": bent("record_operation", p_lines=[SALE, SALE]),
        "reverse_operation": bent("record_operation"),
        "merge_products": bent("record_operation"),
        "choose_company": bent("update_company"),
        "accept_invitation": None,
    }.get(function, bent("choose_company"))
    if earlier is None:  # whoever is invited can ask nothing else before
        world.call(who, function, values)
        world.refuses((409, "key_reused"), who, *bent("choose_company")[1:])
        return
    _, name, given = earlier
    asker = "owner" if function == "choose_company" else who
    world.call(asker, name, given)
    world.refuses((409, "key_reused"), asker, function, values)
    with pytest.raises(psycopg.Error):  # and stays refused
        world.call(asker, function, values)


def test_a_company_registered_again_under_another_name_is_refused(world: World) -> None:
    world.call(*bent("register_company"))
    world.refuses((409, "key_reused"), *bent("register_company", p_name="Another"))


# --- operations -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines", [{}, {"action": "sell"}, "sell", 5, True, [], [SALE] * 1001, [SALE] * 10_001],
    ids=lambda lines: f"{type(lines).__name__} of {len(lines)}" if hasattr(lines, "__len__")
    else str(lines),
)  # fmt: skip
def test_lines_are_an_array_of_one_to_a_thousand(world: World, lines: Any) -> None:
    world.refuses((422, "bad_lines"), *bent("record_operation", p_lines=as_json(lines)))


def as_json(value: Any) -> Any:
    """A string is a JSON string here, no SQL one."""
    return json.dumps(value) if isinstance(value, str) else value


@pytest.mark.parametrize("entry", [None, "sell", 5, True, [], [SALE]])
def test_each_line_is_an_object(world: World, entry: Any) -> None:
    world.refuses((422, "bad_lines"), *bent("record_operation", p_lines=[entry]))
    world.refuses((422, "bad_lines"), *bent("record_operation", p_lines=[SALE, entry]))


def test_each_line_says_what_happened(world: World) -> None:
    world.refuses((422, "bad_action"), *bent("record_operation", p_lines=[SALE, {}]))


NO_NUMBERS: Final = [
    "NaN", "nan", "Infinity", "-Infinity", "inf", "-1", "-0", "+1", "1e3", "1E-3", "0x10", "0b1",
    "1_000", "1 000", "1,5", ".5", "5.", "1.2.3", "", " ", " 1", "1 ", "1\n", "one", "١٢", "²",
    "0.00000000000000000001", "1.0001", "99999999999999999999", "9" * 40, "1" + "0" * 5000,
    "'; drop table public.products; --", {}, [], [1], {"quantity": 1}, True, -1, 10**20,
]  # fmt: skip


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: repr(number)[:24])
@pytest.mark.parametrize(
    ("field", "word"),
    [("quantity", "bad_quantity"), ("unit_price", "bad_price"), ("total_price", "bad_price")],
)
def test_what_is_no_exact_number_in_range_is_refused(
    world: World, field: str, word: str, number: Any
) -> None:
    entry = {**SALE, field: number}
    world.refuses((422, word), *bent("record_operation", p_lines=[entry]))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"quantity": None}, "bad_quantity"),
        ({"quantity": "0"}, "bad_quantity"),
        ({"quantity": "100000000000"}, "bad_quantity"),
        ({"quantity": "99999999999", "unit": "case"}, "bad_quantity"),
        ({"quantity": "99999999999", "unit": "9999-pack"}, "bad_quantity"),
        ({"unit_price": "1000000000000"}, "bad_price"),
        ({"quantity": "99999999999", "unit_price": "999999999999.99"}, "bad_price"),
        ({"quantity": "0.001", "total_price": "999999999999.99"}, "bad_price"),
        ({"unit_price": "12.345"}, "bad_price"),
        ({"unit_price": "1", "total_price": "1"}, "two_prices"),
        ({"unit": ""}, "unknown_unit"),
        ({"unit": "pallet"}, "unknown_unit"),
        ({"unit": {"case": 6}}, "unknown_unit"),
        ({"unit": "kg"}, "unknown_unit"),
        ({"action": "write_off", "reason": "gone"}, "bad_reason"),
        ({"action": "write_off", "reason": []}, "bad_reason"),
        ({"action": "transfer"}, "same_location"),
        ({"action": "reversal"}, "bad_action"),
        ({"action": "mixed"}, "bad_action"),
        ({"action": "SELL"}, "bad_action"),
        ({"action": ["sell"]}, "bad_action"),
        ({"product_id": ""}, "bad_product_id"),
        ({"product_id": "1"}, "bad_product_id"),
        ({"product_id": NOBODY[:-1]}, "bad_product_id"),
        ({"product_id": "{" + NOBODY + "}"}, "bad_product_id"),
        ({"product_id": {"id": NOBODY}}, "bad_product_id"),
        ({"product_id": 5}, "bad_product_id"),
        ({"location_id": "1"}, "bad_location_id"),
        ({"location_id": []}, "bad_location_id"),
        ({"action": "transfer", "to_location_id": "1"}, "bad_location_id"),
        ({"product": "coca-cola"}, "ambiguous_product"),
    ],
    ids=str,
)
def test_a_line_that_cannot_be_is_refused(world: World, change: dict[str, Any], word: str) -> None:
    entry = {**SALE, **change}
    world.refuses((422, word), "manager", *bent("record_operation", p_lines=[SALE, entry])[1:])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"product_id": NOBODY}, "unknown_product"),
        ({"product_id": "$their product"}, "unknown_product"),
        ({"product": None}, "unknown_product"),
        ({"product": ""}, "unknown_product"),
        ({"product": "bicycle"}, "unknown_product"),
        ({"product": "x" * 100_000}, "unknown_product"),
        ({"location_id": NOBODY}, "unknown_location"),
        ({"location_id": "$their location"}, "unknown_location"),
        ({"location": "the moon"}, "unknown_location"),
        ({"action": "transfer", "to_location_id": "$their location"}, "unknown_location"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_line_about_what_the_shop_has_not_is_refused(
    world: World, change: dict[str, Any], word: str
) -> None:
    entry = {key: world.names.get(str(value), value) for key, value in {**SALE, **change}.items()}
    world.refuses((404, word), *bent("record_operation", p_lines=[entry]))


def test_an_archived_product_is_refused(world: World) -> None:
    world.connection.execute(
        "update public.products set archived_at = now() where company_id = %s and name = %s",
        [world.shop.id, COKE],
    )
    by_id = {**SALE, "product_id": world.names["$product"]}
    expected = (422, "archived_product")
    world.refuses(expected, *bent("record_operation", p_lines=[by_id]))
    world.refuses(expected, *bent("merge_products"))
    world.refuses(
        expected, *bent("merge_products", p_product_id="$other product", p_into_id="$product")
    )


@pytest.mark.parametrize("into", ["$product", "$airtime"], ids=["itself", "of another unit"])
def test_products_that_cannot_be_one_are_refused(world: World, into: str) -> None:
    world.refuses((422, "not_mergeable"), *bent("merge_products", p_into_id=into))


@pytest.mark.parametrize(
    ("moment", "word"),
    [
        ("9999-12-31T23:59:59Z", "in_the_future"),
        ("2999-01-01T00:00:00+02:00", "in_the_future"),
        ("0001-01-01T00:00:00Z", "too_long_ago"),
        ("2000-01-01 00:00:00+00", "too_long_ago"),
    ],
)
def test_a_moment_nobody_can_know_is_refused(world: World, moment: str, word: str) -> None:
    world.refuses((422, word), *bent("record_operation", p_occurred_at=moment))


@pytest.mark.parametrize(
    "moment",
    [
        "now", "today", "yesterday", "tomorrow", "epoch", "infinity", "-infinity", "allballs", "",
        " ", "1", "1764316800", "2026-11-22", "08:00", "2026-11-22T08:00:00", "2026-11-22T08Z",
        "20261122T080000Z", "2026-W47-7T08:00:00Z", "2026-02-30T08:00:00Z", "2026-13-01T08:00:00Z",
        "2026-11-22T25:00:00Z", "2026-11-22T08:61:00Z", "2026-11-22T08:00:00+99:00",
        "0000-01-01T08:00:00Z", "294000-01-01T00:00:00Z", "4713-01-01T00:00:00Z BC",
        "Sun 22 Nov 2026 08:00:00 UTC", "2026-11-22T08:00:00 Africa/Johannesburg",
        "2026-11-22T08:00:00Z\n", "\u0662026-11-22T08:00:00Z", '{"a": 1}', "[]", "true",
    ],
)  # fmt: skip
def test_what_is_no_moment_of_iso_8601_is_refused(world: World, moment: str) -> None:
    world.refuses((422, "bad_moment"), *bent("record_operation", p_occurred_at=moment))


@pytest.mark.parametrize(
    ("moment", "means"),
    [
        ("2026-11-22T08:00:00Z", "2026-11-22T08:00:00+00:00"),
        ("2026-11-22T08:00+02:00", "2026-11-22T06:00:00+00:00"),
        ("2026-11-22T08:00:00.123456-0330", "2026-11-22T11:30:00.123456+00:00"),
        ("2026-11-22 08:00:00+00", "2026-11-22T08:00:00+00:00"),
    ],
)
def test_a_moment_is_read_as_it_is_written(world: World, moment: str, means: str) -> None:
    answer = world.call(*bent("record_operation", p_occurred_at=moment))
    assert answer["occurred_at"] == means


IDS: Final = [(function, name) for function, name in PARAMETERS if name.endswith("_id")]
NO_IDS: Final = (
    "", " ", "x", "1", "true", "null", "{}", '["a"]', "a" * 10_000, NOBODY[:-1], NOBODY + "0",
    NOBODY.replace("0", "g"), f"{{{NOBODY}}}", NOBODY.replace("-", ""), f" {NOBODY}", f"{NOBODY}\n",
    "--------------------------------a---", "' or true --",
)  # fmt: skip


@pytest.mark.parametrize(("function", "parameter"), IDS)
def test_what_is_no_id_is_refused(world: World, function: str, parameter: str) -> None:
    word = f"bad_{parameter.removeprefix('p_')}".replace("into", "product")
    for value in NO_IDS:
        world.refuses((422, word), *bent(function, **{parameter: value}))


@pytest.mark.parametrize("function", ["invite_member", "change_member_role"])
@pytest.mark.parametrize("role", ["", "boss", "OWNER", " owner", "owner\n", "1", "true", "{}"])
def test_what_is_no_role_is_refused(world: World, function: str, role: str) -> None:
    world.refuses((422, "bad_role"), *bent(function, p_role=role))


def test_of_a_name_that_is_twice_in_a_line_the_last_counts(world: World) -> None:
    """As in every JSON that PostgreSQL keeps: what came first is gone before anybody sees it."""
    lines = '[{"action": "receive", "action": "sell", "product": "coke 2l", "quantity": "1"}]'
    answer = world.call(*bent("record_operation", p_lines=lines))
    assert [entry["kind"] for entry in answer["lines"]] == ["sell"]


@pytest.mark.parametrize("role", ["clerk", "manager"])
def test_a_locked_period_is_refused_to_all_but_the_owner(world: World, role: str) -> None:
    world.connection.execute(
        "update public.companies set locked_before = now()::date - 1 where id = %s", [world.shop.id]
    )
    past = world.shop.value("select (now() - interval '4 days')::text")
    _, name, values = bent("record_operation", p_occurred_at=past)
    world.refuses((423, "period_locked"), role, name, values)
    answer = world.call("owner", name, values)
    undoing = {"p_company_id": "$shop", "p_key": "u", "p_operation_id": answer["id"]}
    if role == "manager":
        world.refuses((423, "period_locked"), role, "reverse_operation", undoing)


def test_what_was_taken_back_is_not_taken_back_again(world: World) -> None:
    undone = world.call(*bent("reverse_operation"))
    world.refuses((409, "already_reversed"), *bent("reverse_operation", p_key="again"))
    world.refuses(
        (409, "is_reversal"),
        *bent("reverse_operation", p_key="undo", p_operation_id=undone["id"]),
    )


# --- people and settings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone", ["", "x", "082 000 0001", "0820000001", "+27820000001", "27" * 20, "2782000000١"]
)
def test_a_phone_is_its_digits(world: World, phone: str) -> None:
    world.refuses((422, "bad_phone"), *bent("invite_member", p_phone=phone))


@pytest.mark.parametrize("name", ["", "   ", "x" * 200, "x" * 100_000])
@pytest.mark.parametrize(
    ("function", "parameter"),
    [(f, p) for f, p in PARAMETERS if p in ("p_name", "p_owner_name")],
)
def test_a_name_is_neither_empty_nor_endless(
    world: World, function: str, parameter: str, name: str
) -> None:
    world.refuses((422, "bad_name"), *bent(function, **{parameter: name}))


@pytest.mark.parametrize("language", ["", "EN", "xx", "english", "x" * 1000])
def test_a_language_is_one_of_the_five(world: World, language: str) -> None:
    world.refuses((422, "bad_language"), *bent("register_company", p_language=language))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ([], "bad_changes"),
        ("name", "bad_changes"),
        (5, "bad_changes"),
        (True, "bad_changes"),
        ({"colour": "red"}, "unknown_setting"),
        ({"id": NOBODY}, "unknown_setting"),
        ({"created_at": "2020-01-01"}, "unknown_setting"),
        ({"model_calls_a_day": 100000}, "unknown_setting"),
        ({"language": "xx"}, "bad_language"),
        ({"language": []}, "bad_language"),
        ({"currency": "rand"}, "bad_currency"),
        ({"timezone": "Mars/Base"}, "bad_timezone"),
        ({"timezone": None}, "bad_timezone"),
        ({"name": None}, "bad_name"),
        ({"name": "x" * 200}, "bad_name"),
        ({"name": {"en": "x"}}, "bad_name"),
        ({"negative_stock": "maybe"}, "bad_negative_stock"),
        ({"negative_stock": 5}, "bad_negative_stock"),
        ({"large_quantity_factor": "NaN"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "Infinity"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "2.00000000000000000001"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "100000"}, "bad_large_quantity_factor"),
        ({"large_quantity_factor": "many"}, "bad_large_quantity_factor"),
        ({"vat_registered": "perhaps"}, "bad_vat_registered"),
        ({"vat_registered": True, "vat_number": None}, "bad_vat_number"),
        ({"vat_number": "1"}, "bad_vat_number"),
        ({"locked_before": "infinity"}, "bad_locked_before"),
        ({"locked_before": "2026-02-30"}, "bad_locked_before"),
        ({"locked_before": "9999-01-01"}, "bad_locked_before"),
        ({"locked_before": 5}, "bad_locked_before"),
        ({"language": "zu", "currency": "rand"}, "bad_currency"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_setting_that_cannot_be_is_refused_with_all_the_others(
    world: World, changes: Any, word: str
) -> None:
    world.refuses((422, word), *bent("update_company", p_changes=as_json(changes)))


def test_nobody_removes_themselves_or_hands_over_to_themselves(world: World) -> None:
    own = {"p_member_id": str(world.shop.members["owner"])}
    for function in ("deactivate_member", "hand_over_ownership"):
        world.refuses((409, "is_yourself"), *bent(function, **own))
    _, name, values = bent("leave_company")
    world.refuses((409, "last_owner"), "owner", name, values)


# --- the adapter's functions ----------------------------------------------------------------------
# They are called by one program of ours. A call that is no call at all is that program's fault: it
# is refused, or sees what PostgreSQL says of it (class 22, data), and the whole call is undone.

ARRIVAL: Final = {
    "wamid": "wamid.bad",
    "sender": "27830000099",
    "phone_number_id": "1",
    "sent_at": "2026-11-22T08:00:00Z",
    "message": {"type": "text", "text": "words"},
}


# Function, its first parameter as JSON, and other parameters.
NO_CALLS: Final[list[tuple[str, str, dict[str, Any]]]] = [
    *(("receive_messages", text, {}) for text in ("null", "5", '"x"', "{}", "[null]", "[5]")),
    ("receive_messages", "[]", {"p_statuses": "null"}),
    ("receive_messages", "[]", {"p_statuses": "{}"}),
    ("receive_messages", json.dumps([{**ARRIVAL, "sent_at": ""}]), {}),
    ("receive_messages", json.dumps([{**ARRIVAL, "sent_at": "now-ish"}]), {}),
    ("receive_messages", json.dumps([{**ARRIVAL, "sent_at": {}}]), {}),
    ("receive_messages", json.dumps([{**ARRIVAL, "sent_at": "2026-13-45"}]), {}),
    *(("apply_interpretations", text, {}) for text in ("null", "5", '"x"', "{}")),
    *(
        ("apply_interpretations", json.dumps([{"id": number, "token": "1"}]), {})
        for number in ("x", "9" * 30, "1.5", "NaN")
    ),
    ("settle_outbound", "5", {}),
    ("settle_outbound", "[]", {"p_leases": "5"}),
    ("settle_outbound", '[{"outbound_id": "x", "state": "sent"}]', {}),
    ("settle_outbound", '[{"outbound_id": "$outbound", "state": "flown"}]', {}),
    (
        "settle_outbound",
        '[{"outbound_id": "$outbound", "state": "waiting", "retry_seconds": "soon"}]',
        {},
    ),
    ("claim_messages", "-1", {}),
    ("claim_outbound", "-1", {}),
]


@pytest.mark.parametrize(("function", "first", "others"), NO_CALLS, ids=lambda v: str(v)[:60])
def test_a_call_that_only_a_fault_of_ours_can_make_leaves_nothing(
    world: World, function: str, first: str, others: dict[str, Any]
) -> None:
    was = world.content()
    call = "".join([f"select public.{function}(%s", *(f", {name} => %s" for name in others), ")"])
    values = [first.replace("$outbound", world.names["$outbound"]), *others.values()]

    def fail() -> None:
        with world.connection.transaction():
            world.connection.execute("set local role edge_adapter")
            world.connection.execute(call, values)

    with pytest.raises(psycopg.Error) as error:
        fail()
    assert re.match("PT422|22", error.value.sqlstate or "")
    assert world.content() == was


UNSTORABLE: Final[list[tuple[str, str | None]]] = [
    *((place, None) for place in ARRIVAL),
    *((place, text) for place in ("wamid", "sender", "sent_at") for text in ("", "x" * 5000)),
]


@pytest.mark.parametrize(("place", "value"), UNSTORABLE, ids=lambda value: str(value)[:20])
def test_a_message_that_cannot_be_stored_stops_its_call_and_leaves_nothing(
    world: World, place: str, value: str | None
) -> None:
    """The webhook lets none through; the inbox would not take it either."""
    was = world.content()
    with pytest.raises(psycopg.Error) as error:
        world.adapter("receive_messages", p_messages=[{**ARRIVAL, place: value}])
    assert re.match("PT4|22|23", error.value.sqlstate or "")
    assert world.content() == was


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        ("receive_messages", {"p_messages": [ARRIVAL] * 1001}),
        ("receive_messages", {"p_messages": [], "p_statuses": [{}] * 1001}),
        ("apply_interpretations", {"p_items": [{}] * 51}),
    ],
    ids=["messages", "statuses", "items"],
)
def test_a_call_with_too_much_is_refused(
    world: World, function: str, parameters: dict[str, Any]
) -> None:
    was = world.content()
    with refuses(413, "too_many"):
        world.adapter(function, **parameters)
    assert world.content() == was


@pytest.mark.parametrize("token", [0, 1, 10**9])
@pytest.mark.parametrize("sender", ["27830000099", "", None])
def test_a_message_that_is_not_leased_to_the_caller_is_stale(
    world: World, sender: str | None, token: int
) -> None:
    number = world.shop.value("select min(id) from private.inbox")
    was = world.content()
    item: dict[str, Any] = {"id": str(number), "sender": sender, "token": str(token), "form": {}}
    assert world.adapter("apply_interpretations", p_items=[item]) == [
        {"id": str(number), "stale": True}
    ]
    assert world.content() == was


# Tables in which a message that books nothing leaves its traces all the same.
TRACES: Final = {
    "private.inbox", "private.outbox", "private.senders", "public.messages", "public.questions",
}  # fmt: skip


def said(world: World, form: Any, **message: Any) -> tuple[dict[str, Any], str, str | None]:
    """A form through the whole way: its result, and the state and fault that the inbox keeps."""
    was = world.content()
    arrival = world.shop.arrival("owner", **message)
    (work,) = world.adapter("receive_messages", p_messages=[arrival])["work"]
    item = {"id": work["messages"][-1]["id"], "sender": work["sender"], "token": work["token"]}
    (owed,) = world.adapter("apply_interpretations", p_items=[{**item, "form": form}])
    row = world.connection.execute(
        "select state::text, error from private.inbox where wamid = %s", [arrival["wamid"]]
    ).fetchone()
    now = world.content()
    assert {name for name in was if was[name] != now[name]} <= TRACES
    assert row is not None
    return owed["result"], row[0], row[1]


def form(**action: Any) -> dict[str, Any]:
    return {"language": "en", "verdict": "ok", "actions": [action]}


NO_PRICES: Final[list[Any]] = [
    "NaN", "Infinity", "-1", "x", "0.001", "9" * 40, "", {}, [],
]  # fmt: skip
NO_DAYS: Final[list[Any]] = [
    "2026-13-01", "2026-02-30", "0000-00-00", "--02-30", "--99-99", "last_week", "doomsday", "", {},
]  # fmt: skip
MESSAGES: Final[list[tuple[dict[str, Any], str]]] = [
    *(
        (line("sell", COKE, n), "bad_quantity")
        for n in ("NaN", "Infinity", "-1", "1e3", "", "9" * 40)
    ),
    *((line("sell", COKE, "1", price=number), "bad_price") for number in NO_PRICES),
    *((line("sell", COKE, "1", unit_price=number), "bad_price") for number in NO_PRICES),
    *((line("sell", COKE, "1", total_price=number), "bad_price") for number in NO_PRICES),
    *((line("sell", COKE, "1", when=day), "bad_moment") for day in NO_DAYS),
    (line("sell", COKE, "1", when="9999-12-31"), "in_the_future"),
    (line("sell", COKE, "1", when="1999-12-31"), "too_long_ago"),
    (line("sell", COKE, "1", location="the moon"), "unknown_location"),
    (line("sell", COKE, "1", unit="kg"), "unknown_unit"),
    (line("sell", "bicycle", "1"), "unknown_product"),
    (line("write_off", COKE, "1", reason="gone"), "bad_reason"),
    (line("transfer", COKE, "1"), "same_location"),
    ({"action": "add_product"}, "unknown_product"),
    ({"action": "add_product", "name": " "}, "unknown_product"),
    ({"action": "add_product", "name": "!?"}, "unknown_product"),
    ({"action": "add_product", "name": COKE}, "product_exists"),
    ({"action": "add_product", "name": "New", "unit_price": "NaN"}, "bad_price"),
    ({"action": "set_price", "product": COKE}, "bad_price"),
    ({"action": "set_price", "product": COKE, "price": "Infinity"}, "bad_price"),
    ({"action": "set_reorder_level", "product": COKE}, "bad_quantity"),
    ({"action": "set_reorder_level", "product": COKE, "quantity": "-1"}, "bad_quantity"),
    ({"action": "set_pack", "product": COKE, "unit": "tray"}, "bad_quantity"),
    (line("set_pack", COKE, "0", unit="tray"), "bad_quantity"),
    (line("set_pack", COKE, "10000000", unit="tray"), "bad_quantity"),
    (line("set_pack", COKE, "6"), "unknown_unit"),
    (line("set_pack", COKE, "6", unit="x" * 40), "unknown_unit"),
    ({"action": "sales", "when": "2026-02-30"}, "bad_moment"),
    ({"action": "correct", "product": "bicycle", "quantity": "1"}, "nothing_to_correct"),
    ({"action": "choose", "option": "9"}, "no_question"),
]


@pytest.mark.parametrize(
    ("action", "code"),
    MESSAGES,
    ids=lambda value: json.dumps(value)[:70] if isinstance(value, dict) else value,
)
def test_a_message_that_cannot_be_done_is_told_why(
    world: World, action: dict[str, Any], code: str
) -> None:
    result, state, _ = said(world, form(**action))
    assert (result["outcome"], result.get("code"), state) == ("refused", code, "done")


def test_an_undo_of_a_message_nobody_knows_is_told_so(world: World) -> None:
    result, state, _ = said(world, form(action="undo"), reply_to="wamid.unheard.of")
    assert (result["outcome"], result["code"], state) == ("refused", "nothing_to_undo", "done")


@pytest.mark.parametrize(
    "bad",
    [None, 5, "x", [], {}, {"actions": []}, {"actions": [None]}, {"actions": [5]},
     {"actions": [[]]}, {"actions": [{}]}, form(action="fly"), form(action=5), form(action=None),
     form(action=["sell"])],
    ids=str,
)  # fmt: skip
def test_a_form_that_says_nothing_is_not_understood(world: World, bad: Any) -> None:
    result, state, _ = said(world, bad)
    assert (result["outcome"], result["code"], state) == ("not_understood", "not_offered", "done")


NO_FORMS: Final[list[Any]] = [
    {"actions": None},
    {"actions": 5},
    {"actions": "x"},
    {"actions": {}},
    form(**line("sell", COKE, "1"), product_id=""),
    form(**line("sell", COKE, "1"), product_id={}),
    form(action="undo", operation_id="x"),
    form(action="correct", operation_id="x", quantity="1"),
    form(action="switch_company", company_id="x"),
    form(action="stocktake", stocktake_id="x"),
    form(action="stocktake", stocktake_id=NOBODY, place="9" * 20),
    {**form(**line("sell", COKE, "1")), "replaces": "x"},
    {**form(**line("sell", COKE, "1")), "occurred_at": "x"},
]


@pytest.mark.parametrize("bad", NO_FORMS, ids=lambda value: json.dumps(value)[:90])
def test_a_form_that_only_a_fault_of_ours_can_make_is_set_aside_alone(
    world: World, bad: Any
) -> None:
    """Ids are written into forms by the database itself. Its sender is told, and is not blocked."""
    result, state, error = said(world, bad)
    assert (result["outcome"], result["code"], state) == ("refused", "not_bookable", "parked")
    assert error is not None
    assert error.startswith("22")


@pytest.mark.parametrize("language", ["xx", "", {}, 5, "x" * 1000])
def test_a_language_nobody_speaks_stops_no_booking(world: World, language: Any) -> None:
    arrival = world.shop.arrival("owner")
    (work,) = world.adapter("receive_messages", p_messages=[arrival])["work"]
    item: dict[str, Any] = {
        "id": work["messages"][-1]["id"],
        "sender": work["sender"],
        "token": work["token"],
        "form": {**form(**line("sell", COKE, "1")), "language": language},
    }
    (owed,) = world.adapter("apply_interpretations", p_items=[item])
    assert owed["result"]["outcome"] == "posted"
    assert owed["language"] == "en"


# --- names ----------------------------------------------------------------------------------------

UNSEEN: Final = [
    "Own\nMilk", "Own\tMilk", "Milk\x07", "Own\u200bMilk", "\u202eMilk", "Milk\u2069", "\ufeffMilk",
    "Milk\u00ad", "Milk\x85",
]  # fmt: skip


@pytest.mark.parametrize("name", UNSEEN, ids=ascii)
@pytest.mark.parametrize(
    ("function", "parameter"),
    [(f, p) for f, p in PARAMETERS if p in ("p_name", "p_owner_name")],
)
def test_a_name_is_what_can_be_seen_of_it(
    world: World, function: str, parameter: str, name: str
) -> None:
    world.refuses((422, "bad_name"), *bent(function, **{parameter: name}))


@pytest.mark.parametrize("name", [*UNSEEN, "", " ", "!?", "\u200b", "x" * 81], ids=ascii)
@pytest.mark.parametrize(
    ("table", "column", "more"),
    [("products", "name", ""), ("product_aliases", "alias", "product_id, ")],
)
def test_no_product_is_called_what_cannot_be_seen_or_found(
    world: World, table: str, column: str, more: str, name: str
) -> None:
    product = [world.names["$product"]] if more else []
    marks = ", ".join(["%s"] * (2 + len(product)))
    with pytest.raises(psycopg.errors.CheckViolation), world.connection.transaction():
        world.shop.as_user(
            "manager",
            f"insert into public.{table} (company_id, {more}{column}) values ({marks})",
            world.shop.id,
            *product,
            name,
        )


@pytest.mark.parametrize(
    "name", ["Mama's Café", "R10 airtime", "Brödchen <b>", "👩\u200d🍳 kota", "Rooibos 80's"]
)
def test_whatever_can_be_seen_is_a_name(world: World, name: str) -> None:
    world.shop.as_user(
        "manager",
        "insert into public.products (company_id, name) values (%s, %s) returning id",
        world.shop.id,
        name,
    )


@pytest.mark.parametrize("name", [*UNSEEN, "\u200b"], ids=ascii)
def test_a_message_adds_no_product_that_cannot_be_seen(world: World, name: str) -> None:
    result, state, _ = said(world, form(action="add_product", name=name))
    assert (result["outcome"], result["code"], state) == ("refused", "unknown_product", "done")
