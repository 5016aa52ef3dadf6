"""People who send health data at a steady rate, whatever happens to the product, and remember what was acknowledged."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.product import Person, Product


@dataclass
class Journal:
    """What was sent and what came of it."""

    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Answer by record id."""
    repeated: int = 0
    """Answers to keys that had been answered before."""
    unknown: int = 0
    """Writes without a key whose outcome nobody told."""
    refused: Counter[int] = field(default_factory=Counter)
    """Tries by status that were answered, but not with 2xx."""
    retries: int = 0
    longest_s: float = 0.0


async def send(
    client: aiohttp.ClientSession, people: Sequence[Person], *, writes: int, per_second: float, journal: Journal
) -> None:
    """Send all writes at their time; those with a key are retried until they are acknowledged, as a phone would."""
    chance = random.Random(writes)
    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(writes):
            await asyncio.sleep(max(0, begun + number / per_second - time.monotonic()))
            person = chance.choice(people)
            body = _body(chance)
            key = f"k{number}-{chance.getrandbits(64):x}" if number % 2 else None
            group.create_task(_write(client, person, body, key, journal))


def _body(chance: random.Random) -> dict[str, Any]:
    body: dict[str, Any] = {"steps": chance.randint(1, 2_000)}
    if chance.random() < 0.3:
        body["weight"] = round(chance.uniform(50, 110), 1)
    if chance.random() < 0.2:
        body["sleep_hours"] = round(chance.uniform(3, 10), 1)
    return body


async def _write(
    client: aiohttp.ClientSession, person: Person, body: dict[str, Any], key: str | None, journal: Journal
) -> None:
    headers = person.headers | ({"idempotency-key": key} if key else {})
    started = time.monotonic()
    for attempt in range(200):
        try:
            async with client.post("/health-data", json=body, headers=headers) as answer:
                if answer.status == 201:
                    record = await answer.json()
                    journal.repeated += record["id"] in journal.acknowledged
                    journal.acknowledged[record["id"]] = record | {"user_id": person.id}
                    journal.longest_s = max(journal.longest_s, time.monotonic() - started)
                    return
                journal.refused[answer.status] += 1
        except (aiohttp.ClientError, TimeoutError):
            pass
        if key is None:
            journal.unknown += 1
            return
        journal.retries += attempt > 0
        await asyncio.sleep(0.25)
    raise AssertionError(f"a write was never taken: {journal}")


async def verify(product: Product, people: Sequence[Person], journal: Journal) -> None:
    """Hold every acknowledged write and every effect of it against the tables of the services."""
    ids = [person.id for person in people]
    stored = {str(row["id"]) for row in await product.rows("health", STORED, ids)}
    lost = journal.acknowledged.keys() - stored
    assert not lost, f"{len(lost)} acknowledged writes are lost"
    extra = len(stored) - len(journal.acknowledged)
    assert 0 <= extra <= journal.unknown, f"{extra} records nobody was told of, {journal.unknown} unknown outcomes"

    expected = [tuple(row) for row in await product.rows("health", RECOMPUTED, ids)]
    found = [tuple(row) for row in await product.rows("analytics", KNOWN, ids)]
    assert found == expected, "analytics differs from a recomputation of health's records"

    notified = Counter(str(row["record"]) for row in await product.rows("notification", NOTIFIED, ids))
    doubled = {record: n for record, n in notified.items() if n != 1}
    assert not doubled, f"doubled notifications: {doubled}"
    assert notified.keys() == stored, f"{len(stored - notified.keys())} records without a notification"


STORED = "SELECT id FROM health_record WHERE user_id = ANY ($1::uuid[])"

RECOMPUTED = """
    SELECT user_id, on_date, 'steps' AS metric, sum(steps)::float8 AS value FROM health_record
    WHERE user_id = ANY ($1::uuid[]) GROUP BY user_id, on_date HAVING count(steps) > 0
    UNION ALL
    (SELECT DISTINCT ON (user_id, on_date) user_id, on_date, 'weight', weight::float8 FROM health_record
    WHERE user_id = ANY ($1::uuid[]) AND weight IS NOT NULL ORDER BY user_id, on_date, at DESC, id DESC)
    ORDER BY 1, 2, 3
"""

KNOWN = """
    SELECT user_id, on_date, metric, value FROM known_day
    WHERE user_id = ANY ($1::uuid[]) AND metric IN ('steps', 'weight') AND value IS NOT NULL
    ORDER BY 1, 2, 3
"""

NOTIFIED = """
    SELECT cause ->> 'id' AS record FROM notification
    WHERE user_id = ANY ($1::uuid[]) AND cause ->> 'kind' = 'record'
"""
