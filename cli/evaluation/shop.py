"""A corpus's shop in a database: its people and its products; and what its ledger holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from cli import catalogue
from cli.evaluation.effects import Line
from cli.evaluation.talk import Talk
from cli.product_file import ProductRow

if TYPE_CHECKING:
    from cli.database import Connection

ROLES = ("owner", "manager", "clerk", "viewer")

_phones = count(27_600_000_001)


@dataclass(frozen=True)
class Shop:
    """One company with a person in every role, and a chat of each."""

    connection: Connection
    id: UUID = field(default_factory=uuid4)
    talks: dict[str, Talk] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        connection: Connection,
        products: Mapping[int, ProductRow],
        locations: Iterable[str] = (),
    ) -> Shop:
        """Onboards the company with its people, and opens its stock as the product file says."""
        shop = cls(connection)
        for role in ROLES:
            phone = str(next(_phones))
            if role == "owner":
                shop._do("select private.onboard_company(%s, 'A shop', %s)", shop.id, phone)
            else:
                shop._do("select private.add_member(%s, %s, %s, %s)", shop.id, phone, role, role)
            shop.talks[role] = Talk(connection, phone)
        catalogue.save(connection, shop.id, products)
        for name in locations:
            shop._do(
                "insert into public.locations (company_id, name) values (%s, %s)", shop.id, name
            )
        return shop

    def today(self) -> date:
        """The day it is where the shop is."""
        day: date = self._rows(
            "select (now() at time zone company.timezone)::date as today"
            " from public.companies as company where company.id = %s",
            self.id,
        )[0]["today"]
        return day

    def operations(self) -> list[UUID]:
        """The ids of everything that was ever booked."""
        rows = self._rows("select id from public.operations where company_id = %s", self.id)
        return [row["id"] for row in rows]

    def lines(self, besides: Sequence[UUID] = ()) -> list[Line]:
        """The ledger's lines but those of some operations; revaluations move no goods and are left
        out.
        """
        rows = self._rows(
            """
            select
                line.kind::text, product.name as product, line.quantity, line.amount,
                line.reason::text, location.name as location,
                (line.occurred_at at time zone company.timezone)::date as day
            from public.transactions as line
            inner join public.companies as company on line.company_id = company.id
            inner join public.products as product
                on line.company_id = product.company_id and line.product_id = product.id
            inner join public.locations as location
                on line.company_id = location.company_id and line.location_id = location.id
            where line.company_id = %s
                and line.operation_id <> all(%s)
                and line.kind <> 'revaluation'
            order by line.created_at, line.operation_id, line.line_no
            """,
            self.id,
            list(besides),
        )
        return [Line(**row) for row in rows]

    def on_hand(self, product: str) -> str:
        """How much of a product there is in all places, as text; "" for a product it has not."""
        rows = self._rows(
            "select trim_scale(sum(quantity))::text as quantity from public.stock_on_hand"
            " where company_id = %s and product = %s",
            self.id,
            product,
        )
        return rows[0]["quantity"] or ""

    def let_questions_age(self, interval: str) -> None:
        """As if so much time had passed since every question was asked."""
        self._do(
            "update public.questions set expires_at = expires_at - %s::interval"
            " where company_id = %s",
            interval,
            self.id,
        )

    def _do(self, query: str, *values: object) -> None:
        self.connection.execute(query.encode(), values)

    def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        return self.connection.execute(query.encode(), values).fetchall()
