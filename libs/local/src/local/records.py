"""What runs, written down in ``.local/run``, so that a later command finds it even if its supervisor was killed."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

SUPERVISOR = "supervisor"
"""The name of the record of whoever started all the others."""
CLOCK_SLACK_S = 2.0
"""The kernel's idea of when a process was born moves with clock corrections."""


class Record(msgspec.Struct, frozen=True):
    """One process we started; its pid alone might be somebody else's by now."""

    name: str
    pid: int
    created_at: float
    stop_signal: int = signal.SIGTERM
    restarts: int = 0

    def find(self) -> psutil.Process | None:
        """The process, if it still is the one that was written down."""
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created_at) > CLOCK_SLACK_S or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except psutil.NoSuchProcess:
            return None
        return process


def write(folder: Path, record: Record) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.name}.json"
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(record))
    draft.replace(path)


def erase(folder: Path, name: str) -> None:
    (folder / f"{name}.json").unlink(missing_ok=True)


def read_all(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.glob("*.json")):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=Record)
        except (msgspec.MsgspecError, FileNotFoundError):
            path.unlink(missing_ok=True)


def end_orphans(folder: Path, *, grace_s: float = 10) -> list[str]:
    """End what a killed supervisor left running, children included; returns the names."""
    left = [record for record in read_all(folder) if record.name != SUPERVISOR]
    found = [(record, process) for record in left if (process := record.find())]
    family = [child for _, process in found for child in descendants(process)]
    for record, process in found:
        _send(process, signal.SIGCONT)
        _send(process, record.stop_signal)
    wait_gone([process for _, process in found], grace_s)
    everyone = [process for _, process in found] + family
    for process in everyone:
        if is_alive(process):
            _send(process, signal.SIGKILL)
    wait_gone(everyone, 5)
    for record in left:
        erase(folder, record.name)
    return [record.name for record, _ in found]


def descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        children: list[psutil.Process] = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return children


def is_alive(process: psutil.Process) -> bool:
    """False for a zombie too: where nobody reaps, the dead stay listed."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_gone(processes: list[psutil.Process], seconds: float) -> None:
    """Wait until all have ended, at most so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(is_alive(process) for process in processes):
        time.sleep(0.05)


def _send(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
