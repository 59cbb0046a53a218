"""Gives a bare PostgreSQL what a hosted project has: roles, schemas, `auth` (see sql/local)."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import sql

from cli.stack.postgres import Cluster
from cli.stack.settings import ROOT

FILES = ROOT / "sql" / "local"


def bootstrap(
    cluster: Cluster, *, database: str = "postgres", passwords: Mapping[str, str] | None = None
) -> None:
    """Prepares one database of a running cluster; running it again changes nothing.

    passwords: role → password, for the roles that sign in.
    """
    with cluster.connect(database) as connection, connection.transaction():
        for file in sorted(FILES.glob("*.sql")):
            connection.execute(file.read_bytes())
        for role, password in (passwords or {}).items():
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
