"""From an event to a notification that is listed, read and forgotten."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from services.notification.tests.make import a_contact, a_deletion, a_record, a_sample, an_insight, an_update

from contracts.events import Cause
from notification.app import SERVICE
from testkit import until
from testkit.plugin import Start
from testkit.running import Running

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def notification(start: Start) -> AsyncIterator[Running]:
    async with start(SERVICE) as running:
        yield running


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


async def items(running: Running, user_id: UUID, **query: object) -> list[dict[str, object]]:
    answer = await running.http.get("/notifications", params=query, headers=running.signer.headers(user_id))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_one_notification_for_all_metrics_of_a_record(notification: Running, user_id: UUID) -> None:
    steps, sleep, weight = a_record(user_id)
    await notification.publish(weight)
    await notification.publish(steps, sleep)

    async def complete() -> bool:
        return [i["body"] for i in await items(notification, user_id)] == [
            "Steps 5,000 · Sleep 7.5\u202fh · Weight 70\u202fkg"
        ]

    await until(complete)
    (item,) = await items(notification, user_id)
    assert item["kind"] == "health.recorded"
    assert item["title"] == "Health data recorded"
    assert item["cause"] == {"kind": "record", "id": str(steps.cause.id)}
    assert item["read_at"] is None
