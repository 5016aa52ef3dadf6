"""Builders of files and imports."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from testkit import until
from testkit.running import Running

MAPPING = {
    "at": "at",
    "columns": [{"column": "heart rate", "metric": "heart_rate"}, {"column": "steps", "metric": "steps"}],
    "source": "Bracelet",
}
START = datetime(2024, 1, 1, tzinfo=UTC)
DONE = {"finished", "partial", "failed", "cancelled", "undone"}


def a_csv(rows: int = 10, *, start: datetime = START, step_s: int = 60, rate: int = 60, steps: int = 5) -> bytes:
    """A heart rate and some steps a minute."""
    lines = [
        f"{(start + timedelta(seconds=step_s * n)).isoformat()},{rate + n % 40},{steps + n % 7}" for n in range(rows)
    ]
    return ("at,heart rate,steps\n" + "\n".join(lines) + "\n").encode()


def form(content: bytes, name: str = "bracelet.csv", mapping: Any = MAPPING, **fields: str) -> dict[str, Any]:
    """What httpx sends as a form."""
    given = {"mapping": msgspec.json.encode(mapping).decode()} if mapping is not None else {}
    return {"files": {"file": (name, content, "text/csv")}, "data": given | fields}


async def sent(health: Running, headers: dict[str, str], content: bytes, **more: Any) -> UUID:
    """The id of an import that has been accepted."""
    answer = await health.http.post("/imports", headers=headers, **form(content, **more))
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["id"])


async def read(health: Running, headers: dict[str, str], import_id: UUID) -> dict[str, Any]:
    answer = await health.http.get(f"/imports/{import_id}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def done(
    health: Running, headers: dict[str, str], import_id: UUID, *states: str, seconds: float = 30
) -> dict[str, Any]:
    """Wait until it is in one of these states, or in any that is the last."""

    async def ended() -> Any:
        found = await read(health, headers, import_id)
        return found if found["state"] in (states or DONE) else None

    return await until(ended, seconds, 0.05)


async def imported(health: Running, headers: dict[str, str], content: bytes, **more: Any) -> dict[str, Any]:
    """A file that has been read."""
    return await done(health, headers, await sent(health, headers, content, **more))


async def quiet(health: Running, user_id: UUID) -> None:
    """Wait until no day of the user is dirty."""

    async def drained() -> bool:
        return not await health.db.fetchval(
            "SELECT EXISTS (SELECT FROM dirty_day JOIN series USING (series_id) WHERE user_id = $1)", user_id
        )

    await until(drained, 30)


async def checksum(health: Running, user_id: UUID) -> dict[str, Any]:
    """All that an undone import must have left as it was."""
    await quiet(health, user_id)
    series = "SELECT series_id FROM series WHERE user_id = $1"
    told = {
        "samples": f"SELECT s.* FROM sample AS s WHERE series_id IN ({series}) ORDER BY series_id, at, n",
        "sources": "SELECT * FROM source WHERE user_id = $1 ORDER BY source_id",
        "series": "SELECT * FROM series WHERE user_id = $1 ORDER BY series_id",
        "before": f"SELECT * FROM sample_before WHERE series_id IN ({series}) ORDER BY import_id, series_id, at, n",
        "quarantine": "SELECT * FROM quarantine WHERE user_id = $1 ORDER BY quarantine_id",
        "days": "SELECT metric_id, on_date, value, min, max, n, sources FROM day_summary "
        "WHERE user_id = $1 AND value IS NOT NULL ORDER BY metric_id, on_date",
    }
    return {what: [tuple(row) for row in await health.db.fetch(sql, user_id)] for what, sql in told.items()}


async def until_erased(health: Running, user_id: UUID) -> None:
    async def gone() -> bool:
        return bool(await health.db.fetchval("SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)", user_id))

    await until(gone)
