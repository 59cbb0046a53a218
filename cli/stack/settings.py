"""Where the local stack lives and listens: the checkout, its state folder and its ports."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = Path("/var/lib/backroom")


class StackSettings(BaseSettings):
    """Read from `BACKROOM_…` in the environment; every port is on the loopback address.

    The defaults keep clear of 54321 to 54329, which `supabase start` takes.
    """

    model_config = SettingsConfigDict(env_prefix="BACKROOM_", env_ignore_empty=True)

    database_port: int = Field(default=54432, ge=1, le=65535)
    api_port: int = Field(default=54430, ge=1, le=65535)
    adapter_port: int = Field(default=54440, ge=1, le=65535)
    graph_port: int = Field(default=54450, ge=1, le=65535)
    postgres_bin: Path | None = None
    """The `bin` folder of an installed PostgreSQL (15 or later) to use instead of the package's."""
    state: Annotated[Path, AfterValidator(Path.absolute)] = ROOT / ".backroom"
    """Secrets, logs and `stack.json`; also the database, except when run as root."""

    def url(self, part: str) -> str:
        """The address of the part that listens on the port setting `<part>_port`."""
        return f"http://127.0.0.1:{getattr(self, f'{part}_port')}"

    @property
    def database(self) -> Path:
        """The folder that holds the cluster's data.

        PostgreSQL refuses to run as root. Root's stack therefore runs it as a system user, in a
        folder that this user can reach, one per state folder.
        """
        if os.geteuid() != 0:
            return self.state / "database"
        return SYSTEM / hashlib.sha256(str(self.state).encode()).hexdigest()[:12] / "database"

    @property
    def logs(self) -> Path:
        return self.state / "logs"
