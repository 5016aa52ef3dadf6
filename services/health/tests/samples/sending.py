"""Builders of bodies, and the quickest ways to send them."""

from typing import Any
from uuid import UUID, uuid4

from testkit.running import Running

WATCH = {"app": "Strider", "device": "Watch 3", "device_kind": "watch"}

STORED = """
    SELECT metric.code AS metric, source.app, sample.at, sample.n, sample.duration_s, sample.value, sample.offset_min
    FROM series JOIN metric USING (metric_id)
    JOIN source ON source.user_id = series.user_id AND source.source_id = series.source_id
    JOIN sample USING (series_id)
    WHERE series.user_id = $1 ORDER BY 1, 2, 3, 4
"""


def a_body(samples: Any, metric: str = "heart_rate", **changes: Any) -> dict[str, Any]:
    return {"source": WATCH, "metric": metric, "samples": samples} | changes


class Person:
    """A user and their token."""

    def __init__(self, health: Running, user_id: UUID | None = None) -> None:
        self.health = health
        self.id = user_id or uuid4()
        self.headers = health.signer.headers(self.id, "alice")

    async def send(self, samples: Any, metric: str = "heart_rate", *, query: str = "", **changes: Any) -> Any:
        """What the service answers to good samples."""
        body = a_body(samples, metric, **changes)
        answer = await self.health.http.post(f"/samples{query}", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, content: bytes, kind: str = "application/json", query: str = "", **headers: str) -> Any:
        given = self.headers | {"content-type": kind} | {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.health.http.post(f"/samples{query}", content=content, headers=given)

    async def get(self, path: str, **parameters: Any) -> Any:
        answer = await self.health.http.get(path, params=parameters, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def stored(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.health.db.fetch(STORED, self.id)]
