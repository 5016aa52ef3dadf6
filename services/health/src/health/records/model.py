"""A health record, the bounds of its values, and the metrics they are values of."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contracts.events import Cause, SampleRecorded

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far in the future a record may lie: further than any clock or time zone is off."""
SOURCE = "manual"

METRICS = (
    ("steps", "{steps}"),
    ("sleep_duration", "h"),
    ("weight", "kg"),
    ("resting_heart_rate", "/min"),
    ("heart_rate", "/min"),
    ("bp_systolic", "mm[Hg]"),
    ("bp_diastolic", "mm[Hg]"),
    ("blood_glucose", "mg/dL"),
    ("body_temperature", "Cel"),
)
"""Code and unit of what a record can hold; also the columns of its table."""

Instant = Annotated[datetime, Meta(tz=True)]
Username = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{3,32}$")]
Steps = Annotated[int, Meta(ge=0, le=120_000, description="An increment: the entries of a day add up.")]
SleepHours = Annotated[float, Meta(ge=0, le=24, description="The night's total: the newest entry of a date counts.")]
Weight = Annotated[float, Meta(ge=2, le=500, description="kg")]
HeartRate = Annotated[float, Meta(ge=25, le=250, description="/min; resting unless `context` says active.")]
Context = Literal["resting", "active"]
Systolic = Annotated[float, Meta(ge=20, le=300, description="mm[Hg]")]
Diastolic = Annotated[float, Meta(ge=10, le=200, description="mm[Hg]")]
Glucose = Annotated[float, Meta(ge=10, le=1_000, description="mg/dL")]
Temperature = Annotated[float, Meta(ge=30, le=45, description="Cel")]


class BloodPressure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In mm[Hg]."""

    systolic: Systolic
    diastolic: Diastolic

    def __post_init__(self) -> None:
        if self.diastolic >= self.systolic:
            raise ValueError("diastolic must be below systolic")


class Values(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one entry says, in canonical units."""

    steps: Steps | None = None
    sleep_hours: SleepHours | None = None
    weight: Weight | None = None
    heart_rate: HeartRate | None = None
    context: Context | None = None
    blood_pressure: BloodPressure | None = None
    blood_glucose: Glucose | None = None
    body_temperature: Temperature | None = None


class NewRecord(Values, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An entry as it is sent: at least one value."""

    username: Username | None = None
    """Needed only in quickstart mode without a token; else it must be the token's."""
    at: Instant | None = None
    """Now, unless said otherwise."""

    def __post_init__(self) -> None:
        if all(value is None for value in columns(self)):
            raise ValueError("give at least one value")
        if self.context and self.heart_rate is None:
            raise ValueError("context needs a heart_rate")


class Pressure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of one or both."""

    systolic: Systolic | UnsetType = UNSET
    diastolic: Diastolic | UnsetType = UNSET


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null clears."""

    at: Instant | UnsetType = UNSET
    steps: Steps | UnsetType | None = UNSET
    sleep_hours: SleepHours | UnsetType | None = UNSET
    weight: Weight | UnsetType | None = UNSET
    heart_rate: HeartRate | UnsetType | None = UNSET
    context: Context | UnsetType | None = UNSET
    blood_pressure: Pressure | UnsetType | None = UNSET
    blood_glucose: Glucose | UnsetType | None = UNSET
    body_temperature: Temperature | UnsetType | None = UNSET


class HealthRecord(Values, frozen=True, kw_only=True, omit_defaults=True):
    """An entry as it is kept; only the values that were given are shown."""

    id: UUID
    version: int
    at: Instant
    created_at: Instant


Columns = tuple[
    int | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
    float | None,
]


def columns(values: Values) -> Columns:
    """The values in the order of ``METRICS``."""
    pressure = values.blood_pressure
    active = values.context == "active"
    return (
        values.steps,
        values.sleep_hours,
        values.weight,
        None if active else values.heart_rate,
        values.heart_rate if active else None,
        pressure.systolic if pressure else None,
        pressure.diastolic if pressure else None,
        values.blood_glucose,
        values.body_temperature,
    )


def record(values: Values, *, record_id: UUID, at: datetime, created_at: datetime, version: int = 1) -> HealthRecord:
    """The entry to be kept of what was sent."""
    return HealthRecord(
        id=record_id,
        version=version,
        at=at.astimezone(UTC),
        created_at=created_at,
        steps=values.steps,
        sleep_hours=values.sleep_hours,
        weight=values.weight,
        heart_rate=values.heart_rate,
        context=(values.context or "resting") if values.heart_rate is not None else None,
        blood_pressure=values.blood_pressure,
        blood_glucose=values.blood_glucose,
        body_temperature=values.body_temperature,
    )


def merged(kept: HealthRecord, change: Change) -> NewRecord:
    """What was kept, with the change applied (RFC 7396); ValidationError when the outcome is no record."""
    given = msgspec.to_builtins(change, builtin_types=(datetime,))
    whole = {name: value for name in Change.__struct_fields__ if (value := getattr(kept, name)) is not None}
    if kept.blood_pressure and given.get("blood_pressure"):
        given["blood_pressure"] = msgspec.structs.asdict(kept.blood_pressure) | given["blood_pressure"]
    whole = {name: value for name, value in (whole | given).items() if value is not None}
    if "heart_rate" not in whole and "context" not in given:
        whole.pop("context", None)
    return msgspec.convert(whole, NewRecord)


def samples(user_id: UUID, kept: HealthRecord) -> list[SampleRecorded]:
    """The events of a new record: one for each metric it holds."""
    cause = Cause("record", kept.id)
    return [
        SampleRecorded(
            user_id=user_id,
            version=kept.version,
            source=SOURCE,
            metric=metric,
            unit=unit,
            first_at=kept.at,
            last_at=kept.at,
            n=1,
            min=value,
            max=value,
            last=value,
            cause=cause,
        )
        for (metric, unit), value in zip(METRICS, columns(kept), strict=True)
        if value is not None
    ]


def is_possible(at: datetime, now: datetime) -> bool:
    """Whether something can have been measured then."""
    return EARLIEST <= at <= now + AHEAD
