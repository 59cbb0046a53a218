"""Policies have a few shapes only, and none asks a function about a row (design, rule 8)."""

from __future__ import annotations

import re

from tests.conftest import Connection

# Everything a policy may say, as PostgreSQL prints it back.
_LEAST = r"'(?:viewer|clerk|manager|owner)'::(?:public\.)?member_role"
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"\({column} = \( SELECT private\.company_id\((?:{_LEAST})?\) AS company_id\)\)"
        for column in ("company_id", "id")
    )
)

POLICIES = """
    select
        concat_ws('.', space.nspname, relation.relname) as name,
        policy.polname,
        policy.polcmd::text,
        policy.polpermissive,
        array(
            select role.rolname::text from pg_roles as role where role.oid = any(policy.polroles)
        ),
        pg_get_expr(policy.polqual, policy.polrelid),
        pg_get_expr(policy.polwithcheck, policy.polrelid)
    from pg_policy as policy
    inner join pg_class as relation on policy.polrelid = relation.oid
    inner join pg_namespace as space on relation.relnamespace = space.oid
    where space.nspname in ('public', 'private')
    order by name, policy.polname
"""


def test_every_policy_has_one_of_the_written_forms(catalogue: Connection) -> None:
    expressions = {
        (f'"{policy}" on {name}', expression)
        for name, policy, _, _, _, using, check in catalogue.execute(POLICIES)
        for expression in (using, check)
        if expression is not None
    }
    assert len(expressions) > 10
    strange = [
        f"{where}: {expression}"
        for where, expression in expressions
        if not any(form.fullmatch(expression) for form in FORMS)
    ]
    assert not strange
    # The root alone is found by its own id.
    assert {
        where.rpartition(" ")[2]
        for where, expression in expressions
        if FORMS[1].fullmatch(expression)
    } == {"public.companies"}


def test_no_policy_asks_a_function_about_a_row(catalogue: Connection) -> None:
    """A call with a column of the row runs once per row: seconds instead of milliseconds."""
    columns = {
        name
        for (name,) in catalogue.execute(
            """
            select distinct attribute.attname
            from pg_policy as policy
            inner join pg_attribute as attribute on policy.polrelid = attribute.attrelid
            where attribute.attnum > 0
            """
        )
    }
    wrong = [
        f'"{policy}" on {name}'
        for name, policy, _, _, _, *expressions in catalogue.execute(POLICIES)
        for expression in filter(None, expressions)
        for arguments in re.findall(r"\w\(([^()]*)\)", expression)
        if columns & set(re.findall(r"\b[a-z_]+\b", re.sub(r"'[^']*'::\S+", "", arguments)))
    ]
    assert not wrong


def test_every_policy_is_permissive_and_for_signed_in_people(catalogue: Connection) -> None:
    rows = catalogue.execute(POLICIES).fetchall()
    assert all(permissive and roles == ["authenticated"] for _, _, _, permissive, roles, *_ in rows)
    assert all(command != "*" for _, _, command, *_ in rows)


def test_a_table_has_one_policy_per_command(catalogue: Connection) -> None:
    commands = [(name, command) for name, _, command, *_ in catalogue.execute(POLICIES)]
    assert len(commands) == len(set(commands))


def test_row_security_is_on_everywhere(catalogue: Connection) -> None:
    rows = catalogue.execute(
        """
        select relation.oid::regclass::text
        from pg_class as relation
        inner join pg_namespace as space on relation.relnamespace = space.oid
        where space.nspname in ('public', 'private')
            and relation.relkind in ('r', 'p')
            and not relation.relrowsecurity
        """
    ).fetchall()
    assert not rows


def test_every_view_reads_with_its_readers_rights(catalogue: Connection) -> None:
    rows = catalogue.execute(
        """
        select relation.oid::regclass::text
        from pg_class as relation
        inner join pg_namespace as space on relation.relnamespace = space.oid
        where space.nspname in ('public', 'private')
            and relation.relkind in ('v', 'm')
            and not coalesce('security_invoker=true' = any(relation.reloptions), false)
        """
    ).fetchall()
    assert not rows
