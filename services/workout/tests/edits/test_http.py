"""Edits at the socket: what they change, and that undoing them leaves no trace."""

from array import array

import pytest
from services.workout.tests.make import Person, of_user
from services.workout.tests.samples import WHEEL
from services.workout.tests.streams.rides import START, a_ride, laps, record

from workout.readers import fit
from workout.readers.model import Activity, Ask, Totals

pytestmark = pytest.mark.anyio

SHOWN = ("streams?points=10000", "track", "track?zoom=12", "laps", "laps?every=1000", "zones", "best-efforts")
ROWS = """
    SELECT to_jsonb(workout) - '{version,updated_at}'::text[] AS row FROM workout
    WHERE user_id = $1 ORDER BY workout_id
"""
EFFORTS = "SELECT * FROM workout_effort WHERE user_id = $1 ORDER BY workout_id, kind, size"


async def everything(person, workout_id):
    """All that is kept and shown of a workout, byte for byte."""
    rows = [row["row"] for row in await person.workout.db.fetch(ROWS, person.id)]
    efforts = [tuple(row) for row in await person.workout.db.fetch(EFFORTS, person.id)]
    return (
        rows,
        efforts,
        [(await person.ask("GET", f"/workouts/{workout_id}/{page}", status=200)).content for page in SHOWN],
    )


async def edit(person, workout_id, status=201, **body):
    return (await person.ask("POST", f"/workouts/{workout_id}/edits", json=body, status=status)).json()


async def undo(person, workout_id, number, status=204):
    await person.ask("DELETE", f"/workouts/{workout_id}/edits/{number}", status=status)


async def test_crop_then_undo_is_byte_identical(workout):
    alice = Person(workout)
    totals = Totals(energy_kcal=600, distance_m=9_600, average_heart_rate=140, timer_s=1_200)
    workout_id = await record(alice, totals=totals, laps=laps(400, 800, 1_200))
    before, shown = await everything(alice, workout_id), await alice.read(workout_id)
    made = await edit(alice, workout_id, kind="crop", from_s=300, to_s=900)
    assert (made["number"], made["from_at"]) == (1, "2026-03-01T08:05:00Z")
    cropped = await alice.read(workout_id)
    assert (cropped["started_at"], cropped["duration_s"]) == ("2026-03-01T08:05:00Z", 600)
    assert cropped["distance_m"] == pytest.approx(4_800, rel=0.05)
    assert cropped["energy_kcal"] == pytest.approx(300)
    streams = (await alice.ask("GET", f"/workouts/{workout_id}/streams?points=10000", status=200)).json()
    assert (streams["of"], streams["columns"]["time"][0], streams["columns"]["time"][-1]) == (601, 0, 600)
    assert streams["columns"]["distance"][0] == 0
    assert [lap["duration_s"] for lap in (await alice.ask("GET", f"/workouts/{workout_id}/laps")).json()["items"]] == [
        *(100, 400, 100)
    ]
    assert await everything(alice, workout_id) != before
    await undo(alice, workout_id, 1)
    assert await everything(alice, workout_id) == before
    after = await alice.read(workout_id)
    assert after["version"] == shown["version"] + 2
    changing = ("version", "updated_at")
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in shown.items() if k not in changing
    }


async def test_the_middle_edit_is_undone_and_the_rest_applied_anew(workout):
    alice = Person(workout)
    workout_id = await record(alice)
    before = await everything(alice, workout_id)
    await edit(alice, workout_id, kind="crop", from_s=100)
    only_crop = await everything(alice, workout_id)
    await edit(alice, workout_id, kind="cut", from_s=100, to_s=200)  # 200 to 300 of the recording
    await edit(alice, workout_id, kind="drop_outliers", channel="heart_rate", max=150)
    items = (await alice.ask("GET", f"/workouts/{workout_id}/edits", status=200)).json()["items"]
    assert [(each["number"], each["kind"]) for each in items] == [(1, "crop"), (2, "cut"), (3, "drop_outliers")]
    await undo(alice, workout_id, 1)
    streams = (await alice.ask("GET", f"/workouts/{workout_id}/streams?points=10000")).json()["columns"]
    assert streams["time"][0] == 0
    assert 250 not in streams["time"]
    assert {200, 300} <= set(streams["time"])
    assert max(filter(None, streams["heart_rate"])) <= 150
    await undo(alice, workout_id, 3)
    await undo(alice, workout_id, 2)
    assert await everything(alice, workout_id) == before
    await edit(alice, workout_id, kind="crop", from_s=100)
    assert await everything(alice, workout_id) == only_crop


async def test_an_edit_that_the_rest_needs_stays(workout):
    alice = Person(workout)
    workout_id = await record(alice)
    first = await edit(alice, workout_id, kind="split", at_s=600)
    part = first["workout"]
    await edit(alice, part, kind="crop", to_s=300)
    await edit(alice, part, kind="split", at_s=100)
    await undo(alice, workout_id, 1, status=409)
    await undo(alice, part, 0, status=409)
    await edit(alice, workout_id, kind="cut", from_s=600.5, to_s=700, status=400)


async def test_a_split_makes_two_and_undoing_it_one(workout, heard):
    alice = Person(workout)
    workout_id = await record(alice, totals=Totals(energy_kcal=600))
    before = await everything(alice, workout_id)
    made = await edit(alice, workout_id, kind="split", at_s=800)
    part = made["workout"]
    first, second = await alice.read(workout_id), await alice.read(part)
    assert (first["duration_s"], second["duration_s"]) == (800, 400)
    assert second["started_at"] == "2026-03-01T08:13:20Z"
    assert first["energy_kcal"] + second["energy_kcal"] == pytest.approx(600)
    assert first["distance_m"] + second["distance_m"] == pytest.approx(before[0][0] and 9_600, rel=0.05)
    both = [
        (await alice.ask("GET", f"/workouts/{each}/streams?points=10000")).json()["of"] for each in (workout_id, part)
    ]
    assert sum(both) == 1_201
    await edit(alice, part, kind="crop", from_s=100)
    assert (await alice.read(part))["duration_s"] == 300
    await undo(alice, workout_id, 1)
    assert await everything(alice, workout_id) == before
    await alice.ask("GET", f"/workouts/{part}", status=404)
    (gone,) = await of_user(heard, alice.id, "workout.deleted.v1", 1)
    assert str(gone.workout_id) == part


async def test_an_earlier_edit_reaches_the_part(workout):
    alice = Person(workout)
    workout_id = await record(alice)
    await edit(alice, workout_id, kind="drop_outliers", channel="heart_rate", max=130)
    part = (await edit(alice, workout_id, kind="split", at_s=600))["workout"]
    assert (await alice.read(part))["max_heart_rate"] <= 130
    await undo(alice, workout_id, 1)
    assert (await alice.read(part))["max_heart_rate"] > 150


async def test_a_merge_takes_the_other_away_and_gives_it_back(workout, heard):
    alice = Person(workout)
    morning = await record(alice, totals=Totals(energy_kcal=100))
    later = await record(
        alice, a_ride(600, seed=2), started_at=START.replace(hour=9), totals=Totals(energy_kcal=50), laps=laps(300, 600)
    )
    before, before_later = await everything(alice, morning), await everything(alice, later)
    await edit(alice, morning, kind="merge", **{"with": str(later)})
    both = await alice.read(morning)
    assert (both["duration_s"], both["energy_kcal"]) == (4_200, 150)
    assert both["distance_m"] == pytest.approx(9_600 + 4_800, rel=0.05)
    assert both["moving_s"] == pytest.approx(1_800, abs=5)
    await alice.ask("GET", f"/workouts/{later}", status=404)
    assert len((await alice.ask("GET", f"/workouts/{morning}/track")).json()["geometry"]["coordinates"]) == 2
    (gone,) = await of_user(heard, alice.id, "workout.deleted.v1", 1)
    await undo(alice, morning, 1)
    assert await everything(alice, morning) == before
    assert await everything(alice, later) == before_later
    back = [e for e in await of_user(heard, alice.id, "workout.changed.v1", 3) if str(e.workout_id) == str(later)]
    assert back[-1].version > gone.version


async def test_sets_go_with_a_merge_and_come_back(workout):
    alice = Person(workout)
    ride = await record(alice)
    other = await record(
        alice, {}, started_at=START.replace(hour=10), format="hevy", source="Hevy", sport="strength_training"
    )
    await alice.patch(other, sets=[{"exercise": "barbell-bench-press-medium-grip", "reps": 5, "weight_kg": 100}])
    assert (await alice.read(other))["volume_load_kg"] == 500
    await edit(alice, ride, kind="merge", **{"with": str(other)})
    assert (await alice.read(ride))["volume_load_kg"] == 500
    await undo(alice, ride, 1)
    assert (await alice.read(ride))["volume_load_kg"] == 0
    assert (await alice.read(other))["volume_load_kg"] == 500


async def test_a_real_ride(workout):
    alice = Person(workout)
    with (WHEEL / "4078723797.fit").open("rb") as file:
        (ride,) = (item for item in fit.read(file, Ask()) if isinstance(item, Activity))
    workout_id = await record(
        alice, ride.channels, started_at=ride.started_at, duration_s=ride.duration_s, totals=ride.totals, laps=ride.laps
    )
    before, shown = await everything(alice, workout_id), await alice.read(workout_id)
    assert (shown["distance_m"], shown["weighted_power"]) == (57_567.24, 267)
    await edit(alice, workout_id, kind="crop", from_s=1_000, to_s=5_000)
    half = await alice.read(workout_id)
    assert 20_000 < half["distance_m"] < 40_000
    assert half["energy_kcal"] == pytest.approx(1_830 * 4_000 / 8_355.6, rel=0.001)
    sizes = [each["size"] for each in (await alice.ask("GET", f"/workouts/{workout_id}/best-efforts")).json()["items"]]
    assert 42_195 not in sizes
    await undo(alice, workout_id, 1)
    assert await everything(alice, workout_id) == before


async def test_a_part_put_back_is_the_whole(workout):
    alice = Person(workout)
    workout_id = await record(alice, totals=Totals(energy_kcal=600))
    streams = (await alice.ask("GET", f"/workouts/{workout_id}/streams?points=10000")).json()["columns"]
    before = await everything(alice, workout_id)
    part = (await edit(alice, workout_id, kind="split", at_s=700))["workout"]
    split = await everything(alice, part)
    await edit(alice, workout_id, kind="merge", **{"with": part})
    again = (await alice.ask("GET", f"/workouts/{workout_id}/streams?points=10000")).json()["columns"]
    assert {name: again[name] for name in ("time", "power", "lat")} == {
        name: streams[name] for name in ("time", "power", "lat")
    }
    assert (await alice.read(workout_id))["energy_kcal"] == pytest.approx(600)
    await undo(alice, workout_id, 2)
    assert await everything(alice, part) == split
    await undo(alice, workout_id, 1)
    assert await everything(alice, workout_id) == before


async def test_merges_of_merges(workout):
    alice = Person(workout)
    one, two, three = [await record(alice, a_ride(300), started_at=START.replace(hour=hour)) for hour in (8, 9, 10)]
    before = [await everything(alice, each) for each in (one, two, three)]
    await edit(alice, two, kind="merge", **{"with": str(three)})
    await edit(alice, two, kind="drop_outliers", channel="power", max=200)
    await edit(alice, one, kind="merge", **{"with": str(two)})
    whole = await alice.read(one)
    assert (whole["duration_s"], whole["moving_s"]) == (7_500, 900)
    await alice.ask("GET", f"/workouts/{three}", status=404)
    await undo(alice, two, 1, status=404)
    await undo(alice, one, 1)
    assert (await alice.read(two))["duration_s"] == 3_900
    await undo(alice, two, 1)
    await undo(alice, two, 2)
    assert [await everything(alice, each) for each in (one, two, three)] == before


async def test_what_others_rest_on_is_not_deleted(workout):
    alice = Person(workout)
    workout_id, other = await record(alice), await record(alice, started_at=START.replace(hour=12))
    part = (await edit(alice, workout_id, kind="split", at_s=800))["workout"]
    await alice.ask("DELETE", f"/workouts/{workout_id}", status=409)
    await edit(alice, other, kind="merge", **{"with": part})
    await undo(alice, workout_id, 1, status=409)
    await alice.ask("DELETE", f"/workouts/{workout_id}", status=409)
    await alice.ask("DELETE", f"/workouts/{other}", status=204)
    assert (await alice.read(workout_id))["duration_s"] == 800
    await alice.ask("DELETE", f"/workouts/{workout_id}", status=204)
    for table in ("workout", "recording", "workout_edit", "workout_effort"):
        assert not await workout.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", alice.id)


async def test_a_record_goes_to_its_runner_up_and_comes_back(workout):
    alice = Person(workout)
    fast, slow = a_ride(600), a_ride(600, seed=3)
    fast["power"][300:400] = array("d", [600.0] * 100)
    holder = await record(alice, fast)
    runner_up = await record(alice, slow, started_at=START.replace(day=2))

    async def best():
        found = (await alice.ask("GET", "/records?sport=cycling", status=200)).json()["items"]
        (power,) = [each for each in found if each["kind"] == "power 60"]
        return power["workout_id"], power["value"]

    before = await best()
    assert before == (str(holder), 600)
    await edit(alice, holder, kind="crop", to_s=250)
    assert (await best())[1] < 400
    await edit(alice, holder, kind="crop", to_s=50)
    assert (await best())[0] == str(runner_up)
    await undo(alice, holder, 2)
    await undo(alice, holder, 1)
    assert await best() == before


async def test_one_recording_can_be_chosen(workout):
    alice = Person(workout)
    workout_id = await record(alice, source="Edge 530", totals=Totals(average_heart_rate=140))
    watch = {name: values for name, values in a_ride(seed=5).items() if name in {"time", "heart_rate"}}
    await record(alice, watch, workout_id=workout_id, source="Forerunner", totals=Totals(average_heart_rate=150))
    ids = await workout.db.fetch("SELECT recording_id, source FROM recording WHERE workout_id = $1", workout_id)
    by_source = {row["source"]: str(row["recording_id"]) for row in ids}
    streams = (await alice.ask("GET", f"/workouts/{workout_id}/streams")).json()
    assert streams["recordings"]["heart_rate"] == by_source["Forerunner"]
    assert streams["recordings"]["power"] == by_source["Edge 530"]
    before = await everything(alice, workout_id)
    await edit(alice, workout_id, kind="swap_file", recording=by_source["Forerunner"])
    assert (await alice.ask("GET", f"/workouts/{workout_id}/streams")).json()["channels"] == ["heart_rate", "time"]
    assert (await alice.read(workout_id))["average_heart_rate"] == 150
    await undo(alice, workout_id, 1)
    assert await everything(alice, workout_id) == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "crop"},
        {"kind": "crop", "from_s": 5, "to_s": 5},
        {"kind": "crop", "from_s": 1e300},
        {"kind": "crop", "from_s": 5_000},
        {"kind": "crop", "from_s": "0"},
        {"kind": "cut", "from_s": -10, "to_s": 2_000},
        {"kind": "cut", "from_s": 1},
        {"kind": "cut", "from_s": 1, "to_s": 2, "at_s": 3},
        {"kind": "split", "at_s": 0},
        {"kind": "split", "at_s": 1_201},
        {"kind": "merge", "with": "not an id"},
        {"kind": "merge", "with": "00000000-0000-0000-0000-000000000000"},
        {"kind": "swap_file", "recording": "00000000-0000-0000-0000-000000000000"},
        {"kind": "drop_outliers", "channel": "temperature"},
        {"kind": "drop_outliers", "channel": "soul"},
        {"kind": "drop_outliers", "channel": "power", "min": 5, "max": 1},
        {"kind": "part", "at_s": 5},
        {"kind": "explode"},
        [],
        None,
    ],
)
async def test_what_cannot_be_done(workout, body):
    alice = Person(workout)
    workout_id = await record(alice)
    before = await everything(alice, workout_id)
    await alice.ask("POST", f"/workouts/{workout_id}/edits", json=body, status=400)
    assert await everything(alice, workout_id) == before


async def test_what_is_not_there_or_not_mine(workout):
    alice, bob = Person(workout), Person(workout)
    ride, bobs = await record(alice), await record(bob)
    by_hand = (await alice.run())["id"]
    crop = {"kind": "crop", "from_s": 10}
    await edit(bob, ride, 404, **crop)
    await undo(bob, ride, 1, status=404)
    await bob.ask("GET", f"/workouts/{ride}/edits", status=404)
    await edit(alice, ride, 400, kind="merge", **{"with": str(bobs)})
    await edit(alice, ride, 400, kind="merge", **{"with": str(ride)})
    await edit(alice, by_hand, 409, **crop)
    await undo(alice, ride, 1, status=404)
    for wrong in ("x", "-1", "99999999999999999999", "1e3"):
        answer = await alice.ask("DELETE", f"/workouts/{ride}/edits/{wrong}")
        assert answer.status_code in {400, 404}, wrong


async def test_there_is_an_end_to_edits(workout):
    alice = Person(workout)
    workout_id = await record(alice, a_ride(30))
    for _ in range(100):
        await edit(alice, workout_id, kind="drop_outliers", channel="power")
    await edit(alice, workout_id, 409, kind="drop_outliers", channel="power")
