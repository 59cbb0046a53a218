"""The way back to an earlier migration: what it would cost, and taking it.

sql/rollbacks holds the way back from each migration, under the migration's own file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cli.database import report
from cli.errors import CommandError
from cli.stack.settings import ROOT

if TYPE_CHECKING:
    from cli.database import Connection

ROLLBACKS = ROOT / "sql" / "rollbacks"
# A reader that holds a table for longer makes the step fail, not everybody else wait.
_LOCK_TIMEOUT = "10s"
_DROP = re.compile(
    r"^drop (?P<kind>table|view|function|aggregate) (?P<name>[\w.]+)"
    r"|^alter table (?P<table>[\w.]+) drop column (?P<column>\w+)",
    re.MULTILINE,
)


@dataclass
class Loss:
    """What some steps back drop; names with their schema. tables: with how many rows they hold."""

    tables: dict[str, int] = field(default_factory=dict)
    columns: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)


def steps(connection: Connection, to: str | None) -> list[Path]:
    """The rollbacks that lead back to a version, in their order; empty when it is the newest.

    to: the version that stays the newest, "0" for none at all, None for the one before the newest.
    Raises CommandError for a version that is not applied, and when a way back is not in this
    checkout.
    """
    applied = [str(row["version"]) for row in report(connection, "applied_migrations")]
    if to is None:
        to = applied[-2] if len(applied) > 1 else "0"
    if to != "0" and to not in applied:
        raise CommandError(
            f"There is no migration {to!r} to go back to; the database has "
            f"{', '.join(applied) or 'none'}, and 0 undoes all."
        )
    found = {file.name.split("_")[0]: file for file in ROLLBACKS.glob("*.sql")}
    back = [version for version in reversed(applied) if to == "0" or version > to]
    if missing := [version for version in back if version not in found]:
        raise CommandError(
            f"There is no way back from {', '.join(missing)} in {ROLLBACKS.relative_to(ROOT)}: "
            "use the checkout that the database was migrated with."
        )
    return [found[version] for version in back]


def loss(connection: Connection, files: Sequence[Path]) -> Loss:
    """What these rollbacks drop, in their order."""
    from psycopg import sql

    lost = Loss()
    for drop in (drop for file in files for drop in _DROP.finditer(file.read_text())):
        match drop["kind"]:
            case "table":
                table = sql.Identifier(*drop["name"].split("."))
                counting = sql.SQL("select count(*) as rows from {}").format(table)
                (counted,) = connection.execute(counting).fetchall()
                lost.tables[drop["name"]] = counted["rows"]
            case "view":
                lost.views.append(drop["name"])
            case "function" | "aggregate":
                lost.functions.append(drop["name"])
            case _:
                lost.columns.append(f"{drop['table']}.{drop['column']}")
    return lost


def roll_back(connection: Connection, files: Sequence[Path]) -> Iterator[Path]:
    """Takes the steps, each in a transaction of its own; yields each file when it is done.

    A migration leaves Supabase's table together with what it made, so `supabase db push` sees it as
    not yet applied. connection: commits each statement by itself, as the owner of the schema.
    Raises CommandError when a step fails; that one is undone, those before it stay.
    """
    import psycopg

    for file in files:
        try:
            with connection.transaction():
                connection.execute("select set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
                gone = connection.execute(
                    "delete from supabase_migrations.schema_migrations where version = %s",
                    [file.name.split("_")[0]],
                )
                if not gone.rowcount:
                    raise CommandError(f"{file.stem} has been rolled back by somebody else.")
                connection.execute(file.read_bytes())
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error).strip().splitlines()[0]
            detail = (error.diag.message_detail or "").replace("\n", "; ")
            raise CommandError(
                f"{file.stem} was not rolled back: {said}{f' ({detail})' if detail else ''}."
            ) from error
        yield file
