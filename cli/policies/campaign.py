"""One run of the matrix: complaints about the data, then attacks, then mutants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import psycopg

from cli.errors import CommandError
from cli.policies.arena import Arena, Result, arena
from cli.policies.attacks import OWNER, Attack, Counts, plan
from cli.policies.catalogue import Catalogue, read
from cli.policies.matrix import MEMBER_ROLE, Matrix
from cli.policies.mutants import breed


@dataclass(frozen=True)
class Report:
    """What a run found. `complaints`: objects and data that do not match. `survivors`: mutants that
    no attack noticed and that the data does not explain."""

    results: list[Result]
    complaints: list[str] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    explained: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        return [*self.complaints, *(str(result) for result in self.results if result.failed)]

    @property
    def passed(self) -> bool:
        return not self.failures and not self.survivors


def run(
    connection: psycopg.Connection[Any],
    matrix: Matrix,
    *,
    mutate: bool,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Report:
    """Attacks the database of a superuser's connection and leaves it as it was.

    progress: hears how many attacks of how many are done, with `mutate` how many mutants. Raises
    CommandError when the connection cannot act as one of the actors, psycopg.Error when the fixture
    does not fit the schema.
    """
    _require_superuser(connection)
    with arena(connection, matrix) as ground:
        catalogue = read(connection, list(matrix.schemas))
        counts = ground.count(catalogue.relations, matrix)
        attacks = plan(matrix, catalogue, counts)
        results: list[Result] = []
        slowest = 0.0
        begun = monotonic()
        for result in ground.run(attacks):
            results.append(result)
            slowest = max(slowest, monotonic() - begun)
            begun = monotonic()
            if not mutate:
                progress(len(results), len(attacks))
        report = Report(results, list(complaints(matrix, catalogue, counts)))
        if not mutate:
            return report
        sound = [result.attack for result in results if not result.failed]
        return _hunt(ground, matrix, catalogue, sound, report, progress, patience=10 * slowest)


def complaints(matrix: Matrix, catalogue: Catalogue, counts: Counts) -> Iterator[str]:
    """What the matrix does not list, lists in vain, or cannot show for want of rows."""
    relations = {relation.name: relation for relation in catalogue.relations}
    routines = Counter(routine.name for routine in catalogue.routines)
    for name in sorted(catalogue.schemas - matrix.schemas.keys()):
        yield f"{name}: unlisted schema, add it to sql/policies/actors.toml"
    for name in sorted(relations.keys() - matrix.tables.keys()):
        yield f"{name}: unlisted, add it to sql/policies/tables.toml"
    for name in sorted(routines.keys() - matrix.functions.keys()):
        yield f"{name}: unlisted, add it to sql/policies/functions.toml"
    for name in sorted(matrix.tables.keys() - relations.keys()):
        yield f"{name}: listed in sql/policies/tables.toml, but there is no such table or view"
    for name in sorted(matrix.functions.keys() - routines.keys()):
        yield f"{name}: listed in sql/policies/functions.toml, but there is no such function"
    for name in sorted(name for name, number in routines.items() if number > 1):
        yield f"{name}: {routines[name]} functions of one name"
    for name, function in matrix.functions.items():
        if function.execute and not function.attacks:
            yield f"{name}: {', '.join(function.execute)} may call it, but no attack is listed"
    for name in sorted(relations.keys() & matrix.tables.keys()):
        companies = ("own", "other") if matrix.tables[name].key else ("system",)
        for company in companies:
            if not counts.get(name, {}).get(company):
                yield f"{name}: sql/policies/fixture.sql has no row of {company}"


def _hunt(
    ground: Arena,
    matrix: Matrix,
    catalogue: Catalogue,
    attacks: list[Attack],
    report: Report,
    progress: Callable[[int, int], None],
    patience: float,
) -> Report:
    """Weakens the schema in every way and lists what no attack noticed. patience: seconds after
    which an attack is given up, for some mutants never end; that is noticed, too."""
    excuses = {survivor.mutant for survivor in matrix.survivors}
    mutants = breed(matrix, catalogue)
    # What a forged request adds is rarely what notices a mutant, so it is tried last.
    attacks = sorted(attacks, key=lambda attack: (attack.disguise != "plain", attack.before))
    survivors: list[str] = []
    for number, mutant in enumerate(mutants, start=1):
        relevant = sorted(
            filter(mutant.concerns, attacks), key=lambda attack: mutant.first not in attack.name
        )
        with ground.weakened(mutant.sql, patience):
            noticed = any(result.failed for result in ground.run(relevant))
        if not noticed:
            survivors.append(mutant.name)
        progress(number, len(mutants))
    named = {mutant.name for mutant in mutants}
    return Report(
        results=report.results,
        complaints=[
            *report.complaints,
            *(f"{name}: excused in mutations.toml, but not a mutant" for name in excuses - named),
            *(
                f"{name}: excused in mutations.toml, but killed"
                for name in excuses & named - set(survivors)
            ),
        ],
        mutants=len(mutants),
        killed=len(mutants) - len(survivors),
        explained=[name for name in survivors if name in excuses],
        survivors=[name for name in survivors if name not in excuses],
    )


def _require_superuser(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "select current_user, rolsuper from pg_roles where rolname = current_user"
    ).fetchone()
    if row is None or not row[1]:
        raise CommandError(
            f"Acting as {MEMBER_ROLE}, {OWNER} and the others needs a superuser's connection."
        )
