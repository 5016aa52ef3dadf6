"""A recording on its way into the database, and as it is shown."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

from workout.readers.model import Lap, Set, Totals
from workout.recordings.sameness import Brief
from workout.streams.model import Derived, Packed

Joined = Literal["alone", "found", "asked"]
What = Literal["workout", "joined", "duplicate", "deleted"]
"""A workout of its own, one more of a workout, there already, or of a workout the user has deleted."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """All of a recording that can be reckoned without the database."""

    recording_id: UUID
    fingerprint: bytes
    format: str
    source: str
    device: str | None
    file: str
    """Its name, to show."""
    part: str | None
    """The file inside an archive."""
    sha256: str | None
    position: int
    sport: str
    sub_sport: str | None
    title: str | None
    notes: str | None
    rpe: float | None
    started_at: datetime
    dated: bool
    offset_min: int | None
    duration_s: float
    partial: str | None
    totals: Totals
    derived: Derived
    legs: Sequence[Lap]
    laps: Sequence[Lap]
    extra: msgspec.Raw
    packed: Sequence[Packed]
    sets: Sequence[Set]
    gear: Sequence[str]

    def brief(self) -> Brief:
        return Brief(
            key=self.fingerprint,
            sport=self.sport,
            sub_sport=self.sub_sport,
            started_at=self.started_at,
            dated=self.dated,
            duration_s=self.duration_s,
            distance_m=next(
                filter(None, (self.totals.distance_m, self.derived.covered_m, self.derived.distance_m)), None
            ),
            sets=self.digest(),
            origin=origin(self.sha256, self.source),
        )

    def digest(self) -> bytes | None:
        """Of the sets of a gym log; what a watch has counted by itself tells nothing apart."""
        return digest((each.reps, each.weight_kg) for each in self.sets) if self.sets and not self.packed else None


class Added(msgspec.Struct, frozen=True):
    """What became of a recording that was to be added."""

    what: What
    part: str | None


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One source's version of a workout."""

    id: UUID
    source: str
    device: str | None
    format: str
    file: str | None
    """Name of the file it came in."""
    stored: bool
    """The file is there to be fetched."""
    import_id: UUID | None
    sport: str
    title: str | None
    started_at: datetime
    dated: bool
    """False when nothing in the file says when it was: it stands at the time of its import."""
    duration_s: float
    distance_m: float | None
    partial: str | None
    """Why it is not all that was recorded."""
    channels: Sequence[str]
    sets: int
    gives: Sequence[str]
    """Figures and channels of the workout that are taken from it …"""
    because: dict[str, str]
    """… and why, where others have them too."""
    joined: Joined
    """How it came to its workout: it began it, was found to be the same, or the user said so."""
    score: float | None
    """How well it matches, from 0 to 1."""
    reasons: Sequence[str]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Another workout that may be the same."""

    workout: UUID
    sport: str
    title: str | None
    started_at: datetime
    duration_s: float
    score: float
    """How well they match, from 0 to 1."""
    reasons: Sequence[str]


class Recordings(msgspec.Struct, frozen=True):
    """All of one workout, the main one first."""

    items: Sequence[Recording]
    candidates: Sequence[Candidate]
    """What `link` would make one with it, the best match first; what the user has parted is none."""


class Unlink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which recording is another workout."""

    recording: UUID


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which workout is the same as this one: it becomes part of it."""

    workout: UUID


class Resulting(msgspec.Struct, frozen=True):
    """The workout that came of it."""

    workout: UUID


def origin(sha256: str | None, source: str) -> str | None:
    return f"{sha256} {source}" if sha256 else None


def digest(sets: Iterable[tuple[int | None, float | None]]) -> bytes:
    """Of repetitions and whole kilograms, which apps round differently below that."""
    rows = [(reps, None if weight_kg is None else round(weight_kg)) for reps, weight_kg in sets]
    return sha256(msgspec.json.encode(rows)).digest()[:16]
