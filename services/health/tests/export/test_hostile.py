"""Archives that anybody may have written: refused as a whole, with a sentence, and nothing of them is left behind."""

import io
import zipfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from services.health.tests.export import make
from services.health.tests.samples.sending import Person

from health.readers import fitmesh
from health.readers.archive import recognise_zip
from health.readers.batch import Limits, Reading
from imports import Broken
from imports.unpack import Bomb

SOURCE = {"id": 0, "app": "Strider"}
AT = 1_709_267_400_000_000
LINE = {"metric": "steps", "source": 0, "at_us": [AT], "value": [5.0]}
RECORD = {
    "id": "01938a3e-0000-7000-8000-000000000001",
    "version": 1,
    "at": "2024-03-01T10:00:00Z",
    "created_at": "2024-03-01T10:00:00Z",
    "steps": 5,
}
FILE = b"at,steps\n2024-03-01T10:00:00Z,5\n"
HASH = "9b5f9a1d0f3f4b5d7e5b2c0b2a3c1d4e5f60718293a4b5c6d7e8f90112233445"
ORIGINAL = {
    "sha256": HASH,
    "file": "steps.csv",
    "bytes": len(FILE),
    "state": "finished",
    "uploaded_at": "2024-03-01T10:00:00Z",
}


def read(archive, **limits):
    file = io.BytesIO(archive)
    name, reader = recognise_zip(file)
    assert (name, reader) == ("fitmesh", fitmesh.read)
    file.seek(0)
    return list(reader(file, Reading(limits=Limits(**limits))))


def rows(batches):
    return b"".join(batch.rows for batch in batches).decode().splitlines()


def test_a_good_one_is_read():
    batches = read(
        make.an_archive(
            {
                "sources.jsonl": [SOURCE],
                "priorities.jsonl": [{"sources": [0]}],
                "records.jsonl": [RECORD],
                "samples/steps.jsonl": [LINE | {"duration_s": [60], "offset_min": [-90]}, LINE | {"at_us": [AT + 1]}],
                "quarantine.jsonl": [LINE | {"value": [-1]}],
                "imports.jsonl": [ORIGINAL],
            }
        )
    )
    assert rows(batches) == [
        "0\t2024-03-01T04:30:00+00:00\t2024-03-01T04:31:00+00:00\t5.0\t-90",
        r"0	2024-03-01T04:30:00.000001+00:00	\N	5.0	\N",
        r"0	2024-03-01T04:30:00+00:00	\N	-1.0	\N",
    ]
    assert [stream.origin.app for batch in batches for stream in batch.streams] == ["Strider"]
    carried = [batch.carries for batch in batches if batch.carries]
    assert [(len(c.sources), len(c.priorities), len(c.records), len(c.originals)) for c in carried] == [
        *((1, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),
    ]
    assert all(one.done <= two.done <= two.total for one, two in pairwise(batches))
    assert batches[-1].done == batches[-1].total


def test_the_same_file_gives_the_same_batches():
    line = LINE | {"at_us": list(range(AT, AT + 1_000)), "value": [1.0] * 1_000}
    archive = make.an_archive({"sources.jsonl": [SOURCE], "samples/steps.jsonl": [line] * 7})
    batches = read(archive, rows=2_500)
    assert [batch.n for batch in batches if batch.n] == [2_000, 2_000, 2_000, 1_000]
    assert [(b.rows, b.n, b.streams, b.done) for b in read(archive, rows=2_500)] == [
        (b.rows, b.n, b.streams, b.done) for b in batches
    ]


def test_metrics_of_a_later_version_are_counted():
    line = LINE | {"metric": "telepathy", "at_us": [AT, AT + 1], "value": [1, 2]}
    batches = read(make.an_archive({"sources.jsonl": [SOURCE], "samples/telepathy.jsonl": [line]}))
    assert sum((batch.unknown.get("telepathy", 0) for batch in batches), 0) == 2
    assert not rows(batches)


WRONG_LINES = [
    ("sources.jsonl", [{"id": 1, "app": "x"}], "not numbered"),
    ("sources.jsonl", [SOURCE, SOURCE | {"id": 1}], "twice"),
    ("sources.jsonl", [SOURCE | {"merged_into": 0}], "itself"),
    ("sources.jsonl", [SOURCE | {"merged_into": 7}], "not there"),
    ("sources.jsonl", [SOURCE | {"app": "x" * 2_001}], "length"),
    ("sources.jsonl", [SOURCE | {"app": "x\x00"}], "regex"),
    ("sources.jsonl", [SOURCE | {"device_kind": "manual"}], "only the source manual"),
    ("sources.jsonl", [SOURCE | {"app": "manual"}], "only the source manual"),
    ("sources.jsonl", [SOURCE | {"user_id": "another"}], "user_id"),
    ("priorities.jsonl", [{"sources": [0]}], "not in the archive"),
    ("priorities.jsonl", [{"sources": []}, {"sources": []}], "two orders"),
    ("records.jsonl", [RECORD | {"user_id": "another"}], "user_id"),
    ("records.jsonl", [RECORD | {"version": 0}], "version"),
    ("records.jsonl", [RECORD | {"version": 1 << 63}], "version"),
    ("records.jsonl", [RECORD | {"steps": -1}], "steps"),
    ("records.jsonl", [RECORD | {"at": "2924-03-01T10:00:00Z"}], "between 1900 and now"),
    ("records.jsonl", [RECORD | {"at": "2024-03-01T10:00:00"}], "timezone"),
    ("records.jsonl", [{key: value for key, value in RECORD.items() if key != "steps"}], "no value"),
    ("imports.jsonl", [ORIGINAL | {"stored": True}], "not in the archive"),
    ("imports.jsonl", [ORIGINAL | {"state": "running"}], "state"),
    ("imports.jsonl", [ORIGINAL | {"sha256": "../../../etc/passwd"}], "sha256"),
    ("imports.jsonl", [ORIGINAL | {"uploaded_at": "2924-03-01T10:00:00Z"}], "before now"),
    ("imports.jsonl", [ORIGINAL | {"mapping": {"at": 5}}], "at"),
    ("imports.jsonl", [ORIGINAL | {"mapping": [[[]]]}], "array"),
    ("records.jsonl", b"[" * 100_000 + b"\n", "records.jsonl"),
    ("records.jsonl", b'{"id":' * 50_000 + b"\n", "records.jsonl"),
    ("records.jsonl", b"\xff\xfe\n", "records.jsonl"),
    ("records.jsonl", b"x" * 2_000_000 + b"\n", "longer than"),
    ("quarantine.jsonl", b"{}", "missing"),
]
WRONG_SAMPLES = [
    ({"source": 1}, "not in the archive"),
    ({"source": -1}, "source"),
    ({"metric": "weight"}, "another part"),
    ({"metric": "'; DROP TABLE sample"}, "metric"),
    ({"value": [1.0, 2.0]}, "one length"),
    ({"value": []}, "one length"),
    ({"value": ["1"]}, "value"),
    ({"value": [1e13], "accepted": True}, "accepted"),
    ({"duration_s": [604_801]}, "duration_s"),
    ({"duration_s": [-1]}, "duration_s"),
    ({"duration_s": [1, 1]}, "one length"),
    ({"offset_min": [5_000]}, "offset_min"),
    ({"at_us": [1 << 62]}, "at_us"),
    ({"at_us": ["now"]}, "at_us"),
    ({"at_us": [AT] * 1_001, "value": [1] * 1_001}, "at_us"),
]


@pytest.mark.parametrize(("name", "content", "says"), WRONG_LINES)
def test_a_wrong_line(name, content, says):
    with pytest.raises(Broken, match=says):
        read(make.an_archive({name: content}))


@pytest.mark.parametrize(("changes", "says"), WRONG_SAMPLES)
def test_wrong_samples(changes, says):
    good = [LINE] * 3
    with pytest.raises(Broken, match=says) as told:
        read(make.an_archive({"sources.jsonl": [SOURCE], "samples/steps.jsonl": [*good, LINE | changes]}))
    assert "line 4" in str(told.value)


def test_nan_and_infinity_are_no_numbers():
    for text in (b"NaN", b"Infinity", b"1e999", b"-1e999"):
        line = b'{"metric":"steps","source":0,"at_us":[%d],"value":[%s]}\n' % (AT, text)
        with pytest.raises(Broken):
            read(make.an_archive({"sources.jsonl": [SOURCE], "samples/steps.jsonl": line}))


def test_samples_are_not_smuggled_in_as_entered():
    manual = {"id": 0, "app": "manual", "device_kind": "manual"}
    with pytest.raises(Broken, match="records alone"):
        read(make.an_archive({"sources.jsonl": [manual], "samples/steps.jsonl": [LINE]}))


@pytest.mark.parametrize(
    ("parts", "manifest", "says"),
    [
        ({"records.jsonl": None}, {}, "missing"),
        ({"../../evil": b"x"}, {}, "outside"),
        ({"samples/../steps.jsonl": b""}, {}, "outside"),
        ({"samples/UPPER.jsonl": b""}, {}, "UPPER"),
        ({"strange.txt": b""}, {}, "strange"),
        ({"originals/" + "0" * 64: b"x"}, {"parts": []}, "not whole"),
        ({}, {"version": 2}, "version 2"),
        ({}, {"version": "1"}, "version"),
        ({}, {"parts": [{"name": "records.jsonl", "bytes": 0, "sha256": "0" * 64, "items": 0}] * 5}, "not whole"),
    ],
)
def test_a_wrong_whole(parts, manifest, says):
    with pytest.raises(Broken, match=says):
        read(make.an_archive(parts, **manifest))


def test_a_part_that_was_changed():
    good = make.parts_of(make.an_archive({"records.jsonl": [RECORD]}))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in good.items():
            file.writestr(name, content.replace(b'"steps":5', b'"steps":6'))
    with pytest.raises(Broken, match="damaged or changed"):
        read(packed.getvalue())


def test_a_cut_off_one_is_none():
    whole = make.an_archive({"records.jsonl": [RECORD]})
    with pytest.raises(Broken):
        read(whole[: len(whole) * 2 // 3])


def test_a_bomb():
    with pytest.raises(Bomb):
        read(make.an_archive({"originals/" + HASH: bytes(50 << 20)}))


def test_a_manifest_of_somebody_else():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("manifest.json", msgspec.json.encode({"format": "another"}))
        file.writestr("steps.csv", FILE)
    assert recognise_zip(packed)[0] == "zip"


@pytest.mark.anyio
async def test_nothing_is_left_of_it(health):
    bob = Person(health)
    bad = make.an_archive({"records.jsonl": [RECORD], "quarantine.jsonl": [LINE]})
    found = await make.read_in(bob, bad)
    assert found["state"] == "failed"
    assert "not in the archive" in found["error"]
    assert not any((await make.checksum(bob)).values())
    folder = Path(health.environment["OBJECT_STORE_URL"].removeprefix("file://")) / "health" / str(bob.id)
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.anyio
async def test_ids_of_another_ones_records_are_nobodys_business(health):
    alice, bob = Person(health), Person(health)
    answer = await health.http.post("/health-data", json={"weight": 70}, headers=alice.headers)
    kept = answer.json()
    stolen = RECORD | {"id": kept["id"], "version": 9, "created_at": datetime.now(UTC).isoformat()}
    assert (await make.read_in(bob, make.an_archive({"records.jsonl": [stolen]})))["state"] == "finished"
    assert await alice.get(f"/health-data/{kept['id']}") == kept
    assert (await bob.get(f"/health-data/{kept['id']}"))["steps"] == 5
