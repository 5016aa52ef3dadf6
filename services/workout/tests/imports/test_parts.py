"""Files that health hands on: read here, told of, and taken back, in whatever order the events come."""

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from services.workout.tests import make as users
from services.workout.tests.imports import make
from services.workout.tests.imports.test_import import objects

from contracts.events import ImportPartFinished, ImportPartFound, ImportUndone
from testkit import until

pytestmark = pytest.mark.anyio

PACKED = make.a_zip({"a.gpx": make.a_gpx(), "b.csv": make.a_hevy(), "notes.txt": b"nothing"})


def at_health(workout, user_id, content):
    """A file as health has stored it; the event that tells of it."""
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"health/{user_id}/{sha256}"
    place = Path(workout.environment["OBJECT_STORE_URL"].removeprefix("file://")) / key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return ImportPartFound(
        user_id=user_id,
        version=1,
        import_id=uuid4(),
        object_key=key,
        sha256=sha256,
        bytes=len(content),
        file_name="export.zip",
        zone="Europe/Berlin",
    ), place


async def finished(heard, user_id, count=1):
    return await users.of_user(heard, user_id, ImportPartFinished.name(), count)


def undone(found):
    return ImportUndone(user_id=found.user_id, version=2, import_id=found.import_id)


async def test_it_is_read_and_told(workout, heard, headers, user_id):
    found, place = at_health(workout, user_id, PACKED)
    await workout.publish(found)
    [told] = await finished(heard, user_id)
    assert (told.import_id, told.state, told.error) == (found.import_id, "finished", None)
    assert told.counts == {"recordings": 2, "workouts": 2, "warnings": 1}
    shown = await make.read(workout, headers, found.import_id)
    assert (shown["file"], shown["version"], len(shown["workouts"])) == ("export.zip", told.version, 2)
    assert len(objects(workout, user_id)) == 2
    assert place.exists()
    [log] = [each for each in await make.groups(workout, user_id) if each == ["b.csv"]]
    started = await workout.db.fetchval(
        "SELECT offset_min FROM recording WHERE user_id = $1 AND file = $2", user_id, *log
    )
    assert started == 120


async def test_a_file_that_is_one_recording_is_copied(workout, heard, headers, user_id):
    found, place = at_health(workout, user_id, make.a_gpx())
    await workout.publish(found)
    await finished(heard, user_id)
    assert objects(workout, user_id) == [found.sha256]
    place.unlink()
    answer = await workout.http.get(f"/workouts/imports/{found.import_id}/file", headers=headers)
    assert answer.content == make.a_gpx()


async def test_told_twice_it_is_read_once(workout, heard, user_id):
    found, _ = at_health(workout, user_id, PACKED)
    again = ImportPartFound(
        **{n: getattr(found, n) for n in found.__struct_fields__ if n != "event_id"}, event_id=uuid4()
    )
    await workout.publish(found)
    await workout.publish(found)
    await workout.publish(again)
    await finished(heard, user_id)
    await workout.publish(again)
    await workout.quiet()
    assert await make.counted(workout, user_id, "import") == 1
    assert await make.counted(workout, user_id, "recording") == 2


async def test_taken_back(workout, heard, headers, user_id):
    before = await make.checksum(workout, user_id)
    found, place = at_health(workout, user_id, PACKED)
    await workout.publish(found)
    await finished(heard, user_id)
    await workout.publish(undone(found))
    told = await finished(heard, user_id, 2)
    assert [each.state for each in sorted(told, key=lambda each: each.version)] == ["finished", "undone"]
    assert await make.checksum(workout, user_id) == before
    assert objects(workout, user_id) == []
    assert place.exists()
    await workout.publish(found)
    await workout.publish(undone(found))
    assert (await make.read(workout, headers, found.import_id))["state"] == "undone"
    assert await make.counted(workout, user_id, "recording") == 0


async def test_taken_back_before_it_was_told_of(workout, heard, user_id):
    found, _ = at_health(workout, user_id, PACKED)
    await workout.publish(undone(found))
    [told] = await finished(heard, user_id)
    assert (told.state, told.import_id) == ("undone", found.import_id)
    await workout.publish(found)
    again = ImportUndone(user_id=user_id, version=3, import_id=found.import_id)
    await workout.publish(again)

    async def handled():
        inbox = "SELECT count(*) FROM inbox WHERE event_id = ANY ($1::uuid[])"
        return await workout.db.fetchval(inbox, [found.event_id, again.event_id]) == 2

    await until(handled)
    assert await make.counted(workout, user_id, "import") == 0
    assert await make.counted(workout, user_id, "recording") == 0


async def test_taken_back_while_it_is_read(workout, heard, user_id):
    files = {
        f"{n}.gpx": make.a_gpx(30, start=make.START.replace(year=1980 + n // 12, month=1 + n % 12)) for n in range(120)
    }
    found, _ = at_health(workout, user_id, make.a_zip(files))
    await workout.publish(found)

    async def going():
        return await make.counted(workout, user_id, "recording")

    await until(going, 30, 0.01)
    await workout.publish(undone(found))

    async def over():
        state = await workout.db.fetchval("SELECT state FROM import WHERE user_id = $1", user_id)
        return state == "undone"

    await until(over, 30)
    assert await make.counted(workout, user_id, "recording") == 0
    assert await make.counted(workout, user_id, "workout") == 0
    assert (await finished(heard, user_id))[-1].state == "undone"


async def test_a_file_that_is_gone_is_told(workout, heard, user_id):
    found, place = at_health(workout, user_id, PACKED)
    place.unlink()
    await workout.publish(found)
    [told] = await finished(heard, user_id)
    assert (told.state, told.error) == ("failed", "The file is no longer in the store.")


@pytest.mark.parametrize(
    "key", ["health/{other}/{sha256}", "workout/{user}/{sha256}", "health/{user}/../{sha256}", "/etc/passwd"]
)
async def test_nothing_else_is_read(workout, user_id, key):
    found, _ = at_health(workout, user_id, PACKED)
    wrong = key.format(user=user_id, other=uuid4(), sha256=found.sha256)
    event = ImportPartFound(
        **{n: getattr(found, n) for n in found.__struct_fields__ if n != "object_key"}, object_key=wrong
    )
    await workout.publish(event)

    async def handled():
        return await workout.db.fetchval("SELECT count(*) FROM inbox WHERE event_id = $1", event.event_id)

    await until(handled)
    assert await make.counted(workout, user_id, "import") == 0
