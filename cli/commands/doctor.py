"""`backroom doctor`: is everything set and does everybody answer?"""

from __future__ import annotations

from dataclasses import asdict

from cli import output
from cli.commands.options import Json
from cli.errors import CommandError


def doctor(as_json: Json = False) -> None:
    """Check every setting and external party; each fault comes with its fix.

    Exits with 1 when something fails. Warnings are fine on your own machine.
    """
    from cli.diagnosis import Level, Patient, examine

    findings = examine(Patient())
    output.rows([asdict(finding) for finding in findings], as_json=as_json)
    failed = [finding.name for finding in findings if finding.level is Level.FAILURE]
    if failed:
        raise CommandError(f"Not in order: {', '.join(dict.fromkeys(failed))}.")
