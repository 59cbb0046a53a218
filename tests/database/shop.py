"""A shop for tests: its people, its products, and the calls they make."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from tests.conftest import Connection

_numbers = count(27_830_000_001)
_wamids = count(1)

PRODUCTS = [
    {"name": "Coca-Cola 2L", "price": "25.00", "aliases": ["coke 2l", "coke"],
     "pack": "case", "pack_size": "6"},
    {"name": "Coca-Cola 500ml", "price": "13.00", "aliases": ["coke 500ml"]},
    {"name": "Albany White Bread 700g", "price": "18.50", "aliases": ["bread", "white bread"],
     "reorder_level": "5"},
    {"name": "Albany Brown Bread 700g", "price": "17.50", "aliases": ["brown bread"]},
    {"name": "Potatoes", "unit": "kg", "price": "20.00"},
    {"name": "Airtime", "unit": "rand", "price": "1.00"},
]  # fmt: skip


@dataclass
class Shop:
    """One company; `owner`, `manager`, `clerk`, `viewer` are phones."""

    connection: Connection
    id: UUID = field(default_factory=uuid4)
    phones: dict[str, str] = field(default_factory=dict)
    members: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    def open(cls, connection: Connection) -> Shop:
        """Onboard a company with a person in every role, and its products."""
        shop = cls(connection)
        for role in ("owner", "manager", "clerk", "viewer"):
            shop.phones[role] = str(next(_numbers))
        answer = shop.value(
            "select private.onboard_company(%s, 'A shop', %s)", shop.id, shop.phones["owner"]
        )
        shop.members["owner"] = UUID(answer["owner_member_id"])
        for role in ("manager", "clerk", "viewer"):
            shop.members[role] = shop.value(
                "select private.add_member(%s, %s, %s, %s)", shop.id, shop.phones[role], role, role
            )
        saved = shop.value("select private.save_products(%s, %s)", shop.id, Jsonb(PRODUCTS))
        shop.products = {row["name"]: UUID(row["id"]) for row in saved}
        return shop

    # --- the dashboard's calls ---

    def user(self, role: str = "owner") -> UUID:
        """The signed-in user behind a role's phone."""
        phone = self.phones[role]
        row = self.connection.execute("select id from auth.users where phone = %s", [phone])
        if found := row.fetchone():
            return UUID(str(found[0]))
        user_id = uuid4()
        self.connection.execute(
            "insert into auth.users (id, phone, phone_confirmed_at) values (%s, %s, now())",
            [user_id, phone],
        )
        return user_id

    def as_user(self, role: str, query: str, *values: Any) -> Any:
        """One query with a user's rights, as the API runs it; its first value.

        Ids and moments go as text, as JSON has them.
        """
        with self.connection.transaction():
            self.be(role)
            row = self.connection.execute(query, [as_json(value) for value in values]).fetchone()
        return row[0] if row else None

    def be(self, role: str) -> None:
        """From here to the end of the transaction, a user's rights."""
        claims = json.dumps({"sub": str(self.user(role)), "role": "authenticated"})
        self.connection.execute("set local role authenticated")
        self.connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])

    def record(self, role: str, key: str, *lines: dict[str, Any]) -> Any:
        """`record_operation` as a member."""
        return self.as_user(
            role, "select public.record_operation(%s, %s, %s)", self.id, key, Jsonb(list(lines))
        )

    def reverse(self, role: str, key: str, operation_id: str) -> Any:
        """`reverse_operation` as a member."""
        return self.as_user(
            role, "select public.reverse_operation(%s, %s, %s)", self.id, key, operation_id
        )

    # --- the adapter's calls ---

    def adapter(self, function: str, **parameters: Any) -> Any:
        """One of the adapter's functions, with the adapter's rights."""
        names = ", ".join(f"{name} => %s" for name in parameters)
        values = [Jsonb(v) if isinstance(v, list | dict) else v for v in parameters.values()]
        with self.connection.transaction():
            self.connection.execute("set local role edge_adapter")
            row = self.connection.execute(f"select public.{function}({names})", values).fetchone()
        assert row is not None
        return row[0]

    def arrival(self, role: str = "owner", **message: Any) -> dict[str, Any]:
        """A message as the adapter stores it."""
        return {
            "wamid": f"wamid.{self.id}.{next(_wamids)}",
            "sender": self.phones.get(role, role),
            "phone_number_id": "1",
            "sent_at": "2026-11-22T08:00:00Z",
            "message": {"type": "text", "text": "words", **message},
        }

    def say(self, role: str, *actions: dict[str, Any], **message: Any) -> Any:
        """One message through receive, apply and settle; what was owed, and the reply's wamid."""
        arrival = self.arrival(role, **message)
        received = self.adapter("receive_messages", p_messages=[arrival])
        (work,) = received["work"]
        item = {
            "id": work["messages"][-1]["id"],
            "sender": work["sender"],
            "token": work["token"],
            "form": {"language": "en", "verdict": "ok", "actions": list(actions)},
        }
        (owed,) = self.adapter("apply_interpretations", p_items=[item])
        owed["wamid"] = f"wamid.out.{owed['outbound_id']}"
        owed["said"] = arrival["wamid"]
        settled = (
            [{"outbound_id": owed["outbound_id"], "state": "sent", "wamid": owed["wamid"],
              "text": "reply"}] if owed["outbound_id"] else []
        )  # fmt: skip
        lease = {"sender": work["sender"], "token": work["token"]}
        self.adapter("settle_outbound", p_items=settled, p_leases=[lease])
        return owed

    # --- what is true ---

    def value(self, query: str, *values: Any) -> Any:
        """The first value of a query, with every right."""
        row = self.connection.execute(query, values).fetchone()
        return row[0] if row else None

    def on_hand(self, product: str) -> str:
        """The balance of a product, as text."""
        return str(
            self.value(
                "select trim_scale(coalesce(sum(quantity), 0))::text from public.inventory"
                " where company_id = %s and product_id = %s",
                self.id,
                self.products[product],
            )
        )

    def lines(self) -> int:
        """How many ledger lines there are."""
        return int(
            self.value("select count(*) from public.transactions where company_id = %s", self.id)
        )


def as_json(value: Any) -> Any:
    """An id or a moment as a client writes it; anything else as it is."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def line(action: str, product: str, quantity: str, **more: Any) -> dict[str, Any]:
    """One action of a form, or one line of a request."""
    return {"action": action, "product": product, "quantity": quantity, **more}
