"""Kill any process in the middle of writes: nothing acknowledged is lost, nothing happens twice."""

import asyncio
import time

import pytest

from tests import traffic
from tests.product import Product
from tests.traffic import Journal

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("faults")]

PROCESSES = (
    "identity",
    "health",
    "health-worker",
    "workout",
    "workout-worker",
    "analytics",
    "analytics-worker",
    "notification",
    "dashboard",
    "gateway",
    "rabbitmq",
    "postgres",
)
PEOPLE = 8


async def killed_in_the_middle(product: Product, process: str, writes: int) -> None:
    journal = Journal()
    async with product.client() as client:
        people = [await product.person(client) for _ in range(PEOPLE)]
        sending = asyncio.create_task(traffic.send(client, people, writes=writes, per_second=50, journal=journal))
        await asyncio.sleep(writes / 50 * 0.4)
        product.supervisor.process(process).kill()
        killed_at = time.monotonic()
        await sending
        await product.settled()
        print(
            f"{process}: acknowledged {len(journal.acknowledged)}, unknown {journal.unknown},"
            f" refused {dict(journal.refused)}, retries {journal.retries}, longest write {journal.longest_s:.1f} s,"
            f" settled {time.monotonic() - killed_at:.1f} s after the kill"
        )
        await traffic.verify(product, people, journal)
        assert product.dead() == 0
        assert await product.state(client) == "ok"


@pytest.mark.parametrize("process", PROCESSES)
async def test_killed_process_loses_nothing(product, process):
    await killed_in_the_middle(product, process, 400)


@pytest.mark.long
@pytest.mark.parametrize("process", PROCESSES)
async def test_killed_process_loses_nothing_of_5000(product, process):
    await killed_in_the_middle(product, process, 5_000)


async def test_writes_go_on_without_a_broker(product):
    """15 s without RabbitMQ: every write is taken, the product says it is degraded, and then everything arrives."""
    journal = Journal()
    async with product.client() as client:
        people = [await product.person(client) for _ in range(PEOPLE)]
        broker = product.supervisor.process("rabbitmq")
        await asyncio.to_thread(broker.stop)
        try:
            seen = set()
            sending = asyncio.create_task(traffic.send(client, people, writes=300, per_second=20, journal=journal))
            while not sending.done():
                seen.add(await product.state(client))
                await asyncio.sleep(0.5)
            await sending
        finally:
            await asyncio.to_thread(broker.start)
        assert not journal.refused
        assert journal.unknown == 0
        assert "degraded" in seen
        await product.settled()
        await traffic.verify(product, people, journal)
