"""The operator's connection to the database, and the named queries of sql/reports.

Operators connect as the role that owns the tables, past row security: this is the one place of the
command line that does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from cli.addresses import addresses
from cli.errors import CommandError

if TYPE_CHECKING:
    import psycopg
    from psycopg.rows import DictRow

    Connection: TypeAlias = psycopg.Connection[DictRow]

REPORTS = Path(__file__).resolve().parents[1] / "sql" / "reports"
VARIABLE = "BACKROOM_DATABASE_URL"


def database_url() -> str:
    """BACKROOM_DATABASE_URL, else the address of the local stack; raises CommandError."""
    if url := os.environ.get(VARIABLE):
        return url
    try:
        return addresses()["database_url"]
    except CommandError as error:
        raise CommandError(f"{error} For another database, set {VARIABLE}.") from None


@contextmanager
def connect(url: str | None = None, *, autocommit: bool = False) -> Iterator[Connection]:
    """One connection; everything within is one transaction unless `autocommit`.

    Raises CommandError for whatever the database refuses, in its own sentence.
    """
    import psycopg
    from psycopg.rows import dict_row

    try:
        with psycopg.connect(
            url or database_url(),
            autocommit=autocommit,
            row_factory=dict_row,
            connect_timeout=10,
            application_name="backroom",
            prepare_threshold=None,  # a pooler may stand in between
        ) as connection:
            yield connection
    except psycopg.Error as error:
        raise CommandError(_sentence(error)) from error


@cache
def _query(name: str) -> bytes:
    return (REPORTS / f"{name}.sql").read_bytes()


def report(connection: Connection, name: str, *parameters: object) -> list[dict[str, Any]]:
    """The rows of sql/reports/<name>.sql, whose $1, $2 … are the parameters."""
    import psycopg

    cursor = psycopg.RawCursor(connection, row_factory=connection.row_factory)
    return cursor.execute(_query(name), parameters).fetchall()


def find_company(connection: Connection, named: str) -> UUID:
    """The id of the company with this id, or with this name when only one bears it."""
    companies = report(connection, "find_company", named)
    if not companies:
        raise CommandError(
            f"There is no company {named!r}; `backroom company list` shows those there are."
        )
    if len(companies) > 1:
        ids = ", ".join(str(company["id"]) for company in companies)
        raise CommandError(f"Several companies are called {named!r}; name one by id: {ids}.")
    company_id: UUID = companies[0]["id"]
    return company_id


def _sentence(error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    said = error.diag.message_primary or str(error).strip().splitlines()[0]
    if state.startswith("PT"):  # refused by one of our own functions
        return said
    if state in ("42883", "42P01", "3F000"):
        return f"The database lacks a migration ({said}): run `backroom db migrate`."
    if state == "23505":  # the detail names what is there already
        return f"The database refused this: {error.diag.message_detail or said}"
    if not state or state.startswith("08"):
        return f"The database does not answer ({said}): run `backroom up` or `backroom doctor`."
    return f"The database refused this: {said}."
