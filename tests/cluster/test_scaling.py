"""Autoscaling by the real controllers: processor load adds pods of the API, a backlog adds workers; then back again."""

import time

import pytest

from tests.cluster.kit import Kubernetes, Load, Rig, browser, eventually, new_user

EVENTS = 20_000
FLOOD = """
import asyncio, json, os, pathlib, sys
from datetime import date, timedelta
from uuid import UUID
import aio_pika, msgspec
from contracts.events import DaySummarised

read = lambda name: pathlib.Path(os.environ[name + "_FILE"]).read_text()

async def main(user, count):
    url = f"amqp://{read('BROKER_USER')}:{read('BROKER_PASSWORD')}@{os.environ['BROKER_HOST']}:5672/fitmesh"
    connection = await aio_pika.connect(url)
    channel = await connection.channel(publisher_confirms=True)
    events = await channel.get_exchange("events", ensure=False)
    for start in range(0, count, 500):
        batch = []
        for number in range(start, min(start + 500, count)):
            on_date = date(2001, 1, 1) + timedelta(days=number % 5000)
            event = DaySummarised(user_id=UUID(user), version=1 + number // 5000, metric="steps", kind="additive",
                on_date=on_date, value=float(number), unit="{steps}", min=0.0, max=float(number), n=1)
            body = msgspec.json.encode([event])
            message = aio_pika.Message(body, content_type="application/json", delivery_mode=2)
            batch.append(events.publish(message, DaySummarised.name(), timeout=60))
        await asyncio.gather(*batch)
    await connection.close()
    print(json.dumps(count))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def ready(kubernetes: Kubernetes, name: str) -> int:
    return int(kubernetes.get("deployment", name)["status"].get("readyReplicas", 0))


@pytest.fixture(scope="module")
def measured(rig: Rig | None, kubernetes: Kubernetes) -> None:
    if rig:
        rig("add", "metrics-server", "keda")
    elif not kubernetes.run("kubectl", "get", "crd", "scaledobjects.keda.sh", "--ignore-not-found"):
        pytest.skip("this cluster has no KEDA")


def test_processor_load_adds_pods_and_an_upgrade_keeps_them(fitmesh: Kubernetes, measured: None) -> None:
    scaled = ("kind=hpa", "cpu=60", "minReplicas=1", "maxReplicas=3", "scaleDownSeconds=5")
    sets = [f"health.autoscaling.{each}" for each in scaled]
    fitmesh.deploy(*sets)
    with Load(rate=60, users=6):
        began = time.monotonic()
        eventually("three pods", lambda: ready(fitmesh, "health") == 3, within_s=120)
        print(f"\nHPA: three pods after {time.monotonic() - began:.0f} s")
        fitmesh.deploy(*sets, "health.config.LOG_LEVEL=DEBUG")
        assert ready(fitmesh, "health") >= 2
    eventually("one pod again", lambda: ready(fitmesh, "health") == 1, within_s=180)


def test_a_backlog_takes_the_worker_to_three_pods_and_back(fitmesh: Kubernetes, measured: None) -> None:
    scaled = ("kind=keda", "minReplicas=1", "maxReplicas=4", "scaleDownSeconds=5")
    fitmesh.deploy(*(f"analytics.worker.autoscaling.{each}" for each in scaled))
    eventually("one worker", lambda: ready(fitmesh, "analytics-worker") == 1, within_s=180)
    with browser() as client:
        user = fitmesh.user_id(new_user(client)[0])
    began = time.monotonic()
    assert fitmesh.python("deploy/health", FLOOD, user, str(EVENTS)) == EVENTS
    print(f"\n{EVENTS} messages published in {time.monotonic() - began:.0f} s")
    eventually("three workers", lambda: ready(fitmesh, "analytics-worker") >= 3, within_s=120)
    print(f"KEDA: three workers after {time.monotonic() - began:.0f} s")
    right = f"""SELECT count(*) FROM known_day WHERE user_id = '{user}' AND metric = 'steps' AND on_date < '2015-01-01'
                AND version = {EVENTS // 5000} AND value = {EVENTS - 5000} + (on_date - date '2001-01-01')"""
    eventually("all handled", lambda: fitmesh.number("analytics", right) == 5000, within_s=180)
    print(f"all handled after {time.monotonic() - began:.0f} s")
    eventually("one worker again", lambda: ready(fitmesh, "analytics-worker") == 1, within_s=300)
    print(f"one worker again after {time.monotonic() - began:.0f} s")
    fitmesh.deploy()
