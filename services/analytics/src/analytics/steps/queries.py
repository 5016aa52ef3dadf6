"""The statement that reads steps."""

from uuid import UUID

from asyncpg import Connection

from analytics.steps.model import DaySteps, Period

DAYS = """
    SELECT on_date AS date, value AS steps FROM known_day
    WHERE user_id = $1 AND metric = 'steps' AND on_date BETWEEN $2 AND $3 AND value IS NOT NULL
    ORDER BY on_date
"""


async def days(db: Connection, user_id: UUID, period: Period) -> list[DaySteps]:
    """The user's days of a period and of the one before, oldest first; days without a value are left out."""
    rows = await db.fetch(DAYS, user_id, period.before().first_on, period.last_on)
    return [DaySteps(**row) for row in rows]
