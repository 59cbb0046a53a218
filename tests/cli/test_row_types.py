"""cli/rows.py says what the database is, and not what it was."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from cli.commands.company import Role
from cli.row_types import MODULE, generate
from cli.rows import PublicMemberRole
from tests.conftest import Database


def test_the_row_types_are_those_of_the_migrations(database: Database, tmp_path: Path) -> None:
    made = generate(database.url, tmp_path)
    assert MODULE.read_text() == made, "run `make types`"
    assert "float" not in made


def test_the_roles_on_offer_are_those_of_the_database() -> None:
    assert {role.value for role in Role} == set(get_args(PublicMemberRole))
