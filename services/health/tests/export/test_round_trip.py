"""Out of one place and into another: nothing is lost, nothing doubled, and all of it can be taken back."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.health.tests.export import make
from services.health.tests.imports import make as imports
from services.health.tests.samples.sending import Person

from testkit import until

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def alice(health):
    return await make.somebody(health)


@pytest.fixture(scope="module")
async def archive(alice):
    return await make.exported(alice)


def test_it_holds_everything(archive):
    parts = make.parts_of(archive)
    assert list(parts)[-1] == "manifest.json"
    sources = make.lines(parts["sources.jsonl"])
    assert [(source.get("device") or source["app"], source.get("name")) for source in sources] == [
        *(("Watch 3", None), ("Phone", None), ("Old phone", "Grandma’s"), ("Bracelet", None)),
    ]
    assert sources[2]["merged_into"] == 1
    assert sources[3]["ignored"]
    assert make.lines(parts["priorities.jsonl"]) == [{"sources": [1, 0]}, {"metric": "steps", "sources": [3]}]
    assert [{*record} - {"id", "version", "at", "created_at"} for record in make.lines(parts["records.jsonl"])] == [
        *({"steps", "weight"}, {"heart_rate", "context"}, {"sleep_hours"}),
    ]
    watch, phone, bracelet = make.lines(parts["samples/steps.jsonl"])
    assert watch == {
        "metric": "steps",
        "source": 0,
        "at_us": [1709267400000000] * 3 + [1709288400123456],
        "duration_s": [60, 600, 600, 0],
        "value": [70.0, 70.0, 700.0, 0.1],
        "offset_min": [330, 330, 330, None],
    }
    assert (phone["source"], bracelet["source"]) == (1, 3)
    usual, accepted = [line for line in make.lines(parts["samples/heart_rate.jsonl"]) if line["source"] == 3]
    assert ("accepted" in usual, accepted["accepted"]) == (False, True)
    assert len(make.lines(parts["quarantine.jsonl"])) == 2
    files = make.lines(parts["imports.jsonl"])
    assert [(file["format"], file["state"]) for file in files if file.get("format")] == [("csv", "finished")]
    assert len(files) == 1 or files[1]["state"] == "failed"
    assert parts[f"originals/{files[0]['sha256']}"] == make.CSV


async def test_the_same_data_gives_the_same_bytes(alice, archive):
    assert await make.exported(alice) == archive


async def test_into_an_empty_place(health, alice, archive):
    bob = Person(health)
    found = await make.read_in(bob, archive)
    assert (found["state"], found["format"]) == ("finished", "fitmesh"), found
    assert await make.exported(bob) == archive
    await make.quiet(bob)
    assert await make.exported(bob) == archive
    days = {person.id: (await imports.checksum(health, person.id))["days"] for person in (alice, bob)}
    assert days[bob.id] == days[alice.id]
    ids = "SELECT array_agg(id ORDER BY id) FROM health_record WHERE user_id = $1"
    assert await health.db.fetchval(ids, bob.id) == await health.db.fetchval(ids, alice.id)


async def test_again_changes_nothing(health, archive):
    bob = Person(health)
    await make.read_in(bob, archive)
    before = await make.checksum(bob)
    again = await make.read_in(bob, archive)
    assert again["state"] == "finished"
    assert again["counts"].get("inserted", 0) + again["counts"].get("updated", 0) == 0, again["counts"]
    after = await make.checksum(bob)
    assert {what for what in before if before[what] != after[what]} <= {"quarantine"}


async def test_undo_takes_all_of_it_back(health, archive):
    bob = Person(health)
    await bob.send([{"at": "2024-03-01T10:00:00Z", "duration_s": 600, "value": 9}], "steps", source=make.PHONE)
    ids = [item["id"] for item in (await bob.get("/sources"))["items"]]
    await make.put(bob, "/sources/priority", {"overall": ids})
    before = await make.checksum(bob)
    found = await make.read_in(bob, archive)
    assert await make.checksum(bob) != before
    await make.undone(bob, found["id"])
    assert await make.checksum(bob) == before


async def test_undo_leaves_an_empty_place_empty(health, archive):
    bob = Person(health)
    empty = await make.exported(bob)
    found = await make.read_in(bob, archive)
    await make.quiet(bob)
    await make.undone(bob, found["id"])
    assert await make.exported(bob) == empty
    assert not any((await make.checksum(bob)).values())


async def test_what_was_changed_since_stays(health, archive):
    bob = Person(health)
    found = await make.read_in(bob, archive)
    record = make.lines(make.parts_of(archive)["records.jsonl"])[0]
    answer = await health.http.patch(f"/health-data/{record['id']}", json={"weight": 80}, headers=bob.headers)
    assert answer.status_code == 200, answer.text
    await make.undone(bob, found["id"])
    assert [kept["weight"] for kept in (await bob.get("/health-data"))["items"]] == [80.0]


async def test_without_the_files(health, alice, archive):
    small = await make.exported(alice, "?originals=false")
    parts = make.parts_of(small)
    assert not any(name.startswith("originals/") for name in parts)
    bob = Person(health)
    assert (await make.read_in(bob, small))["state"] == "finished"
    assert await make.exported(bob) == small


def readers():
    """Processes of ours that read an import."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [
        int(pid)
        for each in children
        for pid in each.read_text().split()
        if b"imports.child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found under /proc")
async def test_a_killed_reader_goes_on(health, archive):
    bob = Person(health)
    import_id = await imports.sent(health, bob.headers, archive, name="fitmesh.zip", mapping=None)
    batch = "SELECT batch FROM import WHERE user_id = $1 AND id = $2"
    for least in (1, 4):
        await until(lambda least=least: reached(health, batch, bob.id, import_id, least), 30, 0.001)
        for pid in readers():
            os.kill(pid, signal.SIGKILL)
    assert (await imports.done(health, bob.headers, import_id))["state"] == "finished"
    assert await make.exported(bob) == archive


async def reached(health, statement, user_id, import_id, least):
    return await health.db.fetchval(statement, user_id, import_id) >= least


async def test_a_file_there_is_no_room_for(health, archive, monkeypatch):
    bob = Person(health)
    tight = msgspec.structs.replace(health.runtime.settings, import_bytes_per_user=len(archive) + 10)
    monkeypatch.setattr(health.runtime, "settings", tight)
    found = await make.read_in(bob, archive)
    assert found["state"] == "finished", found
    issues = (await bob.get(f"/imports/{found['id']}/issues"))["items"]
    assert any(issue["code"] == "no-room" for issue in issues), issues
    assert not any("stored" in file for file in make.lines(make.parts_of(await make.exported(bob))["imports.jsonl"]))


INSTANTS = st.datetimes(datetime(1900, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001 - UTC by the format below
SAMPLES = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.one_of(INSTANTS, st.sampled_from([datetime(2024, 1, 1), datetime(2024, 1, 1, 0, 1)])).map(  # noqa: DTZ001
                lambda at: f"{at.isoformat()}Z"
            ),
            "duration_s": st.integers(0, 7 * 24 * 3600),
            "value": st.floats(0, 250, allow_subnormal=False),
        }
    ),
    min_size=1,
    max_size=30,
)
SERIES = st.lists(
    st.tuples(st.sampled_from(["steps", "hydration", "heart_rate", "weight", "sleep_rem"]), st.integers(0, 3), SAMPLES),
    min_size=1,
    max_size=6,
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(SERIES)
async def test_any_samples_survive(health, series):
    alice, bob = Person(health), Person(health)
    for metric, source, samples in series:
        body = {"source": {"app": f"app {source}"}, "metric": metric, "samples": samples}
        answer = await health.http.post("/samples?partial=true", json=body, headers=alice.headers)
        assert answer.status_code == 200, answer.text
    archive = await make.exported(alice)
    found = await make.read_in(bob, archive)
    assert found["state"] == "finished", found
    assert await make.exported(bob) == archive


async def test_many_samples_of_one_instant_and_long_series(health):
    """More than a page, and ties across where pages are cut."""
    alice, bob = Person(health), Person(health)
    await alice.send([{"at": "2024-01-01T00:00:00Z", "value": 1}], "steps")
    start = datetime(2024, 1, 1, tzinfo=UTC)
    await health.db.execute(
        """
        INSERT INTO sample (series_id, at, n, duration_s, value)
        SELECT series_id, $2::timestamptz + make_interval(secs => k / 7), k % 7 + 1, k % 3, k % 7 + 10
        FROM series CROSS JOIN generate_series(0, 45000) AS k WHERE user_id = $1
        """,
        alice.id,
        start + timedelta(seconds=5),
    )
    archive = await make.exported(alice)
    assert sum(len(line["at_us"]) for line in make.lines(make.parts_of(archive)["samples/steps.jsonl"])) == 45_002
    assert (await make.read_in(bob, archive))["state"] == "finished"
    assert await make.exported(bob) == archive
