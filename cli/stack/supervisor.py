"""Brings the local stack up and down. One state folder, one stack.

`up` may be killed at any moment and run again: what it finds of itself it takes over or ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx
import psutil

from cli.errors import CommandError
from cli.stack import record
from cli.stack.bootstrap import bootstrap
from cli.stack.migrations import migrate
from cli.stack.parts import PHONE_NUMBER_ID, Part, adapter_settings, environment, parts
from cli.stack.postgres import Cluster, binaries
from cli.stack.record import Own, Record
from cli.stack.secret_files import Secrets, keep, write_private
from cli.stack.settings import ROOT, StackSettings

START_SECONDS = 30.0
STOP_SECONDS = 10.0

Say = Callable[[str], None]
"""Told what is being done, in a few words; for the person who waits."""


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class Stack:
    """The stack of a state folder; nothing is touched before a method says so."""

    settings: StackSettings = field(default_factory=StackSettings)

    @cached_property
    def secrets(self) -> Secrets:
        return keep(self.settings.state / "secrets")

    @cached_property
    def cluster(self) -> Cluster:
        data = self.settings.database
        log = data.with_name("database.log")
        return Cluster(data, log, self.settings.database_port, binaries(self.settings.postgres_bin))

    @property
    def database_url(self) -> str:
        """Signs in as `postgres`, the role of operators and migrations."""
        return self.cluster.url("postgres", self.secrets.postgres_password)

    def addresses(self) -> dict[str, str]:
        """What programs need to find their way; the keys are those of `status --json`."""
        settings = self.settings
        return {
            "api_url": settings.url("api"),
            "publishable_key": self.secrets.publishable_key,
            "adapter_url": settings.url("adapter"),
            "webhook_url": f"{settings.url('adapter')}/webhooks/whatsapp",
            "graph_url": settings.url("graph"),
            "database_url": self.database_url,
            "dashboard_url": f"{settings.url('adapter')}/",
            "app_secret_file": str(settings.state / "secrets" / "app_secret"),
            "phone_number_id": PHONE_NUMBER_ID,
            "otp_file": str(settings.state / "codes.jsonl"),
        }

    # What is

    def states(self) -> dict[str, str]:
        """Each part's state: `running`, `not answering` or `stopped`."""
        written = record.read(self._file)
        states = {"database": "running" if self.cluster.running() else "stopped"}
        for part in self._parts:
            own = written.parts.get(part.name) if written else None
            if own is None or own.process() is None:
                states[part.name] = "stopped"
            else:
                states[part.name] = "running" if _answers(part) else "not answering"
        return states

    def is_up(self) -> bool:
        """Every part runs, and whoever waits for them is alive."""
        written = record.read(self._file)
        if written is None or (written.keeper and written.keeper.process() is None):
            return False
        return all(state == "running" for state in self.states().values())

    # What is done

    def up(self, *, keeper: bool, say: Say = _silent) -> bool:
        """Starts everything; False when everything runs already.

        keeper: this process stays and ends the stack when it ends. Raises CommandError, and leaves
        no process behind, when a part does not come up.
        """
        with self._alone():
            if self.is_up():
                return False
            self._end_parts()  # of an `up` that was killed
            for part in self._parts:
                _require_free(part.port, part.port_setting)
            running = self.cluster.running()
            try:
                self._start_database(say)
                say("starting the API, the adapter and the Graph stand-in")
                self._start_parts(Own.of(os.getpid()) if keeper else None)
            except BaseException:
                self._end_parts()
                if running is None:
                    self.cluster.stop()
                raise
            return True

    def watch(self) -> None:
        """Returns when another command ended the stack; raises CommandError if a part ended."""
        while True:
            time.sleep(1)
            with self._alone(wait=False) as alone:
                if not alone:
                    continue  # another command is changing the stack
                written = record.read(self._file)
                if written is None or written.keeper != Own.of(os.getpid()):
                    return
                for name, own in written.parts.items():
                    if own.process() is None:
                        raise CommandError(f"The {name} ended by itself, see {self._log(name)}.")

    def down(self) -> bool:
        """Ends what `up` and `db start` started; False when nothing ran."""
        with self._alone():
            ended = self._end_parts()
            return self.cluster.stop() or ended

    def destroy(self) -> None:
        """Ends everything and deletes the data; the state folder is the caller's to delete."""
        with self._alone():
            self._end_parts()
            self.cluster.remove()
            if self.settings.database.parent != self.settings.state:
                shutil.rmtree(self.settings.database.parent)

    def start_database(self, say: Say = _silent) -> None:
        """The database alone, with all migrations."""
        with self._alone():
            self._start_database(say)
            if record.read(self._file) is None:
                Record(self.addresses(), {}).write(self._file)

    def migrate(self) -> list[str]:
        """Applies what is missing. A running API starts again: it does not see new functions."""
        with self._alone():
            if self.cluster.running() is None:
                raise CommandError("The database is not running: run `backroom db start`.")
            applied = self._migrate()
            if applied:
                self._restart("api")
            return applied

    def reset(self, say: Say = _silent) -> None:
        """Deletes all data and makes the database anew; a running stack goes on with it."""
        with self._alone():
            self.cluster.remove()
            self._start_database(say)
            self._restart("api")

    # How

    @property
    def _file(self) -> Path:
        return self.settings.state / "stack.json"

    @cached_property
    def _parts(self) -> list[Part]:
        return parts(self.settings, self.secrets, self.cluster)

    @contextmanager
    def _alone(self, *, wait: bool = True) -> Iterator[bool]:
        """One command at a time changes the stack. The lock ends with its holder, killed or not."""
        self.settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.settings.state / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    def _start_database(self, say: Say) -> None:
        if self.cluster.running() is None:
            _require_free(self.settings.database_port, "BACKROOM_DATABASE_PORT")
        fresh = not self.settings.database.exists()
        say("making the database" if fresh else "starting the database")
        self.cluster.start()
        passwords = {
            "postgres": self.secrets.postgres_password,
            "local_api": self.secrets.local_api_password,
        }
        bootstrap(self.cluster, passwords=passwords)
        say("applying migrations")
        self._migrate()

    def _start_parts(self, keeper: Own | None) -> None:
        settings = adapter_settings(self.settings, self.secrets)
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        write_private(self.settings.state / "adapter.env", lines)
        own: dict[str, Own] = {}
        for part in self._parts:
            own[part.name] = self._start(part)
            # Written at once: whoever is killed here leaves a list of what to end.
            Record(self.addresses(), own, keeper).write(self._file)
        for part in self._parts:
            self._await(part, own[part.name])

    def _migrate(self) -> list[str]:
        return migrate(self.database_url, home=self.settings.state / "supabase-cli")

    def _start(self, part: Part) -> Own:
        self.settings.logs.mkdir(mode=0o700, exist_ok=True)
        with self._log(part.name).open("wb") as log:
            # A session of its own: Ctrl-C is for `up`, which then ends the parts in order.
            process = subprocess.Popen(
                part.command,
                cwd=ROOT,
                env=environment(part),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Own.of(process.pid)

    def _await(self, part: Part, own: Own) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(part):
            if own.process() is None or time.monotonic() > deadline:
                log = self._log(part.name)
                said = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
                raise CommandError(f"The {part.name} did not start, see {log}: {said[-1]}")
            time.sleep(0.1)

    def _restart(self, name: str) -> None:
        written = record.read(self._file)
        if written is None or name not in written.parts:
            return
        part = next(part for part in self._parts if part.name == name)
        _end([written.parts[name]])
        own = self._start(part)
        Record(written.addresses, {**written.parts, name: own}, written.keeper).write(self._file)
        self._await(part, own)

    def _end_parts(self) -> bool:
        written = record.read(self._file)
        ended = _end(list(written.parts.values())) if written else False
        self._file.unlink(missing_ok=True)
        return ended

    def _log(self, name: str) -> Path:
        return self.settings.logs / f"{name}.log"


def _end(own: list[Own]) -> bool:
    """Asks processes to end, and ends those that do not; False when none ran."""
    processes = [process for one in own if (process := one.process())]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=STOP_SECONDS)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=STOP_SECONDS)
    return bool(processes)


def _answers(part: Part) -> bool:
    try:
        # This machine only: a proxy of the environment has no business in between.
        return httpx.get(part.health, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _require_free(port: int, setting: str) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise CommandError(
            f"Port {port} is in use by another program: stop that one, "
            f"or set {setting} to a free port."
        ) from error
