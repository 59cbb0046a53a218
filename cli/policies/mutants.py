"""Ways to weaken the schema, one at a time: what `--mutate` tries, and what has to notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cli.policies.attacks import (
    BYPASSES_ROW_SECURITY,
    DENIED,
    NEW_OBJECTS,
    OWNER,
    VERBS,
    Attack,
)
from cli.policies.catalogue import Catalogue, Policy, Relation, Routine
from cli.policies.matrix import MEMBER_ROLE, Check, Matrix

# To whom too much is granted; `public` is everybody.
GRANTEES = ("anon", "authenticated", "public", "edge_adapter", "service_role")


@dataclass(frozen=True)
class Mutant:
    """One weakening.

    Only attacks on `targets` can notice it, with `verb` and of the name `attack` if there is one:
    those that are denied when it grants a privilege, the others when it takes a check away. Those
    with `first` in their names are tried first.
    """

    name: str
    sql: str
    targets: frozenset[str]
    verb: str | None = None
    grants: bool = False
    attack: str | None = None
    first: str = ""

    def concerns(self, attack: Attack) -> bool:
        return (
            not self.targets.isdisjoint((attack.target, *attack.calls))
            and self.verb in (None, attack.verb)
            and self.attack in (None, attack.name)
            and self.grants == (attack.expected == DENIED)
        )


def breed(matrix: Matrix, catalogue: Catalogue) -> list[Mutant]:
    """Every mutant of the schema."""
    return [
        *(mutant for policy in catalogue.policies for mutant in _policy(policy)),
        *(mutant for relation in catalogue.relations for mutant in _relation(catalogue, relation)),
        *(mutant for relation in catalogue.relations for mutant in _columns(matrix, relation)),
        *(mutant for routine in catalogue.routines for mutant in _grants(catalogue, routine)),
        *(mutant for sequence in catalogue.sequences for mutant in _sequence(sequence)),
        *_roles(matrix, catalogue),
        *(mutant for schema in matrix.schemas for mutant in _schema(catalogue, schema)),
        *_triggers(matrix, catalogue),
        *_defaults(matrix),
        *(
            mutant
            for routine in catalogue.routines
            for check in matrix.checks
            for mutant in _unchecked(catalogue, routine, check)
        ),
    ]


def _policy(policy: Policy) -> Iterator[Mutant]:
    alter = f'alter policy "{policy.name}" on {policy.relation}'
    weaker = {
        "dropped": f'drop policy "{policy.name}" on {policy.relation}',
        "open to anon": f"{alter} to anon, authenticated",
        "open to public": f"{alter} to public",
    }
    if policy.using_expression:
        weaker["using (true)"] = f"{alter} using (true)"
    if policy.check_expression:
        weaker["with check (true)"] = f"{alter} with check (true)"
    for how, sql in weaker.items():
        yield Mutant(
            f'policy "{policy.name}" on {policy.relation}: {how}', sql, frozenset({policy.relation})
        )


def _relation(catalogue: Catalogue, relation: Relation) -> Iterator[Mutant]:
    target = frozenset({relation.name})
    if relation.is_view:
        yield Mutant(
            f"view {relation.name}: its owner's rights",
            f"alter view {relation.name} set (security_invoker = false)",
            target,
        )
    elif relation.row_security:
        yield Mutant(
            f"table {relation.name}: row security disabled",
            f"alter table {relation.name} disable row level security",
            target,
        )
    for verb in VERBS:
        if not relation.takes(verb) or (relation.is_view and verb == "truncate"):
            continue
        for grantee in GRANTEES:
            if (grantee, relation.name, verb.upper()) not in catalogue.grants:
                yield Mutant(
                    f"{verb} on {relation.name} granted to {grantee}",
                    f"grant {verb} on table {relation.name} to {grantee}",
                    target,
                    verb,
                    grants=True,
                )


def _columns(matrix: Matrix, relation: Relation) -> Iterator[Mutant]:
    """One column too many for those who are signed in."""
    table = matrix.tables.get(relation.name)
    if table is None or relation.is_view:
        return
    for verb in ("select", "insert", "update"):
        for column in table.closed_columns(verb, relation.columns):
            yield Mutant(
                f"{verb} ({column}) on {relation.name} granted to {MEMBER_ROLE}",
                f"grant {verb} ({column}) on table {relation.name} to {MEMBER_ROLE}",
                frozenset({relation.name}),
                verb,
                grants=True,
                attack=f"column {column}",
            )


def _sequence(name: str) -> Iterator[Mutant]:
    schema = name.split(".")[0]
    for privilege in ("select", "usage"):
        for grantee in GRANTEES:
            yield Mutant(
                f"{privilege} on sequence {name} granted to {grantee}",
                f"grant usage on schema {schema} to {grantee}; "
                f"grant {privilege} on sequence {name} to {grantee}",
                frozenset({name}),
                privilege,
                grants=True,
            )


def _roles(matrix: Matrix, catalogue: Catalogue) -> Iterator[Mutant]:
    """Rights that a role has everywhere, whatever is granted on an object."""
    tables = frozenset(relation.name for relation in catalogue.relations if relation.row_security)
    for role in sorted({actor.role for actor in matrix.actors.values()}):
        for right in ("pg_read_all_data", "pg_write_all_data"):
            yield Mutant(
                f"role {role}: member of {right}",
                f"alter role {role} inherit; grant {right} to {role}",
                tables,
                grants=True,
            )
        if role != BYPASSES_ROW_SECURITY:
            yield Mutant(
                f"role {role}: bypasses row security", f"alter role {role} bypassrls", tables
            )


def _grants(catalogue: Catalogue, routine: Routine) -> Iterator[Mutant]:
    for grantee in GRANTEES:
        if (grantee, routine.name, "EXECUTE") not in catalogue.grants:
            yield Mutant(
                f"execute on {routine.signature} granted to {grantee}",
                f"grant execute on routine {routine.signature} to {grantee}",
                frozenset({routine.name}),
                grants=True,
            )


def _schema(catalogue: Catalogue, schema: str) -> Iterator[Mutant]:
    for privilege in ("usage", "create"):
        for grantee in GRANTEES:
            if {(grantee, schema, privilege.upper()), ("public", schema, privilege.upper())} & (
                catalogue.grants
            ):
                continue
            yield Mutant(
                f"{privilege} on schema {schema} granted to {grantee}",
                f"grant {privilege} on schema {schema} to {grantee}",
                frozenset({schema}),
                privilege,
                grants=True,
            )


def _triggers(matrix: Matrix, catalogue: Catalogue) -> Iterator[Mutant]:
    for trigger in catalogue.triggers:
        table = matrix.tables.get(trigger.relation)
        if table is None or not table.append_only:
            continue
        alter = f"alter table {trigger.relation}"
        for how, sql in {
            "dropped": f"drop trigger {trigger.name} on {trigger.relation}",
            "disabled": f"{alter} disable trigger {trigger.name}",
            "not always enabled": f"{alter} enable trigger {trigger.name}",
        }.items():
            yield Mutant(
                f"trigger {trigger.name} on {trigger.relation}: {how}",
                sql,
                frozenset({trigger.relation}),
            )


def _defaults(matrix: Matrix) -> Iterator[Mutant]:
    """Default privileges, of one schema and of all: what a later migration would inherit."""
    kinds = {"execute": "functions", "select": "tables", "insert": "tables", "delete": "tables"}
    new = {schema: NEW_OBJECTS.format(schema=schema) for schema in matrix.schemas}
    places = {f" in schema {schema}": frozenset({name}) for schema, name in new.items()}
    places[""] = frozenset(new.values())
    for verb, kind in kinds.items():
        for grantee in GRANTEES:
            for place, targets in places.items():
                yield Mutant(
                    f"{verb} on new {kind}{place} granted to {grantee}",
                    f"alter default privileges for role {OWNER}{place} "
                    f"grant {verb} on {kind} to {grantee}",
                    targets,
                    verb,
                    grants=True,
                )


def _unchecked(catalogue: Catalogue, routine: Routine, check: Check) -> Iterator[Mutant]:
    """One mutant per place where the check stands in the function's text."""
    for place, match in enumerate(check.places(routine.name, routine.definition), start=1):
        changed = match.expand(check.replacement)
        text = routine.definition
        yield Mutant(
            f"{routine.name}: {check.name} (place {place})",
            text[: match.start()] + changed + text[match.end() :],
            catalogue.callers[routine.name],
            first=check.first,
        )
