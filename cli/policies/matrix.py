"""The expectations of sql/policies as types: actors, tables, functions, mutations."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cli.stack.settings import ROOT

FOLDER = ROOT / "sql" / "policies"

Rank = Literal["viewer", "clerk", "manager", "owner"]
RANKS: tuple[Rank, ...] = ("viewer", "clerk", "manager", "owner")
MEMBER_ROLE = "authenticated"


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Actor(_Data):
    """Who attacks. `role` is the database role; `user`, `active` and `header` are names of ids."""

    role: str
    column: str
    user: str | None = None
    companies: Mapping[str, Rank] = {}
    active: str | None = None
    header: str | None = None


class Disguise(_Data):
    """What a request pretends: a header that names a company, claims that say anything."""

    header: str | None = None
    claims: Mapping[str, Any] = {}


class Verb(_Data):
    """Who may do it: the least role of the row's own company; and to which columns, all if None."""

    least: Rank
    columns: tuple[str, ...] | None = None
    values: str | None = None
    set: str | None = None


class Table(_Data):
    """One table or view. A verb that is None is closed to everyone."""

    key: str = "company_id"
    select: Verb | None = None
    insert: Verb | None = None
    update: Verb | None = None
    delete: Verb | None = None
    append_only: bool = False

    def verb(self, name: str) -> Verb | None:
        return {
            "select": self.select,
            "insert": self.insert,
            "update": self.update,
            "delete": self.delete,
        }.get(name)

    def closed_columns(self, verb: str, columns: Sequence[str]) -> list[str]:
        """Those of the table's columns that the verb may not name."""
        rule = self.verb(verb)
        if rule is None:
            return list(columns)
        return [name for name in columns if rule.columns is not None and name not in rule.columns]


class Call(_Data):
    """One attack on a function. `company`: the one whose members are `permitted`, `acting` for the
    one the request acts in, `none` when there is no such company. `special`: actor → outcome.
    `before` and `after` run with full rights. `calls`: other functions that are under attack with
    it. `moves_the_twin`: the attack itself changes what the twin holds."""

    name: str
    sql: str
    before: str = ""
    after: str = ""
    calls: tuple[str, ...] = ()
    moves_the_twin: bool = False
    company: str = "own"
    least: Rank | None = None
    permitted: str
    below: str = "refused role_too_low"
    outside: str = "refused not_a_member"
    special: Mapping[str, str] = {}


class Function(_Data):
    """A function that some database role may call."""

    execute: tuple[str, ...] = ()
    attacks: tuple[Call, ...] = ()


class Probe(_Data):
    """A trick that no rule covers. `claims` and `header`: exactly what the request carries, in
    place of the actor's own. `before` and `after` run with full rights."""

    name: str
    target: str
    actors: tuple[str, ...]
    sql: str
    expected: str
    before: str = ""
    after: str = ""
    claims: str | None = None
    header: str | None = None


class Check(_Data):
    """A regular expression that finds a check in a function's text, and what takes its place.
    `first`: part of the names of the attacks that are likeliest to notice. `functions`: those in
    which it is looked for; all where none is named."""

    name: str
    pattern: str
    replacement: str
    first: str = ""
    functions: tuple[str, ...] = ()

    def places(self, function: str, text: str) -> list[re.Match[str]]:
        """Where the check stands in a function's text."""
        if self.functions and function not in self.functions:
            return []
        return list(re.finditer(self.pattern, text))


class Survivor(_Data):
    """A mutant that no attack notices, and why that is no gap."""

    mutant: str
    why: str


class Matrix(_Data):
    """Everything of sql/policies. `schemas`: which database roles may use each."""

    schemas: Mapping[str, tuple[str, ...]]
    ids: Mapping[str, str]
    actors: Mapping[str, Actor]
    disguises: Mapping[str, Disguise]
    tables: Mapping[str, Table]
    functions: Mapping[str, Function]
    probes: tuple[Probe, ...]
    checks: tuple[Check, ...]
    survivors: tuple[Survivor, ...] = Field(default=())

    def fill(self, text: str) -> str:
        """`$name` replaced by the id of that name; any other dollar sign stays."""
        return Template(text).safe_substitute(self.ids)


def load(folder: Path = FOLDER) -> Matrix:
    """Reads the matrix; pydantic's ValidationError names the line that makes no sense."""

    def read(name: str) -> dict[str, Any]:
        return tomllib.loads((folder / name).read_text())

    functions = read("functions.toml")
    internal = functions.pop("internal")
    return Matrix.model_validate(
        {
            **read("actors.toml"),
            **read("mutations.toml"),
            **read("probes.toml"),
            "tables": read("tables.toml"),
            "functions": {**{name: {} for name in internal}, **functions},
        }
    )
