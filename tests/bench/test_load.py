"""`backroom seed load`: much data that is true in every respect the ledger promises."""

from __future__ import annotations

import pytest

from cli import load
from cli.database import connect
from cli.errors import CommandError
from cli.verification import verify
from tests.bench.conftest import AMOUNT
from tests.conftest import Connection, Database

# Each query finds what contradicts a promise of the ledger.
CONTRADICTIONS = {
    "a balance that is not the sum of its lines": """
        select from public.inventory as stock
        full join (
            select company_id, product_id, location_id, sum(quantity) as quantity, max(seq) as seq
            from public.transactions
            group by company_id, product_id, location_id
        ) as line using (company_id, product_id, location_id)
        where stock.quantity is distinct from line.quantity
            or stock.last_seq is distinct from line.seq
    """,
    "a running balance that skips": """
        select from (
            select balance_after, sum(quantity) over (
                partition by company_id, product_id, location_id order by seq
            ) as balance
            from public.transactions
        ) as line
        where balance_after <> balance
    """,
    "a gap in the numbering": """
        select from (
            select seq, row_number() over (
                partition by company_id, product_id, location_id order by seq
            ) as place
            from public.transactions
        ) as line
        where seq <> place
    """,
    "a line that happened before the one it was booked after": """
        select from (
            select occurred_at, lag(occurred_at) over (
                partition by company_id, product_id, location_id order by seq
            ) as earlier
            from public.transactions
        ) as line
        where occurred_at < earlier
    """,
    "an operation without lines, or with a gap in them": """
        select from public.operations as operation
        left join (
            select company_id, operation_id, count(*) as lines, max(line_no) as last,
                count(distinct kind) as kinds, min(kind) as kind
            from public.transactions
            group by company_id, operation_id
        ) as line on operation.company_id = line.company_id and operation.id = line.operation_id
        where lines is null or lines <> last or kinds <> 1 or line.kind <> operation.kind
    """,
    "a count that did not see the balance": """
        select from public.transactions where kind = 'count' and typed_quantity <> balance_after
    """,
    "a movement the wrong way": """
        select from public.transactions
        where case
            when kind in ('opening', 'receive', 'return_in') then quantity <= 0
            when kind in ('sell', 'write_off', 'return_out') then quantity >= 0
        end
    """,
    "an average cost that the receipts do not give": """
        select from public.inventory as stock
        left join (
            select company_id, replayed.*
            from (
                select company_id, array_agg(id) as products from public.products group by 1
            ) as kept
            cross join private.replayed_stocks(
                private.replayed_lines(company_id, products)
            ) as replayed
        ) as replayed using (company_id, product_id, location_id)
        where stock.average_cost is distinct from replayed.average_cost
            or stock.quantity is distinct from replayed.quantity
    """,
    "a line without its product's price": """
        select from public.transactions as line
        inner join public.products as product
            on line.company_id = product.company_id and line.product_id = product.id
        where line.kind = 'sell'
            and (unit_price <> price or amount <> round(price * -quantity, 2))
    """,
}


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_a_load_holds_no_contradiction(loaded: Database, contradiction: str) -> None:
    with loaded.connect() as connection:
        found = connection.execute(CONTRADICTIONS[contradiction].encode()).fetchall()
    assert found == []


def test_a_load_makes_exactly_what_was_asked_for(loaded: Database) -> None:
    with loaded.connect() as connection:
        assert _counts(connection) == (7, 7 * 30, 2_003)
        lines = connection.execute(
            "select count(*) from public.transactions group by company_id order by 1"
        ).fetchall()
    assert [count for (count,) in lines] == [286] * 6 + [287]


def test_every_kind_of_movement_occurs(loaded: Database) -> None:
    with loaded.connect() as connection:
        kinds = connection.execute("select distinct kind from public.transactions").fetchall()
    assert {kind for (kind,) in kinds} >= {
        "opening", "sell", "receive", "count", "write_off", "return_in", "return_out"
    }  # fmt: skip


def test_the_same_seed_gives_the_same_data_in_whatever_order(
    database: Database, loaded: Database
) -> None:
    other = database.clone()
    try:
        load.run(other.url, AMOUNT, lambda _done, _of: None, workers=1)
        with other.connect() as theirs, loaded.connect() as ours:
            assert _digest(theirs) == _digest(ours)
    finally:
        other.drop()


def test_another_seed_gives_other_data_beside_it(own_database: Database) -> None:
    small = load.Load(2, 5, 40, seed=1)
    load.run(own_database.url, small, lambda _done, _of: None)
    load.run(own_database.url, load.Load(2, 5, 40, seed=2), lambda _done, _of: None)
    with own_database.connect() as connection:
        assert _counts(connection) == (4, 20, 80)


def test_a_second_run_changes_nothing_and_says_so(own_database: Database) -> None:
    small = load.Load(2, 5, 40)
    finished: list[tuple[int, int]] = []

    def progress(done: int, of: int) -> None:
        finished.append((done, of))

    assert load.run(own_database.url, small, progress).lines == 40
    again = load.run(own_database.url, small, progress)
    assert (again.companies, again.lines) == (0, 0)
    assert finished[-1] == (2, 2)
    with own_database.connect() as connection:
        assert _counts(connection) == (2, 10, 40)


def test_fewer_lines_than_products_leave_products_without_stock(own_database: Database) -> None:
    load.run(own_database.url, load.Load(1, 50, 10), lambda _done, _of: None)
    with own_database.connect() as connection:
        assert _counts(connection) == (1, 50, 10)


@pytest.mark.parametrize(
    "amount", [(0, 1, 1), (1, 0, 1), (1, 1, -1), (100_000, 1, 1), (1, 1, 10**7)]
)
def test_an_amount_out_of_range_is_refused(amount: tuple[int, int, int]) -> None:
    with pytest.raises(CommandError):
        load.Load(*amount)


def _counts(connection: Connection) -> tuple[int, int, int]:
    row = connection.execute(
        "select (select count(*) from public.companies), (select count(*) from public.products),"
        " (select count(*) from public.transactions)"
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _digest(connection: Connection) -> object:
    """Of everything that follows from the seed: all but the ids of members and locations."""
    return connection.execute("""
        select md5(string_agg(concat_ws(
            ' ', line.company_id, line.operation_id, line.line_no, product.id, product.name,
            line.kind, line.quantity, line.seq, line.balance_after, line.amount, line.unit_cost,
            line.occurred_at, member.role
        ), chr(10) order by line.company_id, line.operation_id, line.line_no))
        from public.transactions as line
        inner join public.products as product
            on line.company_id = product.company_id and line.product_id = product.id
        inner join public.operations as operation
            on line.company_id = operation.company_id and line.operation_id = operation.id
        left join public.members as member
            on operation.company_id = member.company_id and operation.member_id = member.id
    """).fetchone()


def test_the_books_of_a_load_add_up(loaded: Database) -> None:
    with connect(loaded.url) as connection:
        found = verify(connection, lambda *_: None)
    assert found.differences == []
    assert (found.companies, found.lines) == (7, 2_003)
