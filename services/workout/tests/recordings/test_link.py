"""What the user says of recordings: parted for good, joined in spite of the rules."""

from datetime import timedelta
from uuid import uuid4

import pytest
from services.workout.tests.imports import make

from workout.recordings import link

pytestmark = pytest.mark.anyio

ONE, TWO = make.a_gpx(), make.a_gpx(11, start=make.START + timedelta(seconds=5))
FAR = make.a_gpx(start=make.START + timedelta(hours=2), sport="running")


async def post(workout, headers, path, body, status=200):
    answer = await workout.http.post(f"/workouts/{path}", headers=headers, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def two_as_one(workout, headers):
    first = await make.imported(workout, headers, ONE, name="one.gpx")
    second = await make.imported(workout, headers, TWO, name="two.gpx")
    assert first["workouts"] == second["workouts"]
    return first, second


async def test_parted_for_good(workout, headers, user_id):
    first, second = await two_as_one(workout, headers)
    workout_id = first["workouts"][0]
    gone = next(e for e in await make.recordings(workout, headers, workout_id) if e["file"] == "two.gpx")
    own = (await post(workout, headers, f"{workout_id}/unlink", {"recording": gone["id"]}))["workout"]
    assert own != workout_id
    assert await make.groups(workout, user_id) == [["one.gpx"], ["two.gpx"]]
    [alone] = await make.recordings(workout, headers, own)
    assert (alone["joined"], alone["score"], alone["reasons"]) == ("alone", None, [])
    await make.imported(workout, headers, make.a_zip({"one.gpx": ONE, "two.gpx": TWO}), name="all.zip")
    await make.undone(workout, headers, second["id"])
    await make.imported(workout, headers, TWO, name="two.gpx")
    assert len(await make.groups(workout, user_id)) == 2
    third = await make.imported(workout, headers, make.a_gpx(12, start=make.START + timedelta(seconds=9)), name="3.gpx")
    assert third["counts"]["joined"] == 1
    assert sorted(map(len, await make.groups(workout, user_id))) == [1, 2]


async def test_joined_in_spite_of_the_rules_and_parted_again(workout, headers, user_id):
    one = (await make.imported(workout, headers, ONE, name="one.gpx"))["workouts"][0]
    far = (await make.imported(workout, headers, FAR, name="far.gpx"))["workouts"][0]
    before = await make.checksum(workout, user_id)
    assert (await post(workout, headers, f"{one}/link", {"workout": far}))["workout"] == one
    assert await make.groups(workout, user_id) == [["far.gpx", "one.gpx"]]
    assert (await workout.http.get(f"/workouts/{far}", headers=headers)).status_code == 404
    asked = next(e for e in await make.recordings(workout, headers, one) if e["file"] == "far.gpx")
    assert asked["joined"] == "asked"
    await make.imported(workout, headers, TWO, name="two.gpx")
    assert await make.groups(workout, user_id) == [["far.gpx", "one.gpx", "two.gpx"]]
    await post(workout, headers, f"{one}/unlink", {"recording": asked["id"]})
    assert await make.groups(workout, user_id) == [["far.gpx"], ["one.gpx", "two.gpx"]]
    assert len(before["workout"]) == 2


async def test_what_was_parted_can_be_joined(workout, headers, user_id):
    first, _ = await two_as_one(workout, headers)
    workout_id = first["workouts"][0]
    [_, gone] = await make.recordings(workout, headers, workout_id)
    own = (await post(workout, headers, f"{workout_id}/unlink", {"recording": gone["id"]}))["workout"]
    assert (await post(workout, headers, f"{workout_id}/link", {"workout": own}))["workout"] == workout_id
    assert len(await make.groups(workout, user_id)) == 1
    assert await make.counted(workout, user_id, "kept_apart") == 0


async def test_a_watch_joins_what_was_entered_by_hand(workout, headers, user_id):
    given = {"sport": "cycling", "started_at": make.START.isoformat(), "duration_s": 600, "title": "By hand"}
    answer = await workout.http.post("/workouts", headers=headers, json=given)
    assert answer.status_code == 201, answer.text
    own = answer.json()["id"]
    found = await make.imported(workout, headers, ONE, name="one.gpx")
    assert found["workouts"] == [own]
    assert found["counts"] == {"recordings": 1, "joined": 1}
    [recording] = await make.recordings(workout, headers, own)
    assert recording["joined"] == "found"
    parted = (await post(workout, headers, f"{own}/unlink", {"recording": recording["id"]}))["workout"]
    assert await make.recordings(workout, headers, own) == []
    assert (await make.imported(workout, headers, ONE, name="again.gpx"))["counts"]["duplicates"] == 1
    assert (await post(workout, headers, f"{parted}/link", {"workout": own}))["workout"] == own
    await make.undone(workout, headers, found["id"])
    kept = (await workout.http.get(f"/workouts/{own}", headers=headers)).json()
    assert kept["title"] == "By hand"


async def test_what_may_be_the_same_is_named_with_the_reasons(workout, headers):
    """What is entered by hand afterwards stands for itself, until it is said to be the same."""
    recorded = (await make.imported(workout, headers, ONE, name="one.gpx"))["workouts"][0]
    given = {"sport": "cycling", "started_at": make.START.isoformat(), "duration_s": 590, "title": "By hand"}
    answer = await workout.http.post("/workouts", headers=headers, json=given)
    assert answer.status_code == 201
    own = answer.json()["id"]
    assert own != recorded

    async def candidates(workout_id):
        return (await workout.http.get(f"/workouts/{workout_id}/recordings", headers=headers)).json()["candidates"]

    [of_own], [of_recorded] = await candidates(own), await candidates(recorded)
    assert (of_own["workout"], of_recorded["workout"]) == (recorded, own)
    assert (of_recorded["title"], of_recorded["duration_s"], of_recorded["sport"]) == ("By hand", 590, "cycling")
    assert of_own["score"] == of_recorded["score"] > 0.8
    assert "both are cycling" in of_own["reasons"]
    assert (await post(workout, headers, f"{recorded}/link", {"workout": own}))["workout"] == own
    assert await candidates(own) == []
    [only] = await make.recordings(workout, headers, own)
    parted = (await post(workout, headers, f"{own}/unlink", {"recording": only["id"]}))["workout"]
    assert (await candidates(own), await candidates(parted)) == ([], [])
    other = (await workout.http.post("/workouts", headers=headers, json=given | {"title": None})).json()["id"]
    assert [each["workout"] for each in await candidates(other)] == [parted]
    stranger = workout.signer.headers(uuid4())
    alone = (await workout.http.post("/workouts", headers=stranger, json=given)).json()["id"]
    found = await workout.http.get(f"/workouts/{alone}/recordings", headers=stranger)
    assert found.json() == {"items": [], "candidates": []}


async def test_what_the_user_said_of_either_stands_at_both(workout, headers, user_id):
    one = (await make.imported(workout, headers, ONE, name="one.gpx"))["workouts"][0]
    far = (await make.imported(workout, headers, FAR, name="far.gpx"))["workouts"][0]
    for workout_id, said in ((one, {"title": "Mine"}), (far, {"title": "Other", "notes": "rain"})):
        assert (await workout.http.patch(f"/workouts/{workout_id}", headers=headers, json=said)).status_code == 200
    await post(workout, headers, f"{one}/link", {"workout": far})
    kept = (await workout.http.get(f"/workouts/{one}", headers=headers)).json()
    assert (kept["title"], kept["notes"]) == ("Mine", "rain")


async def test_what_cannot_be_said(workout, headers):
    one = (await make.imported(workout, headers, ONE, name="one.gpx"))["workouts"][0]
    [only] = await make.recordings(workout, headers, one)
    await post(workout, headers, f"{one}/unlink", {"recording": only["id"]}, 409)
    await post(workout, headers, f"{one}/unlink", {"recording": str(uuid4())}, 404)
    await post(workout, headers, f"{uuid4()}/unlink", {"recording": only["id"]}, 404)
    await post(workout, headers, f"{one}/link", {"workout": one}, 409)
    await post(workout, headers, f"{one}/link", {"workout": str(uuid4())}, 404)
    for body in ({}, {"workout": "x"}, {"workout": one, "more": 1}, [], None):
        await post(workout, headers, f"{one}/link", body, 400)
    hand = {"sport": "running", "started_at": "2020-01-01T00:00:00Z", "duration_s": 60}
    made = [(await workout.http.post("/workouts", headers=headers, json=hand)).json()["id"] for _ in range(2)]
    await post(workout, headers, f"{made[0]}/link", {"workout": made[1]}, 409)


async def test_no_more_are_joined_than_an_answer_holds(workout, headers, monkeypatch):
    first, _ = await two_as_one(workout, headers)
    far = (await make.imported(workout, headers, FAR, name="far.gpx"))["workouts"][0]
    monkeypatch.setattr(link, "MOST", 2)
    await post(workout, headers, f"{far}/link", {"workout": first["workouts"][0]}, 409)


async def test_a_gym_log_and_a_watch_are_one(workout, headers, user_id):
    log = await make.imported(
        workout, headers, make.a_hevy(start="1 May 2024, 07:00", end="1 May 2024, 07:10"), name="h.csv"
    )
    watch = await make.imported(workout, headers, make.a_gpx(sport="strength_training"), name="w.gpx")
    assert log["workouts"] == watch["workouts"], (log, watch)
    shown = (await workout.http.get(f"/workouts/{log['workouts'][0]}", headers=headers)).json()
    assert shown["set_count"] == 3
    gives = {e["file"]: e["gives"] for e in await make.recordings(workout, headers, log["workouts"][0])}
    assert "sets" in gives["h.csv"]
    assert "track" in gives["w.gpx"]
