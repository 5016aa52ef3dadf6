"""Builders."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts import ids
from contracts.events import Event, UserDeleted, UserRegistered, ZoneSince
from health.records import model
from health.records.model import Values
from health.records.queries import Entry
from testkit import until
from testkit.running import Running

KNOWN = "SELECT EXISTS (SELECT FROM known_user WHERE user_id = $1 AND version >= $2)"


def an_entry(**changes: Any) -> dict[str, Any]:
    """What the form of the quickstart sends."""
    return {"steps": 5000, "sleep_hours": 7.5, "weight": 70.0} | changes


def a_user(user_id: UUID | None = None, *, zone: str = "UTC", **changes: Any) -> UserRegistered:
    given = {"user_id": user_id or uuid4(), "version": 1, "username": "alice", "zones": (ZoneSince(zone),)}
    return UserRegistered(**(given | changes))


def at(text: str) -> datetime:
    """An instant, by default in UTC: ``at("2026-03-01T12:00")``."""
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


async def known(health: Running, user_id: UUID, version: int = 1) -> None:
    """Wait until the service has heard of the user."""

    async def heard() -> bool:
        return bool(await health.db.fetchval(KNOWN, user_id, version))

    await until(heard)


def a_row(user_id: UUID, *, at: datetime | None = None, **values: Any) -> Entry:
    """A record on its way into the database."""
    now = datetime.now(UTC)
    said = Values(**(values or {"steps": 1}))
    return Entry(user_id, model.record(said, record_id=ids.new(), at=at or now, created_at=now), None)


def a_deletion(user_id: UUID) -> UserDeleted:
    return UserDeleted(user_id=user_id, version=10)


async def of_user(heard: Sequence[Event], user_id: UUID, name: str, count: int) -> list[Any]:
    """Wait for so many events of a name about a user."""

    def found() -> list[Event]:
        return [e for e in heard if e.user_id == user_id and e.name() == name]

    await until(lambda: len(found()) >= count)
    return found()
