"""From files to workouts, and the ways in which an import may end."""

import csv
import gzip
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from services.workout.tests import make as users
from services.workout.tests.imports import make
from services.workout.tests.samples import WHEEL, sample

pytestmark = pytest.mark.anyio


def objects(workout, user_id):
    """Files of a user that lie in the store."""
    folder = Path(workout.environment["OBJECT_STORE_URL"].removeprefix("file://")) / "workout" / str(user_id)
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


async def listed(workout, headers):
    return (await workout.http.get("/workouts", headers=headers, params={"limit": 200})).json()["items"]


async def test_a_file_becomes_a_workout(workout, headers, user_id):
    found = await make.imported(workout, headers, make.a_gpx())
    assert (found["state"], found["format"], found["error"]) == ("finished", "gpx", None), found
    assert found["counts"] == {"recordings": 1, "workouts": 1}
    [one] = await listed(workout, headers)
    assert found["workouts"] == [one["id"]]
    assert (one["sport"], one["duration_s"]) == ("cycling", 600)
    assert one["distance_m"] == pytest.approx(60 * 55.6, rel=0.01)
    assert objects(workout, user_id) == [found["sha256"]]
    [recording] = await make.recordings(workout, headers, one["id"])
    assert (recording["file"], recording["import_id"], recording["joined"]) == ("ride.gpx", found["id"], "alone")


async def test_the_same_again_changes_nothing(workout, headers, user_id):
    await make.imported(workout, headers, make.a_gpx())
    before = await make.checksum(workout, user_id)
    for name, content in {
        "other.gpx": make.a_gpx(),
        "ride.gpx.gz": gzip.compress(make.a_gpx()),
        "all.zip": make.a_zip({"one/ride.gpx": make.a_gpx(), "two.gpx.gz": gzip.compress(make.a_gpx())}),
    }.items():
        again = await make.imported(workout, headers, content, name=name)
        assert again["state"] == "finished", again
        assert again["counts"].keys() == {"recordings", "duplicates"}
        after = await make.checksum(workout, user_id)
        assert after | {"brought_again": []} == before | {"brought_again": []}


async def test_each_file_of_an_archive_has_one_result(workout, headers, user_id):
    files = {
        "one.gpx": make.a_gpx(),
        "again.gpx": make.a_gpx(),
        "log.csv": make.a_hevy(start="1 May 2020, 09:00", end="1 May 2020, 10:00"),
        "broken.fit": b"\x0e\x10\xd9\x07\x00\x00\x00\x00.FIT" + b"\0" * 20,
        "../evil.gpx": make.a_gpx(start=make.START + timedelta(days=9)),
        "picture.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    }
    found = await make.imported(workout, headers, make.a_zip(files), name="all.zip")
    assert (found["state"], found["format"]) == ("partial", "archive"), found
    assert {each["name"]: each["counts"] for each in found["parts"]} == {
        "again.gpx": {"workouts": 1},
        "one.gpx": {"duplicates": 1},
        "log.csv": {"workouts": 1},
        "broken.fit": {"unreadable": 1},
        "../evil.gpx": {"unreadable": 1},
    }
    assert found["counts"]["unreadable"] == 2
    reasons = {each["part"]: each["detail"] for each in await make.issues(workout, headers, found["id"])}
    assert reasons["broken.fit"]
    assert "outside" in reasons["../evil.gpx"]
    assert len(objects(workout, user_id)) == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
        (b"just some words", "no reader"),
        (b"PK\x03\x04" + b"\0" * 100, "archive"),
        (b"   \n", "empty"),
        (make.a_zip({"notes.txt": b"nothing"}), "no activity"),
    ],
)
async def test_what_cannot_be_read_fails_and_goes(workout, headers, user_id, content, says):
    found = await make.imported(workout, headers, content)
    assert (found["state"], found["stored"]) == ("failed", False), found
    assert says in found["error"]
    assert objects(workout, user_id) == []
    answer = await workout.http.post(f"/workouts/imports/{found['id']}/resume", headers=headers)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "mapping",
    [
        {"weight_unit": "stone"},
        {"distance_unit": "m"},
        {"zone": "Mars/Olympus"},
        {"zone": "../etc"},
        {"units": "kg"},
        [],
        1,
    ],
)
async def test_a_mapping_is_checked(workout, headers, user_id, mapping):
    answer = await workout.http.post("/workouts/import", headers=headers, **make.form(b"x", mapping=mapping))
    assert answer.status_code == 400, answer.text
    assert objects(workout, user_id) == []


async def test_a_wall_clock_is_the_user_s_or_what_is_given(workout, headers, user_id):
    await workout.publish(users.a_user(user_id, zone="America/New_York"))
    await users.known(workout, user_id)
    await make.imported(workout, headers, make.a_hevy(), name="hevy.csv")
    [one] = await listed(workout, headers)
    assert datetime.fromisoformat(one["started_at"]) == datetime(2024, 5, 1, 13, tzinfo=UTC)
    assert one["offset_min"] == -240
    later = make.a_hevy(start="2 May 2024, 09:00", end="2 May 2024, 10:00")
    await make.imported(workout, headers, later, mapping={"zone": "Asia/Tokyo"})
    [two, _] = await listed(workout, headers)
    assert datetime.fromisoformat(two["started_at"]) == datetime(2024, 5, 2, 0, tzinfo=UTC)


STRONG = (
    b"Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    b'2024-11-28 17:36:08,"B","Squat (Barbell)",1,100,5,0,0,"","",\n'
)


async def test_a_unit_that_nobody_says_is_asked_for(workout, headers, user_id):
    found = await make.imported(workout, headers, STRONG, name="strong.csv")
    assert found["state"] == "failed", found
    assert "weight_unit" in found["error"]
    found = await make.imported(workout, headers, STRONG, name="strong.csv", mapping={"weight_unit": "lb"})
    assert found["state"] == "finished", found
    weight = await workout.db.fetchval("SELECT weight_kg FROM workout_set WHERE user_id = $1", user_id)
    assert weight == pytest.approx(45.359237)


@pytest.mark.parametrize(("units", "kilograms"), [("metric", 100), ("imperial", 45.359237)])
async def test_or_it_is_the_profile_s_and_told(workout, headers, user_id, units, kilograms):
    await workout.publish(users.a_user(user_id, units=units))
    await users.known(workout, user_id)
    found = await make.imported(workout, headers, STRONG, name="strong.csv")
    assert found["state"] == "finished", found
    weight = await workout.db.fetchval("SELECT weight_kg FROM workout_set WHERE user_id = $1", user_id)
    assert weight == pytest.approx(kilograms)
    assert "unit-assumed" in {each["code"] for each in await make.issues(workout, headers, found["id"])}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
async def test_one_ride_in_four_formats_is_one_workout(workout, headers, user_id, order):
    for place in order:
        name = make.RIDE[place]
        found = await make.imported(workout, headers, (WHEEL / name).read_bytes(), name=name)
        assert found["state"] == "finished", found
    [one] = await listed(workout, headers)
    assert (one["sport"], one["duration_s"]) == ("cycling", pytest.approx(8355.6, abs=1))
    assert one["distance_m"] == pytest.approx(57_567.24)
    recordings = await make.recordings(workout, headers, one["id"])
    assert sorted(each["file"] for each in recordings) == sorted(make.RIDE)
    assert recordings[0]["format"] == "fit"
    assert recordings[0]["joined"] == "alone"
    for each in recordings[1:]:
        assert each["joined"] == "found"
        assert each["score"] > 0.9
        assert any("they start 0 s apart" in reason for reason in each["reasons"])


async def test_the_wheel_is_six_workouts(workout, headers, user_id):
    files = {
        path.name: path.read_bytes() for path in sorted(WHEEL.iterdir()) if path.suffix in {".fit", ".tcx", ".gpx"}
    }
    assert len(files) == 14
    before = await make.checksum(workout, user_id)
    found = await make.imported(workout, headers, make.a_zip(files), name="wheel.zip")
    assert found["counts"]["recordings"] == 14, found
    assert len(await listed(workout, headers)) == 6
    assert sorted(map(len, await make.groups(workout, user_id))) == [1, 1, 1, 3, 4, 4]
    assert [sum(each["counts"].values()) for each in found["parts"]] == [1] * 14
    assert len(objects(workout, user_id)) == 15
    await make.undone(workout, headers, found["id"])
    assert await make.checksum(workout, user_id) == before
    assert objects(workout, user_id) == []


async def test_hevy_twice(workout, headers, user_id):
    content = sample("strength/hevy.csv").read_bytes()
    before = await make.checksum(workout, user_id)
    found = await make.imported(workout, headers, content, name="hevy.csv")
    assert found["state"] == "finished", found
    assert found["counts"]["workouts"] == 335
    assert await make.counted(workout, user_id, "workout_set") == 7_211
    logged = {row["exercise_title"] for row in csv.DictReader(io.StringIO(content.decode()))}
    assert len(logged) == 86
    kept = await workout.db.fetchval("SELECT count(DISTINCT exercise) FROM workout_set WHERE user_id = $1", user_id)
    assert kept == 86
    volume = await workout.db.fetchval("SELECT sum(volume_load_kg) FROM workout WHERE user_id = $1", user_id)
    assert volume == pytest.approx(1_964_741.75)
    once = await make.checksum(workout, user_id)
    again = await make.imported(workout, headers, content, name="hevy.csv")
    assert again["counts"] == {"recordings": 335, "duplicates": 335}
    assert await make.checksum(workout, user_id) | {"brought_again": []} == once | {"brought_again": []}
    await make.undone(workout, headers, again["id"])
    assert await make.checksum(workout, user_id) == once
    await make.undone(workout, headers, found["id"])
    assert await make.checksum(workout, user_id) == before


async def test_strong_and_its_older_log_stay_two(workout, headers, user_id):
    for name, count in (("strong.csv", 15), ("strong-legacy.csv", 3)):
        content = sample(f"strength/{name}").read_bytes()
        found = await make.imported(workout, headers, content, name=name, mapping={"weight_unit": "kg"})
        assert found["counts"]["recordings"] == found["counts"]["workouts"] == count, found
    assert len(await make.groups(workout, user_id)) == 18


async def test_a_file_in_two_states_of_damage_is_one_workout(workout, headers, user_id):
    for name in ("activity-settings-corruptheader.fit", "activity-unexpected-eof.fit"):
        found = await make.imported(workout, headers, sample(f"fit/{name}").read_bytes(), name=name)
        assert found["state"] == "partial", found
    assert len(await listed(workout, headers)) == 1


async def test_an_activity_without_a_date_stands_alone(workout, headers, user_id):
    found = await make.imported(workout, headers, sample("fit/antfs-dump.63.fit").read_bytes(), name="old.fit")
    assert found["counts"]["workouts"] == 1, found
    assert any("time of its import" in each["detail"] for each in await make.issues(workout, headers, found["id"]))
    again = await make.imported(workout, headers, sample("fit/antfs-dump.63.fit").read_bytes(), name="older.fit")
    assert again["counts"]["duplicates"] == 1
    await make.imported(workout, headers, sample("fit/compressed-speed-distance.fit").read_bytes(), name="c.fit")
    assert len(await listed(workout, headers)) == 2


async def test_imports_of_others_are_not_there(workout, headers):
    import_id = await make.sent(workout, headers, make.a_gpx())
    stranger = workout.signer.headers(uuid4())
    for method, path in [
        *(("GET", path) for path in ("", "/events", "/issues", "/file")),
        *(("POST", path) for path in ("/cancel", "/resume", "/undo")),
    ]:
        answer = await workout.http.request(method, f"/workouts/imports/{import_id}{path}", headers=stranger)
        assert answer.status_code == 404, (method, path)
    assert (await workout.http.get("/workouts/imports", headers=stranger)).json() == {"items": [], "next_cursor": None}
    assert (await workout.http.get("/workouts/imports")).status_code == 401
    assert (await workout.http.post("/workouts/import", **make.form(b"1"))).status_code == 401
    found = await make.done(workout, headers, import_id)
    [recorded] = await make.recordings(workout, headers, found["workouts"][0])
    for method, path, body in [
        ("GET", "/recordings", None),
        ("POST", "/unlink", {"recording": recorded["id"]}),
        ("POST", "/link", {"workout": str(uuid4())}),
    ]:
        address = f"/workouts/{found['workouts'][0]}{path}"
        assert (await workout.http.request(method, address, headers=stranger, json=body)).status_code == 404


async def test_the_file_as_it_was_sent(workout, headers):
    found = await make.imported(workout, headers, make.a_gpx(), name='a "ü"\r\n.gpx')
    answer = await workout.http.get(f"/workouts/imports/{found['id']}/file", headers=headers)
    assert answer.content == make.a_gpx()
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_nothing_is_left_of_a_user_who_goes(workout, headers, user_id):
    await make.imported(workout, headers, make.a_zip({"a.gpx": make.a_gpx(), "b.csv": make.a_hevy()}), name="a.zip")
    await workout.publish(users.a_user(user_id))
    await workout.publish(users.a_deletion(user_id))

    async def gone():
        return await workout.db.fetchval("SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)", user_id)

    await make.until(gone)
    for table in (*make.OWNED, "import"):
        assert await make.counted(workout, user_id, table) == 0
    await make.until(lambda: not objects(workout, user_id))
