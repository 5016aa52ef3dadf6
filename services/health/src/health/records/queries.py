"""Every statement that touches health records, but for those that summarise days."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis.pages import Cursor
from contracts.events import SampleRecorded
from health.records import model
from health.records.model import HealthRecord

INSERT = """
    WITH refused AS (
        SELECT user_id FROM erased WHERE user_id = ANY ($1::uuid[])
    ), stored AS (
        INSERT INTO health_record (user_id, id, at, on_date, created_at, steps, sleep_duration, weight,
                                   resting_heart_rate, heart_rate, bp_systolic, bp_diastolic, blood_glucose,
                                   body_temperature)
        SELECT user_id, id, to_timestamp(at), local_date(user_id, to_timestamp(at)), to_timestamp(created_at), steps,
               sleep, weight, resting, active, systolic, diastolic, glucose, temperature
        FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::integer[], $6::float8[], $7::float8[],
                    $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[])
             AS given (user_id, id, at, created_at, steps, sleep, weight, resting, active, systolic, diastolic,
                       glucose, temperature)
        WHERE user_id NOT IN (SELECT user_id FROM refused)
        RETURNING user_id, on_date
    ), dirty AS (
        INSERT INTO dirty_record (user_id, on_date) SELECT DISTINCT user_id, on_date FROM stored
    ), told AS (
        INSERT INTO outbox (event_id, user_id, name, body, trace)
        SELECT event_id, user_id, $14, body, trace
        FROM unnest($15::uuid[], $16::uuid[], $17::bytea[], $18::text[]) AS given (event_id, user_id, body, trace)
        WHERE user_id NOT IN (SELECT user_id FROM refused)
    )
    SELECT user_id FROM refused
"""

COLUMNS = """id, version, at, created_at, steps, sleep_duration, weight, resting_heart_rate, heart_rate, bp_systolic,
        bp_diastolic, blood_glucose, body_temperature"""

LIST = f"""
    SELECT {COLUMNS} FROM health_record
    WHERE user_id = $1 AND (at, id) < ($2, $3) AND on_date BETWEEN $4 AND $5
      AND at >= ($4::date - 1)::timestamp AT TIME ZONE 'UTC' AND at < ($5::date + 2)::timestamp AT TIME ZONE 'UTC'
    ORDER BY at DESC, id DESC LIMIT $6
"""  # noqa: S608 - the only text put in is the constant above

FIND = f"SELECT {COLUMNS} FROM health_record WHERE user_id = $1 AND id = $2"  # noqa: S608 - the same

LOCK = f"{FIND} FOR UPDATE"

REPLACE = """
    WITH old AS (
        SELECT user_id, id, on_date FROM health_record WHERE user_id = $1 AND id = $2
    ), changed AS (
        UPDATE health_record
        SET version = version + 1, at = $3, on_date = local_date(user_id, $3), steps = $4, sleep_duration = $5,
            weight = $6, resting_heart_rate = $7, heart_rate = $8, bp_systolic = $9, bp_diastolic = $10,
            blood_glucose = $11, body_temperature = $12, import_id = NULL
        WHERE user_id = $1 AND id = $2
        RETURNING user_id, on_date
    )
    INSERT INTO dirty_record (user_id, on_date)
    SELECT user_id, on_date FROM old UNION SELECT user_id, on_date FROM changed
"""

DELETE = """
    WITH gone AS (
        DELETE FROM health_record WHERE user_id = $1 AND id = $2 RETURNING user_id, on_date
    )
    INSERT INTO dirty_record (user_id, on_date) SELECT user_id, on_date FROM gone
"""


class Entry(NamedTuple):
    """A new record, whose it is, and the trace that its events continue."""

    user_id: UUID
    record: HealthRecord
    trace: str | None


async def insert(db: Connection, entries: Sequence[Entry]) -> set[UUID]:
    """Store records of many users with their dirty days and events; returns the users who are gone, unserved."""
    rows = [
        (user_id, kept.id, kept.at.timestamp(), kept.created_at.timestamp(), *model.columns(kept))
        for user_id, kept, _ in entries
    ]
    events = [
        (event.event_id, user_id, msgspec.json.encode(event), trace)
        for user_id, kept, trace in entries
        for event in model.samples(user_id, kept)
    ]
    refused = await db.fetch(INSERT, *zip(*rows, strict=True), SampleRecorded.name(), *zip(*events, strict=True))
    return {row["user_id"] for row in refused}


async def select(db: Connection, user_id: UUID, after: Cursor, from_: date, to: date, limit: int) -> list[HealthRecord]:
    """The user's records of these local dates, newest first; one more than ``limit``, if there is one."""
    rows = await db.fetch(LIST, user_id, after.at, after.id, from_, to, limit + 1)
    return [of_row(row) for row in rows]


async def find(db: Connection, user_id: UUID, record_id: UUID) -> HealthRecord | None:
    row = await db.fetchrow(FIND, user_id, record_id)
    return of_row(row) if row else None


async def lock(db: Connection, user_id: UUID, record_id: UUID) -> HealthRecord | None:
    """Like ``find``, and nobody else changes it until the transaction ends."""
    row = await db.fetchrow(LOCK, user_id, record_id)
    return of_row(row) if row else None


async def replace(db: Connection, user_id: UUID, kept: HealthRecord) -> None:
    """Store a new version; the days it was and is on become dirty."""
    await db.execute(REPLACE, user_id, kept.id, kept.at, *model.columns(kept))


async def delete(db: Connection, user_id: UUID, record_id: UUID) -> None:
    await db.execute(DELETE, user_id, record_id)


def of_row(row: Record) -> HealthRecord:
    active = row["heart_rate"] is not None
    rate = row["heart_rate"] if active else row["resting_heart_rate"]
    pressure = None
    if row["bp_systolic"] is not None:
        pressure = model.BloodPressure(systolic=row["bp_systolic"], diastolic=row["bp_diastolic"])
    return HealthRecord(
        id=row["id"],
        version=row["version"],
        at=row["at"],
        created_at=row["created_at"],
        steps=row["steps"],
        sleep_hours=row["sleep_duration"],
        weight=row["weight"],
        heart_rate=rate,
        context=None if rate is None else "active" if active else "resting",
        blood_pressure=pressure,
        blood_glucose=row["blood_glucose"],
        body_temperature=row["body_temperature"],
    )
