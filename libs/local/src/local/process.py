"""One child process in a session of its own: its log file, its record, its end."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import msgspec
import psutil

from local import records
from local.account import Identity
from local.failure import Failure


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What to start, where its output goes, and how it is asked to end."""

    name: str
    command: tuple[str | Path, ...]
    log: Path
    environment: dict[str, str] | None = None
    folder: Path | None = None
    identity: Identity = msgspec.field(default_factory=Identity)
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 25
    run: Path | None = None
    """The folder of records; without one nothing is written down."""


class Process:
    """Starts, signals and ends one program; it may be started again after it ended."""

    def __init__(self, recipe: Recipe) -> None:
        self.name = recipe.name
        self.log = recipe.log
        self.starts = 0
        self._recipe = recipe
        self._child: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    @property
    def pid(self) -> int:
        """The process id now; an error when it does not run."""
        if self._child is None or self._child.returncode is not None:
            raise Failure(f"{self.name} does not run.")
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        with self._starting:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(
                    [str(part) for part in self._recipe.command],
                    env=self._recipe.environment,
                    cwd=self._recipe.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **self._recipe.identity,
                )
            self.starts += 1
            self._write_down(self._child.pid)

    def wait(self, seconds: float | None = None) -> int | None:
        """Exit code, negative for a signal; None while it runs on after so many seconds."""
        if self._child is None:
            return None
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, number: signal.Signals | None = None) -> None:
        """Ask it to end, wait for its grace time, then kill what is left of it and its children."""
        if self._child is None or not self.is_running:
            self._forget()
            return
        family = self._family()
        self.send(signal.SIGCONT)
        self.send(number or self._recipe.stop_signal)
        if self.wait(self._recipe.grace_s) is None:
            self.send(signal.SIGKILL)
            self.wait(5)
        _kill(family)
        self._forget()

    def kill(self) -> None:
        """End it and its children as a power cut would: SIGKILL, no clean-up."""
        family = self._family()
        self.send(signal.SIGKILL)
        _kill(family)
        self.wait(10)

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers."""
        self.send(signal.SIGSTOP)

    def resume(self) -> None:
        self.send(signal.SIGCONT)

    def send(self, number: signal.Signals) -> None:
        if self._child is not None and self.is_running:
            os.kill(self._child.pid, number)

    def tail(self, lines: int = 10) -> str:
        """The end of its log, for a message to a person."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def _family(self) -> list[psutil.Process]:
        try:
            return records.descendants(psutil.Process(self.pid)) if self.is_running else []
        except psutil.NoSuchProcess:
            return []

    def _write_down(self, pid: int) -> None:
        if self._recipe.run is None:
            return
        try:
            created_at = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        restarts = self.starts - 1
        record = records.Record(self.name, pid, created_at, self._recipe.stop_signal, restarts)
        records.write(self._recipe.run, record)

    def _forget(self) -> None:
        if self._recipe.run is not None:
            records.erase(self._recipe.run, self.name)


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        if records.is_alive(process):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
    records.wait_gone(processes, 10)
