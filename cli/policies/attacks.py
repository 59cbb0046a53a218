"""From expectations and catalogue to attacks: each one statement, one attacker, one outcome."""

# ruff: noqa: S608 -- the names come from the database's own catalogue
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cli.policies.catalogue import Catalogue, Relation, Routine
from cli.policies.matrix import (
    MEMBER_ROLE,
    RANKS,
    Actor,
    Call,
    Disguise,
    Matrix,
    Probe,
    Rank,
    Table,
)

VERBS = ("select", "insert", "update", "delete", "truncate")
OWNER = "postgres"
BYPASSES_ROW_SECURITY = "service_role"
NEW_OBJECTS = "{schema}.newborn"

DENIED = "denied"  # for want of a privilege
BARRED = "barred"  # a row that row security does not let in
HIDDEN = "hidden"  # no row seen or changed
READ_ONLY = "read only"  # a view of a join

Counts = Mapping[str, Mapping[str, int]]  # table → company → rows


@dataclass(frozen=True)
class Attack:
    """`before` runs with full rights and takes down one of two walls; `sql` runs as `role`, `after`
    with full rights again. `target` is a table, view, function or schema; `calls`: functions under
    attack besides."""

    target: str
    verb: str
    actor: str
    disguise: str
    role: str
    sql: str
    expected: str
    claims: str = ""
    headers: str = ""
    before: str = ""
    after: str = ""
    name: str = ""
    calls: tuple[str, ...] = ()

    def __str__(self) -> str:
        pretence = "" if self.disguise == "plain" else f", {self.disguise.replace('_', ' ')}"
        how = f" ({self.name})" if self.name else ""
        return f"{self.actor}{pretence}: {self.verb} {self.target}{how}"


@dataclass(frozen=True)
class _Attacker:
    """An actor under one disguise, and the company its requests act in."""

    name: str
    disguise: str
    actor: Actor
    claims: str
    headers: str
    company: str | None

    def rank_in(self, company: str | None) -> Rank | None:
        return self.actor.companies.get(company) if company else None

    def attack(self, target: str, verb: str, sql: str, expected: str, **more: Any) -> Attack:
        return Attack(
            target,
            verb,
            self.name,
            self.disguise,
            self.actor.role,
            sql,
            expected,
            self.claims,
            self.headers,
            **more,
        )


def plan(matrix: Matrix, catalogue: Catalogue, counts: Counts) -> list[Attack]:
    """Every attack on every listed object. `counts`: the fixture's rows."""
    attackers = [
        _disguised(matrix, name, disguise)
        for name in matrix.actors
        for disguise in matrix.disguises
        if disguise == "plain" or matrix.actors[name].role == MEMBER_ROLE
        if not (matrix.disguises[disguise].header and matrix.actors[name].header)
    ]
    plain = [attacker for attacker in attackers if attacker.disguise == "plain"]
    roles = sorted({attacker.actor.role for attacker in plain})
    append_only = [name for name, table in matrix.tables.items() if table.append_only]

    found: list[Attack] = []
    for relation in catalogue.relations:
        table = matrix.tables.get(relation.name)
        if table is None:
            continue
        rows = counts.get(relation.name, {})
        for attacker in attackers:
            found += _on_table(matrix, relation, table, rows, attacker)
        found += _on_columns(relation, table, plain)
        found += _through_a_spy(matrix, relation, table, rows, plain)
        found += _behind_schema(matrix, relation, table, rows, plain)
        if relation.is_view:
            found += _readers_rights(relation, plain)
        else:
            found += _behind_grants(matrix, relation, table, rows, plain, roles)
        if table.append_only:
            found += _on_history(relation.name, relation.columns[0], append_only)
    for routine in catalogue.routines:
        function = matrix.functions.get(routine.name)
        if function is None:
            continue
        for attacker in plain:
            if attacker.actor.role not in function.execute:
                found += _forbidden_call(matrix, routine, attacker)
        for call in function.attacks:
            calls = [
                _call(matrix, routine, call, function.execute, attacker) for attacker in attackers
            ]
            found += calls
            if not call.moves_the_twin:
                found += _beside_the_twin(calls)
    for name in catalogue.sequences:
        for attacker in plain:
            found += _on_sequence(name, attacker)
    for probe in matrix.probes:
        found += _probe(matrix, probe, plain)
    for schema in matrix.schemas:
        relations = (one.name for one in catalogue.relations if one.name.startswith(f"{schema}."))
        if known := next(relations, None):
            for attacker in plain:
                found += _on_schema(matrix, schema, known, attacker)
    return found


def _disguised(matrix: Matrix, name: str, disguise_name: str) -> _Attacker:
    actor = matrix.actors[name]
    disguise: Disguise = matrix.disguises[disguise_name]
    header = disguise.header or actor.header
    asked = header or actor.active
    claims: dict[str, object] = {"role": actor.role, "aud": "authenticated"}
    if actor.user:
        claims["sub"] = matrix.ids[actor.user]
    return _Attacker(
        name=name,
        disguise=disguise_name,
        actor=actor,
        claims=matrix.fill(json.dumps({**claims, **disguise.claims})),
        headers=json.dumps({"x-company-id": matrix.ids[header]} if header else {}),
        company=asked if asked in actor.companies else None,
    )


def _reaches(rank: Rank | None, least: Rank | None) -> bool:
    return rank is not None and least is not None and RANKS.index(rank) >= RANKS.index(least)


def _statement(matrix: Matrix, relation: Relation, table: Table, verb: str) -> str:
    """What is tried: never with a condition, so that row security alone chooses the rows."""
    rule = table.verb(verb)
    if verb == "select":
        key = f"{table.key}::text" if table.key else "null"
        return f"select {key}, count(*)::integer from {relation.name} group by 1"
    if verb == "insert":
        if rule is None or rule.columns is None or rule.values is None:
            return f"insert into {relation.name} default values"
        columns = ", ".join(rule.columns)
        return f"insert into {relation.name} ({columns}) values ({matrix.fill(rule.values)})"
    if verb == "update":
        column = relation.columns[0]
        change = rule.set if rule and rule.set else f"{column} = default"
        return f"update {relation.name} set {change}"
    return f"{'delete from' if verb == 'delete' else 'truncate'} {relation.name}"


def _by_policy(table: Table, verb: str, rows: Mapping[str, int], attacker: _Attacker) -> str:
    """The outcome when row security alone decides."""
    rule = table.verb(verb)
    company = attacker.company
    permitted = (
        rule is not None
        and attacker.actor.role == MEMBER_ROLE
        and _reaches(attacker.rank_in(company), rule.least)
    )
    if verb == "insert":
        return "changed 1" if permitted and company == "own" else BARRED
    if not permitted or not company:
        return HIDDEN
    if verb == "select":
        return f"sees {company}: {rows.get(company, 0)}"
    return f"changed {rows.get(company, 0)}"


def _on_table(
    matrix: Matrix,
    relation: Relation,
    table: Table,
    rows: Mapping[str, int],
    attacker: _Attacker,
) -> Iterator[Attack]:
    for verb in VERBS:
        if verb == "truncate" and relation.is_view:
            continue
        if not relation.takes(verb):
            expected = READ_ONLY if _may_use(matrix, relation.name, attacker) else DENIED
        elif attacker.actor.role == MEMBER_ROLE and table.verb(verb):
            expected = _by_policy(table, verb, rows, attacker)
        else:
            expected = DENIED
        yield attacker.attack(
            relation.name, verb, _statement(matrix, relation, table, verb), expected
        )


def _may_use(matrix: Matrix, name: str, attacker: _Attacker) -> bool:
    return attacker.actor.role in matrix.schemas[name.split(".")[0]]


def _on_columns(relation: Relation, table: Table, plain: list[_Attacker]) -> Iterator[Attack]:
    """Columns that a verb may not touch, tried by whoever may do most: the owner of the shop."""
    if relation.is_view:
        return
    attacker = next(one for one in plain if one.name == "own_owner")
    statements = {
        "select": "select {column} from {table}",
        "insert": "insert into {table} ({column}) values (default)",
        "update": "update {table} set {column} = default",
    }
    for verb, statement in statements.items():
        for column in table.closed_columns(verb, relation.columns):
            yield attacker.attack(
                relation.name,
                verb,
                statement.format(column=column, table=relation.name),
                DENIED,
                name=f"column {column}",
            )


def _through_a_spy(
    matrix: Matrix,
    relation: Relation,
    table: Table,
    rows: Mapping[str, int],
    plain: list[_Attacker],
) -> Iterator[Attack]:
    """A cheap function of the reader's own in the condition: it is shown no row that the policies
    hide, however early the planner would run it."""
    if table.select is None or not table.key:
        return
    for attacker in plain:
        if attacker.company and attacker.name.endswith("_owner"):
            foreign = [
                f"p_row like '%{matrix.ids[company]}%'"
                for company in ("own", "other", "third")
                if company != attacker.company
            ]
            yield attacker.attack(
                relation.name,
                "select",
                "create function pg_temp.spy(p_row text) returns boolean language plpgsql "
                f"cost 0.000001 as $$ begin if {' or '.join(foreign)} then raise exception "
                "'%', p_row using errcode = 'PT418', hint = 'what_it_hides'; end if; return true; "
                f"end; $$; select shown.{table.key}::text, count(*)::integer "
                f"from {relation.name} as shown where pg_temp.spy(shown::text) group by 1",
                _by_policy(table, "select", rows, attacker),
                name="through a spy",
            )


def _on_sequence(name: str, attacker: _Attacker) -> Iterator[Attack]:
    """How much all companies together write is nobody's business, nor is using up the numbers."""
    yield attacker.attack(name, "select", f"select last_value from {name}", DENIED)
    yield attacker.attack(name, "usage", f"select nextval('{name}')", DENIED)


def _probe(matrix: Matrix, probe: Probe, plain: list[_Attacker]) -> Iterator[Attack]:
    for attacker in plain:
        if attacker.name in probe.actors:
            asked = replace(
                attacker,
                claims=attacker.claims if probe.claims is None else matrix.fill(probe.claims),
                headers=attacker.headers
                if probe.header is None
                else json.dumps({"x-company-id": matrix.fill(probe.header)}),
            )
            yield asked.attack(
                probe.target,
                "probe",
                matrix.fill(probe.sql),
                matrix.fill(probe.expected),
                before=matrix.fill(probe.before),
                after=matrix.fill(probe.after),
                name=probe.name,
            )


def _readers_rights(relation: Relation, plain: list[_Attacker]) -> Iterator[Attack]:
    """A view of views shows nothing more with its owner's rights, until one of those changes."""
    yield from (
        attacker.attack(
            relation.name,
            "select",
            f"select 'security_invoker=true' = any(reloptions) from pg_class "
            f"where oid = '{relation.name}'::regclass",
            "answers true",
            name="with whose rights",
        )
        for attacker in plain
        if attacker.name == "own_owner"
    )


def _behind_schema(
    matrix: Matrix,
    relation: Relation,
    table: Table,
    rows: Mapping[str, int],
    plain: list[_Attacker],
) -> Iterator[Attack]:
    """A table stays closed to those whom, so far, only its schema keeps out."""
    schema = relation.name.split(".")[0]
    for attacker in plain:
        if not _may_use(matrix, relation.name, attacker):
            for attack in _on_table(matrix, relation, table, rows, attacker):
                yield attacker.attack(
                    attack.target,
                    attack.verb,
                    attack.sql,
                    attack.expected if relation.takes(attack.verb) else READ_ONLY,
                    before=_open_schema(schema, attacker.actor.role),
                    name="were the schema open",
                )


def _open_schema(schema: str, *roles: str) -> str:
    return f"grant usage on schema {schema} to {', '.join(roles)}"


def _behind_grants(
    matrix: Matrix,
    relation: Relation,
    table: Table,
    rows: Mapping[str, int],
    plain: list[_Attacker],
    roles: list[str],
) -> Iterator[Attack]:
    """Row security must hold by itself, whatever somebody grants one day."""
    schema = relation.name.split(".")[0]
    everyone = ", ".join(roles)
    before = "; ".join(
        [
            _open_schema(schema, *roles),
            f"grant all on table {relation.name} to {everyone}",
            *(
                f"{_open_schema(called.split('.')[0], *roles)}; "
                f"grant execute on function {called} to {everyone}"
                for called in relation.calls
                if called.split(".")[0] in matrix.schemas
            ),
        ]
    )
    for attacker in plain:
        if attacker.actor.role == BYPASSES_ROW_SECURITY:
            continue
        for verb in VERBS[:-1]:
            yield attacker.attack(
                relation.name,
                verb,
                _statement(matrix, relation, table, verb),
                _by_policy(table, verb, rows, attacker),
                before=before,
                name="were everything granted",
            )
        if table.key:
            elsewhere = matrix.ids["other" if attacker.company == "own" else "own"]
            changes = _by_policy(table, "update", rows, attacker) != HIDDEN
            yield attacker.attack(
                relation.name,
                "update",
                f"update {relation.name} set {table.key} = '{elsewhere}'",
                BARRED if changes else HIDDEN,
                before=before,
                name="into another company, were everything granted",
            )


def _on_history(name: str, column: str, append_only: list[str]) -> Iterator[Attack]:
    """Whoever may write at all may not rewrite; nor by switching ordinary triggers off."""
    # A truncate that cascades must be stopped by this table's own trigger.
    alone = "".join(
        f"; alter table {other} disable trigger user" for other in append_only if other != name
    )
    statements = {
        "update": f"update {name} set {column} = {column}",
        "delete": f"delete from {name}",
        "truncate": f"truncate {name} cascade",
    }
    for role in (OWNER, BYPASSES_ROW_SECURITY):
        for mode in ("origin", "replica"):
            for verb, statement in statements.items():
                yield Attack(
                    target=name,
                    verb=verb,
                    actor="table_owner" if role == OWNER else role,
                    disguise="plain",
                    role=role,
                    sql=statement,
                    expected="refused append_only",
                    before=f"set local session_replication_role = {mode}; "
                    f"grant all on all tables in schema {name.split('.')[0]} to {role}"
                    + (alone if verb == "truncate" else ""),
                    name=f"history, session_replication_role {mode}",
                )


def _forbidden_call(matrix: Matrix, routine: Routine, attacker: _Attacker) -> Iterator[Attack]:
    """A call without values; from a subquery, or the planner drops a strict function unseen."""
    names = [f"a{place}" for place in range(len(routine.arguments))]
    values = ", ".join(
        f"null::{kind} as {name}" for kind, name in zip(routine.arguments, names, strict=True)
    )
    source = f" from (select {values} offset 0) as given" if names else ""
    sql = f"select {routine.name}({', '.join(names)}){source}"
    if routine.kind == "p":
        nulls = ", ".join(f"null::{kind}" for kind in routine.arguments)
        sql = f"call {routine.name}({nulls})"
    yield attacker.attack(routine.name, "execute", sql, DENIED)
    if not _may_use(matrix, routine.name, attacker):
        yield attacker.attack(
            routine.name,
            "execute",
            sql,
            DENIED,
            before=_open_schema(routine.name.split(".")[0], attacker.actor.role),
            name="were the schema open",
        )


def _call(
    matrix: Matrix,
    routine: Routine,
    call: Call,
    execute: tuple[str, ...],
    attacker: _Attacker,
) -> Attack:
    company = attacker.company if call.company == "acting" else call.company
    rank = attacker.rank_in(company) if company == "own" else None
    if attacker.actor.role not in execute:
        expected = DENIED
    elif attacker.name in call.special:
        expected = call.special[attacker.name]
    elif call.least is None or _reaches(rank, call.least):
        expected = call.permitted
    else:
        expected = call.below if rank else call.outside
    return attacker.attack(
        routine.name,
        "execute",
        matrix.fill(call.sql),
        matrix.fill(expected),
        before=matrix.fill(call.before),
        after=matrix.fill(call.after),
        name=call.name,
        calls=call.calls,
    )


def _beside_the_twin(calls: list[Attack]) -> Iterator[Attack]:
    """Whatever a call does, it does nothing to the company that bears the same ids."""
    for call in calls:
        if call.expected != DENIED and not call.expected.startswith("refused"):
            yield replace(
                call,
                expected="answers true",
                after="select twin = pg_temp.twin() from pg_temp.attack_before",
                name=f"{call.name}, and the twin stays as it was",
            )
            return


def _on_schema(matrix: Matrix, schema: str, known: str, attacker: _Attacker) -> Iterator[Attack]:
    role = attacker.actor.role
    yield attacker.attack(
        schema,
        "usage",
        f"select '{known}'::regclass is not null",
        "answers true" if role in matrix.schemas[schema] else DENIED,
    )
    yield attacker.attack(schema, "create", f"create table {schema}.attack ()", DENIED)
    # What a later migration makes is closed until that migration opens it.
    new = NEW_OBJECTS.format(schema=schema)
    before = (
        f"{_open_schema(schema, role)}; set local role {OWNER}; create table {new} (); "
        f"create function {new}() returns integer language sql return 1; set local role none"
    )
    for verb, statement in {
        "select": "select from {}",
        "insert": "insert into {} default values",
        "delete": "delete from {}",
        "truncate": "truncate {}",
        "execute": "select {}()",
    }.items():
        yield attacker.attack(
            new,
            verb,
            statement.format(new),
            DENIED,
            before=before,
            name="made by a later migration",
        )
