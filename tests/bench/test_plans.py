"""How a member's reads are run among a thousand companies: by index, to the own company's rows.

Every table that members may read, every view and every read of the dashboard is explained under row
security, on data just imported and again once it has been analysed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID

import pytest

from cli import load
from cli.bench.pgbench import SCRIPTS
from cli.bench.plan import Node, explain, nodes
from cli.bench.server import USERS
from cli.policies import matrix
from tests.conftest import Connection, Database

AMOUNT = load.Load(companies=1_000, products=10, transactions=30_000)
# The owner of the company in the middle; the load names its rows so.
USER = str(UUID(bytes=sha256(b"load-1-500-user").digest()[:16]))

# What a load leaves empty, which a planner would rather read whole: words, questions, counts, what
# ran low.
REST = """
update public.products set reorder_level = 1000000
where (company_id, id) in (select company_id, product_id from public.inventory limit 1);
insert into public.product_aliases (company_id, product_id, alias)
select company_id, id, 'the ' || name from public.products;
insert into public.product_packs (company_id, product_id, name, factor)
select company_id, id, 'case', 12 from public.products;
insert into public.messages (company_id, direction, member_id, wamid, body, operation_id)
select company_id, 'in', member_id, 'plan-' || id, 'sold', id from public.operations;
insert into public.questions (company_id, member_id, kind, details, options, form, action_index)
select company_id, member_id, 'how_many', '{}', '[]', '{}', 0
from public.operations where member_id is not null;
insert into public.low_stock_notices (
    company_id, operation_id, product_id, quantity, reorder_level, created_at
)
select company_id, operation_id, product_id, 5, 10, created_at
from public.transactions where kind = 'sell' on conflict do nothing;
insert into public.stocktakes (company_id, member_id, location_id)
select member.company_id, member.id, location.id
from public.members as member
inner join public.locations as location on member.company_id = location.company_id;
insert into public.stocktake_lines (company_id, stocktake_id, place, product_id)
select stocktake.company_id, stocktake.id, row_number() over (partition by stocktake.id), product.id
from public.stocktakes as stocktake
inner join public.products as product on stocktake.company_id = product.company_id;
"""


@pytest.fixture(scope="module")
def crowd(database: Database) -> Iterator[Connection]:
    """A thousand companies, as an import leaves them, with a row in every table."""
    made = database.clone()
    load.run(made.url, AMOUNT, lambda _done, _of: None)
    with made.cluster.connect(made.name) as connection:
        connection.execute(USERS.read_text().replace("$1", str(AMOUNT.companies)).encode())
        connection.execute(REST)
        yield connection
    made.drop()


@pytest.fixture(scope="module", params=["imported", "analysed"])
def reading(crowd: Connection, request: pytest.FixtureRequest) -> Connection:
    if request.param == "analysed":
        crowd.execute("vacuum (analyze)")
    return crowd


def queries() -> dict[str, str]:
    """Everything a member may select from, and what the dashboard asks of it."""
    readable = (name for name, table in matrix.load().tables.items() if table.select)
    asked = {file.stem: file.read_text() for file in sorted(SCRIPTS.glob("*.read"))}
    return {**{name: f"select * from {name}" for name in readable}, **asked}


def unindexed(connection: Connection, query: str) -> list[str]:
    """The nodes of a member's plan that reach a table other than by its company's index entries."""
    return [
        f"{node['Node Type']} of {node.get('Relation Name') or node['Index Name']}"
        for node in nodes(explain(connection, query, USER))
        if _reads(node) and not _by_company(node)
    ]


def _reads(node: Node) -> bool:
    """A bitmap of rows is read by the index scan below it."""
    return ("Relation Name" in node or "Index Name" in node) and (
        node["Node Type"] != "Bitmap Heap Scan"
    )


def _by_company(node: Node) -> bool:
    if "Index Name" not in node:
        return False
    column = "id" if node["Index Name"] == "companies_pkey" else "company_id"
    return bool(re.search(rf"\({column} = ", node.get("Index Cond", "")))


@pytest.mark.parametrize("name", queries())
def test_a_member_reads_by_the_index_of_their_company(reading: Connection, name: str) -> None:
    assert unindexed(reading, queries()[name]) == []


def test_what_is_explained_is_everything_a_member_may_read(crowd: Connection) -> None:
    rows = crowd.execute(
        """
        select relation.oid::regclass::text
        from pg_class as relation
        where relation.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and relation.relkind in ('r', 'p', 'v', 'm', 'f')
            and has_table_privilege('authenticated', relation.oid, 'select')
        """
    ).fetchall()
    asked = queries()
    assert {f"public.{name}" for (name,) in rows} == {name for name in asked if "." in name}
    assert {"on_hand", "movements", "sales"} <= asked.keys()


def test_there_are_rows_in_everything_that_is_explained(crowd: Connection) -> None:
    rows = {name: crowd.execute(query.encode()).fetchone() for name, query in queries().items()}
    assert [name for name, row in rows.items() if row is None] == []


def test_a_scan_of_the_whole_table_would_be_seen(crowd: Connection) -> None:
    with crowd.transaction(force_rollback=True):
        crowd.execute(
            'alter policy "Ledger lines are viewable by members" on public.transactions'
            " using (company_id::text = (select private.company_id())::text)"
        )
        assert unindexed(crowd, "select * from public.transactions") == ["Seq Scan of transactions"]
        assert unindexed(crowd, "select * from public.daily_sales") != []
