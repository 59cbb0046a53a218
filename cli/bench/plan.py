"""Plans: how the server would run a query, told by EXPLAIN, under the rights of a member."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from cli.policies.matrix import MEMBER_ROLE

Node = dict[str, Any]


def explain(connection: psycopg.Connection[Any], query: str, user: str) -> object:
    """The plan of a query that a signed-in user asks, as `explain (format json)` gives it.

    connection: of whoever may become the member's role. user: the `sub` of the claims.
    """
    with connection.transaction():
        connection.execute(sql.SQL("set local role {}").format(sql.Identifier(MEMBER_ROLE)))
        connection.execute(
            "select set_config('request.jwt.claims', %s, true)",
            [json.dumps({"sub": user, "role": MEMBER_ROLE})],
        )
        row = connection.execute(f"explain (format json) {query}".encode()).fetchone()
    return row and row[0]


def nodes(plan: object) -> Iterator[Node]:
    """Every object of a plan, each with its children."""
    if isinstance(plan, dict):
        yield plan
        plan = plan.values()
    if isinstance(plan, Iterable) and not isinstance(plan, str):
        for part in plan:
            yield from nodes(part)
