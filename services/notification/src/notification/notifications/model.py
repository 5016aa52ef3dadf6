"""A notification, and how one comes of an event."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from contracts.events import ImportFinished, InsightFound, RecordSet, SampleRecorded
from notification.notifications import wording
from notification.notifications.wording import Figures


class Cause(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a notification is about; there is one notification for each."""

    kind: Literal["record", "upload", "import", "insight", "workout"]
    id: UUID
    version: int | None = None
    """Of an insight: found again with other figures, it is told again. Of an import: resumed or undone, too."""
    of: str | None = None
    """Of a workout: which record it set, as it may set several."""

    @property
    def key(self) -> str:
        return " ".join(str(part) for part in (self.kind, self.id, self.version, self.of) if part)


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the user."""

    id: UUID
    kind: Annotated[str, Meta(examples=["health.recorded", "insight.short-sleep"])]
    title: str
    body: str
    """Quantities in the units that the user prefers today."""
    cause: Cause
    created_at: Annotated[datetime, Meta(tz=True)]
    read_at: Annotated[datetime, Meta(tz=True)] | None


class ReadAll(msgspec.Struct, frozen=True):
    """What marking all came to."""

    read: int
    """How many were unread until now."""


class NewNotification(msgspec.Struct, frozen=True):
    """A message that is told once, however often it is due."""

    user_id: UUID
    kind: str
    title: str
    body: str
    cause: Cause
    record: Figures | None = None
    """What the body is made of when it is read, of a record that a workout set."""


def of_sample(event: SampleRecorded) -> NewNotification:
    """The same for all metrics of one record; its body is made of what came, when it is read."""
    cause = Cause(event.cause.kind, event.cause.id)
    return NewNotification(event.user_id, "health.recorded", "Health data recorded", "", cause)


def of_import(event: ImportFinished) -> NewNotification:
    cause = Cause("import", event.import_id, event.version)
    title, body = wording.import_title(event.state), wording.import_body(event)
    return NewNotification(event.user_id, f"import.{event.state}", title, body, cause)


def of_record(event: RecordSet) -> NewNotification:
    """The newest figure of a record that a workout sets; corrected within the workout, it is told again."""
    cause = Cause("workout", event.workout_id, event.version, f"{event.kind}: {event.subject}")
    figures = Figures(event.subject, event.kind, event.value, event.unit, event.previous)
    return NewNotification(event.user_id, "record.set", wording.record_title(event), "", cause, figures)


def of_insight(event: InsightFound) -> NewNotification:
    cause = Cause("insight", event.insight_id, event.version)
    return NewNotification(event.user_id, f"insight.{event.rule}", event.title, event.body, cause)
