"""Whatever many sources say, late, again, or no more, and whoever is believed: days equal brute force."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from services.health.tests import make
from services.health.tests.days import brute, by_hand
from services.health.tests.days.brute import PIECE, Sample

from contracts.events import UserUpdated, ZoneSince
from health.days.drain import drain
from testkit import until

pytestmark = pytest.mark.anyio

USERS = 40
ROUNDS = 3
DAYS = 6
FIRST = datetime(2026, 3, 27, tzinfo=UTC)
ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin", "Pacific/Kiritimati", "Asia/Kathmandu")
SOURCES = (("watch", "Watch", "watch"), ("phone", "Phone", "phone"), ("app", None, "app"))
KINDS = {"manual": 0, "watch": 1, "phone": 3, "app": 4}
WAITING = """
    SELECT (SELECT count(*) FROM dirty_record WHERE user_id = ANY ($1))
         + (SELECT count(*) FROM dirty_day JOIN series USING (series_id) WHERE user_id = ANY ($1))
"""
STORED = """
    SELECT user_id, code, on_date, value, min, max, n
    FROM day_summary JOIN metric USING (metric_id) WHERE user_id = ANY ($1) AND n > 0
"""


class Person:
    """Does random things with sources, and remembers what is left."""

    def __init__(self, health, seed):
        self.http = health.http
        self.publish = health.publish
        self.dice = random.Random(seed)
        self.user = make.a_user()
        self.headers = health.signer.headers(self.user.user_id, self.user.username)
        self.zones = [(None, "UTC")]
        self.said = {(app, metric): {} for app, *_ in SOURCES for metric in brute.METRICS}
        self.entries = {}
        self.ids = {}
        self.order, self.orders = [], {}
        self.ignored, self.merged = set(), {}

    async def act(self):
        await self.send(most=4)
        for deed in self.dice.sample((self.send, self.delete, self.enter, self.forget, self.believe, self.state), 2):
            await deed()
        if self.dice.random() < 0.5:
            await self.move()

    def some_sample(self, metric):
        at = FIRST + PIECE * self.dice.randrange(DAYS * 288)
        if metric in brute.ADDITIVE:
            length = PIECE * self.dice.choice((0, 1, 1, 3, 3, 12, 50))
            return Sample(at, length, float(self.dice.randrange(1, 40)))
        if metric in brute.SLEEP:
            length = PIECE * self.dice.choice((6, 12, 40, 70))
            return Sample(at, length, length / timedelta(hours=1))
        low, high = {"weight": (50, 90), "body_temperature": (35, 41), "spo2": (80, 100)}.get(metric, (40, 100))
        return Sample(at, timedelta(), self.dice.uniform(low, high))

    async def send(self, most=2):
        series = []
        for app, device, kind in self.dice.sample(SOURCES, self.dice.randint(1, 3)):
            for metric in self.dice.sample(brute.METRICS, self.dice.randint(1, most + 2)):
                fresh = [self.some_sample(metric) for _ in range(self.dice.randint(1, 5))]
                known = list(self.said[app, metric].values())
                again = self.dice.sample(known, min(len(known), 2))
                samples = fresh + again
                source = {"app": app, "device_kind": kind} | ({"device": device} if device else {})
                series.append({"source": source, "metric": metric, "samples": [as_json(s) for s in samples]})
                for sample in samples:
                    many = metric in (*brute.ADDITIVE, *brute.SLEEP)
                    self.said[app, metric][sample if many else sample.at] = sample
        answer = await self.http.post("/samples", json={"series": series}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        if not {one["source"]["app"] for one in series} <= self.ids.keys():
            listed = (await self.http.get("/sources", headers=self.headers)).json()["items"]
            self.ids = {source["app"]: source["id"] for source in listed}

    async def delete(self):
        app, metric = self.dice.choice([key for key, said in self.said.items() if said] or [("watch", "steps")])
        if app not in self.ids:
            return
        since = FIRST + PIECE * self.dice.randrange(DAYS * 288)
        before = since + timedelta(hours=self.dice.randrange(1, 60))
        asked = {"metric": metric, "from": since.isoformat(), "to": before.isoformat(), "source": self.ids[app]}
        answer = await self.http.request("DELETE", "/samples", params=asked, headers=self.headers)
        assert answer.status_code == 200, answer.text
        said = self.said[app, metric]
        gone = [key for key, sample in said.items() if since <= sample.at < before]
        assert answer.json()["deleted"] == len(gone)
        for key in gone:
            del said[key]

    async def enter(self):
        at = FIRST + PIECE * self.dice.randrange(DAYS * 288)
        entry = {
            "at": at.isoformat(),
            "steps": self.dice.randrange(1, 40),
            "weight": self.dice.uniform(50, 90),
            "sleep_hours": self.dice.randrange(1, 40) / 4,
        }
        answer = await self.http.post("/health-data", json=entry, headers=self.headers)
        self.entries[answer.json()["id"]] = answer.json()

    async def forget(self):
        if self.entries:
            gone = self.dice.choice(list(self.entries))
            assert (await self.http.delete(f"/health-data/{gone}", headers=self.headers)).status_code == 204
            del self.entries[gone]

    async def believe(self):
        apps = [app for app in self.ids if app != "manual"]
        self.order = self.dice.sample(apps, self.dice.randint(0, len(apps)))
        self.orders = {
            metric: self.dice.sample(apps, self.dice.randint(1, len(apps)))
            for metric in self.dice.sample(("steps", "heart_rate", "weight", "sleep_duration"), 2)
        }
        asked = {
            "overall": [self.ids[app] for app in self.order],
            "metrics": {metric: [self.ids[app] for app in order] for metric, order in self.orders.items()},
        }
        answer = await self.http.put("/sources/priority", json=asked, headers=self.headers)
        assert answer.status_code == 200, answer.text

    async def state(self):
        apps = [app for app in self.ids if app != "manual"]
        self.ignored = {app for app in apps if self.dice.random() < 0.2}
        self.merged = {}
        if len(apps) > 1 and self.dice.random() < 0.5:
            one, other = self.dice.sample(apps, 2)
            self.merged = {one: other}
        items = [
            {"id": self.ids[app], "ignored": app in self.ignored, "merged_into": self.ids.get(self.merged.get(app))}
            for app in apps
        ]
        answer = await self.http.put("/sources", json={"items": items}, headers=self.headers)
        assert answer.status_code == 200, answer.text

    async def move(self):
        since = FIRST + PIECE * self.dice.randrange(DAYS * 288)
        self.zones = [(None, self.dice.choice(ZONES)), (since, self.dice.choice(ZONES))]
        self.user = UserUpdated(
            user_id=self.user.user_id,
            version=self.user.version + 1,
            username=self.user.username,
            zones=tuple(ZoneSince(zone, since) for since, zone in self.zones),
        )
        await self.publish(self.user)

    def ranked(self, metric):
        """The sources that count, most believed first."""
        order = self.orders.get("sleep_duration" if metric in brute.SLEEP else metric, [])
        far = len(SOURCES) + 1

        def place(app):
            return (
                order.index(app) if app in order else far,
                self.order.index(app) if app in self.order else far,
                KINDS[app],
            )

        alive = [app for app, *_ in SOURCES if app not in self.merged and app not in self.ignored]
        return sorted(["manual", *alive], key=place)

    def wanted(self):
        said = {}
        for metric in brute.METRICS:
            said[metric] = []
            for app in self.ranked(metric):
                if app == "manual":
                    said[metric].append(self.entered(metric))
                    continue
                apps = [app, *(one for one, into in self.merged.items() if into == app and one not in self.ignored)]
                said[metric].append([sample for one in apps for sample in self.said[one, metric].values()])
        return brute.summaries(said, self.zones)

    def entered(self, metric):
        field = {"sleep_duration": "sleep_hours"}.get(metric, metric)
        kept = {}
        for entry_id, entry in sorted(self.entries.items(), key=lambda item: (item[1]["created_at"], item[0])):
            if field in entry:
                at = datetime.fromisoformat(entry["at"])
                one_of = {"steps": entry_id, "sleep_duration": by_hand.local_date(at, self.zones)}.get(metric, at)
                kept[one_of] = Sample(at, timedelta(), float(entry[field]))
        return list(kept.values())


def close(found, wanted):
    if found is None or wanted is None:
        return found is wanted
    return tuple(found) == pytest.approx(tuple(wanted), rel=1e-9, abs=2e-6)


def as_json(sample):
    return {"at": sample.at.isoformat(), "duration_s": int(sample.length.total_seconds()), "value": sample.value}


async def stored(health, user_ids):
    days = {user_id: {} for user_id in user_ids}
    for user_id, code, on_date, *figures in await health.db.fetch(STORED, user_ids):
        days[UUID(str(user_id))][code, on_date] = by_hand.Summary(*figures)
    return days


async def test_days_equal_brute_force(health, told):
    people = [Person(health, seed) for seed in range(USERS)]
    user_ids = [person.user.user_id for person in people]
    compared = 0

    async def settled():
        await drain(health.runtime.worker)
        return not await health.db.fetchval(WAITING, user_ids)

    for _ in range(ROUNDS):
        for start in range(0, USERS, 8):
            await asyncio.gather(*(person.act() for person in people[start : start + 8]))
        for person in people:
            if person.user.version > 1:
                await make.known(health, person.user.user_id, person.user.version)
        await until(settled, 60)
        found = await stored(health, user_ids)
        for seed, person in enumerate(people):
            wanted, days = person.wanted(), found[person.user.user_id]
            for key in wanted.keys() | days.keys():
                assert close(days.get(key), wanted.get(key)), (seed, key, days.get(key), wanted.get(key))
            compared += len(brute.METRICS) * (DAYS + 1)
    assert compared >= 10_000
    for person in people:
        await until(lambda person=person: told.agrees(health, person.user.user_id))
