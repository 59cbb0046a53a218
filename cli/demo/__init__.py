"""Two shops to try everything on. Every phone number, and who answers to it, is made up.

Running it again changes nothing: the companies have fixed ids, members and products are recognised,
and opening stock is booked only for products that never moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from cli import catalogue, product_file
from cli.database import connect

if TYPE_CHECKING:
    from cli.database import Connection

_NAMESPACE = UUID("5f2b7a4e-6c0d-5b8e-9a31-0c1d2e3f4a5b")


@dataclass(frozen=True)
class Person:
    """phone: E.164 digits."""

    phone: str
    name: str
    role: str


@dataclass(frozen=True)
class Shop:
    """A demo company; `products` names a product file beside this one."""

    name: str
    products: str
    owner: Person
    staff: tuple[Person, ...]

    @property
    def id(self) -> UUID:
        """The same on every machine."""
        return uuid5(_NAMESPACE, self.name)


SHOPS = (
    Shop(
        "Thandi's Spaza",
        "thandis_spaza.csv",
        Person("27820000001", "Thandi", "owner"),
        (
            Person("27820000002", "Bongani", "manager"),
            Person("27820000003", "Lerato", "clerk"),
        ),
    ),
    Shop(
        "Sipho's Tuck Shop",
        "siphos_tuck_shop.csv",
        Person("27820000011", "Sipho", "owner"),
        (Person("27820000012", "Anele", "clerk"),),
    ),
)


def seed(database: Connection | str | None = None) -> dict[Shop, catalogue.Saved]:
    """Puts the demo shops into a database, all or nothing; answers what each import did.

    database: an open connection, whose transaction is used, or an address; without one, the address
    that every command uses.
    """
    if database is None or isinstance(database, str):
        with connect(database) as connection:
            return seed(connection)
    return {shop: _open(database, shop) for shop in SHOPS}


def _open(connection: Connection, shop: Shop) -> catalogue.Saved:
    connection.execute(
        "select private.onboard_company(%s, %s, %s, %s)",
        [shop.id, shop.name, shop.owner.phone, shop.owner.name],
    )
    for person in shop.staff:
        connection.execute(
            "select private.add_member(%s, %s, %s, %s::public.member_role)",
            [shop.id, person.phone, person.name, person.role],
        )
    content = (resources.files(__package__) / shop.products).read_bytes()
    return catalogue.save(connection, shop.id, product_file.read(content))
