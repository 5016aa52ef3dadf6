"""However often and in whatever order events come, a user is told the same, once."""

import asyncio
from collections.abc import Sequence
from random import Random
from uuid import UUID

import pytest
from services.notification.tests.look import Reader, handle
from services.notification.tests.make import a_deletion, a_record, a_sample, an_insight

from contracts import topology
from contracts.events import Event, SampleRecorded
from notification.notifications import wording
from notification.notifications.wording import Value
from testkit import until
from testkit.running import Running

pytestmark = pytest.mark.anyio

SAMPLES = topology.BY_NAME["notification.samples"]
INSIGHTS = topology.BY_NAME["notification.insights"]


def history(user_id: UUID) -> list[Event]:
    """Two records, one of them told of again with a newer version, and an insight found twice."""
    first, second = a_record(user_id), a_record(user_id)
    corrected = a_sample(user_id, cause=first[0].cause, version=2, last=6000.0)
    insight = an_insight(user_id)
    again = an_insight(user_id, insight_id=insight.insight_id, version=2, body="4.9 h of sleep.")
    return [*first, *second, corrected, insight, again]


EXPECTED = [
    ("health.recorded", "Steps 5,000 · Sleep 7.5\u202fh · Weight 70\u202fkg"),
    ("health.recorded", "Steps 6,000 · Sleep 7.5\u202fh · Weight 70\u202fkg"),
    ("insight.short-sleep", "4.9 h of sleep."),
    ("insight.short-sleep", "5.2 h of sleep; your usual is 7 to 8 h."),
]


def messages(events: Sequence[Event], random: Random) -> list[list[Event]]:
    """Cut a shuffled history into messages of one type."""
    cut: list[list[Event]] = []
    for event in events:
        if cut and type(cut[-1][0]) is type(event) and random.random() < 0.5:
            cut[-1].append(event)
        else:
            cut.append([event])
    return cut


async def deliver(running: Running, message: Sequence[Event]) -> None:
    await handle(running, SAMPLES if isinstance(message[0], SampleRecorded) else INSIGHTS, *message)


async def told(reader: Reader) -> list[tuple[str, str]]:
    return sorted((item["kind"], item["body"]) for item in await reader.items())


@pytest.mark.parametrize("seed", range(25))
async def test_three_times_in_any_order(notification: Running, reader: Reader, seed: int) -> None:
    random = Random(seed)
    events = history(reader.user_id) * 3
    random.shuffle(events)
    for message in messages(events, random):
        await deliver(notification, message)
    assert await told(reader) == EXPECTED


async def test_many_workers_at_once(notification: Running, reader: Reader) -> None:
    events = history(reader.user_id) * 4
    random = Random(7)
    random.shuffle(events)
    await asyncio.gather(*(deliver(notification, message) for message in messages(events, random)))
    assert await told(reader) == EXPECTED
    sent = "SELECT count(DISTINCT seq) FROM notification WHERE user_id = $1"
    assert await notification.db.fetchval(sent, reader.user_id) == 4


async def test_a_deletion_in_the_middle_leaves_nothing(notification: Running) -> None:
    readers = [Reader(notification) for _ in range(5)]
    work = [deliver(notification, [event]) for reader in readers for event in history(reader.user_id)]
    users = [notification.publish(a_deletion(reader.user_id)) for reader in readers]
    await asyncio.gather(*work, *users)
    for reader in readers:
        await until(lambda: notification.db.fetchval("SELECT true FROM erased WHERE user_id = $1", reader.user_id))  # noqa: B023
        for table in ("notification", "recorded_value"):
            left = f"SELECT count(*) FROM {table} WHERE user_id = $1"
            assert await notification.db.fetchval(left, reader.user_id) == 0


@pytest.mark.parametrize(
    ("value", "units", "said"),
    [
        (Value("steps", "manual", "1", 1, 12932.0), "metric", "Steps 12,932"),
        (Value("weight", "manual", "kg", 1, 70.0), "imperial", "Weight 154.3\u202flb"),
        (
            Value("bp_systolic", "manual", "mm[Hg]", 1, 120.0),
            "metric",
            "Systolic blood pressure 120\u202fmmHg",
        ),
        (Value("skin_temperature", "watch", "Cel", 1, -0.004), "metric", "Skin temperature 0\u202f°C"),
        (Value("skin_temperature", "watch", "Cel", 1, -1.25), "metric", "Skin temperature −1.25\u202f°C"),
        (Value("heart_rate", "watch", "/min", 1204, 64.0), "metric", "Heart rate 1,204 values"),
    ],
)
def test_values_are_said_as_people_say_them(value: Value, units: str, said: str) -> None:
    assert wording.phrase(value, units) == said
