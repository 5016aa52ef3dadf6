"""Events, past tense, one Struct each. The tag is the routing key; a message carries up to 100 of one kind.

Rules: an event is the state of a thing after the change, with that thing's version, so that late, repeated and
reordered events end in the same place. Add optional fields only; a breaking change is a new ``.v2`` Struct published
beside ``.v1``. ``required`` events are published mandatory: one that reaches no queue stays in the outbox and alarms.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec

from contracts import ids

MetricKind = Literal["sampled", "additive", "point", "sleep"]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its offset; one without is refused by whoever reads the event."""


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Base of every event; its tag names it on the wire."""

    required: ClassVar[bool] = True

    event_id: UUID = msgspec.field(default_factory=ids.new)
    user_id: UUID
    version: int
    """Grows with every change of the thing the event is about, and never restarts."""

    @classmethod
    def name(cls) -> str:
        """The routing key, as in ``user.registered.v1``."""
        return str(cls.__struct_config__.tag)


class ZoneSince(msgspec.Struct, frozen=True):
    """The user's time zone from an instant on; the first has none."""

    zone: str
    since: Instant | None = msgspec.field(default=None, name="from")


class UserState(Event, frozen=True, kw_only=True):
    """All that other services may know of a user."""

    username: str
    display_name: str | None = None
    locale: str = "en"
    units: Literal["metric", "imperial"] = "metric"
    first_day_of_week: int = 1
    """ISO weekday, 1 is Monday."""
    birth_date: date | None = None
    sex: Literal["female", "male", "other"] | None = None
    height_cm: float | None = None
    zones: tuple[ZoneSince, ...] = (ZoneSince("UTC"),)
    """Oldest first; decides which local date an instant belongs to."""
    sessions_epoch: int = 0
    """Tokens whose ``epoch`` is smaller have ended."""
    state: Literal["active", "deactivated"] = "active"


class UserRegistered(UserState, frozen=True, kw_only=True, tag="user.registered.v1"):
    """Someone has an account now."""


class UserUpdated(UserState, frozen=True, kw_only=True, tag="user.updated.v1"):
    """Profile, preferences or sessions of a user changed."""

    ended_sessions: tuple[UUID, ...] = ()
    """Sessions (``sid`` of their tokens) that ended alone; the others go on. True whatever the version."""


class UserContactChanged(Event, frozen=True, kw_only=True, tag="user.contact-changed.v1"):
    """The address at which a user may be told things; for notification alone."""

    email: str | None
    email_verified: bool = False


class UserDeleted(Event, frozen=True, kw_only=True, tag="user.deleted.v1"):
    """The account is gone; whoever keeps anything of the user erases it and answers with ``user.erased``."""


class UserErased(Event, frozen=True, kw_only=True, tag="user.erased.v1"):
    """One service holds nothing of the user any more."""

    service: str
    rows: int


class Cause(msgspec.Struct, frozen=True):
    """What the user did that made the event."""

    kind: Literal["record", "upload"]
    id: UUID


class SampleRecorded(Event, frozen=True, kw_only=True, tag="sample.recorded.v1"):
    """One write stored values of one metric from one source; corrections are told by ``day.summarised``."""

    required: ClassVar[bool] = False

    source: str
    metric: str
    unit: str
    first_at: Instant = msgspec.field(name="from")
    last_at: Instant = msgspec.field(name="to")
    n: int
    min: float
    max: float
    last: float
    cause: Cause


class DaySummarised(Event, frozen=True, kw_only=True, tag="day.summarised.v1"):
    """What a metric comes to on a user's local date; ``value`` null means nothing is left there."""

    metric: str
    kind: MetricKind
    on_date: date
    value: float | None
    unit: str
    min: float | None
    max: float | None
    n: int
    sources: tuple[str, ...] = ()


class ImportFinished(Event, frozen=True, kw_only=True, tag="import.finished.v1"):
    """A file has been read as far as it can be, or was taken back; its days are told by ``day.summarised``."""

    required: ClassVar[bool] = False

    import_id: UUID
    file_name: str
    format: str | None
    state: Literal["finished", "partial", "failed", "undone"]
    inserted: int
    updated: int
    first_at: Instant | None = None
    last_at: Instant | None = None


class MuscleVolume(msgspec.Struct, frozen=True):
    """What a workout asked of one muscle."""

    muscle: str
    sets: float
    """Without warm-ups; half of a set where the muscle only helps."""
    volume_load_kg: float


class WorkoutState(Event, frozen=True, kw_only=True):
    """What others may know of a workout, however many recordings it is made of: it counts once."""

    workout_id: UUID
    sport: str
    title: str | None = None
    started_at: Instant
    on_date: date
    """Of its start, in the user's zone at that instant."""
    duration_s: float
    moving_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    energy_kcal: float | None = None
    """Never added to a day's: what a body burned is told by samples."""
    average_heart_rate: float | None = None
    max_heart_rate: float | None = None
    average_power: float | None = None
    weighted_power: float | None = None
    rpe: float | None = None
    load: float | None = None
    load_method: Literal["power", "heart_rate", "rpe"] | None = None
    sets: int = 0
    reps: int = 0
    volume_load_kg: float = 0.0
    muscles: tuple[MuscleVolume, ...] = ()


class WorkoutLogged(WorkoutState, frozen=True, kw_only=True, tag="workout.logged.v1"):
    """A workout is known from now on."""


class WorkoutChanged(WorkoutState, frozen=True, kw_only=True, tag="workout.changed.v1"):
    """A workout, as it is now."""


class WorkoutDeleted(Event, frozen=True, kw_only=True, tag="workout.deleted.v1"):
    """A workout is gone, or has become part of another."""

    workout_id: UUID


class RecordSet(Event, frozen=True, kw_only=True, tag="record.set.v1"):
    """A workout beats all before it; told once, and not of what imports bring. Its version is the workout's."""

    required: ClassVar[bool] = False

    workout_id: UUID
    subject: str
    """What it is a record of, to show: the name of an exercise, or a sport."""
    kind: str
    """`e1rm`, `weight`, `reps`, `volume`, `distance 5000`, `power 1200`, `longest`, `highest` …"""
    value: float
    unit: str
    previous: float | None = None
    on_date: date


class ImportPartFound(Event, frozen=True, kw_only=True, tag="import.part-found.v1"):
    """A file sent to health holds recordings or gym logs as well: the workout service reads it too."""

    import_id: UUID
    """Of the import at health, which the user follows and may undo."""
    object_key: str
    """Of the whole file in the object store, in health's part."""
    sha256: str
    bytes: int
    file_name: str
    zone: str
    """The user's, for files that say none."""


class ImportPartFinished(Event, frozen=True, kw_only=True, tag="import.part-finished.v1"):
    """What the workout service made of a file that health handed on."""

    import_id: UUID
    state: Literal["running", "finished", "partial", "failed", "undone"]
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    """`workouts`, `recordings`, `duplicates`, `unreadable` …"""
    error: str | None = None


class ImportUndone(Event, frozen=True, kw_only=True, tag="import.undone.v1"):
    """The user takes a whole import back: whoever read a part of it takes that back too."""

    import_id: UUID


class Evidence(msgspec.Struct, frozen=True):
    """One figure an insight rests on."""

    metric: str
    value: float
    unit: str
    on_date: date | None = None
    reference: float | None = None


class InsightFound(Event, frozen=True, kw_only=True, tag="insight.found.v1"):
    """Something worth telling was found in the user's data. Its id stays the same for the same finding."""

    required: ClassVar[bool] = False

    insight_id: UUID
    rule: str
    on_date: date
    title: str
    body: str
    evidence: tuple[Evidence, ...]


class NotificationSent(Event, frozen=True, kw_only=True, tag="notification.sent.v1"):
    """A message was put before the user."""

    required: ClassVar[bool] = False

    notification_id: UUID
    kind: str
    channel: str


EVENTS: tuple[type[Event], ...] = (
    UserRegistered,
    UserUpdated,
    UserContactChanged,
    UserDeleted,
    UserErased,
    SampleRecorded,
    DaySummarised,
    ImportFinished,
    ImportPartFound,
    ImportPartFinished,
    ImportUndone,
    WorkoutLogged,
    WorkoutChanged,
    WorkoutDeleted,
    RecordSet,
    InsightFound,
    NotificationSent,
)
"""Every event that may travel."""
