"""What the parsing process makes of an activity: its place in time, figures, packed streams and fingerprint."""

import hashlib
import math
import re
from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from contracts import ids
from workout.readers.model import Activity, Lap, Set
from workout.recordings.model import Prepared
from workout.streams import codec
from workout.streams.measure import measure
from workout.streams.model import Derived

T = TypeVar("T", bound=msgspec.Struct)

HASHED = ("time", "heart_rate", "power", "cadence", "lat", "lon")
"""Channels as devices write them; the others may be put right by a reader that gets better."""
EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
LONGEST_S = 31 * 86_400.0
LARGEST = 1e9
"""No figure of a workout is as large."""
SMALL, WHOLE = 32_767, 2_147_483_647
SETS, LAPS = 5_000, 10_000
TITLE, NOTES, NAME = 200, 10_000, 200
EXTRA = 16 << 10
GEAR = 20


class Zones(msgspec.Struct, frozen=True):
    """Where the user was when: pairs of since and zone, the oldest first."""

    periods: Sequence[tuple[datetime, str]]

    def instant(self, wall: datetime) -> datetime:
        """Which instant a wall clock showed."""
        found = wall.replace(tzinfo=UTC)
        for since, zone in reversed(self.periods):
            found = wall.replace(tzinfo=ZoneInfo(zone))
            if found.astimezone(UTC) >= since:
                break
        return found


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What an activity came in."""

    name: str
    sha256: str | None
    """Of a file that is one recording or log; None for what holds everything."""
    zones: Zones
    imported_at: datetime


def prepare(
    activity: Activity, file: File, position: int, fingerprint: bytes | None = None
) -> tuple[Prepared, list[str]]:
    """The recording, and warnings for the sender; ``position`` is its place in its file."""
    warnings = [each[:NOTES] for each in activity.warnings]
    at, dated, offset_min = _when(activity, file, warnings)
    derived = measure(activity.channels, sport=activity.sport, pauses=activity.pauses)
    duration_s = activity.duration_s if math.isfinite(activity.duration_s) else 0.0
    return Prepared(
        recording_id=ids.new(),
        fingerprint=fingerprint or fingerprint_of(activity),
        format=activity.format[:NAME],
        source=_text(activity.source, NAME) or activity.format[:NAME],
        device=_text(activity.device, NAME),
        file=file.name if activity.part is None else activity.part[-NAME:],
        part=activity.part,
        sha256=activity.sha256 or (file.sha256 if activity.part is None else None),
        position=min(position, SMALL),
        sport=_sport(activity.sport) or "generic",
        sub_sport=_sport(activity.sub_sport),
        title=_text(activity.title, TITLE),
        notes=_text(activity.notes, NOTES),
        rpe=_within(activity.rpe, 10),
        started_at=at,
        dated=dated,
        offset_min=offset_min,
        duration_s=min(max(duration_s, 0.0), LONGEST_S),
        partial=_text(activity.partial, NOTES),
        totals=_bounded(activity.totals),
        derived=_bounded(derived),
        legs=_laps(activity.legs),
        laps=_laps(activity.laps),
        extra=_extra(activity.extra),
        packed=codec.pack(activity.channels),
        sets=[_set(each) for each in activity.sets[:SETS]],
        gear=list(dict.fromkeys(name for each in activity.gear[:GEAR] if (name := _text(each, NAME)))),
    ), warnings


def fingerprint_of(activity: Activity) -> bytes:
    """Of the content alone: equal whatever the file is called, in or out of an archive, and whenever it comes."""
    at = activity.started_at
    start = at.astimezone(UTC).isoformat() if at else activity.local_start.isoformat() if activity.local_start else None
    told: list[Any] = [activity.format, start, len(activity.channels.get("time", ()))]
    if activity.sets:
        told += [msgspec.structs.astuple(replace(each, notes=None)) for each in activity.sets]
    elif not activity.channels:
        told += [activity.source, activity.sport, activity.duration_s, activity.totals.distance_m]
    made = hashlib.sha256(repr(told).encode(errors="replace"))
    for channel in HASHED:
        values = activity.channels.get(channel)
        if values is not None:
            made.update(channel.encode() + _canonical(values))
    return made.digest()


def _canonical(values: "array[float]") -> bytes:
    """The bytes of the values; one form of what is missing."""
    whole = all(map(math.isfinite, values))
    return (values if whole else array("d", [each if math.isfinite(each) else math.nan for each in values])).tobytes()


def _when(activity: Activity, file: File, warnings: list[str]) -> tuple[datetime, bool, int | None]:
    at, offset_min = activity.started_at, activity.offset_min
    if at is None and activity.local_start is not None:
        at = _local(activity.local_start, file.zones)
        offset = at.utcoffset() if at else None
        offset_min = round(offset.total_seconds() / 60) if offset is not None else None
    if at is None or not EARLIEST <= at <= file.imported_at + AHEAD:
        warnings.append("Nothing says when it was: it stands at the time of its import.")
        return file.imported_at, False, None
    return at.astimezone(UTC), True, offset_min if offset_min is not None and abs(offset_min) <= 24 * 60 else None


def _local(wall: datetime, zones: Zones) -> datetime | None:
    try:
        return zones.instant(wall)
    except (OverflowError, ValueError):
        return None


def _sport(given: str | None) -> str | None:
    name = re.sub(r"[^a-z0-9_]", "", (given or "").lower())
    return name[:40] if name[:1].isalpha() else None


def _text(given: str | None, most: int) -> str | None:
    """What a database can hold; None when nothing is left."""
    if given is None:
        return None
    return given.replace("\x00", "\ufffd").encode(errors="replace").decode()[:most].strip() or None


def _within(value: float | None, most: float) -> float | None:
    return value if value is not None and math.isfinite(value) and 0 <= value <= most else None


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and abs(value) <= LARGEST else None


def _bounded(given: T) -> T:
    """Without numbers that are none."""
    odd = {
        name: None
        for name in given.__struct_fields__
        if isinstance(value := getattr(given, name), float) and _number(value) is None
    }
    if "elapsed_s" in odd and isinstance(given, Derived):
        return Derived()  # type: ignore[return-value]  # T is Derived here
    return replace(given, **odd) if odd else given


def _laps(laps: Sequence[Lap]) -> list[Lap]:
    return [
        replace(
            each,
            sport=_sport(each.sport),
            sub_sport=_sport(each.sub_sport),
            totals=_bounded(each.totals),
            trigger=_text(each.trigger, NAME),
        )
        for each in laps[:LAPS]
        if _number(each.start_s) is not None and _number(each.duration_s) is not None
    ]


def _set(given: Set) -> Set:
    return replace(
        given,
        exercise=_text(given.exercise, NAME) or "?",
        reps=_whole(given.reps, WHOLE),
        weight_kg=_number(given.weight_kg),
        duration_s=_within(given.duration_s, LONGEST_S),
        distance_m=_within(given.distance_m, LARGEST),
        rpe=_within(given.rpe, 10),
        superset=_whole(given.superset, SMALL),
        rest_s=_whole(given.rest_s, WHOLE),
        notes=_text(given.notes, NOTES),
    )


def _whole(value: int | None, most: int) -> int | None:
    return value if value is not None and 0 <= value <= most else None


def _extra(given: dict[str, object]) -> msgspec.Raw:
    try:
        told = msgspec.json.encode(given)
    except (TypeError, ValueError):
        told = b"{}"
    return msgspec.Raw(told if len(told) <= EXTRA and b"\\u0000" not in told else b"{}")
