"""Thresholds and privacy zones in the database."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from asyncpg import Connection

from workout.streams.track import Circle
from workout.thresholds.model import PrivacyZone, Thresholds

FIELDS = "since, max_heart_rate, resting_heart_rate, threshold_heart_rate, ftp_w, threshold_pace_s_km"

LIST = f"SELECT {FIELDS} FROM threshold WHERE user_id = $1 ORDER BY since"  # noqa: S608 - the only text put in is the constant above

REPLACE = f"""
    WITH given AS (
        SELECT * FROM unnest($2::date[], $3::smallint[], $4::smallint[], $5::smallint[], $6::smallint[], $7::real[])
            AS given ({FIELDS})
    ), gone AS (
        DELETE FROM threshold WHERE user_id = $1 AND since <> ALL ($2::date[])
    )
    INSERT INTO threshold (user_id, {FIELDS}) SELECT $1, {FIELDS} FROM given
    ON CONFLICT (user_id, since) DO UPDATE
    SET max_heart_rate = excluded.max_heart_rate, resting_heart_rate = excluded.resting_heart_rate,
        threshold_heart_rate = excluded.threshold_heart_rate, ftp_w = excluded.ftp_w,
        threshold_pace_s_km = excluded.threshold_pace_s_km
"""  # noqa: S608 - the only text put in is the constant above

MARK = """
    INSERT INTO dirty_workout (user_id, workout_id)
    SELECT user_id, workout_id FROM workout WHERE user_id = $1 AND on_date >= $2 ORDER BY started_at DESC
"""

ZONE_FIELDS = "zone_id AS id, name, lat, lon, radius_m"

ZONES = f"SELECT {ZONE_FIELDS} FROM privacy_zone WHERE user_id = $1 ORDER BY name, zone_id"  # noqa: S608 - the only text put in is the constant above

ADD_ZONE = f"""
    INSERT INTO privacy_zone (zone_id, user_id, name, lat, lon, radius_m)
    SELECT $2, $1, $3, $4, $5, $6 WHERE (SELECT count(*) FROM privacy_zone WHERE user_id = $1) < $7
    RETURNING {ZONE_FIELDS}
"""  # noqa: S608 - the only text put in is the constant above

FIND_ZONE = f"SELECT {ZONE_FIELDS} FROM privacy_zone WHERE user_id = $1 AND zone_id = $2"  # noqa: S608 - the only text put in is the constant above

SET_ZONE = """
    UPDATE privacy_zone SET name = $3, lat = $4, lon = $5, radius_m = $6 WHERE user_id = $1 AND zone_id = $2
"""

DELETE_ZONE = "DELETE FROM privacy_zone WHERE user_id = $1 AND zone_id = $2 RETURNING zone_id"


async def select(db: Connection, user_id: UUID) -> list[Thresholds]:
    """All of a user, oldest first."""
    return [Thresholds(**row) for row in await db.fetch(LIST, user_id)]


async def replace(db: Connection, user_id: UUID, items: Sequence[Thresholds]) -> None:
    """Keep these and no others."""
    columns = [[getattr(each, name) for each in items] for name in Thresholds.__struct_fields__]
    await db.execute(REPLACE, user_id, *columns)


async def mark(db: Connection, user_id: UUID, since: date) -> None:
    """Have the workouts from a date on made anew."""
    await db.execute(MARK, user_id, since)


async def zones(db: Connection, user_id: UUID) -> list[PrivacyZone]:
    """All privacy zones of a user."""
    return [PrivacyZone(**row) for row in await db.fetch(ZONES, user_id)]


async def circles(db: Connection, user_id: UUID) -> list[Circle]:
    """What is to be cut out of a user's tracks."""
    return [Circle(zone.lat, zone.lon, zone.radius_m) for zone in await zones(db, user_id)]


async def zone(db: Connection, user_id: UUID, zone_id: UUID) -> PrivacyZone | None:
    row = await db.fetchrow(FIND_ZONE, user_id, zone_id)
    return PrivacyZone(**row) if row else None


async def add_zone(db: Connection, user_id: UUID, new: PrivacyZone, most: int) -> PrivacyZone | None:
    """Keep a zone; None when there are too many already."""
    row = await db.fetchrow(ADD_ZONE, user_id, new.id, new.name, new.lat, new.lon, new.radius_m, most)
    return PrivacyZone(**row) if row else None


async def set_zone(db: Connection, user_id: UUID, changed: PrivacyZone) -> None:
    await db.execute(SET_ZONE, user_id, changed.id, changed.name, changed.lat, changed.lon, changed.radius_m)


async def delete_zone(db: Connection, user_id: UUID, zone_id: UUID) -> bool:
    return await db.fetchval(DELETE_ZONE, user_id, zone_id) is not None
