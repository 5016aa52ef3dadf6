"""The log files: kept small, one generation back; writers keep them open, so a full one is copied and emptied."""

import shutil
from pathlib import Path

LARGEST = 20_000_000
"""Bytes of one file; with its predecessor a process leaves twice that."""


def rotate_all(folder: Path) -> None:
    """Begin each file anew, the last run's beside it."""
    for path in folder.glob("*.log"):
        path.replace(_previous(path))


def bound_all(folder: Path, largest: int = LARGEST) -> None:
    """Empty files that have grown too large, keeping a copy; writers append, so they go on at the start."""
    for path in folder.glob("*.log"):
        if path.stat().st_size > largest:
            shutil.copyfile(path, _previous(path))
            with path.open("r+b") as file:
                file.truncate(0)


def _previous(path: Path) -> Path:
    return path.with_suffix(".log.1")
