"""Each event acts once, deletions are final, and no order or repetition changes where a read model ends."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from libs.outbox.tests.make import SERVICE_NAME, a_day, an_erasure, an_insight

import outbox
from contracts.events import DaySummarised, UserDeleted

pytestmark = pytest.mark.anyio


async def unseen(pool, *events, consumer="one"):
    async with pool.acquire() as db, db.transaction():
        return await outbox.unseen(db, consumer, events)


async def test_an_event_is_new_once_for_each_consumer(pool):
    first, second = a_day(), a_day()

    assert await unseen(pool, first, second, first) == [first, second]
    assert await unseen(pool, second, first) == []
    assert await unseen(pool, first, consumer="other") == [first]


async def test_what_rolls_back_is_new_again(pool):
    event = a_day()
    async with pool.acquire() as db:
        handling = db.transaction()
        await handling.start()
        assert await outbox.unseen(db, "one", [event]) == [event]
        await handling.rollback()

    assert await unseen(pool, event) == [event]


async def test_two_deliveries_at_once_act_once(pool):
    events = [a_day() for _ in range(100)]

    both = await asyncio.gather(unseen(pool, *events), unseen(pool, *reversed(events)))

    assert sorted(len(fresh) for fresh in both) == [0, 100]


async def test_nothing_is_new_about_a_user_who_is_gone_but_that_they_are(pool):
    gone, here = uuid4(), a_day()
    async with pool.acquire() as db, db.transaction():
        await outbox.add(db, an_insight(user_id=gone), an_erasure(user_id=gone), an_insight())
        assert await outbox.erase(db, [gone, gone]) == 1

    again = UserDeleted(user_id=gone, version=7)
    assert await unseen(pool, a_day(gone), here, again) == [here, again]
    assert [row["name"] for row in await pool.fetch("SELECT name FROM outbox ORDER BY id")] == [
        "user.erased.v1",
        "insight.found.v1",
    ]


async def test_an_erasure_waits_for_messages_being_handled(pool):
    """Else a handler that began before it would write what it has just deleted."""
    user = uuid4()
    async with pool.acquire() as db:
        handling = db.transaction()
        await handling.start()
        await outbox.unseen(db, "one", [a_day(user)])
        erasing = asyncio.create_task(unseen(pool, UserDeleted(user_id=user, version=2)))
        done, _ = await asyncio.wait({erasing}, timeout=0.3)
        assert not done
        await handling.commit()
    assert len(await erasing) == 1


KEEP = """
    INSERT INTO reading AS old (user_id, on_date, value, version)
    SELECT DISTINCT ON (user_id, on_date) * FROM unnest($1::uuid[], $2::date[], $3::float8[], $4::bigint[])
        AS given (user_id, on_date, value, version)
    ORDER BY user_id, on_date, version DESC
    ON CONFLICT (user_id, on_date) DO UPDATE SET value = excluded.value, version = excluded.version
    WHERE old.version < excluded.version
"""


async def keep(db, events):
    """A read model as every consumer's: the newest version wins, a deletion is final."""
    if gone := [e.user_id for e in events if isinstance(e, UserDeleted)]:
        await db.execute("DELETE FROM reading WHERE user_id = ANY ($1::uuid[])", gone)
        await outbox.erase(db, gone)
    days = [e for e in events if isinstance(e, DaySummarised) and e.user_id not in gone]
    if days:
        await db.execute(KEEP, *zip(*((d.user_id, d.on_date, d.value, d.version) for d in days), strict=True))


class Deliveries(RuleBasedStateMachine):
    """F14: whatever comes three times, shuffled and in any grouping, ends in the state of the last versions."""

    dsn: str
    told = Bundle("told")
    users = tuple(UUID(int=i) for i in range(3))

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = self.runner.run(asyncpg.connect(self.dsn))
        self.whole = self.db.transaction()
        self.runner.run(self.whole.start())
        table = "CREATE TEMP TABLE reading (user_id uuid, on_date date, value float8, version bigint, "
        self.runner.run(self.db.execute(table + "PRIMARY KEY (user_id, on_date)) ON COMMIT DROP"))
        self.events, self.versions = [], {}

    @rule(target=told, user=st.sampled_from(users), day=st.integers(1, 2), value=st.integers(0, 9), times=st.just(3))
    def change(self, user, day, value, times):
        version = self.versions[user] = self.versions.get(user, 0) + 1
        event = a_day(user, on_date=a_day().on_date.replace(day=day), value=float(value), version=version)
        self.events.append(event)
        return multiple(*[event] * times)

    @rule(target=told, user=st.sampled_from(users))
    def delete(self, user):
        version = self.versions[user] = self.versions.get(user, 0) + 1
        event = UserDeleted(user_id=user, version=version)
        self.events.append(event)
        return event

    @rule(batch=st.lists(told, min_size=1, max_size=6))
    def deliver(self, batch):
        self.runner.run(self._deliver(batch))

    async def _deliver(self, batch):
        async with self.db.transaction():
            if fresh := await outbox.unseen(self.db, "readings", batch):
                await keep(self.db, fresh)

    @invariant()
    def nothing_comes_back(self):
        left = "SELECT count(*) FROM reading JOIN erased USING (user_id)"
        assert self.runner.run(self.db.fetchval(left)) == 0

    def teardown(self):
        try:
            self.deliver(list(reversed(self.events))) if self.events else None
            gone = {e.user_id for e in self.events if isinstance(e, UserDeleted)}
            newest = {}
            for e in self.events:
                if e.user_id not in gone:
                    newest[e.user_id, e.on_date] = e.value
            rows = self.runner.run(self.db.fetch("SELECT user_id, on_date, value FROM reading"))
            assert {(r["user_id"], r["on_date"]): r["value"] for r in rows} == newest
        finally:
            self.runner.run(self.whole.rollback())
            self.runner.run(self.db.close())
            self.runner.close()


def test_no_order_repetition_or_grouping_changes_the_end(environment, nodes):
    Deliveries.dsn = nodes.postgres.superuser_dsn(SERVICE_NAME)
    run_state_machine_as_test(Deliveries, settings=settings(max_examples=40, stateful_step_count=15, deadline=None))
