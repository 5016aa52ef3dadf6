"""What day summaries have to be, worked out one entry at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from testkit.running import Running

STORED = """
    SELECT code, on_date, value, min, max, n, version
    FROM day_summary JOIN metric USING (metric_id) WHERE user_id = $1
"""


class Summary(NamedTuple):
    value: float
    min: float
    max: float
    n: int


Key = tuple[str, date]
Zones = Sequence[tuple[datetime | None, str]]


def local_date(at: datetime, zones: Zones) -> date:
    zone = [name for since, name in zones if since is None or since <= at][-1]
    return at.astimezone(ZoneInfo(zone)).date()


def values(entry: dict[str, Any]) -> dict[str, float]:
    """Metric and value of everything an entry says, as the API shows it."""
    pressure = entry.get("blood_pressure", {})
    said = {
        "steps": entry.get("steps"),
        "sleep_duration": entry.get("sleep_hours"),
        "weight": entry.get("weight"),
        "heart_rate" if entry.get("context") == "active" else "resting_heart_rate": entry.get("heart_rate"),
        "bp_systolic": pressure.get("systolic"),
        "bp_diastolic": pressure.get("diastolic"),
        "blood_glucose": entry.get("blood_glucose"),
        "body_temperature": entry.get("body_temperature"),
    }
    return {metric: value for metric, value in said.items() if value is not None}


def summaries(entries: Iterable[dict[str, Any]], zones: Zones) -> dict[Key, Summary]:
    """Of all entries of one user."""
    days = defaultdict[Key, list[tuple[datetime, str, float]]](list)
    for entry in entries:
        at = datetime.fromisoformat(entry["at"])
        for metric, value in values(entry).items():
            entered = datetime.fromisoformat(entry["created_at"]) if metric == "sleep_duration" else at
            days[metric, local_date(at, zones)].append((entered, entry["id"], float(value)))
    return {key: _summary(key[0], _counted(key[0], sorted(said))) for key, said in days.items()}


def _counted(metric: str, said: list[tuple[datetime, str, float]]) -> list[float]:
    """Of what was entered for one instant, all steps; of anything else the newest."""
    if metric == "steps":
        return [value for _, _, value in said]
    return list({at: value for at, _, value in said}.values())


def _summary(metric: str, said: list[float]) -> Summary:
    """Of the values of a day, oldest first; of one instant only steps have more than one."""
    last = said[-1]
    if metric == "sleep_duration":
        return Summary(last, last, last, 1)
    value = last
    if metric == "steps":
        value = sum(said)
    elif metric not in {"weight", "resting_heart_rate"}:
        value = sum(said) / len(said)
    return Summary(value, min(said), max(said), len(said))


async def stored(health: Running, user_id: UUID) -> dict[Key, Summary]:
    """What the table says, without the days on which nothing is left."""
    rows = await health.db.fetch(STORED, user_id)
    return {(r["code"], r["on_date"]): Summary(r["value"], r["min"], r["max"], r["n"]) for r in rows if r["n"]}


async def versions(health: Running, user_id: UUID) -> dict[Key, int]:
    return {(r["code"], r["on_date"]): r["version"] for r in await health.db.fetch(STORED, user_id)}
