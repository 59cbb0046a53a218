"""The server that is measured: a cluster of the run's own, which syncs every commit."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import TupleRow

from cli import load
from cli.stack.bootstrap import bootstrap
from cli.stack.postgres import Cluster, binaries, free_port
from cli.stack.scratch import migrate
from cli.stack.settings import ROOT

USERS = ROOT / "sql" / "bench" / "users.sql"
CALLERS = ROOT / "sql" / "bench" / "callers.sql"

# Both sides run under these. The default of 128 MB would measure the disk, and autovacuum would run
# in one side's time.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum": "off",
    "jit": "off",
}


@dataclass(frozen=True)
class Server:
    """A running cluster; `password` opens it to `postgres` and `authenticator`."""

    cluster: Cluster
    password: str

    @property
    def bin(self) -> Path:
        return self.cluster.bin

    def url(self, database: str, role: str = "postgres") -> str:
        return self.cluster.url(role, self.password, database)

    def connect(self, database: str) -> psycopg.Connection[TupleRow]:
        """As the superuser, each statement committed by itself."""
        return self.cluster.connect(database)

    def create(self, database: str) -> None:
        """An empty database, of `postgres`."""
        with self.connect("postgres") as connection:
            connection.execute(f'create database "{database}" owner postgres template template0')

    def prepare(self, database: str) -> None:
        """Gives a database what a hosted one has."""
        passwords = {"postgres": self.password, "authenticator": self.password}
        bootstrap(self.cluster, database=database, passwords=passwords)

    def create_loaded(
        self, database: str, amounts: list[load.Load], progress: Callable[[int, int], None]
    ) -> list[load.Made]:
        """A database with all migrations and loads, the first of whose owners can sign in.

        Not analysed. Answers how long each load took.
        """
        self.create(database)
        self.prepare(database)
        with self.connect(database) as connection:
            migrate(connection)
        made = [load.run(self.url(database), amount, progress) for amount in amounts]
        with self.connect(database) as connection:
            cursor = psycopg.RawCursor(connection)
            cursor.execute(USERS.read_bytes(), (amounts[0].companies,))
            connection.execute(CALLERS.read_bytes())
        return made

    def settle(self, database: str) -> None:
        """Statistics as a server that has been up for a while has them, and no write left over."""
        with self.connect(database) as connection:
            connection.execute("vacuum (analyze)")
            connection.execute("checkpoint")


@contextmanager
def durable(system: Path | None) -> Iterator[Server]:
    """A fresh server. `system`: the binaries, as in `cli.stack.postgres.binaries`."""
    folder = binaries(system)
    with tempfile.TemporaryDirectory(prefix="backroom-bench-") as name:
        place = Path(name)
        place.chmod(0o711)  # the database's system user passes through
        cluster = Cluster(place / "data", place / "log", free_port(), folder)
        try:
            cluster.start()
            with cluster.connect() as connection:
                for setting, value in SETTINGS.items():
                    connection.execute(f"alter system set {setting} = '{value}'")
            cluster.stop()
            cluster.start()
            server = Server(cluster, secrets.token_urlsafe(16))
            server.prepare("postgres")  # makes the roles, which the cluster's databases share
            yield server
        finally:
            cluster.remove()
