"""python -m identity republish."""

from datetime import UTC, datetime

import pytest
from services.identity.tests.make import someone

from contracts.events import UserContactChanged, UserDeleted, UserUpdated
from identity.republish import republish

pytestmark = pytest.mark.anyio


async def again(running, since):
    async with running.runtime.worker.acquire() as db, db.transaction():
        return await republish(db, since)


async def test_the_present_state_is_told_again(running, told):
    gone, mina = await someone(running.http), await someone(running.http, email="mina@example.org")
    await gone.ask("DELETE", "/users/me")
    await running.quiet()
    count = await again(running, None)
    assert (await told(UserUpdated, mina.user_id)).version == 1
    assert (await told(UserContactChanged, mina.user_id)).email == "mina@example.org"
    assert (await told(UserDeleted, gone.user_id)).version == 2

    since = datetime.now(UTC)
    await mina.ask("PATCH", "/users/me", json={"locale": "fr"})
    assert await again(running, since) < count
    await running.quiet()
    assert (await told(UserUpdated, mina.user_id)).version == 2
