"""When a user is gone, nothing of them is left here and nothing comes back."""

from uuid import uuid4

import pytest
from services.analytics.tests.make import a_day, a_deletion, a_user, ago, handle

from testkit import until

pytestmark = pytest.mark.anyio

LEFT = """
    SELECT (SELECT count(*) FROM known_day WHERE user_id = $1) + (SELECT count(*) FROM insight WHERE user_id = $1)
         + (SELECT count(*) FROM known_user WHERE user_id = $1)
         + (SELECT count(*) FROM outbox WHERE user_id = $1 AND name = 'insight.found.v1')
"""
SEEN = "SELECT count(*) FROM inbox WHERE event_id = $1"


async def test_nothing_is_left_and_late_events_are_dropped(analytics, db):
    gone, stays = uuid4(), uuid4()
    await analytics.publish(a_user(gone), a_user(stays))
    for user_id in (gone, stays):
        await handle(db, *(a_day(user_id, 12_000, on_date=ago(n)) for n in range(3)))
    deletion = a_deletion(gone)
    await analytics.publish(deletion)
    await until(lambda: db.fetchval("SELECT count(*) FROM erased WHERE user_id = $1", gone))
    late = a_day(gone, 15_000, version=9)
    await analytics.publish(late)
    await until(lambda: db.fetchval(SEEN, late.event_id))
    assert await db.fetchval(LEFT, gone) == 0
    assert await db.fetchval(LEFT, stays) >= 6
