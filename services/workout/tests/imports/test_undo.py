"""Everything is as if the import had never been; what the user has said, and what others brought, stays."""

import random
from datetime import timedelta

import pytest
from services.workout.tests.imports import make
from services.workout.tests.imports.test_import import objects

pytestmark = pytest.mark.anyio


async def test_nothing_is_left(workout, headers, user_id):
    before = await make.checksum(workout, user_id)
    files = {"a.gpx": make.a_gpx(), "b.csv": make.a_hevy(), "c.gpx": make.a_gpx(start=make.START + timedelta(days=1))}
    found = await make.imported(workout, headers, make.a_zip(files), name="all.zip")
    assert found["counts"]["workouts"] == 3
    assert await make.counted(workout, user_id, "exercise") == 1
    after = await make.undone(workout, headers, found["id"])
    assert (after["state"], after["stored"], after["workouts"]) == ("undone", False, [])
    assert await make.checksum(workout, user_id) == before
    assert objects(workout, user_id) == []


async def test_in_several_pieces(workout, headers, user_id, monkeypatch):
    monkeypatch.setattr("workout.imports.undo.RECORDINGS", 3)
    monkeypatch.setattr("workout.imports.undo.FILES", 2)
    files = {f"{n}.gpx": make.a_gpx(1, start=make.START + timedelta(days=n)) for n in range(10)}
    before = await make.checksum(workout, user_id)
    found = await make.imported(workout, headers, make.a_zip(files), name="all.zip")
    assert found["counts"]["workouts"] == 10
    await make.undone(workout, headers, found["id"])
    assert await make.checksum(workout, user_id) == before
    assert objects(workout, user_id) == []


async def test_a_workout_keeps_its_other_recording(workout, headers, user_id):
    first = await make.imported(workout, headers, make.a_gpx(), name="one.gpx")
    before = await make.checksum(workout, user_id)
    second = await make.imported(
        workout, headers, make.a_gpx(11, start=make.START + timedelta(seconds=5)), name="two.gpx"
    )
    assert second["counts"] == {"recordings": 1, "joined": 1}
    assert first["workouts"] == second["workouts"]
    await make.undone(workout, headers, second["id"])
    assert await make.checksum(workout, user_id) == before


async def test_what_joined_two_parts_them_again(workout, headers, user_id):
    """The middle one is within two minutes of both others, which are not of one another."""
    starts = [make.START + timedelta(seconds=100 * n) for n in range(3)]
    for place in (0, 2):
        await make.imported(workout, headers, make.a_gpx(60, start=starts[place]), name=f"{place}.gpx")
    assert await make.groups(workout, user_id) == [["0.gpx"], ["2.gpx"]]
    middle = await make.imported(workout, headers, make.a_gpx(60, start=starts[1]), name="1.gpx")
    assert await make.groups(workout, user_id) == [["0.gpx", "1.gpx", "2.gpx"]]
    await make.undone(workout, headers, middle["id"])
    assert await make.groups(workout, user_id) == [["0.gpx"], ["2.gpx"]]
    assert await make.counted(workout, user_id, "workout") == 2


async def test_what_the_user_has_said_stays(workout, headers, user_id):
    found = await make.imported(workout, headers, make.a_gpx())
    path = f"/workouts/{found['workouts'][0]}"
    before = (await workout.http.get(path, headers=headers)).json()
    answer = await workout.http.patch(path, headers=headers, json={"title": "With Ada"})
    assert answer.status_code == 200, answer.text
    await make.undone(workout, headers, found["id"])
    after = (await workout.http.get(path, headers=headers)).json()
    assert after["title"] == "With Ada"
    assert [after[name] for name in ("sport", "started_at", "duration_s")] == [
        before[name] for name in ("sport", "started_at", "duration_s")
    ]
    assert await make.recordings(workout, headers, found["workouts"][0]) == []
    assert objects(workout, user_id) == []


@pytest.mark.parametrize(
    "edit",
    [{"kind": "crop", "from_s": 60, "to_s": 300}, {"kind": "drop_outliers", "channel": "altitude", "max": 35}],
    ids=lambda edit: edit["kind"],
)
async def test_what_was_edited_leaves_nothing(workout, headers, user_id, edit):
    before = await make.checksum(workout, user_id)
    found = await make.imported(workout, headers, make.a_gpx())
    path = f"/workouts/{found['workouts'][0]}"
    assert (await workout.http.post(f"{path}/edits", headers=headers, json=edit)).status_code == 201
    await make.undone(workout, headers, found["id"])
    assert (await workout.http.get(path, headers=headers)).status_code == 404
    assert await make.checksum(workout, user_id) == before
    assert objects(workout, user_id) == []


async def test_what_was_split_leaves_nothing(workout, headers, user_id):
    before = await make.checksum(workout, user_id)
    found = await make.imported(workout, headers, make.a_gpx())
    path = f"/workouts/{found['workouts'][0]}/edits"
    split = await workout.http.post(path, headers=headers, json={"kind": "split", "at_s": 300})
    assert split.status_code == 201
    await make.undone(workout, headers, found["id"])
    assert await make.checksum(workout, user_id) == before


async def test_what_was_merged_leaves_nothing(workout, headers, user_id):
    before = await make.checksum(workout, user_id)
    files = {"a.gpx": make.a_gpx(), "b.gpx": make.a_gpx(start=make.START + timedelta(hours=1))}
    found = await make.imported(workout, headers, make.a_zip(files), name="all.zip")
    one, other = found["workouts"]
    path = f"/workouts/{one}/edits"
    merged = await workout.http.post(path, headers=headers, json={"kind": "merge", "with": other})
    assert merged.status_code == 201, merged.text
    await make.undone(workout, headers, found["id"])
    assert await make.checksum(workout, user_id) == before


@pytest.mark.parametrize("gone", [0, 1])
async def test_of_what_was_merged_the_other_stays_as_it_was(workout, headers, user_id, gone):
    """Whether the import of the workout goes, or that of the one merged into it."""
    files = [make.a_gpx(), make.a_gpx(start=make.START + timedelta(hours=1))]
    staying = await make.imported(workout, headers, files[1 - gone], name="stays.gpx")
    before = await make.checksum(workout, user_id)
    going = await make.imported(workout, headers, files[gone], name="goes.gpx")
    one, other = (each["workouts"][0] for each in ((going, staying) if gone == 0 else (staying, going)))
    body = {"kind": "merge", "with": other}
    merged = await workout.http.post(f"/workouts/{one}/edits", headers=headers, json=body)
    assert merged.status_code == 201, merged.text
    await make.undone(workout, headers, going["id"])
    assert await make.checksum(workout, user_id) == before


async def test_what_the_user_typed_in_stays_without_the_edits(workout, headers, user_id):
    found = await make.imported(workout, headers, make.a_gpx())
    path = f"/workouts/{found['workouts'][0]}"
    crop = {"kind": "crop", "from_s": 60, "to_s": 300}
    assert (await workout.http.post(f"{path}/edits", headers=headers, json=crop)).status_code == 201
    said = {"notes": "Rain", "sets": [{"exercise": "barbell-squat", "reps": 5, "weight_kg": 100}]}
    assert (await workout.http.patch(path, headers=headers, json=said)).status_code == 200
    await make.undone(workout, headers, found["id"])
    after = (await workout.http.get(path, headers=headers)).json()
    assert (after["notes"], after["volume_load_kg"]) == ("Rain", 500)
    assert (after["recordings"], after["edits"]) == ([], [])


async def test_a_deleted_workout_stays_deleted(workout, headers, user_id):
    before = await make.checksum(workout, user_id)
    found = await make.imported(workout, headers, make.a_gpx())
    answer = await workout.http.delete(f"/workouts/{found['workouts'][0]}", headers=headers)
    assert answer.status_code == 204
    again = await make.imported(workout, headers, make.a_gpx(), name="again.gpx")
    assert again["counts"] == {"recordings": 1, "deleted": 1}
    assert await make.counted(workout, user_id, "workout") == 0
    for each in (found, again):
        await make.undone(workout, headers, each["id"])
    assert await make.checksum(workout, user_id) == before
    back = await make.imported(workout, headers, make.a_gpx())
    assert back["counts"] == {"recordings": 1, "workouts": 1}


@pytest.mark.parametrize("seed", range(3))
async def test_chains_of_imports_undone_in_any_order(workout, headers, user_id, seed):
    """What is left always is what the imports still there would have made."""
    chance = random.Random(seed)
    days = range(5)
    picked = [chance.sample(days, 3) for _ in range(4)]
    imports = {}
    for number, chosen in enumerate(picked):
        files = {
            f"{day}.gpx": make.a_gpx(1, start=make.START + timedelta(days=day, seconds=30 * chance.choice([0, 0, 1])))
            for day in chosen
        } | {f"{number}.csv": make.a_hevy(start=f"{1 + number // 2} May 2020, 09:00", end="9 May 2020, 10:00")}
        found = await make.imported(workout, headers, make.a_zip(files), name=f"{number}.zip")
        imports[number] = (found["id"], set(files))
    order = chance.sample(range(4), 4)
    for place, number in enumerate(order):
        await make.undone(workout, headers, imports[number][0])
        left = [imports[other][1] for other in order[place + 1 :]]
        gpx = {name for files in left for name in files if name.endswith(".gpx")}
        assert {name for files in await make.groups(workout, user_id) for name in files if name.endswith("gpx")} == gpx
        logs = {int(name[0]) // 2 for files in left for name in files if name.endswith(".csv")}
        assert len(await make.groups(workout, user_id)) == len(gpx) + len(logs)
        assert await make.counted(workout, user_id, "exercise") == (1 if logs else 0)
    assert not any([await make.counted(workout, user_id, table) for table in make.OWNED])
    assert objects(workout, user_id) == []
