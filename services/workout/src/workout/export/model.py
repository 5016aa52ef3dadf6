"""A workout as it leaves: one JSON object, by itself or as a line of the archive.

=============================  ===============================================================================
``exercises.jsonl``            the user's own
``gear.jsonl``                 with what it needs by way of service
``routines.jsonl``             plans, and by which rules they grow
``thresholds.jsonl``           what zones and load are reckoned from
``privacy-zones.jsonl``        where nobody else sees a position
``deleted-recordings.jsonl``   what no import is to bring back
``recordings.jsonl``           what each source said, with its streams, as it was read
``workouts.jsonl``             what the user has said of each workout and done to it: words, sets, gear, edits
``kept-apart.jsonl``           what is not the same, whatever the rules say
``originals/<sha256>``         the files that were imported
``manifest.json``              comes last: format, version, and what every part holds
=============================  ===============================================================================

See ``lines.py``. Instants are RFC 3339; units are SI, as everywhere. The same data gives the same bytes. What is
derived is not in it: figures and records are made anew.
"""

from array import array
from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isfinite, nan
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from workout.readers.model import Activity, Channel, Lap, Set, SetKind, Totals
from workout.streams.codec import DECIMALS, USUAL_DECIMALS

FORMAT: Literal["fitmesh-workouts"] = "fitmesh-workouts"
ONE: Literal["fitmesh-workout"] = "fitmesh-workout"
VERSION = 1
MANIFEST, ORIGINALS = "manifest.json", "originals/"
MOST_LAPS, MOST_SETS, MOST_GEAR = 10_000, 5_000, 20
MOST_POINTS = 1_000_000

Instant = Annotated[datetime, Meta(tz=True)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Word = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=10_000)]
Seconds = Annotated[float, Meta(ge=0, le=31 * 86_400)]
Values = Annotated[list[float | None], Meta(max_length=MOST_POINTS)]


class ExportedSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A set; its exercise by name, which means the same elsewhere."""

    exercise: Word
    kind: SetKind = "working"
    reps: int | None = None
    weight_kg: float | None = None
    duration_s: float | None = None
    distance_m: float | None = None
    rpe: float | None = None
    superset: int | None = None
    rest_s: int | None = None
    notes: Text | None = None


class Exported(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recording, or a workout as it is after all that its user has said of it and done to it."""

    format: Literal["fitmesh-workout"]
    version: Annotated[int, Meta(ge=1)] = VERSION
    id: str | None = None
    fingerprint: Hash | None = None
    """Of a recording: by this it is known again where it has been before."""
    recorded_as: Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,29}$")] = FORMAT
    """The format that it came in: several of one workout are judged by it."""
    source: Word
    device: Word | None = None
    sport: Word
    sub_sport: Word | None = None
    started_at: Instant
    offset_min: Annotated[int, Meta(ge=-1440, le=1440)] | None = None
    duration_s: Seconds
    title: Text | None = None
    notes: Text | None = None
    rpe: float | None = None
    totals: Totals = Totals()
    legs: Annotated[list[Lap], Meta(max_length=MOST_LAPS)] = []
    laps: Annotated[list[Lap], Meta(max_length=MOST_LAPS)] = []
    pauses: Annotated[list[tuple[float, float]], Meta(max_length=MOST_POINTS)] = []
    sets: Annotated[list[ExportedSet], Meta(max_length=MOST_SETS)] = []
    gear: Annotated[list[Word], Meta(max_length=MOST_GEAR)] = []
    partial: Text | None = None
    channels: dict[Channel, Values] = {}
    """Each as long as `time`, seconds since the start; null where nothing was recorded."""

    def __post_init__(self) -> None:
        length = len(self.channels.get("time", ()))
        if any(len(values) != length for values in self.channels.values()):
            raise ValueError("channels must be as long as time")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=200)]
    bytes: Annotated[int, Meta(ge=0)]
    sha256: str
    items: Annotated[int, Meta(ge=0)]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive says of itself."""

    format: Literal["fitmesh-workouts"]
    version: Annotated[int, Meta(ge=1)]
    parts: Annotated[list[Part], Meta(max_length=1_000_000)]


def written(channels: Mapping[str, "array[float]"]) -> dict[Channel, list[float | None]]:
    """As JSON can say it: as exactly as it is stored, null for what is missing."""
    return {name: _written(values, DECIMALS.get(name, USUAL_DECIMALS)) for name, values in channels.items()}  # type: ignore[misc]  # they are named by Channel


def _written(values: "array[float]", decimals: int) -> list[float | None]:
    return [round(value, decimals) if isfinite(value) else None for value in values]


def activity(one: Exported) -> Activity:
    """Back to what readers give."""
    read: dict[str, array[float]] = {
        name: array("d", [nan if value is None else value for value in of]) for name, of in one.channels.items()
    }
    return Activity(
        format=one.recorded_as,
        source=one.source,
        device=one.device,
        sport=one.sport,
        sub_sport=one.sub_sport,
        started_at=one.started_at,
        offset_min=one.offset_min,
        duration_s=one.duration_s,
        title=one.title,
        notes=one.notes,
        rpe=one.rpe,
        totals=one.totals,
        legs=one.legs,
        laps=one.laps,
        pauses=one.pauses,
        channels=read,
        sets=[_set(each) for each in one.sets],
        gear=one.gear,
        partial=one.partial,
    )


def _set(given: ExportedSet) -> Set:
    return Set(**{name: getattr(given, name) for name in ExportedSet.__struct_fields__})


def sets(found: Iterable[Any], names: Mapping[str, str]) -> list[ExportedSet]:
    """Rows of sets, their exercises by name."""
    fields = ExportedSet.__struct_fields__
    return [
        msgspec.convert(
            {name: row[name] for name in fields} | {"exercise": names.get(str(row["exercise"]), row["exercise"])},
            ExportedSet,
        )
        for row in found
    ]
