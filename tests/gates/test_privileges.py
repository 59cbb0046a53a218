"""Who may do what, compared with what is written: the matrix, the audit, the design."""

from __future__ import annotations

import re

import pytest

from cli.policies import matrix
from cli.stack.settings import ROOT
from tests.conftest import Connection

AUDIT = ROOT / "docs" / "definer-audit.md"
CONFIG = ROOT / "supabase" / "config.toml"
# May be held by nobody: only the owner of a table needs them.
HISTORY = ("public.operations", "public.transactions")

ROUTINES = """
    select concat_ws('.', space.nspname, routine.proname), routine.oid
    from pg_proc as routine
    inner join pg_namespace as space on routine.pronamespace = space.oid
    where space.nspname in ('public', 'private')
        and not exists (
            select from pg_depend as part
            where part.objid = routine.oid and part.deptype = 'e'
        )
"""


@pytest.mark.parametrize(
    "role", ["anon", "authenticated", "edge_adapter", "supabase_auth_admin", "service_role"]
)
def test_a_role_may_call_exactly_the_functions_written_for_it(
    catalogue: Connection, role: str
) -> None:
    written = {
        name for name, function in matrix.load().functions.items() if role in function.execute
    }
    may = catalogue.execute(
        f"select name from ({ROUTINES}) as routine (name, id)"
        " where has_function_privilege(%s, routine.id, 'execute')",
        [role],
    ).fetchall()
    assert {name for (name,) in may} == written


def test_nothing_is_executable_by_everybody(catalogue: Connection) -> None:
    rows = catalogue.execute(
        """
        select routine.oid::regprocedure::text
        from pg_proc as routine
        inner join pg_namespace as space on routine.pronamespace = space.oid
        cross join aclexplode(coalesce(routine.proacl, acldefault('f', routine.proowner))) as acl
        where space.nspname in ('public', 'private') and acl.grantee = 0
        """
    ).fetchall()
    assert not rows


def test_every_function_pins_its_search_path(catalogue: Connection) -> None:
    rows = catalogue.execute(
        f"""
        select routine.name
        from ({ROUTINES}) as routine (name, id)
        inner join pg_proc as proc on routine.id = proc.oid
        where proc.prokind <> 'a'
            and not coalesce('search_path=pg_catalog, pg_temp' = any(proc.proconfig), false)
        """
    ).fetchall()
    assert not rows


def test_every_definer_function_is_audited(catalogue: Connection) -> None:
    rows = catalogue.execute(
        f"""
        select routine.name
        from ({ROUTINES}) as routine (name, id)
        inner join pg_proc as proc on routine.id = proc.oid
        where proc.prosecdef
        """
    ).fetchall()
    audited = re.findall(r"^\| `((?:public|private)\.\w+)` \|", AUDIT.read_text(), re.MULTILINE)
    assert sorted(audited) == sorted(name for (name,) in rows)


def test_every_function_belongs_to_the_owner_of_the_schema(catalogue: Connection) -> None:
    rows = catalogue.execute(
        f"""
        select routine.name
        from ({ROUTINES}) as routine (name, id)
        inner join pg_proc as proc on routine.id = proc.oid
        where proc.proowner <> 'postgres'::regrole
        """
    ).fetchall()
    assert not rows


def test_history_is_guarded_whatever_a_session_sets(catalogue: Connection) -> None:
    """Update, delete and truncate are refused by triggers that fire even for a replica."""
    tables = {name for name, table in matrix.load().tables.items() if table.append_only}
    assert tables >= set(HISTORY)
    rows = catalogue.execute(
        """
        select
            concat_ws('.', space.nspname, relation.relname),
            bit_or(watch.tgtype::integer) & (8 | 16 | 32)
        from pg_trigger as watch
        inner join pg_class as relation on watch.tgrelid = relation.oid
        inner join pg_namespace as space on relation.relnamespace = space.oid
        where watch.tgfoid = 'private.forbid_change'::regproc and watch.tgenabled = 'A'
        group by space.nspname, relation.relname
        """
    ).fetchall()
    assert dict(rows) == dict.fromkeys(tables, 8 | 16 | 32)


def test_no_sequence_is_open(catalogue: Connection) -> None:
    rows = catalogue.execute(
        """
        select relation.oid::regclass::text, acl.grantee::regrole::text
        from pg_class as relation
        inner join pg_namespace as space on relation.relnamespace = space.oid
        cross join aclexplode(relation.relacl) as acl
        where space.nspname in ('public', 'private')
            and relation.relkind = 'S'
            and acl.grantee <> relation.relowner
        """
    ).fetchall()
    assert not rows


def test_signed_in_people_hold_no_privilege_beyond_the_four_verbs(catalogue: Connection) -> None:
    rows = catalogue.execute(
        """
        select relation.oid::regclass::text, acl.privilege_type
        from pg_class as relation
        inner join pg_namespace as space on relation.relnamespace = space.oid
        cross join aclexplode(relation.relacl) as acl
        where space.nspname in ('public', 'private')
            and relation.relkind in ('r', 'p', 'v', 'm', 'f')
            and acl.grantee <> relation.relowner
            and (
                acl.grantee <> 'authenticated'::regrole
                or acl.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
                or acl.is_grantable
            )
        """
    ).fetchall()
    assert not rows


def test_every_schema_the_api_exposes_is_attacked() -> None:
    """The matrix covers what `supabase/config.toml` exposes, and what it does not."""
    exposed = re.search(r"^schemas = \[(.*)\]$", CONFIG.read_text(), re.MULTILINE)
    assert exposed is not None
    ours = set(re.findall(r'"(\w+)"', exposed[1])) - {"graphql_public"}
    assert ours <= matrix.load().schemas.keys()
    assert "private" not in ours
