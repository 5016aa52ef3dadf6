"""The list: filters, orders, and pages that neither repeat nor leave out."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from services.workout.tests.make import BENCH, Person, a_set

pytestmark = pytest.mark.anyio

FILL = """
    INSERT INTO workout (workout_id, user_id, version, sport, title, started_at, on_date, duration_s, distance_m, load,
                         start_lat, start_lon)
    SELECT gen_random_uuid(), $1, 1, sport, title, at, at::date, duration_s, distance_m, load, lat, lon
    FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::float8[], $6::float8[], $7::float8[], $8::float8[],
                $9::float8[])
         AS given (sport, title, at, duration_s, distance_m, load, lat, lon)
"""
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def filled(workout, alice, rows):
    """Workouts of sport, title, start, duration, distance, load and place."""
    await workout.db.execute(FILL, alice.id, *zip(*rows, strict=True))


async def titles(alice, **parameters):
    return [one.get("title") for one in (await alice.list(**parameters))["items"]]


@pytest.mark.parametrize("sort", ["-started_at", "started_at", "-distance", "distance", "-duration", "load", "-load"])
async def test_pages_follow_one_another_whatever_is_added(workout, sort):
    """Many equal values, nulls included; new workouts at either end do not shift what follows."""
    alice, random = Person(workout), Random(sort)
    rows = [
        (
            *("running", str(n), START + timedelta(hours=random.randrange(10)), float(random.randrange(4))),
            *(random.choice([None, 1.1, 2.7]), random.choice([None, 0.1, 0.3]), None, None),
        )
        for n in range(23)
    ]
    await filled(workout, alice, rows)
    whole = [one["id"] for one in (await alice.list(sort=sort, limit=200))["items"]]
    assert len(set(whole)) == 23
    found, cursor = [], None
    while True:
        page = await alice.list(sort=sort, limit=5, **({"cursor": cursor} if cursor else {}))
        found += [one["id"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
        await filled(workout, alice, [_before(sort)])
    assert found == whole


def _before(sort):
    """A workout that every page begins after."""
    down = sort.startswith("-")
    at = START + timedelta(days=1) if down else START - timedelta(days=1)
    value = 99.0 if down else -1.0
    return ("running", "new", at, value, value, value, None, None)


async def test_filters(workout):
    alice = Person(workout)
    await alice.run(title="Morning", distance_m=5_000)
    await alice.run(title="Long", distance_m=21_100, started_at="2026-03-08T07:00:00+01:00")
    await alice.log(title="Push")
    await alice.log(title="Legs", sets=[a_set(exercise="barbell-squat")], started_at="2026-04-01T00:30:00+02:00")
    assert await titles(alice) == ["Legs", "Long", "Morning", "Push"]
    assert await titles(alice, sport="running") == ["Long", "Morning"]
    assert await titles(alice, exercise=BENCH) == ["Push"]
    assert await titles(alice, exercise="nothing") == []
    assert await titles(alice, min_distance=5_001) == ["Long"]
    assert await titles(alice, **{"from": "2026-03-02", "to": "2026-03-08"}) == ["Long", "Morning"]
    assert await titles(alice, **{"from": "2026-03-31", "to": "2026-03-31"}) == ["Legs"]
    assert await titles(alice, **{"from": "2026-03-08", "to": "2026-03-02"}) == []
    assert await titles(alice, sort="-distance", limit=2) == ["Long", "Morning"]
    assert await titles(Person(workout)) == []


async def test_a_search_means_what_it_says(workout):
    alice = Person(workout)
    for title, notes in (("100% effort", None), ("a_b", None), ("back\\slash", "Über den Berg"), ("plain", "ABC axb")):
        await alice.run(title=title, notes=notes)
    assert await titles(alice, search="%") == ["100% effort"]
    assert await titles(alice, search="A_B") == ["a_b"]
    assert await titles(alice, search="k\\s") == ["back\\slash"]
    assert await titles(alice, search="über") == ["back\\slash"]
    assert await titles(alice, search="abc") == ["plain"]
    assert await titles(alice, search="' OR true --") == []


async def test_near(workout):
    alice = Person(workout)
    places = {"home": (50.0, 8.0), "1 km": (50.009, 8.0), "fiji": (-17.0, 179.9995), "none": (None, None)}
    await filled(
        workout, alice, [("running", name, START, 1.0, None, None, lat, lon) for name, (lat, lon) in places.items()]
    )
    assert await titles(alice, near="50,8,900") == ["home"]
    assert set(await titles(alice, near="50,8,1100")) == {"home", "1 km"}
    assert await titles(alice, near="-17,-179.9995,500") == ["fiji"]
    assert await titles(alice, near="90,0,1000") == []


@pytest.mark.parametrize(
    "query",
    [
        "near=1,2",
        "near=nan,0,5",
        "near=0,nan,5",
        "near=0,0,nan",
        "near=91,0,5",
        "near=0,181,5",
        "near=0,0,0",
        "near=0,0,1e9",
        "near=0,0,5,6",
        "near=",
        "near=a,b,c",
        "sort=title",
        "sort=--distance",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=%00",
        "from=2026-13-01",
        "to=yesterday",
        "search=",
        "search=" + "x" * 201,
        "search=%00",
        "sport=%00",
        "exercise=%00",
        "min_distance=-1",
        "min_distance=far",
    ],
)
async def test_hostile_questions(workout, query):
    await Person(workout).ask("GET", f"/workouts?{query}", status=400)


async def test_a_cursor_belongs_to_its_order(workout):
    alice = Person(workout)
    for _ in range(3):
        await alice.run()
    cursor = (await alice.list(limit=1))["next_cursor"]
    for sort in ("started_at", "-distance"):
        await alice.ask("GET", "/workouts", params={"cursor": cursor, "sort": sort}, status=400)


async def test_the_ends_of_time_are_asked_for(workout):
    alice = Person(workout)
    run = await alice.run()
    found = await alice.list(**{"from": date.min.isoformat(), "to": date.max.isoformat()})
    assert [one["id"] for one in found["items"]] == [run["id"]]
    for question in (f"/workouts/{uuid4()}", "/workouts/x", "/workouts/calendar/x"):
        await alice.ask("GET", question, status=404)
