"""What is left of a user who goes: nothing; and nothing comes back."""

import asyncio

import pytest
from services.health.tests import make

from contracts.events import UserErased
from testkit import until

pytestmark = pytest.mark.anyio

LEFT = """
    SELECT (SELECT count(*) FROM health_record WHERE user_id = $1)
         + (SELECT count(*) FROM day_summary WHERE user_id = $1)
         + (SELECT count(*) FROM dirty_day WHERE user_id = $1) + (SELECT count(*) FROM known_user WHERE user_id = $1)
         + (SELECT count(*) FROM known_zone WHERE user_id = $1)
         + (SELECT count(*) FROM outbox WHERE user_id = $1 AND name NOT LIKE 'user.%')
"""
ERASED = "SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)"


@pytest.fixture
async def gone(health):
    """A user who had data here and was deleted."""
    user = make.a_user()
    headers = health.signer.headers(user.user_id, user.username)
    await health.publish(user)
    for _ in range(3):
        assert (await health.http.post("/health-data", json=make.an_entry(), headers=headers)).status_code == 201
    await health.publish(make.a_deletion(user.user_id))
    await until(lambda: health.db.fetchval(ERASED, user.user_id))
    return user


async def test_nothing_is_left(health, gone):
    assert await health.db.fetchval(LEFT, gone.user_id) == 0


async def test_late_writes_are_refused(health, gone):
    headers = health.signer.headers(gone.user_id, gone.username)
    answers = await asyncio.gather(
        *(health.http.post("/health-data", json=make.an_entry(), headers=headers) for _ in range(5)),
        health.http.post("/health-data", json=make.an_entry(), headers=headers | {"idempotency-key": "late"}),
    )
    assert {answer.status_code for answer in answers} == {401}
    assert await health.db.fetchval(LEFT, gone.user_id) == 0


async def test_late_events_change_nothing(health, gone):
    await health.publish(make.a_user(gone.user_id, version=9))
    await health.publish(make.a_deletion(gone.user_id))
    marker = make.a_user()
    await health.publish(marker)
    await make.known(health, marker.user_id)
    assert await health.db.fetchval(LEFT, gone.user_id) == 0


async def test_identity_is_told(health, gone, heard):
    def answered():
        return [e for e in heard if isinstance(e, UserErased) and e.user_id == gone.user_id and e.service == "health"]

    assert await until(answered)
