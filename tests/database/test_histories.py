"""Random histories, alone and from many connections at once, against a plain model of the books."""

from __future__ import annotations

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from cli.database import REPORTS
from tests.conftest import Database
from tests.database.books import Books, Line, cents
from tests.database.shop import Shop, line

PRODUCTS = ("Coca-Cola 2L", "Coca-Cola 500ml", "Albany Brown Bread 700g")
PRICES = {PRODUCTS[0]: Decimal(25), PRODUCTS[1]: Decimal(13), PRODUCTS[2]: Decimal("17.50")}
PLACES = ("Shop", "Back room")
NOON = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
LEVELS = {PRODUCTS[0]: Decimal(12), PRODUCTS[1]: Decimal(0)}
ZONES = ("Africa/Johannesburg", "America/Los_Angeles", "Pacific/Kiritimati")
TAKES_OUT = {"sell", "write_off", "return_out", "transfer"}
CONNECTIONS = 56


@dataclass(frozen=True)
class Wish:
    """A line as somebody types it."""

    kind: str
    product: str
    place: str
    quantity: str
    unit: str | None = None
    unit_price: str | None = None
    total_price: str | None = None

    def request(self, product_id: UUID) -> dict[str, Any]:
        said = {
            "action": self.kind,
            "product_id": str(product_id),
            "quantity": self.quantity,
            "location": self.place,
            "unit": self.unit,
        }
        if self.kind == "transfer":
            said["to_location"] = self.other_place
        if self.kind not in ("count", "write_off", "transfer"):
            said |= {"unit_price": self.unit_price, "total_price": self.total_price}
        return {name: value for name, value in said.items() if value is not None}

    @property
    def other_place(self) -> str:
        return PLACES[1 - PLACES.index(self.place)]

    def becomes(self, product: str, factor: Decimal) -> Line:
        """What it comes to."""
        typed = Decimal(self.quantity)
        moved = typed * (factor if self.unit else 1)
        amount = None
        if self.kind not in ("count", "write_off", "transfer"):
            if self.total_price is not None:
                amount = Decimal(self.total_price)
            elif self.unit_price is not None:
                amount = cents(Decimal(self.unit_price) * typed)
            elif self.kind in ("sell", "return_in"):
                amount = cents(PRICES[product] * moved)
        to_place = self.other_place if self.kind == "transfer" else None
        return Line(self.kind, product, self.place, moved, amount, to_place)


def open_shop(connection: psycopg.Connection[Any]) -> Shop:
    shop = Shop.open(connection)
    connection.execute(
        "insert into public.locations (company_id, name) values (%s, %s)", [shop.id, PLACES[1]]
    )
    for product, level in LEVELS.items():
        connection.execute(
            "update public.products set reorder_level = %s where company_id = %s and id = %s",
            [level, shop.id, shop.products[product]],
        )
    for role in ("owner", "manager"):
        shop.user(role)
    return shop


@dataclass
class Watch:
    """Who looks at the shelves after each operation and calls out what has just run low."""

    levels: dict[str, Decimal] = field(default_factory=lambda: dict(LEVELS))
    before: dict[str, Decimal] = field(default_factory=dict)
    called: set[tuple[str, str, Decimal, Decimal]] = field(default_factory=set)

    def look(self, operation: str, books: Books) -> None:
        on_hand: dict[str, Decimal] = defaultdict(Decimal)
        for (product, _), level in books.levels().items():
            on_hand[product] += level.quantity
        for product, level_of in self.levels.items():
            was, left = self.before.get(product, Decimal(0)), on_hand[product]
            if was > level_of >= left and product not in books.became:
                self.called.add((operation, product, left, level_of))
        self.before = dict(on_hand)


def differences(shop: Shop) -> list[tuple[Any, ...]]:
    """What `backroom db verify` says."""
    query = (REPORTS / "verify.sql").read_bytes()
    return psycopg.RawCursor(shop.connection).execute(query, [[shop.id]]).fetchall()


def check(shop: Shop, books: Books, watch: Watch) -> None:
    """Everything the database keeps or shows is what the model says."""
    value = shop.connection.execute
    names = {shop_id: name for name, shop_id in shop.products.items()}
    levels = books.levels()

    held = value(
        "select stock.product_id, place.name, stock.quantity, stock.average_cost"
        " from public.inventory as stock inner join public.locations as place"
        " on stock.company_id = place.company_id and stock.location_id = place.id"
        " where stock.company_id = %s",
        [shop.id],
    ).fetchall()
    kept = {(names[product], place): (quantity, cost) for product, place, quantity, cost in held}
    expected = {stock: (level.quantity, level.cost) for stock, level in levels.items()}
    nothing = (Decimal(0), None)
    for stock in kept.keys() | expected.keys():
        assert kept.get(stock, nothing) == expected.get(stock, nothing), stock

    with shop.connection.transaction():
        shop.be("viewer")
        worth = value("select sum(at_cost) from public.valuation").fetchone()
        sold = value(
            "select day, product_id, quantity, amount, margin from public.daily_sales"
        ).fetchall()
        moments = value(
            "select distinct on (product_id, location_id, occurred_at) occurred_at, product_id,"
            " place.name, balance from public.stock_timeline as line"
            " inner join public.locations as place on line.location_id = place.id"
            " order by product_id, location_id, occurred_at,"
            " line.created_at desc, line.seq desc, line.line_no desc"
        ).fetchall()
        taken_back = value(
            "select count(*) from public.operation_links where reversed_by_id is not null"
        ).fetchone()

    assert (worth or [None])[0] in (
        sum(
            cents(level.quantity * level.cost)
            for level in levels.values()
            if level.cost is not None
        ),
        None,
    )
    days = books.days()
    assert {(day, names[product]) for day, product, *_ in sold} == days.keys()
    for day, product, quantity, amount, margin in sold:
        told = days[day, names[product]]
        assert (quantity, amount) == (told.quantity, told.amount)
        assert abs((margin or 0) - told.margin) < Decimal("0.03")  # a cent each time it changed
    for moment, product, place, balance in moments:
        then = books.levels(until=moment)
        assert balance == sum(
            level.quantity
            for (name, where), level in then.items()
            if books.told_as(name) == names[product] and where == place
        )
    assert taken_back == (len(books.reversed),)
    noted = value(
        "select operation_id::text, product_id, quantity, reorder_level"
        " from public.low_stock_notices where company_id = %s",
        [shop.id],
    ).fetchall()
    assert {(by, names[product], left, level) for by, product, left, level in noted} == watch.called
    assert differences(shop) == []


# --- one after the other --------------------------------------------------------------------------


@dataclass
class Player:
    """Does to a shop what a history says, and to its books; each refusal is foretold."""

    shop: Shop
    books: Books = field(default_factory=Books)
    watch: Watch = field(default_factory=Watch)
    done: list[tuple[str, str, str, list[Any], Any]] = field(default_factory=list)
    factor: Decimal = Decimal(6)
    locked: date | None = None
    blocks: bool = False

    def play(self, history: list[tuple[Any, ...]]) -> None:
        for number, (what, *details) in enumerate(history):
            getattr(self, what)(f"k{number}", *details)

    def call(self, role: str, function: str, key: str, *values: Any) -> tuple[Any, str | None]:
        """What is answered, or the machine word of the refusal."""
        marks = ", ".join(["%s"] * (2 + len(values)))
        query = f"select public.{function}({marks})"
        try:
            return self.shop.as_user(role, query, self.shop.id, key, *values), None
        except psycopg.Error as error:
            if not (error.sqlstate or "").startswith("PT4"):
                raise
            return None, error.diag.message_hint

    def keep(self, role: str, function: str, key: str, values: list[Any], answer: Any) -> None:
        self.done.append((role, function, key, values, answer))

    def is_locked(self, role: str, at: datetime) -> bool:
        return (
            role != "owner"
            and self.locked is not None
            and at.astimezone(self.books.zone).date() < self.locked
        )

    def book(self, key: str, role: str, days_ago: int, wishes: list[Wish]) -> None:
        if self.blocks and any(wish.kind == "count" for wish in wishes):
            wishes = [wish for wish in wishes if wish.kind == "count"]
        at = NOON - timedelta(days=days_ago) if days_ago else None
        told = [(wish, self.books.told_as(wish.product)) for wish in wishes]
        lines = [wish.becomes(product, self.factor) for wish, product in told]
        asked = [wish.request(self.shop.products[product]) for wish, product in told]
        values = [Jsonb(asked), at]
        answer, refusal = self.call(role, "record_operation", key, *values)

        if at is not None and self.is_locked(role, at):
            assert refusal == "period_locked"
            return
        self.books.book(key, at or datetime.now(UTC), lines)
        levels = self.books.levels()
        if self.blocks and any(
            line.kind in TAKES_OUT and levels[line.product, line.place].quantity < 0
            for line in lines
        ):
            assert refusal == "not_enough_stock"
            del self.books.operations[key]
            return
        assert refusal is None
        self.books.book(key, datetime.fromisoformat(answer["occurred_at"]), lines)
        self.watch.look(answer["id"], self.books)
        self.keep(role, "record_operation", key, values, answer)

    def reverse(self, key: str, role: str, which: int) -> None:
        if not self.done:
            return
        _, function, target, _, first = self.done[which % len(self.done)]
        values = [first["id"]]
        answer, refusal = self.call(role, "reverse_operation", key, *values)
        if function == "reverse_operation":
            assert refusal == "is_reversal"
        elif function == "merge_products":
            assert refusal == "is_merge"
        elif target in self.books.reversed:
            assert refusal == "already_reversed"
        elif self.is_locked(role, self.books.operations[target][0]):
            assert refusal == "period_locked"
        else:
            assert refusal is None
            self.books.reverse(target)
            self.watch.look(answer["id"], self.books)
            self.keep(role, "reverse_operation", key, values, answer)

    def again(self, _: str, which: int) -> None:
        """The same once more, and the same key for somebody else."""
        if self.done:
            role, function, key, values, answer = self.done[which % len(self.done)]
            assert self.call(role, function, key, *values) == (answer, None)
            other = "manager" if role == "owner" else "owner"
            assert self.call(other, function, key, *values) == (None, "key_reused")

    def merge(self, key: str, product: str, into: str) -> None:
        values = [self.shop.products[product], self.shop.products[into]]
        answer, refusal = self.call("manager", "merge_products", key, *values)
        if product in self.books.became or into in self.books.became:
            assert refusal == "archived_product"
        elif product == into:
            assert refusal == "not_mergeable"
        else:
            assert refusal is None
            self.books.merge(key, datetime.fromisoformat(answer["occurred_at"]), product, into)
            self.watch.look(answer["id"], self.books)
            self.keep("manager", "merge_products", key, values, answer)

    def pack(self, _: str, factor: str) -> None:
        """Another pack size, for what is booked from now on."""
        self.factor = Decimal(factor)
        for product in PRODUCTS:
            self.shop.connection.execute(
                "insert into public.product_packs (company_id, product_id, name, factor)"
                " values (%s, %s, 'case', %s)"
                " on conflict (company_id, product_id, name)"
                " do update set factor = excluded.factor",
                [self.shop.id, self.shop.products[product], self.factor],
            )

    def warn(self, _: str, product: str, level: str) -> None:
        """Another level, for what is booked from now on."""
        self.watch.levels[product] = Decimal(level)
        self.shop.connection.execute(
            "update public.products set reorder_level = %s where company_id = %s and id = %s",
            [level, self.shop.id, self.shop.products[product]],
        )

    def move(self, key: str, zone: str) -> None:
        """Where the shop is, and so which day a sale is of."""
        changes = Jsonb({"timezone": zone})
        assert self.call("owner", "update_company", key, changes)[1] is None
        self.books.zone = ZoneInfo(zone)

    def set(self, _: str, block: bool, lock: int | None) -> None:
        self.blocks = block
        self.locked = None if lock is None else NOON.date() - timedelta(days=lock)
        self.shop.connection.execute(
            "update public.companies set negative_stock = %s, locked_before = %s where id = %s",
            ["block" if block else "record", self.locked, self.shop.id],
        )


quantities = st.one_of(
    st.integers(1, 40).map(str), st.decimals("0.001", "99.999", places=3).map(str)
)
prices = st.sampled_from(["0", "1.00", "7.35", "20.00"])
products, places = st.sampled_from(PRODUCTS), st.sampled_from(PLACES)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    kind = draw(
        st.sampled_from(
            ["sell", "sell", "receive", "receive", "count", "write_off", "return_in",
             "return_out", "transfer", "opening"]
        )
    )  # fmt: skip
    quantity = draw(quantities if kind != "count" else st.one_of(st.just("0"), quantities))
    unit = "case" if "." not in quantity and draw(st.integers(0, 4)) == 0 else None
    priced = draw(st.sampled_from(["unit_price", "total_price", None]))
    price = {priced: draw(prices)} if priced else {}
    return Wish(kind, draw(products), draw(places), quantity, unit, **price)


roles = st.sampled_from(["owner", "manager"])
ago = st.integers(0, 4)  # so few that many share a moment; 0 is now
which = st.integers(0, 30)
booked = st.tuples(st.just("book"), roles, ago, st.lists(wishes(), min_size=1, max_size=4))
histories = st.lists(
    st.one_of(
        booked,
        booked,
        booked,
        st.tuples(st.just("reverse"), roles, which),
        st.tuples(st.just("reverse"), roles, which),
        st.tuples(st.just("again"), which),
        st.tuples(st.just("merge"), products, products),
        st.tuples(st.just("pack"), st.sampled_from(["6", "12", "0.5"])),
        st.tuples(st.just("move"), st.sampled_from(ZONES)),
        st.tuples(st.just("warn"), products, st.sampled_from(["0", "7.5", "20"])),
        st.tuples(st.just("set"), st.booleans(), st.one_of(st.none(), st.integers(0, 5))),
    ),
    min_size=2,
    max_size=18,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_any_history_gives_what_a_plain_replay_gives(
    connection: psycopg.Connection[Any], history: list[tuple[Any, ...]]
) -> None:
    """Balances, costs, value, margins, past moments; what is refused leaves no trace."""
    player = Player(open_shop(connection))
    player.pack("", "6")
    player.play(history)
    check(player.shop, player.books, player.watch)


# --- all at once ----------------------------------------------------------------------------------


@dataclass
class Crowd:
    """Many connections to one shop; what each was answered, by the id of the operation."""

    database: Database
    shop: Shop
    asked: dict[str, tuple[str, list[Line]]] = field(default_factory=dict)
    merged: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def work(self, seed: int, start: Barrier) -> None:
        """One connection's share. Neighbours in pairs ask the very same, at the same instant."""
        pair = seed // 2
        with self.database.connect() as connection:
            mine = Shop(connection, self.shop.id, self.shop.phones, products=self.shop.products)
            start.wait()
            for number in range(8):
                key = f"{pair}-{number}"
                chance = random.Random(key)
                if number == 4 and pair % (CONNECTIONS // 2) == 0:
                    self.ask(mine, "merge_products", key, (PRODUCTS[1], PRODUCTS[0]))
                elif chance.random() < 0.3 and self.asked:
                    known = sorted(self.asked)
                    target = known[int(chance.random() * len(known))]
                    self.ask(mine, "reverse_operation", f"reverse {seed}-{number}", target)
                else:
                    self.ask(mine, "record_operation", key, self.wishes(chance))

    @staticmethod
    def wishes(chance: random.Random) -> tuple[int, list[Wish]]:
        kinds = ["sell", "sell", "receive", "count", "transfer", "return_in", "write_off"]
        return chance.choice([0, 0, 1, 2, 3]), [
            Wish(
                chance.choice(kinds),
                chance.choice(PRODUCTS),
                chance.choice(PLACES),
                str(chance.randint(1, 30)),
                unit_price=chance.choice([None, "7.35", "12.00"]),
            )
            for _ in range(chance.randint(1, 4))
        ]

    def ask(self, mine: Shop, function: str, key: str, details: Any) -> None:
        """One call; nothing but a refusal may come of it, no deadlock and no lost answer."""
        if function == "record_operation":
            days_ago, wished = details
            values: list[Any] = [
                Jsonb([wish.request(mine.products[wish.product]) for wish in wished]),
                NOON - timedelta(days=days_ago) if days_ago else None,
            ]
        elif function == "merge_products":
            values = [mine.products[product] for product in details]
        else:
            values = [details]
        marks = ", ".join(["%s"] * (2 + len(values)))
        try:
            answer = mine.as_user(
                "owner", f"select public.{function}({marks})", mine.id, key, *values
            )
        except psycopg.Error as error:
            if error.sqlstate not in ("PT409", "PT422"):
                raise
            self.refused.append(error.diag.message_hint or "")
            return
        if function == "record_operation":
            lines = [wish.becomes(wish.product, Decimal(6)) for wish in wished]
            assert self.asked.setdefault(answer["id"], (key, lines)) == (key, lines)
        elif function == "merge_products":
            self.merged[answer["id"]] = details

    def books(self) -> tuple[Books, Watch]:
        """The order in which the database says that things were booked, and the model of that."""
        books, watch = Books(), Watch()
        rows = self.shop.connection.execute(
            "select id::text, kind::text, reverses_id::text, occurred_at from public.operations"
            " where company_id = %s order by created_at",
            [self.shop.id],
        ).fetchall()
        for operation, kind, reverses, at in rows:
            if kind == "reversal":
                books.reverse(reverses)
            elif kind == "merge":
                books.merge(operation, at, *self.merged[operation])
            else:
                books.book(operation, at, self.asked[operation][1])
            watch.look(operation, books)
        return books, watch


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_what_many_connections_do_at_once_is_done_in_some_order_and_once(
    own_database: Database, seed: int
) -> None:
    with own_database.connect() as connection:
        crowd = Crowd(own_database, open_shop(connection))
        start = Barrier(CONNECTIONS)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            jobs = [
                pool.submit(crowd.work, seed * CONNECTIONS + number, start)
                for number in range(CONNECTIONS)
            ]
            for job in jobs:
                job.result()
        assert set(crowd.refused) <= {"already_reversed", "archived_product"}
        check(crowd.shop, *crowd.books())


def test_of_many_who_sell_the_last_ones_at_once_as_many_succeed_as_there_are(
    own_database: Database,
) -> None:
    with own_database.connect() as connection:
        shop = open_shop(connection)
        shop.record("owner", "stock", line("receive", "coke", "40"))
        connection.execute("update public.companies set negative_stock = 'block'")
        start = Barrier(CONNECTIONS)

        def sell(number: int) -> str | None:
            with own_database.connect() as mine:
                seller = Shop(mine, shop.id, shop.phones)
                start.wait()
                try:
                    seller.record("owner", f"k{number}", line("sell", "coke", "1"))
                except psycopg.Error as error:
                    return error.diag.message_hint
                return None

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            told = list(pool.map(sell, range(CONNECTIONS)))
        assert sorted(filter(None, told)) == ["not_enough_stock"] * (CONNECTIONS - 40)
        assert shop.on_hand("Coca-Cola 2L") == "0"
