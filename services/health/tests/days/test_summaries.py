"""Whatever is written, changed, deleted or moved: the days come out as worked out by hand."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from services.health.tests import make
from services.health.tests.days import by_hand

from contracts.events import UserUpdated, ZoneSince
from health.records import model
from testkit import until

pytestmark = pytest.mark.anyio

ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu")
FIRST = datetime(2026, 3, 27, tzinfo=UTC)
CATALOGUE = "SELECT code, unit FROM metric WHERE code = ANY ($1::text[])"


def random_values(dice):
    """Some of the values an entry may hold, at an instant within six days around a change of the clocks."""
    said = {
        "steps": dice.randrange(120_001),
        "sleep_hours": dice.randrange(97) / 4,
        "weight": dice.uniform(2, 500),
        "heart_rate": dice.uniform(25, 250),
        "blood_pressure": {"systolic": dice.uniform(110, 300), "diastolic": dice.uniform(10, 110)},
        "blood_glucose": dice.uniform(10, 1000),
        "body_temperature": dice.uniform(30, 45),
    }
    chosen = {name: said[name] for name in dice.sample(sorted(said), dice.randint(1, 7))}
    if "heart_rate" in chosen and dice.random() < 0.5:
        chosen["context"] = "active"
    return chosen | {"at": (FIRST + timedelta(minutes=dice.randrange(6 * 24 * 60))).isoformat()}


class Diary:
    """Does random things to one user's records, and remembers what is left of them."""

    def __init__(self, health, seed):
        self.health = health
        self.dice = random.Random(seed)
        self.user = make.a_user()
        self.headers = health.signer.headers(self.user.user_id, self.user.username)
        self.zones = [(None, "UTC")]
        self.entries = {}

    async def act(self):
        deed = self.dice.choices((self.add, self.change, self.delete, self.move), (10, 6, 3, 2))[0]
        await deed()

    async def add(self):
        answer = await self.health.http.post("/health-data", json=random_values(self.dice), headers=self.headers)
        assert answer.status_code == 201, answer.text
        self.entries[answer.json()["id"]] = answer.json()

    async def change(self):
        if self.entries:
            entry_id = self.dice.choice(list(self.entries))
            change = random_values(self.dice)
            answer = await self.health.http.patch(f"/health-data/{entry_id}", json=change, headers=self.headers)
            assert answer.status_code == 200, answer.text
            self.entries[entry_id] = answer.json()

    async def delete(self):
        if self.entries:
            entry_id = self.dice.choice(list(self.entries))
            answer = await self.health.http.delete(f"/health-data/{entry_id}", headers=self.headers)
            assert answer.status_code == 204, answer.text
            del self.entries[entry_id]

    async def move(self):
        since = FIRST + timedelta(hours=self.dice.randrange(6 * 24))
        self.zones = [(None, self.dice.choice(ZONES)), (since, self.dice.choice(ZONES))]
        self.user = UserUpdated(
            user_id=self.user.user_id,
            version=self.user.version + 1,
            username=self.user.username,
            zones=tuple(ZoneSince(zone, since) for since, zone in self.zones),
        )
        await self.health.publish(self.user)

    def close_to(self, found):
        wanted = by_hand.summaries(self.entries.values(), self.zones)
        return found.keys() == wanted.keys() and all(found[key] == pytest.approx(wanted[key]) for key in wanted)


@pytest.mark.parametrize("seed", range(6))
async def test_days_come_out_as_by_hand(health, told, seed):
    diary = Diary(health, seed)
    for _ in range(60):
        await diary.act()
    if diary.user.version > 1:
        await make.known(health, diary.user.user_id, diary.user.version)

    async def settled():
        return diary.close_to(await by_hand.stored(health, diary.user.user_id))

    await until(settled)
    await until(lambda: told.agrees(health, diary.user.user_id))


async def test_a_summary_tells_how_a_metric_comes_to_a_day(health, told):
    user_id = uuid4()
    headers = health.signer.headers(user_id, "alice")
    for said in (
        {"steps": 4000, "sleep_hours": 6, "weight": 71, "heart_rate": 60, "at": "2026-03-01T09:00:00Z"},
        {"steps": 2500, "sleep_hours": 8, "weight": 70, "heart_rate": 58, "at": "2026-03-01T07:00:00Z"},
        {"heart_rate": 150, "context": "active", "body_temperature": 36, "at": "2026-03-01T10:00:00Z"},
        {"heart_rate": 100, "context": "active", "body_temperature": 38, "at": "2026-03-01T11:00:00Z"},
        {"blood_pressure": {"systolic": 120, "diastolic": 80}, "blood_glucose": 90, "at": "2026-03-01T12:00:00Z"},
        {"blood_pressure": {"systolic": 130, "diastolic": 70}, "blood_glucose": 110, "at": "2026-03-01T13:00:00Z"},
    ):
        assert (await health.http.post("/health-data", json=said, headers=headers)).status_code == 201
    wanted = {
        "steps": ("additive", "{steps}", 6500, 2500, 4000, 2),
        "sleep_duration": ("sleep", "h", 8, 8, 8, 1),
        "weight": ("point", "kg", 71, 70, 71, 2),
        "resting_heart_rate": ("point", "/min", 60, 58, 60, 2),
        "heart_rate": ("sampled", "/min", 125, 100, 150, 2),
        "body_temperature": ("point", "Cel", 37, 36, 38, 2),
        "bp_systolic": ("point", "mm[Hg]", 125, 120, 130, 2),
        "bp_diastolic": ("point", "mm[Hg]", 75, 70, 80, 2),
        "blood_glucose": ("sampled", "mg/dL", 100, 90, 110, 2),
    }

    def last():
        days = told.last(user_id)
        return {e.metric: (e.kind, e.unit, e.value, e.min, e.max, e.n) for e in days.values()} == wanted

    await until(last)
    assert {(e.on_date, e.sources) for e in told.last(user_id).values()} == {(date(2026, 3, 1), ("manual",))}


async def test_what_is_gone_is_told_and_its_version_goes_on(health, told):
    user_id = uuid4()
    headers = health.signer.headers(user_id, "alice")
    for version in (1, 3):
        answer = await health.http.post("/health-data", json={"steps": 5}, headers=headers)
        await until(lambda wanted=version: [e.version for e in told.last(user_id).values()] == [wanted])
        await health.http.delete(answer.headers["location"], headers=headers)
        await until(lambda wanted=version + 1: [e.version for e in told.last(user_id).values()] == [wanted])
        (gone,) = told.last(user_id).values()
        assert (gone.value, gone.min, gone.max, gone.n, gone.sources) == (None, None, None, 0, ())


async def test_a_day_that_comes_out_the_same_is_not_told_again(health, told):
    user_id = uuid4()
    headers = health.signer.headers(user_id, "alice")
    answer = await health.http.post(
        "/health-data", json={"steps": 5, "weight": 70, "at": "2026-03-01T10:00:00Z"}, headers=headers
    )
    await until(lambda: len(told.last(user_id)) == 2)
    await health.http.patch(
        answer.headers["location"], json={"steps": 6, "at": "2026-03-01T11:00:00Z"}, headers=headers
    )
    await until(lambda: {e.metric: e.version for e in told.last(user_id).values()} == {"steps": 2, "weight": 1})


async def test_the_catalogue_knows_what_records_hold(health):
    rows = await health.db.fetch(CATALOGUE, [code for code, _ in model.METRICS])
    assert {tuple(row) for row in rows} == set(model.METRICS)
