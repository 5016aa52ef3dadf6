"""What /routines answers."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from services.workout.tests.make import BENCH, Person

pytestmark = pytest.mark.anyio

SQUAT = "barbell-squat"
MISSING = "/routines/018f0000-0000-7000-8000-000000000000"


def an_item(exercise=BENCH, **changes):
    return {"exercise": exercise, "sets": [{"reps": 5, "weight_kg": 100}] * 2} | changes


def a_plan(*items, **changes):
    days = [{"name": "A", "items": list(items) or [an_item()]}, {"name": "B", "items": [an_item(SQUAT)]}]
    return {"name": "Strength", "days": days} | changes


async def made(person, *items, **changes):
    return (await person.ask("POST", "/routines", json=a_plan(*items, **changes), status=201)).json()


async def preview(person, routine, **parameters):
    path = f"/routines/{routine['id']}/preview"
    return (await person.ask("GET", path, params=parameters, status=200)).json()["sessions"]


async def started(person, routine, **given):
    return (await person.ask("POST", f"/routines/{routine['id']}/start", json=given, status=201)).json()


async def do(person, routine, *, reps=None, **given):
    """Start a session, do every set of it, and end it."""
    begun = await started(person, routine, **given)
    for each in begun["sets"]:
        said = {"done_at": begun["started_at"]} | ({} if reps is None else {"reps": reps})
        await person.ask("PATCH", f"/workouts/{begun['id']}/sets/{each['id']}", json=said, status=200)
    return (await person.ask("POST", f"/workouts/{begun['id']}/finish", json={}, status=200)).json()


def ago(days):
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def weights(sessions, item=0):
    return [one["items"][item]["sets"][0].get("weight_kg") for one in sessions]


async def test_a_routine_is_kept_read_changed_and_deleted(workout):
    person = Person(workout)
    answer = await person.ask("POST", "/routines", json=a_plan(notes="Three times a week."), status=201)
    kept = answer.json()
    assert answer.headers["location"] == f"/routines/{kept['id']}"
    read = await person.ask("GET", f"/routines/{kept['id']}", status=200)
    assert (read.json(), read.headers["etag"]) == (kept, '"1"')
    headers = {"if-match": '"1"'}
    path = f"/routines/{kept['id']}"
    changed = (
        await person.ask("PATCH", path, json={"name": "Other", "notes": None}, headers=headers, status=200)
    ).json()
    assert (changed["name"], changed["version"], changed.get("notes"), changed["days"]) == (
        "Other",
        2,
        None,
        kept["days"],
    )
    await person.ask("PATCH", path, json={"name": "X"}, headers=headers, status=412)
    await person.ask("DELETE", path, headers=headers, status=412)
    await person.ask("DELETE", path, status=204)
    await person.ask("GET", path, status=404)


async def test_routines_are_listed_newest_first_in_pages(workout):
    person = Person(workout)
    kept = [(await made(person, name=f"Plan {number}"))["id"] for number in range(5)]
    ids, cursor = [], None
    while True:
        parameters = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await person.ask("GET", "/routines", params=parameters, status=200)).json()
        ids += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert ids == kept[::-1]


async def test_others_do_not_see_it(workout):
    kept = await made(Person(workout))
    other = Person(workout)
    for path in (f"/routines/{kept['id']}", MISSING):
        await other.ask("GET", path, status=404)
        await other.ask("PATCH", path, json={"name": "Mine"}, status=404)
        await other.ask("DELETE", path, status=404)
        await other.ask("GET", f"{path}/preview", status=404)
        await other.ask("POST", f"{path}/start", json={}, status=404)
    assert (await other.ask("GET", "/routines", status=200)).json()["items"] == []


async def test_the_next_12_sessions(workout):
    person = Person(workout)
    routine = await made(person, an_item(progression={"kind": "linear", "add_kg": 2.5}, deload={"every": 4}))
    sessions = await preview(person, routine)
    assert [one["number"] for one in sessions] == list(range(1, 13))
    assert [one["day"] for one in sessions] == [0, 1] * 6
    assert weights(sessions[::2]) == [100, 102.5, 105, 97.5, 107.5, 110]
    assert weights(sessions[1::2]) == [100] * 6
    assert [one["items"][0].get("deload") for one in sessions[::2]] == [None, None, None, "planned", None, None]
    assert [one["day"] for one in await preview(person, routine, day=1, sessions=3)] == [1, 1, 1]


async def test_the_example_of_a_table_of_percentages(workout):
    person = Person(workout)
    weeks = [[{"percent_e1rm": percent, "reps": reps}] for percent, reps in ((85, 5), (90, 3), (95, 1))]
    rule = {"kind": "percentage", "weeks": weeks, "of_kg": 100, "add_kg": 2.5}
    routine = await made(person, an_item(sets=[{}], progression=rule, step_kg=1.25))
    assert weights(await preview(person, routine, day=0, sessions=4)) == [85, 90, 95, 87.5]


async def test_starting_begins_a_live_workout_with_sets_to_do(workout):
    person = Person(workout)
    warm_up = {"kind": "warm_up", "reps": 10, "weight_kg": 40}
    first = an_item(
        sets=[warm_up, {"reps": 5, "reps_to": 8, "weight_kg": 101, "rpe": 8}], superset=1, rest_s=90, notes="Slow"
    )
    plank = an_item("plank", sets=[{"duration_s": 60}], superset=1)
    begun = await started(person, await made(person, first, plank))
    assert (begun["live"], begun["title"], begun["sport"], begun["routine_day"]) == (True, "A", "strength_training", 0)
    assert [{name: value for name, value in each.items() if name != "id"} for each in begun["sets"]] == [
        {
            "exercise": BENCH,
            "kind": "warm_up",
            "reps": 10,
            "weight_kg": 40,
            "superset": 1,
            "rest_s": 90,
            "notes": "Slow",
        },
        {"exercise": BENCH, "kind": "working", "reps": 5, "weight_kg": 100, "superset": 1, "rest_s": 90},
        {"exercise": "plank", "kind": "working", "duration_s": 60, "superset": 1},
    ]
    assert (begun["set_count"], begun["volume_load_kg"]) == (0, 0)
    done = (await person.ask("POST", f"/workouts/{begun['id']}/finish", json={}, status=200)).json()
    assert done["sets"] == []


async def test_the_sets_of_a_superset_come_in_turn(workout):
    person = Person(workout)
    warm_up = {"kind": "warm_up", "reps": 10, "weight_kg": 40}
    first = an_item(sets=[warm_up, *({"reps": reps, "weight_kg": 100} for reps in (5, 4, 3))], superset=1)
    second = an_item("plank", sets=[{"duration_s": 60}] * 2, superset=1)
    alone = an_item(SQUAT)
    twice = [an_item("pushups", sets=[{"reps": reps}] * 2, superset=2) for reps in (9, 8)]
    begun = await started(person, await made(person, first, second, alone, *twice))
    assert [(each["exercise"], each.get("reps")) for each in begun["sets"]] == [
        *((BENCH, 10), (BENCH, 5), ("plank", None), (BENCH, 4), ("plank", None), (BENCH, 3)),
        *((SQUAT, 5), (SQUAT, 5), ("pushups", 9), ("pushups", 9), ("pushups", 8), ("pushups", 8)),
    ]


async def test_days_follow_one_another_whatever_the_weekday(workout):
    person = Person(workout)
    routine = await made(person)
    days = [(await do(person, routine, at=ago(9 - number)))["routine_day"] for number in range(3)]
    assert days == [0, 1, 0]
    assert (await preview(person, routine, sessions=1))[0]["day"] == 1
    assert (await do(person, routine, day=0, at=ago(1)))["routine_day"] == 0
    assert (await started(person, routine))["routine_day"] == 1


async def test_what_was_done_decides_what_comes(workout):
    person = Person(workout)
    deload = {"after_failures": 2, "factor": 0.9}
    routine = await made(person, an_item(progression={"kind": "linear", "add_kg": 5}, deload=deload))
    await do(person, routine, day=0, at=ago(9))
    await do(person, routine, day=0, at=ago(8))
    assert weights(await preview(person, routine, day=0, sessions=2)) == [110, 115]
    await do(person, routine, day=0, at=ago(7), reps=4)
    assert weights(await preview(person, routine, day=0, sessions=1)) == [110]
    await do(person, routine, day=0, at=ago(6), reps=4)
    assert weights(await preview(person, routine, day=0, sessions=2)) == [100, 105]
    assert weights(await preview(Person(workout, person.id), routine, day=1, sessions=1)) == [100]
    assert [each["weight_kg"] for each in (await started(person, routine, day=0))["sets"]] == [100, 100]


async def test_shares_are_of_what_was_lifted(workout):
    person = Person(workout)
    routine = await made(person, an_item(sets=[{"reps": 5, "percent_e1rm": 75}]))
    assert weights(await preview(person, routine, day=0, sessions=1)) == [None]
    await person.log(sets=[{"exercise": BENCH, "reps": 6, "weight_kg": 100}], started_at=ago(3))
    assert weights(await preview(person, routine, day=0, sessions=1)) == [90]
    await person.log(sets=[{"exercise": BENCH, "reps": 1, "weight_kg": 200}], started_at=ago(300))
    assert weights(await preview(person, routine, day=0, sessions=1)) == [90]


async def test_two_items_of_one_exercise_share_its_sets(workout):
    person = Person(workout)
    top = an_item(sets=[{"reps": 1, "weight_kg": 120}], progression={"kind": "linear", "add_kg": 5})
    back_off = an_item(sets=[{"reps": 8, "weight_kg": 80}] * 2, progression={"kind": "linear", "add_kg": 2.5})
    routine = await made(person, top, back_off)
    await do(person, routine, day=0, at=ago(2))
    [session] = await preview(person, routine, day=0, sessions=1)
    assert (weights([session]), weights([session], 1)) == ([125], [82.5])


async def test_what_is_planned_otherwise_begins_anew(workout):
    person = Person(workout)
    rule = {"kind": "linear", "add_kg": 5}
    routine = await made(person, an_item(progression=rule))
    for number in range(3):
        await do(person, routine, day=0, at=ago(9 - number))
    days = routine["days"]
    days[0]["items"][0] |= {"rest_s": 60}
    changed = (await person.ask("PATCH", f"/routines/{routine['id']}", json={"days": days}, status=200)).json()
    assert weights(await preview(person, changed, day=0, sessions=1)) == [115]
    changed["days"][0]["items"][0]["sets"] = [{"reps": 3, "weight_kg": 120}]
    again = await person.ask("PATCH", f"/routines/{routine['id']}", json={"days": changed["days"]}, status=200)
    assert "since" in again.json()["days"][0]["items"][0]
    assert "since" not in again.json()["days"][1]["items"][0]
    assert weights(await preview(person, changed, day=0, sessions=2)) == [120, 125]
    await person.ask("PATCH", f"/routines/{routine['id']}", json={"days": again.json()["days"]}, status=200)
    assert weights(await preview(person, changed, day=0, sessions=1)) == [120]


async def test_own_exercises_may_be_planned_those_of_others_not(workout):
    person, other = Person(workout), Person(workout)
    mine = (await person.ask("POST", "/exercises", json={"name": "Odd Lift"}, status=201)).json()["id"]
    assert (await made(person, an_item(mine)))["days"][0]["items"][0]["exercise"] == mine
    answer = await other.ask("POST", "/routines", json=a_plan(an_item(), an_item(mine)), status=400)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/days/0/items/1/exercise"]


async def test_a_start_is_made_once_under_its_key(workout):
    person = Person(workout)
    routine = await made(person)
    headers = {"idempotency-key": uuid4().hex}
    path = f"/routines/{routine['id']}/start"
    one = await person.ask("POST", path, json={}, headers=headers, status=201)
    assert (await person.ask("POST", path, json={}, headers=headers, status=201)).json()["id"] == one.json()["id"]


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"exercise": "no-such"}, "/exercise"),
        ({"exercise": "Not A Code"}, "/exercise"),
        ({"sets": []}, "/sets"),
        ({"sets": [{}] * 21}, "/sets"),
        ({"sets": [{"reps": -1}]}, "/sets/0/reps"),
        ({"sets": [{"reps": 5.5}]}, "/sets/0/reps"),
        ({"sets": [{"weight_kg": 2001}]}, "/sets/0/weight_kg"),
        ({"sets": [{"weight_kg": 1, "percent_e1rm": 5}]}, "/sets/0"),
        ({"sets": [{"reps": 5, "reps_to": 4}]}, "/sets/0"),
        ({"sets": [{"reps_to": 4}]}, "/sets/0"),
        ({"sets": [{"percent_e1rm": 0}]}, "/sets/0/percent_e1rm"),
        ({"sets": [{"kind": "fun"}]}, "/sets/0/kind"),
        ({"sets": [{"colour": 1}]}, "/sets/0/colour"),
        ({"progression": {"kind": "magic"}}, "/progression/kind"),
        ({"progression": {"kind": "linear"}}, "/progression/add_kg"),
        ({"progression": {"kind": "linear", "add_kg": -1}}, "/progression/add_kg"),
        ({"progression": {"kind": "linear", "add_kg": 1, "every": 0}}, "/progression/every"),
        ({"progression": {"kind": "double", "reps_from": 8, "reps_to": 5, "add_kg": 1}}, "/progression"),
        ({"progression": {"kind": "percentage", "weeks": []}}, "/progression/weeks"),
        ({"progression": {"kind": "percentage", "weeks": [[]]}}, "/progression/weeks/0"),
        ({"progression": {"kind": "percentage", "weeks": [[{"percent_e1rm": 50}]] * 27}}, "/progression/weeks"),
        ({"progression": {"kind": "percentage", "weeks": [[{"percent_e1rm": 50}]], "add_kg": 1}}, "/progression"),
        ({"deload": {}}, "/deload"),
        ({"deload": {"every": 1}}, "/deload/every"),
        ({"deload": {"every": 4, "factor": 1}}, "/deload/factor"),
        ({"step_kg": 0}, "/step_kg"),
        ({"superset": -1}, "/superset"),
        ({"rest_s": 86_401}, "/rest_s"),
        ({"since": "2026-01-01"}, "/since"),
    ],
)
async def test_bad_items_are_named(workout, item, pointer):
    answer = await Person(workout).ask("POST", "/routines", json=a_plan(an_item() | item), status=400)
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/days/0/items/0{pointer}"]


async def test_shares_take_no_other_rule(workout):
    item = an_item(sets=[{"percent_e1rm": 80}], progression={"kind": "linear", "add_kg": 1})
    await Person(workout).ask("POST", "/routines", json=a_plan(item), status=400)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 201},
        {"name": "a\nb"},
        {"notes": "x" * 2_001},
        {"days": []},
        {"days": [{}] * 15},
        {"days": [{"items": [an_item()] * 31}]},
        {"days": [{"items": [an_item(sets=[{}] * 20)] * 11}]},
        {"days": {}},
        {"days": None},
        {"colour": "red"},
    ],
)
async def test_bad_plans(workout, changes):
    person = Person(workout)
    await person.ask("POST", "/routines", json=a_plan(**changes), status=400)
    kept = await made(person)
    if "colour" not in changes and "name" not in changes:
        await person.ask("PATCH", f"/routines/{kept['id']}", json=changes, status=400)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"name": "a\\u0000", "days": [{}]}', b"\xff", b"[" * 9999]
)
async def test_hostile_bodies(workout, body):
    person = Person(workout)
    kept = await made(person)
    headers = {"content-type": "application/json"}
    for method, path in (("POST", ""), ("PATCH", f"/{kept['id']}"), ("POST", f"/{kept['id']}/start")):
        await person.ask(method, f"/routines{path}", content=body, headers=headers, status=400)


async def test_a_body_that_is_too_large(workout):
    body = b'{"name": "' + b"x" * 600_000 + b'"}'
    headers = {"content-type": "application/json"}
    await Person(workout).ask("POST", "/routines", content=body, headers=headers, status=413)


@pytest.mark.parametrize("given", [{"day": 2}, {"day": -1}, {"day": 14}, {"day": "A"}, {"at": "1200-01-01T00:00:00Z"}])
async def test_bad_starts(workout, given):
    person = Person(workout)
    kept = await made(person)
    await person.ask("POST", f"/routines/{kept['id']}/start", json=given, status=400)
    assert (await person.list())["items"] == []


@pytest.mark.parametrize("parameters", [{"day": 2}, {"day": -1}, {"day": 14}, {"sessions": 0}, {"sessions": 53}])
async def test_bad_previews(workout, parameters):
    person = Person(workout)
    kept = await made(person)
    await person.ask("GET", f"/routines/{kept['id']}/preview", params=parameters, status=400)


async def test_days_that_are_gone_do_not_break_the_order(workout):
    person = Person(workout)
    routine = await made(person)
    await do(person, routine, day=1, at=ago(1))
    await person.ask("PATCH", f"/routines/{routine['id']}", json={"days": [{"items": [an_item()]}]}, status=200)
    assert (await started(person, routine))["routine_day"] == 0


async def test_the_fullest_routine_there_can_be(workout):
    person = Person(workout)
    rule = {"kind": "percentage", "weeks": [[{"percent_e1rm": 50, "reps": 5}] * 10] * 26, "of_kg": 100}
    days = [{"name": f"Day {n}", "items": [an_item(sets=[{}] * 10, progression=rule)] * 10} for n in range(2)]
    routine = await made(person, days=days)
    sessions = await preview(person, routine, sessions=52)
    assert sum(len(item["sets"]) for one in sessions for item in one["items"]) == 52 * 10 * 10
    assert len((await started(person, routine))["sets"]) == 100


MANY = """
    INSERT INTO routine (routine_id, user_id, name, body)
    SELECT gen_random_uuid(), $1, 'Plan ' || n, '{"days": [{}]}' FROM generate_series(1, 500) AS n
"""


async def test_there_is_an_end_to_it(workout):
    person = Person(workout)
    await workout.db.execute(MANY, person.id)
    await person.ask("POST", "/routines", json=a_plan(), status=409)
    assert len((await person.ask("GET", "/routines", params={"limit": 200}, status=200)).json()["items"]) == 200
