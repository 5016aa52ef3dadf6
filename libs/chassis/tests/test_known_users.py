"""The copy of users: the newest state wins whatever the order, days follow the zones, the erased stay gone."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from asyncpg import Connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis import known_users
from chassis.known_users import Altered, KnownUser
from chassis.problems import Unavailable
from contracts.events import UserDeleted, UserRegistered, UserState, UserUpdated, ZoneSince
from contracts.identity.v1 import identity_pb2
from testkit import Running

pytestmark = pytest.mark.anyio

LOCAL_DATE = "SELECT local_date($1, $2)"


@pytest.fixture
async def db(running: Running) -> AsyncIterator[Connection]:
    """As the worker; everything is rolled back."""
    async with running.runtime.worker.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()


def a_user(user_id: UUID, version: int = 1, **changes: object) -> UserUpdated:
    return UserUpdated(**({"user_id": user_id, "version": version, "username": f"u{user_id.hex[:8]}"} | changes))


async def kept(db: Connection, user_id: UUID) -> dict | None:
    row = await db.fetchrow("SELECT * FROM known_user WHERE user_id = $1", user_id)
    return dict(row) if row else None


async def test_older_versions_change_nothing(db, user_id):
    await known_users.keep(db, [a_user(user_id, 3, display_name="three"), a_user(user_id, 2, display_name="two")])
    await known_users.keep(db, [a_user(user_id, 1, display_name="one")])
    found = await kept(db, user_id)
    assert (found["version"], found["display_name"]) == (3, "three")


async def test_everything_told_is_kept(db, user_id):
    told = {"locale": "de", "units": "imperial", "first_day_of_week": 7, "birth_date": date(1990, 5, 17)}
    told |= {"sex": "female", "height_cm": 171.5, "display_name": "Alice", "sessions_epoch": 2}
    await known_users.keep(db, [a_user(user_id, **told)])
    found = await kept(db, user_id)
    assert {name: found[name] for name in told} == told
    assert found["ended_at"] is not None


async def test_the_day_follows_the_zones(db, user_id):
    moved_at = datetime(2026, 6, 1, tzinfo=UTC)
    zones = (ZoneSince("Europe/Berlin"), ZoneSince("America/New_York", moved_at))
    await known_users.keep(db, [a_user(user_id, zones=zones)])
    assert await db.fetchval(LOCAL_DATE, user_id, datetime(2026, 5, 1, 23, tzinfo=UTC)) == date(2026, 5, 2)
    assert await db.fetchval(LOCAL_DATE, user_id, datetime(2026, 6, 2, 2, tzinfo=UTC)) == date(2026, 6, 1)
    assert await db.fetchval(LOCAL_DATE, uuid4(), datetime(2026, 6, 2, 2, tzinfo=UTC)) == date(2026, 6, 2)


async def test_those_whose_zones_change_are_told(db, user_id):
    told: list[UUID] = []

    async def moved(_db: Connection, user_ids: list[UUID]) -> None:
        told.extend(user_ids)

    await known_users.keep(db, [a_user(user_id, 1)], moved)
    await known_users.keep(db, [a_user(user_id, 2, display_name="x")], moved)
    assert told == [user_id]
    zones = (ZoneSince("Asia/Tokyo"),)
    await known_users.keep(db, [a_user(user_id, 3, zones=zones)], moved)
    await known_users.keep(db, [a_user(user_id, 2, zones=(ZoneSince("Asia/Seoul"),))], moved)
    assert told == [user_id, user_id]
    assert await db.fetchval("SELECT zone FROM known_zone WHERE user_id = $1", user_id) == "Asia/Tokyo"


async def test_those_of_whom_something_else_is_said_are_told(db, user_id):
    told: list[UUID] = []

    async def tell(_db: Connection, user_ids: Sequence[UUID]) -> None:
        told.extend(user_ids)

    altered = Altered({"birth_date", "sex"}, tell)
    for version, changes, times in (
        (1, {}, 1),
        (2, {"display_name": "x"}, 1),
        (3, {"birth_date": date(1980, 1, 1)}, 2),
        (4, {"birth_date": date(1980, 1, 1), "locale": "de"}, 2),
        (5, {"birth_date": date(1981, 1, 1), "sex": "female"}, 3),
        (4, {"sex": "male"}, 3),
        (6, {}, 4),
    ):
        await known_users.keep(db, [a_user(user_id, version, **changes)], None, altered)
        assert told == [user_id] * times, version


async def test_an_unknown_zone_is_left_out(db, user_id):
    await known_users.keep(db, [a_user(user_id, zones=(ZoneSince("UTC"), ZoneSince("Mars/Base", datetime.now(UTC))))])
    assert await db.fetchval("SELECT count(*) FROM known_zone WHERE user_id = $1", user_id) == 1


async def test_who_is_erased_stays_away(db, user_id):
    async def erase(_db: Connection, _user_ids: list[UUID]) -> int:
        return 4

    await known_users.keep(db, [a_user(user_id)])
    await known_users.forget(db, "dashboard", [UserDeleted(user_id=user_id, version=2)], erase)
    await known_users.keep(db, [a_user(user_id, 9)])
    assert await kept(db, user_id) is None
    told = await db.fetchrow("SELECT name, body FROM outbox WHERE user_id = $1", user_id)
    assert told["name"] == "user.erased.v1"
    assert b'"rows":6' in told["body"]


async def test_a_miss_asks_identity_once(db, user_id):
    asked, name = [], f"u{user_id.hex[:8]}"

    async def ask(request: identity_pb2.GetUserRequest) -> identity_pb2.User | None:
        asked.append(request)
        if request.username == "nobody":
            return None
        return identity_pb2.User(
            user_id=str(user_id), username=name, version=1, locale="en", units="metric", first_day_of_week=1,
            state="active", zones=[identity_pb2.ZoneSince(zone="UTC")],
        )  # fmt: skip

    assert await known_users.find(db, ask, username=name) == KnownUser(user_id, name)
    assert await known_users.find(db, ask, user_id=user_id) == KnownUser(user_id, name)
    assert await known_users.find(db, ask, username="nobody") is None
    assert len(asked) == 2


async def test_identity_away_is_unavailable(db):
    async def ask(_request: identity_pb2.GetUserRequest) -> identity_pb2.User | None:
        raise Unavailable

    with pytest.raises(Unavailable):
        await known_users.find(db, ask, username="nobody-here")


HISTORY = [
    UserRegistered(user_id=UUID(int=1), version=1, username="a"),
    UserUpdated(user_id=UUID(int=1), version=2, username="a", zones=(ZoneSince("Europe/Berlin"),)),
    UserUpdated(user_id=UUID(int=1), version=3, username="a", sessions_epoch=1),
    UserUpdated(user_id=UUID(int=1), version=4, username="a", zones=(ZoneSince("Asia/Tokyo"),), sessions_epoch=1),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(HISTORY * 2), cuts=st.lists(st.integers(1, 7), max_size=3), deleted=st.booleans())
async def test_any_order_ends_in_the_same_state(nodes, running, order, cuts, deleted):
    del running
    db = await asyncpg.connect(nodes.postgres.superuser_dsn("dashboard"))
    transaction = db.transaction()
    await transaction.start()
    try:
        batches = [order[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), len(order)], strict=True)]
        for place, batch in enumerate(batches):
            await known_users.keep(db, [e for e in batch if isinstance(e, UserState)])
            if deleted and place == 0:
                await known_users.forget(db, "x", [UserDeleted(user_id=UUID(int=1), version=5)], nothing)
        found = await kept(db, UUID(int=1))
        if deleted:
            assert found is None
            assert not await db.fetchval("SELECT count(*) FROM known_zone WHERE user_id = $1", UUID(int=1))
        else:
            assert (found["version"], found["sessions_epoch"]) == (4, 1)
            zones = await db.fetch("SELECT zone FROM known_zone WHERE user_id = $1", UUID(int=1))
            assert [row["zone"] for row in zones] == ["Asia/Tokyo"]
    finally:
        await transaction.rollback()
        await db.close()


async def nothing(_db: Connection, _user_ids: list[UUID]) -> int:
    return 0
