"""Builders of what other services say."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.events import (
    Cause,
    ImportFinished,
    InsightFound,
    RecordSet,
    SampleRecorded,
    UserContactChanged,
    UserDeleted,
    UserUpdated,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_sample(user_id: UUID, **changes: Any) -> SampleRecorded:
    """Steps of a health record; ``last`` and ``cause`` are what tests change most."""
    value = changes.pop("last", 5000.0)
    given = {
        "user_id": user_id,
        "version": 1,
        "source": "manual",
        "metric": "steps",
        "unit": "1",
        "first_at": NOON,
        "last_at": NOON,
        "n": 1,
        "min": value,
        "max": value,
        "last": value,
        "cause": Cause("record", uuid4()),
    }
    return SampleRecorded(**given | changes)


def a_record(user_id: UUID, record_id: UUID | None = None) -> list[SampleRecorded]:
    """Steps, sleep and weight that came together."""
    cause = Cause("record", record_id or uuid4())
    return [
        a_sample(user_id, cause=cause),
        a_sample(user_id, cause=cause, metric="sleep_duration", unit="h", last=7.5),
        a_sample(user_id, cause=cause, metric="weight", unit="kg", last=70.0),
    ]


def an_import(user_id: UUID, **changes: Any) -> ImportFinished:
    given = {
        "user_id": user_id,
        "version": 9,
        "import_id": uuid4(),
        "file_name": "export.zip",
        "format": "apple-health",
        "state": "finished",
        "inserted": 10_939,
        "updated": 12,
        "first_at": NOON,
        "last_at": NOON,
    }
    return ImportFinished(**given | changes)


def a_best(user_id: UUID, **changes: Any) -> RecordSet:
    given = {
        "user_id": user_id,
        "version": 1,
        "workout_id": uuid4(),
        "subject": "running",
        "kind": "distance 5000",
        "value": 1450.0,
        "unit": "s",
        "previous": 1502.4,
        "on_date": NOON.date(),
    }
    return RecordSet(**given | changes)


def an_insight(user_id: UUID, **changes: Any) -> InsightFound:
    given = {
        "user_id": user_id,
        "version": 1,
        "insight_id": uuid4(),
        "rule": "short-sleep",
        "on_date": NOON.date(),
        "title": "A short night",
        "body": "5.2 h of sleep; your usual is 7 to 8 h.",
        "evidence": (),
    }
    return InsightFound(**given | changes)


def a_contact(user_id: UUID, **changes: Any) -> UserContactChanged:
    given = {"user_id": user_id, "version": 1, "email": "robin@example.org", "email_verified": False}
    return UserContactChanged(**given | changes)


def an_update(user_id: UUID, **changes: Any) -> UserUpdated:
    return UserUpdated(**{"user_id": user_id, "version": 1, "username": "robin"} | changes)


def a_deletion(user_id: UUID, **changes: Any) -> UserDeleted:
    return UserDeleted(**{"user_id": user_id, "version": 9} | changes)
