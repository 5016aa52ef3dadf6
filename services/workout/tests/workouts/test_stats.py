"""Totals and the calendar, against sums by hand."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest
from services.workout.tests import make
from services.workout.tests.make import Person, a_set

from workout.exercises.catalogue import BY_CODE

pytestmark = pytest.mark.anyio

CODES = ["barbell-bench-press-medium-grip", "barbell-squat"]


async def stats(alice, **parameters):
    return (await alice.ask("GET", "/workouts/stats", params=parameters, status=200)).json()


async def history(alice, count, seed=1):
    """Workouts of all kinds between New Year and the end of March, as they were sent."""
    random, sent = Random(seed), []
    for _ in range(count):
        day = date(2026, 1, 1) + timedelta(random.randrange(90))
        at = f"{day}T{random.randrange(24):02}:30:00Z"
        if random.random() < 0.5:
            body = {"sport": random.choice(["running", "cycling"]), "distance_m": float(random.randrange(20_000))}
        else:
            body = {"sets": [a_set(exercise=random.choice(CODES), reps=random.randrange(1, 9)) for _ in range(3)]}
        body |= {"started_at": at, "duration_s": float(random.randrange(60, 9_000)), "rpe": random.randrange(11)}
        await alice.ask("POST", "/workouts", json=body, status=201)
        sent.append((day, body))
    return sent


def by_hand(sent):
    return {
        "workouts": len(sent),
        "duration_s": sum(body["duration_s"] for _, body in sent),
        "distance_m": sum(body.get("distance_m", 0) for _, body in sent),
        "volume_load_kg": sum(100 * one["reps"] for _, body in sent for one in body.get("sets", ())),
        "sets": sum(len(body.get("sets", ())) for _, body in sent),
        "load": pytest.approx(sum(body["rpe"] * body["duration_s"] / 60 for _, body in sent), abs=0.01),
    }


def same(found, sent):
    expected = by_hand(sent)
    assert {name: found[name] for name in expected} == expected


def begins(group, day):
    if group == "week":
        return day - timedelta(day.weekday())
    return day.replace(day=1) if group == "month" else day.replace(month=1, day=1)


@pytest.mark.parametrize("group", ["week", "month", "year"])
async def test_periods(workout, group):
    alice = Person(workout)
    sent = await history(alice, 40)
    asked = {"from": "2026-01-10", "to": "2026-03-20"}
    found = await stats(alice, group=group, **asked)
    inside = [(day, body) for day, body in sent if date(2026, 1, 10) <= day <= date(2026, 3, 20)]
    expected = defaultdict(list)
    for day, body in inside:
        expected[begins(group, day)].append((day, body))
    keys = [date.fromisoformat(one["key"]) for one in found["items"]]
    assert keys == sorted(keys)
    assert keys[0] == begins(group, date(2026, 1, 10))
    assert keys[-1] == begins(group, date(2026, 3, 20))
    assert set(expected) <= set(keys)
    for key, one in zip(keys, found["items"], strict=True):
        same(one, expected[key])
    same(found["total"], inside)
    assert (found["previous_from"], found["previous_to"]) == ("2025-11-01", "2026-01-09")
    same(found["previous"], [(day, body) for day, body in sent if day <= date(2026, 1, 9)])
    of_runs = await stats(alice, group=group, sport="running", **asked)
    same(of_runs["total"], [(day, body) for day, body in inside if body.get("sport") == "running"])
    assert of_runs["muscles"] == []


async def test_sports_and_muscles(workout):
    alice = Person(workout)
    sent = await history(alice, 30, seed=2)
    asked = {"from": "2026-02-01", "to": "2026-02-28"}
    inside = [(day, body) for day, body in sent if day.month == 2]
    found = await stats(alice, group="sport", **asked)
    of_sport = defaultdict(list)
    for day, body in inside:
        of_sport[body.get("sport", "strength_training")].append((day, body))
    assert {one["key"] for one in found["items"]} == set(of_sport)
    for one in found["items"]:
        same(one, of_sport[one["key"]])
        before = [(d, b) for d, b in sent if date(2026, 1, 4) <= d <= date(2026, 1, 31)]
        before = [(d, b) for d, b in before if b.get("sport", "strength_training") == one["key"]]
        assert (one["previous"] or {"workouts": 0})["workouts"] == len(before)
    sets, volume = defaultdict(float), defaultdict(float)
    for _, body in inside:
        for one in body.get("sets", ()):
            known = BY_CODE[one["exercise"]]
            for muscles, share in ((known.primary_muscles, 1), (known.secondary_muscles, 0.5)):
                for muscle in muscles:
                    sets[muscle] += share
                    volume[muscle] += share * 100 * one["reps"]
    by_muscle = await stats(alice, group="muscle", **asked)
    assert {one["key"]: (one["sets"], one["volume_load_kg"]) for one in by_muscle["items"]} == {
        muscle: (sets[muscle], volume[muscle]) for muscle in sets
    }
    assert {one["muscle"]: one["sets"] for one in found["muscles"]} == sets
    assert [one["sets"] for one in found["muscles"]] == sorted(sets.values(), reverse=True)


async def test_weeks_begin_as_the_user_says(workout):
    user = make.a_user(first_day_of_week=7)
    await workout.publish(user)
    await make.known(workout, user.user_id)
    alice = Person(workout, user.user_id)
    await alice.run(started_at="2026-03-01T10:00:00Z")
    found = await stats(alice, group="week", **{"from": "2026-03-01", "to": "2026-03-07"})
    assert [(one["key"], one["workouts"]) for one in found["items"]] == [("2026-03-01", 1)]


@pytest.mark.parametrize(("group", "least"), [("week", 12), ("month", 12), ("year", 1), ("sport", 0), ("muscle", 0)])
async def test_without_dates(workout, group, least):
    alice = Person(workout)
    assert len((await stats(alice, group=group))["items"]) == least
    await alice.run(started_at="2016-03-01T10:00:00Z")
    if group == "year":
        assert (await stats(alice, group=group))["items"][0]["key"] == "2016-01-01"


async def test_the_calendar(workout):
    alice = Person(workout)
    sent = await history(alice, 25, seed=3)
    found = (
        await alice.ask("GET", "/workouts/calendar", params={"from": "2026-01-01", "to": "2026-03-31"}, status=200)
    ).json()
    of_day = defaultdict(list)
    for day, body in sent:
        of_day[day.isoformat()].append((day, body))
    assert [one["on_date"] for one in found["items"]] == sorted(of_day)
    for one in found["items"]:
        done = of_day[one["on_date"]]
        expected = by_hand(done)
        assert {name: one[name] for name in one if name in expected} == {
            name: value for name, value in expected.items() if name in one
        }
        assert one["sports"] == sorted({body.get("sport", "strength_training") for _, body in done})
    assert (await alice.ask("GET", "/workouts/calendar", status=200)).json() == {"items": []}


@pytest.mark.parametrize(
    "question",
    [
        "stats?group=day",
        "stats?group=week&from=1950-01-01&to=2026-01-01",
        "stats?from=2026-02-01&to=2026-01-01",
        "stats?sport=%00",
        "calendar?from=2020-01-01&to=2026-01-01",
        "calendar?from=2026-02-01&to=2026-01-01",
        "calendar?from=x",
    ],
)
async def test_hostile_questions(workout, question):
    await Person(workout).ask("GET", f"/workouts/{question}", status=400)


async def test_the_ends_of_time(workout):
    alice = Person(workout)
    for group in ("month", "year", "sport", "muscle"):
        found = await stats(alice, group=group, **{"from": "0001-01-01", "to": "9999-12-31"})
        assert found["total"]["workouts"] == 0
    for day in ("0001-01-01", "9999-12-31"):
        await alice.ask("GET", f"/workouts/stats?from={day}&to={day}")
