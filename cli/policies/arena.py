"""Where attacks run: one transaction, the fixture inside it, every attack rolled back."""

# ruff: noqa: S608 -- the names come from the database's own catalogue
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg
from psycopg import sql

from cli.policies.attacks import BARRED, DENIED, HIDDEN, READ_ONLY, Attack, Counts
from cli.policies.catalogue import Relation
from cli.policies.matrix import FOLDER, Matrix


@dataclass(frozen=True)
class Result:
    attack: Attack
    outcome: str

    @property
    def failed(self) -> bool:
        return self.outcome != self.attack.expected

    def __str__(self) -> str:
        return f"{self.attack}: expected {self.attack.expected}, got {self.outcome}"


class Arena:
    """A transaction of a superuser that holds the fixture and is never committed."""

    def __init__(self, connection: psycopg.Connection[Any], matrix: Matrix) -> None:
        self._connection = connection
        self._companies = {matrix.ids[name]: name for name in ("own", "other", "third")}

    def count(self, relations: Iterable[Relation], matrix: Matrix) -> Counts:
        """The fixture's rows per table and company; those of a system table count as "system"."""
        counts: dict[str, dict[str, int]] = {}
        for relation in relations:
            table = matrix.tables.get(relation.name)
            if table is None:
                continue
            key = f"{table.key}::text" if table.key else "'system'"
            rows = self._connection.execute(
                f"select {key}, count(*)::integer from {relation.name} group by 1".encode()
            ).fetchall()
            counts[relation.name] = {self._companies.get(name, name): n for name, n in rows}
        return counts

    def run(self, attacks: Sequence[Attack]) -> Iterator[Result]:
        """Runs attacks one after the other; none sees what another did."""
        self._execute("savepoint wall")
        for before, group in groupby(attacks, key=lambda attack: attack.before):
            self._execute(f"rollback to savepoint wall; {before or 'select'}; savepoint attack")
            for attack in group:
                yield Result(attack, self._outcome(attack))
        self._execute("rollback to savepoint wall; release savepoint wall")

    @contextmanager
    def weakened(self, statement: str, patience: float) -> Iterator[None]:
        """The schema after `statement`, for a while; an attack fails after `patience` seconds."""
        self._execute(
            f"savepoint mutant; {statement}; set local statement_timeout = {patience * 1000:.0f}"
        )
        try:
            yield
        finally:
            self._execute("rollback to savepoint mutant; release savepoint mutant")

    def _outcome(self, attack: Attack) -> str:
        after = f"; set local role none; {attack.after}" if attack.after else ""
        text = (
            "rollback to savepoint attack; "
            f"set local request.jwt.claims = {sql.quote(attack.claims)}; "
            f"set local request.headers = {sql.quote(attack.headers)}; "
            f"set local role {attack.role}; {attack.sql}{after}"
        )
        try:
            cursor = self._execute(text)
        except psycopg.Error as error:
            return _refusal(attack, error)
        if cursor.description is None:
            return f"changed {cursor.rowcount}" if cursor.rowcount > 0 else HIDDEN
        rows = cursor.fetchall()
        if attack.verb == "execute" or len(cursor.description) == 1:
            return f"answers {_word(rows[0][0] if rows else None)}"
        seen = sorted(
            f"{self._companies.get(company, company)}: {number}"
            for company, number in rows
            if number
        )
        return f"sees {', '.join(seen)}" if seen else HIDDEN

    def _execute(self, text: str) -> psycopg.Cursor[Any]:
        """Runs several statements at once; the cursor is at the last one's result."""
        cursor = self._connection.execute(text.encode())
        while cursor.nextset():
            pass
        return cursor


@contextmanager
def arena(connection: psycopg.Connection[Any], matrix: Matrix) -> Iterator[Arena]:
    """An arena on a connection of a superuser; afterwards the database is as it was."""
    data = [matrix.fill((FOLDER / f"{name}.sql").read_text()) for name in ("fixture", "stories")]
    with connection.transaction(force_rollback=True):
        # Refusals are told apart by their words; nobody waits for a lock of a running stack.
        connection.execute("set local lc_messages = 'C'")
        connection.execute("set local lock_timeout = '10s'")
        connection.execute("set local jit = off")
        for statements in data:
            connection.execute(statements.encode())
        yield Arena(connection, matrix)


def _refusal(attack: Attack, error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    message = error.diag.message_primary or ""
    if state == "42501":
        if "row-level security" in message:
            return BARRED
        # Only the target itself, or its schema, counts as closed; not what lies behind it.
        closed = message.rpartition(" ")[2].strip('"')
        return DENIED if closed in attack.target.split(".") else f"denied later: {message}"
    if state.startswith("PT"):
        return f"refused {error.diag.message_hint}"
    if state == "55000":
        return READ_ONLY
    return f"error {state} {message}"


def _word(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, (bool, list, dict)):
        return json.dumps(value)
    return str(value)
