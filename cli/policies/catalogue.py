"""What the database really holds, asked from its catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import dict_row

from cli.policies.matrix import FOLDER

QUERIES = FOLDER / "catalogue"
# Bits of pg_relation_is_updatable.
_UPDATABLE = {"insert": 8, "update": 4, "delete": 16}


@dataclass(frozen=True)
class Relation:
    """A table or a view. `columns`: those a statement may name; `calls`: functions of defaults."""

    name: str
    is_view: bool
    row_security: bool
    updatable: int
    calls: tuple[str, ...]
    columns: tuple[str, ...]

    def takes(self, verb: str) -> bool:
        """Whether the verb makes sense here: a view of a join takes no changes."""
        if not self.is_view or verb == "select":
            return True
        return bool(self.updatable & _UPDATABLE.get(verb, 0))


@dataclass(frozen=True)
class Routine:
    name: str
    arguments: tuple[str, ...]
    is_definer: bool
    is_trigger: bool
    kind: str
    body: str
    definition: str

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


@dataclass(frozen=True)
class Policy:
    relation: str
    name: str
    using_expression: str | None
    check_expression: str | None


@dataclass(frozen=True)
class Trigger:
    relation: str
    name: str


@dataclass(frozen=True)
class Catalogue:
    """The objects of the schemas under test. `grants`: (grantee, object, PRIVILEGE).

    schemas: every one that the owner of ours has made, under test or not.
    """

    relations: tuple[Relation, ...]
    routines: tuple[Routine, ...]
    policies: tuple[Policy, ...]
    triggers: tuple[Trigger, ...]
    sequences: tuple[str, ...]
    schemas: frozenset[str]
    grants: frozenset[tuple[str, str, str]]

    @cached_property
    def callers(self) -> dict[str, frozenset[str]]:
        """Function → every function and table whose answer depends on it, itself included.

        A trigger's function may answer to anybody who writes.
        """
        names = {routine.name for routine in self.routines}
        uses = {routine.name: _called(routine.body, names) for routine in self.routines}
        for policy in self.policies:
            text = f"{policy.using_expression} {policy.check_expression}"
            uses[policy.relation] = uses.get(policy.relation, set()) | _called(text, names)
        triggers = {routine.name for routine in self.routines if routine.is_trigger}
        found: dict[str, frozenset[str]] = {}
        for name in names:
            reached = {name}
            while more := {user for user, used in uses.items() if used & reached} - reached:
                reached |= more
            if reached & triggers:
                reached = names | uses.keys()
            found[name] = frozenset(reached)
        return found


def read(connection: psycopg.Connection[Any], schemas: Sequence[str]) -> Catalogue:
    """Reads everything in the schemas."""

    def rows(name: str) -> list[dict[str, Any]]:
        text = (QUERIES / f"{name}.sql").read_bytes()
        with psycopg.RawCursor(connection, row_factory=dict_row) as cursor:
            return cursor.execute(text, [list(schemas)]).fetchall()

    columns: dict[str, list[str]] = {}
    for row in rows("columns"):
        columns.setdefault(row["relation"], []).append(row["name"])
    return Catalogue(
        relations=tuple(
            Relation(
                **{**row, "calls": tuple(row["calls"])}, columns=tuple(columns.get(row["name"], ()))
            )
            for row in rows("relations")
        ),
        routines=tuple(
            Routine(**{**row, "arguments": tuple(row["arguments"])}) for row in rows("functions")
        ),
        policies=tuple(Policy(**row) for row in rows("policies")),
        triggers=tuple(Trigger(**row) for row in rows("triggers")),
        sequences=tuple(row["name"] for row in rows("sequences")),
        schemas=frozenset(row["name"] for row in rows("schemas")),
        grants=frozenset(
            (row["grantee"], row["object"], row["privilege"]) for row in rows("grants")
        ),
    )


def _called(text: str, names: set[str]) -> set[str]:
    return set(re.findall(r"\b\w+\.\w+(?=\s*\()", text)) & names
