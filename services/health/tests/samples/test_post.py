"""POST /samples: every form of body, what is written, what is answered, what is refused."""

import gzip
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from services.health.tests import make
from services.health.tests.samples.sending import WATCH, Person, a_body

pytestmark = pytest.mark.anyio

AT = "2026-03-01T10:00:00Z"
ROWS = [{"at": AT, "value": 60}, {"at": "2026-03-01T10:01:00+02:00", "value": 61.5, "duration_s": 60}]
KEPT = [
    ("heart_rate", "Strider", datetime(2026, 3, 1, 8, 1, tzinfo=UTC), 0, 60, 61.5, 120),
    ("heart_rate", "Strider", datetime(2026, 3, 1, 10, tzinfo=UTC), 0, 0, 60.0, None),
]
HEAD = {"source": WATCH, "metric": "heart_rate"}
COLUMNS = {"at": [AT, "2026-03-01T10:01:00+02:00"], "value": [60, 61.5], "duration_s": [0, 60]}


def gzipped(content):
    """The same at any time: it names a test, and workers that collect must agree."""
    return gzip.compress(content, mtime=0)


def lines(*values):
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps(a_body(ROWS)).encode(), "application/json"),
        (json.dumps(a_body(COLUMNS)).encode(), "application/json; charset=utf-8"),
        (json.dumps({"series": [a_body(ROWS[:1]), a_body(ROWS[1:])]}).encode(), "application/json"),
        (lines(HEAD, *ROWS), "application/x-ndjson"),
        (b"\n" + lines(*(HEAD | row for row in ROWS)), "application/jsonl"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
async def test_every_form_says_the_same(health, content, kind, packed):
    alice = Person(health)
    headers = {"content_encoding": "gzip"} if packed else {}
    for inserted in (2, 0):
        answer = await alice.post(gzip.compress(content) if packed else content, kind, **headers)
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"inserted": inserted, "updated": 0, "unchanged": 2 - inserted, "rejected": []}
    assert await alice.stored() == KEPT


async def test_seconds_since_1970_are_instants_too(health):
    alice = Person(health)
    await alice.send([{"at": 1772359200.25, "value": 60}, {"at": 1772359200, "value": 61}])
    assert [row[2].timestamp() for row in await alice.stored()] == [1772359200, 1772359200.25]


async def test_a_later_value_of_an_instant_replaces_the_earlier(health):
    alice = Person(health)
    first = await alice.send([{"at": AT, "value": 60}, {"at": AT, "value": 70}])
    assert (first["inserted"], first["unchanged"]) == (1, 1)
    again = await alice.send([{"at": AT, "value": 80}])
    assert (again["inserted"], again["updated"]) == (0, 1)
    assert [row[5] for row in await alice.stored()] == [80]


async def test_of_what_adds_up_an_instant_may_hold_several(health):
    alice = Person(health)
    foods = [{"at": AT, "value": value} for value in (100, 250, 100, 75.5)]
    assert (await alice.send(foods, "energy_intake"))["inserted"] == 3
    more = [*reversed(foods), {"at": AT, "value": 10}]
    assert (await alice.send(more, "energy_intake"))["inserted"] == 1
    stored = await alice.stored()
    assert [row[3] for row in stored] == [0, 1, 2, 3]
    assert sorted(row[5] for row in stored) == [10, 75.5, 100, 250]


async def test_two_sources_keep_their_own(health):
    alice = Person(health)
    await alice.send([{"at": AT, "value": 60}])
    await alice.send([{"at": AT, "value": 60}], source={"app": "Strider"})
    await alice.send([{"at": AT, "value": 60}], source={"app": "Strider", "device": "Watch 4"})
    assert len(await alice.stored()) == 3
    assert len((await alice.get("/sources"))["items"]) == 3


@pytest.mark.parametrize(
    ("metric", "unit", "value", "canonical"),
    [
        ("weight", "lb", 154.3235835, 70),
        ("weight", "[stone_av]", 11, 69.853225),
        ("distance_on_foot", "mi", 1, 1609.344),
        ("blood_glucose", "mmol/L", 5.5, 99.085734),
        ("body_temperature", "degF", 98.6, 37),
        ("active_energy", "kJ", 418.4, 100),
        ("sleep_duration", "min", 450, 7.5),
        ("hydration", "L", 0.5, 500),
        ("spo2", "1", 0.97, 97),
        ("skin_temperature_delta", "degF", 1.8, 1),
        ("bp_systolic", "kPa", 16, 120.0098),
        ("height", "ft", 6, 182.88),
        ("steps", "count", 12, 12),
    ],
)
async def test_units_become_canonical(health, metric, unit, value, canonical):
    alice = Person(health)
    await alice.send([{"at": AT, "value": value}], metric, unit=unit)
    assert [row[5] for row in await alice.stored()] == [pytest.approx(canonical, rel=1e-6)]


BAD_ROWS = [
    ({"at": "2026-03-01T10:00:00", "value": 60}, "at: "),
    ({"at": "yesterday", "value": 60}, "at: "),
    ({"at": "2026-13-01T10:00:00Z", "value": 60}, "at: "),
    ({"at": "1850-01-01T10:00:00Z", "value": 60}, "at: must lie"),
    ({"at": 9e15, "value": 60}, "at: must lie"),
    ({"at": AT, "value": "60"}, "value: "),
    ({"at": AT, "value": None}, "value: "),
    ({"at": AT, "value": 900}, "value: must be between 25 and 250 /min"),
    ({"at": AT, "value": -1}, "value: must be between"),
    ({"at": AT, "value": 60, "duration_s": 604_801}, "duration_s: "),
    ({"at": AT, "value": 60, "duration_s": -1}, "duration_s: "),
    ({"at": AT, "value": 60, "note": "x"}, "note: is not a known field"),
    ({"at": AT}, "value: is missing"),
    ([AT, 60], "Expected"),
    (7, "Expected"),
]


@pytest.mark.parametrize("form", ["rows", "lines", "mixed"])
async def test_a_bad_sample_is_named_and_nothing_is_kept(health, form):
    alice = Person(health)
    good = {"at": AT, "value": 60}
    rows = [good, *(row for row, _ in BAD_ROWS)]
    content, kind = json.dumps(a_body(rows)).encode(), "application/json"
    if form == "lines":
        content, kind = lines(HEAD, *rows), "application/x-ndjson"
    if form == "mixed":
        content = json.dumps({"series": [a_body(rows[:4]), a_body(rows[4:])]}).encode()
    refused = await alice.post(content, kind)
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/samples/{n}" for n in range(1, len(rows))]
    assert await alice.stored() == []
    partly = await alice.post(content, kind, "?partial=true")
    assert partly.status_code == 200
    rejected = partly.json()["rejected"]
    assert [each["index"] for each in rejected] == list(range(1, len(rows)))
    assert all(told["reason"].startswith(start) for told, (_, start) in zip(rejected, BAD_ROWS, strict=True)), rejected
    assert partly.json()["inserted"] == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"metric": "karma"}, "no such metric"), ({"unit": "furlong"}, "the unit is not one of heart_rate")],
)
async def test_an_unknown_metric_or_unit_rejects_its_samples(health, changes, reason):
    alice = Person(health)
    partly = await alice.send(ROWS, query="?partial=true", **changes)
    assert partly["rejected"] == [{"index": 0, "reason": reason}, {"index": 1, "reason": reason}]
    assert await alice.stored() == []


@pytest.mark.parametrize(
    ("content", "kind", "headers", "status"),
    [
        (b"", "application/json", {}, 400),
        (b"{", "application/json", {}, 400),
        (b"[]", "application/json", {}, 400),
        (b'{"series":[]}', "application/json", {}, 400),
        (b"[" * 100_000, "application/json", {}, 400),
        (b'{"source":{"app":"x"},"metric":"steps","samples":' + b"[" * 100_000, "application/json", {}, 400),
        (b'{"source":{"app":"x"},"metric":"steps","samples":[{"at":1,"value":NaN}]}', "application/json", {}, 400),
        (b'{"source":{"app":"x"},"metric":"steps","samples":[{"at":1,"value":1e999}]}', "application/json", {}, 400),
        (b'{"source":{"app":"a\\u0000"},"metric":"steps","samples":[]}', "application/json", {}, 400),
        (b'{"source":{"app":"\\ud800"},"metric":"steps","samples":[]}', "application/json", {}, 400),
        (b'{"source":{"app":"Manual"},"metric":"steps","samples":[]}', "application/json", {}, 400),
        (b'{"source":{"app":""},"metric":"steps","samples":[]}', "application/json", {}, 400),
        (json.dumps(a_body({"at": [1], "value": [1, 2]})).encode(), "application/json", {}, 400),
        (json.dumps(a_body([]) | {"user_id": str(uuid4())}).encode(), "application/json", {}, 400),
        (b"\xff\xfe", "application/json", {}, 400),
        (b"", "application/x-ndjson", {}, 400),
        (b"7\n", "application/x-ndjson", {}, 400),
        (b"{}\n", "application/x-ndjson", {}, 400),
        (json.dumps(a_body(ROWS)).encode(), "text/csv", {}, 415),
        (json.dumps(a_body(ROWS)).encode(), "application/json", {"content_encoding": "br"}, 415),
        (json.dumps(a_body(ROWS)).encode(), "application/json", {"content_encoding": "gzip"}, 400),
        (gzipped(json.dumps(a_body(ROWS)).encode())[:-12], "application/json", {"content_encoding": "gzip"}, 400),
        (gzipped(b" " * 20_000_000), "application/json", {"content_encoding": "gzip"}, 413),
        (b" " * (16 * 1024 * 1024 + 1), "application/json", {}, 413),
    ],
)
async def test_hostile_bodies_are_refused(health, content, kind, headers, status):
    alice = Person(health)
    answer = await alice.post(content, kind, **headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert await alice.stored() == []


async def test_at_most_fifty_thousand(health):
    alice = Person(health)
    most = {"at": list(range(50_000)), "value": [60] * 50_000}
    assert (await alice.send(most))["inserted"] == 50_000
    assert (await alice.send(most))["unchanged"] == 50_000
    for body, kind in (
        (json.dumps(a_body({"at": list(range(50_001)), "value": [60] * 50_001})).encode(), "application/json"),
        (json.dumps({"series": [a_body(most), a_body(ROWS)]}).encode(), "application/json"),
        (lines(HEAD) + lines(ROWS[0]) * 50_001, "application/x-ndjson"),
    ):
        assert (await alice.post(body, kind)).status_code in {400, 413}


async def test_too_many_at_one_instant_are_refused(health):
    alice = Person(health)
    answer = await alice.post(json.dumps(a_body({"at": [0] * 40_000, "value": list(range(40_000))}, "steps")).encode())
    assert answer.status_code == 400
    assert await alice.stored() == []


async def test_without_a_token_nothing_is_read(health):
    answer = await health.http.post("/samples", content=b"x" * 1000)
    assert answer.status_code == 401


async def test_a_key_acts_once(health):
    alice = Person(health)
    content = json.dumps(a_body(ROWS)).encode()
    answers = [await alice.post(content, idempotency_key="upload-1") for _ in range(2)]
    assert [answer.json()["inserted"] for answer in answers] == [2, 2]
    assert answers[1].headers["idempotent-replay"] == "true"
    assert (await alice.post(content + b" ", idempotency_key="upload-1")).status_code == 422


async def test_each_series_and_write_is_told_once(health, heard):
    alice = Person(health)
    body = {"series": [a_body(ROWS), a_body([{"at": AT, "value": 5}, {"at": 1, "value": 9}], "steps")]}
    for _ in range(2):
        await alice.post(json.dumps(body).encode())
    await health.quiet()
    events = await make.of_user(heard, alice.id, "sample.recorded.v1", 2)
    assert {(e.metric, e.unit, e.source, e.n, e.min, e.max, e.last) for e in events} == {
        ("heart_rate", "/min", "Strider · Watch 3", 2, 60, 61.5, 60),
        ("steps", "{steps}", "Strider · Watch 3", 2, 5, 9, 5),
    }
    assert {(e.cause.kind, e.version) for e in events} == {("upload", 1)}
    assert len({e.cause.id for e in events}) == 1


async def test_nobody_writes_for_one_who_is_gone(health):
    alice = Person(health)
    await health.db.execute("INSERT INTO erased (user_id) VALUES ($1)", alice.id)
    answer = await alice.post(json.dumps(a_body(ROWS)).encode())
    assert answer.status_code == 401
    assert await alice.stored() == []
