"""One supervisor a folder: a lock that dies with its holder, and the holder's record beside it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from local import records
from local.failure import Failure


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder while a supervisor runs in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failure(
                "Fitmesh already runs from this folder: `make status` shows it, `make down` ends it."
            ) from None
        records.write(folder, records.Record(records.SUPERVISOR, os.getpid(), psutil.Process().create_time()))
        try:
            yield
        finally:
            records.erase(folder, records.SUPERVISOR)


def find_supervisor(folder: Path) -> psutil.Process | None:
    return next((record.find() for record in records.read_all(folder) if record.name == records.SUPERVISOR), None)
