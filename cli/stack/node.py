"""The Node.js that runs the local API and the Supabase CLI."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from cli.errors import CommandError
from cli.stack.settings import ROOT

LOCAL = ROOT / "supabase" / "local"


def node() -> str:
    """The one that `make setup` put beside Python, else the system's; raises CommandError."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    found = shutil.which("node", path=search)
    if found is None or not (LOCAL / "node_modules").exists():
        raise CommandError(
            "Node.js or the packages of supabase/local are missing: run `make setup`."
        )
    return found
