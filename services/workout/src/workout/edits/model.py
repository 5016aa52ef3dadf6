"""Edits as they are sent, kept and shown, and what they leave."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from workout.readers.model import Lap
from workout.recordings.fusion import Fused, Recorded
from workout.streams.model import Channels, Derived

Kind = Literal["crop", "cut", "drop_outliers", "split", "merge", "swap_file", "part"]
"""`part` is the first edit of a workout that was split off; it goes with the split."""
NewKind = Literal["crop", "cut", "drop_outliers", "split", "merge", "swap_file"]
Suspect = Literal[
    "heart_rate", "power", "speed", "cadence", "altitude", "temperature", "respiration", "distance", "position"
]
Second = Annotated[float, Meta(ge=-3_600, le=31 * 86_400, description="Since the start of the workout as it is now.")]
Bound = Annotated[float, Meta(ge=-100_000, le=1_000_000)]

NEEDS: Mapping[NewKind, frozenset[str]] = {
    "crop": frozenset(),
    "cut": frozenset({"from_s", "to_s"}),
    "drop_outliers": frozenset({"channel"}),
    "split": frozenset({"at_s"}),
    "merge": frozenset({"with"}),
    "swap_file": frozenset({"recording"}),
}
TAKES: Mapping[NewKind, frozenset[str]] = {
    **NEEDS,
    "crop": frozenset({"from_s", "to_s"}),
    "drop_outliers": frozenset({"channel", "min", "max"}),
}
MOST_EDITS = 100


class NewEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change to what was recorded; each kind takes its own fields.

    `crop` keeps `from_s` to `to_s`; `cut` takes `from_s` to `to_s` out; `split` makes what follows `at_s` a workout of
    its own; `merge` adds the workout `with`; `drop_outliers` clears values of `channel` outside of `min` and `max`, or
    those that stand out; `swap_file` takes all from one `recording` (its id, or the id of its import).
    """

    kind: NewKind
    from_s: Second | None = None
    to_s: Second | None = None
    at_s: Second | None = None
    channel: Suspect | None = None
    min: Bound | None = None
    max: Bound | None = None
    with_: UUID | None = msgspec.field(name="with", default=None)
    recording: UUID | None = None

    def __post_init__(self) -> None:
        values = msgspec.structs.asdict(self)
        given = {name.rstrip("_") for name, value in values.items() if value is not None} - {"kind"}
        if missing := NEEDS[self.kind] - given:
            raise ValueError(f"{self.kind} needs {', '.join(sorted(missing))}")
        if alien := given - TAKES[self.kind]:
            raise ValueError(f"{self.kind} takes no {', '.join(sorted(alien))}")
        if self.kind == "crop" and not given:
            raise ValueError("crop needs from_s or to_s")
        if self.from_s is not None and self.to_s is not None and self.from_s >= self.to_s:
            raise ValueError("from_s must be less than to_s")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min must not be more than max")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A workout as long as it is merged into another."""

    row: msgspec.Raw
    gear: Sequence[UUID]
    sets: Sequence[tuple[UUID, int, UUID | None]]
    """Their ids, places and recordings."""


class Params(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an edit does, in instants, so that it means the same whatever is undone before it."""

    from_s: float | None = None
    to_s: float | None = None
    at_s: float | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    at: datetime | None = None
    channel: Suspect | None = None
    min: float | None = None
    max: float | None = None
    workout: UUID | None = None
    """The one merged into this, split off it, or (`part`) that this was split off."""
    number: int | None = None
    """The split that this part comes of."""
    recording: UUID | None = None
    kept: Kept | None = None
    """What a merged workout was, to bring it back."""


class Edit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that can be taken back, in the order of their numbers."""

    number: int
    kind: Kind
    created_at: datetime
    from_s: float | None = None
    """As it was asked, since the start of the workout as it was then."""
    to_s: float | None = None
    at_s: float | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    at: datetime | None = None
    channel: str | None = None
    min: float | None = None
    max: float | None = None
    workout: UUID | None = None
    recording: UUID | None = None


class Stored(msgspec.Struct, frozen=True):
    """An edit as it lies in the table."""

    number: int
    kind: Kind
    params: Params
    created_at: datetime


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """A workout as its recordings and edits have it; seconds count from ``started_at``."""

    started_at: datetime
    duration_s: float
    sport: str
    channels: Channels
    pauses: Sequence[tuple[float, float]] = ()
    laps: Sequence[Lap] = ()
    energy_kcal: float | None = None
    fused: Fused | None = None
    recordings: Sequence[Recorded] = ()
    """What it rests on: its own, and those of workouts merged into it."""
    as_recorded: bool = True
    """No edit has touched what was recorded, but for the choice of a recording."""


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """A workout after its edits, measured."""

    started_at: datetime
    duration_s: float
    fused: Fused
    """Of the recordings that its edits begin with."""
    recordings: Sequence[Recorded]
    channels: Channels
    derived: Derived
    laps: Sequence[Lap]
    as_recorded: bool
    """The figures of ``fused`` still hold."""


def shown(stored: Stored) -> Edit:
    """Without what is only kept to bring a workout back."""
    params = {name: value for name, value in msgspec.structs.asdict(stored.params).items() if name in SHOWN}
    return Edit(number=stored.number, kind=stored.kind, created_at=stored.created_at, **params)


SHOWN = frozenset(Edit.__struct_fields__) - {"number", "kind", "created_at"}
