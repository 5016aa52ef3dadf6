"""Everything can be told again."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from services.health.tests import make

from health.days import queries
from testkit import until

pytestmark = pytest.mark.anyio


async def test_summaries_are_told_again(health, told):
    user_id = uuid4()
    headers = health.signer.headers(user_id, "alice")
    before = datetime.now(UTC)
    await health.http.post("/health-data", json=make.an_entry(), headers=headers)
    await until(lambda: len(told.last(user_id)) == 3)
    first = told.last(user_id)
    async with health.db.acquire() as db, db.transaction():
        assert await queries.republish(db, before) >= 3
        assert await queries.republish(db, datetime.now(UTC)) == 0
        assert await queries.republish(db, None) >= 3
    health.runtime.bell.ring("outbox")

    def again():
        return len([e for e in told.events if e.user_id == user_id]) == 9

    await until(again)
    assert {(k, e.value, e.version) for k, e in told.last(user_id).items()} == {
        (k, e.value, e.version) for k, e in first.items()
    }
