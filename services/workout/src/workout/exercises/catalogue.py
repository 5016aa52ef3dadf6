"""The catalogue, as it comes with the product: made by ``build_catalogue.py``, never changed at run time."""

from collections.abc import Mapping
from importlib import resources

import msgspec

from workout.exercises.model import Exercise


class Source(msgspec.Struct, frozen=True):
    """Where most of it comes from."""

    repository: str
    commit: str
    licence: str


class _File(msgspec.Struct, frozen=True):
    source: Source
    exercises: tuple[Exercise, ...]


_FILE = msgspec.json.decode((resources.files(__package__) / "catalogue.json").read_bytes(), type=_File)
SOURCE = _FILE.source
EXERCISES = _FILE.exercises
"""By code."""
BY_CODE: Mapping[str, Exercise] = {exercise.code: exercise for exercise in EXERCISES}
