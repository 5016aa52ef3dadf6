"""``/health``: one word for everything, whatever the services do."""

import asyncio
import time

import msgspec
import pytest
from services.dashboard.tests.admins import NAMES, WELL, Admins

from chassis import openapi
from chassis.admin import State
from dashboard.app import SERVICE
from dashboard.readiness import model
from dashboard.readiness.model import Process
from testkit import until
from testkit.running import Running

pytestmark = pytest.mark.anyio

OK = {"status": "ok", "database": "up", "broker": "up", "outbox": "flowing", "dead_letters": "none"}
AWAY = {
    "status": "unavailable",
    "database": "unknown",
    "broker": "unknown",
    "outbox": "unknown",
    "dead_letters": "unknown",
}


def but(**changes: object) -> State:
    return msgspec.structs.replace(WELL, **changes)


async def test_all_is_well(dashboard: Running, admins: Admins) -> None:
    status, body = await admins.seen_by(dashboard)
    assert (status, body["status"]) == (200, "ok")
    assert body["services"] == dict.fromkeys((*NAMES, "dashboard"), OK)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (but(broker="down"), {"broker": "down"}),
        (but(broker="blocked"), {"broker": "blocked"}),
        (but(outbox_depth=9, outbox_age_s=31.0), {"outbox": "late"}),
        (but(dead_letters=1), {"dead_letters": "waiting"}),
    ],
)
async def test_what_is_late_degrades(dashboard: Running, admins: Admins, state: State, said: dict[str, str]) -> None:
    admins.answers["identity"] = state
    status, body = await admins.seen_by(dashboard)
    assert (status, body["status"]) == (200, "degraded")
    assert body["services"]["identity"] == OK | {"status": "degraded"} | said
    assert body["services"]["health"] == OK


@pytest.mark.parametrize("answer", [3.0, b"<html>", b"", b"[" * 100_000, b'{"ready": "yes"}'])
async def test_a_worker_that_does_not_answer_degrades(
    dashboard: Running, admins: Admins, answer: bytes | float
) -> None:
    admins.answers["health-worker"] = answer
    status, body = await admins.seen_by(dashboard)
    assert (status, body["status"]) == (200, "degraded")
    assert body["services"]["health-worker"] == AWAY


@pytest.mark.parametrize("answer", [3.0, b"<html>"])
async def test_a_service_that_does_not_answer_is_unavailable(
    dashboard: Running, admins: Admins, answer: bytes | float
) -> None:
    admins.answers["notification"] = answer
    status, body = await admins.seen_by(dashboard)
    assert (status, body["status"]) == (503, "unavailable")
    assert body["services"]["notification"] == AWAY
    assert body["services"]["identity"] == OK


async def test_a_service_that_is_not_ready_is_unavailable(dashboard: Running, admins: Admins) -> None:
    admins.answers["analytics"] = but(ready=False, database="not migrated")
    status, body = await admins.seen_by(dashboard)
    assert (status, body["status"]) == (503, "unavailable")
    assert body["services"]["analytics"] == OK | {"status": "unavailable", "database": "not migrated"}


async def test_slow_ones_are_waited_for_together_and_not_for_long(dashboard: Running, admins: Admins) -> None:
    admins.answers = dict.fromkeys(NAMES, 3.0)
    started = time.monotonic()
    status, _body = await admins.seen_by(dashboard)
    assert status == 503
    assert time.monotonic() - started < 1.5


async def test_a_crowd_that_asks_is_answered_from_one_look(dashboard: Running, admins: Admins) -> None:
    await admins.seen_by(dashboard)
    before = admins.asked
    answers = await asyncio.gather(*(dashboard.http.get("/health") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert admins.asked - before <= 2 * len(NAMES)
    assert answers[0].headers["cache-control"] == "no-store"


async def test_it_is_seen_again_soon(dashboard: Running, admins: Admins) -> None:
    await admins.seen_by(dashboard)
    admins.answers["identity"] = but(ready=False)

    async def noticed() -> bool:
        return (await dashboard.http.get("/health")).status_code == 503

    await until(noticed, 5)


def test_an_installed_service_without_an_address_counts_as_away() -> None:
    health = model.of_processes({"identity": model.of_state(WELL), "workout": Process()})
    assert health.status == "unavailable"


def test_both_statuses_are_documented_with_the_same_body() -> None:
    answers = openapi.document(SERVICE)["paths"]["/health"]["get"]["responses"]
    assert answers["200"]["content"] == answers["503"]["content"]
    assert answers["503"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Health"}
