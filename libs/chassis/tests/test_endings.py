"""A session that ended elsewhere ends here within two seconds."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from contracts.events import UserDeleted, UserRegistered, UserUpdated
from testkit import until

pytestmark = pytest.mark.anyio


async def status(http, headers) -> int:
    return (await http.get("/things", headers=headers)).status_code


async def test_a_raised_epoch_ends_older_tokens_alone(running, http, signer, user_id):
    older, newer = signer.headers(user_id), signer.headers(user_id, epoch=1)
    await running.publish(UserRegistered(user_id=user_id, version=1, username="alice"))
    await until(lambda: running.db.fetchval("SELECT true FROM known_user WHERE user_id = $1", user_id))
    assert await status(http, older) == 200
    await running.publish(UserUpdated(user_id=user_id, version=2, username="alice", sessions_epoch=1))
    await until(lambda: ended(http, older), seconds=2)
    assert await status(http, newer) == 200


async def test_deactivation_ends_every_token(running, http, signer, user_id):
    headers = signer.headers(user_id, epoch=5)
    assert await status(http, headers) == 200
    await running.publish(UserRegistered(user_id=user_id, version=1, username="bob", state="deactivated"))
    await until(lambda: ended(http, headers), seconds=2)


async def test_deletion_ends_every_token_and_erases(running, http, signer, user_id):
    headers = signer.headers(user_id)
    await running.publish(UserRegistered(user_id=user_id, version=1, username="carol"))
    assert (await http.post("/things", json={"name": "a"}, headers=headers)).status_code == 201
    await running.publish(UserDeleted(user_id=user_id, version=2))
    await until(lambda: ended(http, headers), seconds=2)
    assert not await running.db.fetchval("SELECT count(*) FROM thing WHERE user_id = $1", user_id)
    late = UserUpdated(user_id=user_id, version=3, username="carol")
    other = UserRegistered(user_id=uuid4(), version=1, username=f"late-{datetime.now(UTC).timestamp()}")
    await running.publish(late)
    await running.publish(other)
    await until(lambda: running.db.fetchval("SELECT true FROM known_user WHERE user_id = $1", other.user_id))
    assert not await running.db.fetchval("SELECT count(*) FROM known_user WHERE user_id = $1", user_id)


async def ended(http, headers) -> bool:
    return await status(http, headers) == 401
