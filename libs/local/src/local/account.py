"""The account that servers run under: our own, or ``nobody`` when we are root, because PostgreSQL refuses root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from local.failure import Failure

UNPRIVILEGED = "nobody"


class Identity(TypedDict, total=False):
    """Keywords of ``subprocess.Popen`` that change who the child is; empty for our own account."""

    user: int
    group: int
    extra_groups: list[int]


def identity() -> Identity:
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Hand one file or folder of ours to the servers' account."""
    who = identity()
    if who:
        os.chown(path, who["user"], who["group"])


def make_folder(path: Path, mode: int = 0o700) -> Path:
    """Make a folder owned by the servers' account, which must be able to get there."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    give(path)
    require_access(path)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner, the servers' account, can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    give(path)


def require_access(path: Path) -> None:
    """Refuse a folder below one that is closed to the servers' account; opening it is not ours to do."""
    who = identity()
    if not who or can_run(["/bin/sh", "-c", 'cd "$1"', "sh", str(path)]):
        return
    closed = next((str(one) for one in reversed(path.parents) if not _open_to_all(one)), str(path))
    raise Failure(
        f"PostgreSQL and RabbitMQ run as the user {UNPRIVILEGED} here, who may not enter {closed}: "
        "move the checkout to a folder that everybody may enter, or run as an ordinary user."
    )


def can_run(command: list[str]) -> bool:
    """Whether the servers' account can run this and gets exit code 0."""
    try:
        done = subprocess.run(command, **identity(), cwd="/", capture_output=True, check=False, timeout=30)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A private folder that the servers' account can enter, unlike pytest's ``tmp_path``; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="fitmesh-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _open_to_all(folder: Path) -> bool:
    return bool(folder.stat().st_mode & 0o001)
