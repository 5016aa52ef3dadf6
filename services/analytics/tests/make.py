"""Builders of what other services say, and a message handled as the worker handles it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection

from analytics.days.consumer import keep_days
from contracts.events import DaySummarised, InsightFound, MetricKind, UserDeleted, UserRegistered, ZoneSince
from outbox import unseen

UNITS: Mapping[str, tuple[str, MetricKind]] = {
    "steps": ("{steps}", "additive"),
    "sleep_duration": ("h", "sleep"),
    "resting_heart_rate": ("/min", "point"),
    "heart_rate": ("/min", "sampled"),
    "weight": ("kg", "point"),
}

TOLD = "SELECT body FROM outbox WHERE user_id = $1 AND added_at = now() AND name = 'insight.found.v1' ORDER BY id"


def today() -> date:
    return datetime.now(UTC).date()


def ago(days: int) -> date:
    return today() - timedelta(days)


def a_day(user_id: UUID, value: float | None = 5000, **changes: Any) -> DaySummarised:
    """Today's steps, unless said otherwise."""
    unit, kind = UNITS[changes.get("metric", "steps")]
    given = {
        "user_id": user_id,
        "version": 1,
        "metric": "steps",
        "kind": kind,
        "on_date": today(),
        "value": value,
        "unit": unit,
        "min": value,
        "max": value,
        "n": 0 if value is None else 1,
        "sources": () if value is None else ("manual",),
    }
    return DaySummarised(**given | changes)


def a_user(user_id: UUID, zone: str = "UTC") -> UserRegistered:
    return UserRegistered(user_id=user_id, version=1, username=f"user-{user_id.hex[:8]}", zones=(ZoneSince(zone),))


def a_deletion(user_id: UUID) -> UserDeleted:
    return UserDeleted(user_id=user_id, version=99)


async def handle(db: Connection, *events: DaySummarised) -> list[InsightFound]:
    """Handle one message in its transaction; returns what is told of the first user because of it."""
    async with db.transaction():
        if fresh := await unseen(db, "analytics.day-summaries", events):
            await keep_days(db, fresh)
        rows = await db.fetch(TOLD, events[0].user_id)
    return [msgspec.json.decode(row["body"], type=InsightFound) for row in rows]
