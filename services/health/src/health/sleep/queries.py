"""Sleep as it was read, by source."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from asyncpg import Connection, Record

from health.days import reading
from health.days.arbitrate import SECOND
from health.days.model import SLEEP_ID, Key
from health.sleep import model
from health.sleep.model import BY_ID, Sleeper, Stage


async def dates(db: Connection, user_id: UUID, from_: date, to: date) -> list[tuple[date, model.Date]]:
    """What is said of each date between these two, both included; nothing of those of which nothing is."""
    asked = (from_ + timedelta(days) for days in range((to - from_).days + 1))
    wanted = [Key(user_id, SLEEP_ID, on_date) for on_date in asked if on_date.year in reading.YEARS]
    if not wanted:
        return []
    plan = await reading.plan(db, wanted)
    rows = await reading.all_said(db, plan)
    return [
        (wanted[number].on_date, model.of_date(sleepers(list(said), plan.names[number]), plan.spans[number]))
        for number, said in groupby(rows, key=lambda row: int(row["number"]))
    ]


def sleepers(rows: Sequence[Record], names: Mapping[int, str]) -> list[Sleeper]:
    """What ``days.reading.said`` found around one date; the most believed source first."""
    stages: dict[int, list[Stage]] = {}
    for row in rows:
        stage = BY_ID[row["metric_id"]]
        stages.setdefault(row["rank"], []).extend(
            Stage(at, at + duration_s * SECOND, stage, value)
            for at, duration_s, value in zip(row["at"], row["duration_s"], row["value"], strict=True)
        )
    return [Sleeper(names[rank], stages[rank]) for rank in sorted(stages)]
