"""Builders of archives, and of somebody with data of every kind."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from services.health.tests.imports import make as imports
from services.health.tests.samples.sending import Person

from testkit import until
from testkit.running import Running

EMPTY = dict.fromkeys(("sources.jsonl", "priorities.jsonl", "records.jsonl", "quarantine.jsonl", "imports.jsonl"), b"")
WATCH = {"app": "Strider", "device": "Watch 3", "device_kind": "watch"}
PHONE = {"app": "Strider", "device": "Phone", "device_kind": "phone"}
OLD_PHONE = {"app": "Strider", "device": "Old phone", "device_kind": "phone"}
CSV = b"at,heart rate,steps\n2024-02-01T10:00:00Z,60,5\n2024-02-01T10:01:00Z,900,7\n2024-02-01T10:02:00Z,950,-3\n"

TABLES = {
    "records": "SELECT * FROM health_record WHERE user_id = $1 ORDER BY id",
    "priorities": "SELECT * FROM source_priority WHERE user_id = $1 ORDER BY metric_id, position",
    "imports": "SELECT sha256, file, state, stored FROM import WHERE user_id = $1 AND format <> 'fitmesh' ORDER BY id",
}


async def exported(person: Person, query: str = "") -> bytes:
    answer = await person.health.http.get(f"/health-data/export{query}", headers=person.headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


async def read_in(person: Person, archive: bytes) -> dict[str, Any]:
    return await imports.imported(person.health, person.headers, archive, name="fitmesh.zip", mapping=None)


async def undone(person: Person, import_id: str) -> dict[str, Any]:
    answer = await person.health.http.post(f"/imports/{import_id}/undo", headers=person.headers)
    assert answer.status_code == 202, answer.text
    return await imports.done(person.health, person.headers, UUID(import_id), "undone")


async def put(person: Person, path: str, body: Any) -> None:
    answer = await person.health.http.put(path, json=body, headers=person.headers)
    assert answer.status_code == 200, answer.text


async def quiet(person: Person) -> None:
    """Wait until all records are samples, and all days are made anew."""

    async def derived() -> bool:
        return not await person.health.db.fetchval(
            "SELECT EXISTS (SELECT FROM dirty_record WHERE user_id = $1)", person.id
        )

    await until(derived, 30)
    await imports.quiet(person.health, person.id)


async def checksum(person: Person) -> dict[str, Any]:
    """All that an archive may change."""
    await quiet(person)
    more = {what: [tuple(row) for row in await person.health.db.fetch(sql, person.id)] for what, sql in TABLES.items()}
    return await imports.checksum(person.health, person.id) | more


async def somebody(health: Running) -> Person:
    """Records, samples of several sources with what was said of them, files with values set aside and accepted."""
    alice = Person(health)
    for entry in ({"steps": 500, "weight": 71.25}, {"heart_rate": 120, "context": "active"}, {"sleep_hours": 7.1}):
        answer = await health.http.post("/health-data", json=entry, headers=alice.headers)
        assert answer.status_code == 201, answer.text
    walks = [
        {"at": "2024-03-01T10:00:00+05:30", "duration_s": 600, "value": 700},
        {"at": "2024-03-01T10:00:00+05:30", "duration_s": 60, "value": 70},
        {"at": "2024-03-01T10:20:00.123456Z", "value": 0.1},
    ]
    await alice.send(walks, "steps", source=WATCH)
    await alice.send([{"at": "2024-03-01T10:00:00+05:30", "duration_s": 600, "value": 70}], "steps", source=WATCH)
    await alice.send(walks[:1], "steps", source=PHONE)
    await alice.send([{"at": "2024-03-02T01:00:00Z", "value": 1e-9}], "hydration", source=OLD_PHONE)
    await alice.send([{"at": "1969-12-31T23:00:00Z", "value": 60.5}], source=OLD_PHONE)
    csv = await imports.imported(health, alice.headers, CSV)
    aside = (await alice.get(f"/imports/{csv['id']}/quarantine"))["items"]
    assert len(aside) == 3
    answer = await health.http.post(
        f"/imports/{csv['id']}/quarantine/accept",
        json={"ids": [each["id"] for each in aside if each["value"] == 900]},
        headers=alice.headers,
    )
    assert answer.status_code in {200, 201}, answer.text
    undone_file = await imports.imported(health, alice.headers, imports.a_csv(5, rate=90))
    await undone(alice, undone_file["id"])
    await imports.imported(health, alice.headers, b"nothing that anybody reads")
    ids = {item["device"] or item["app"]: item["id"] for item in (await alice.get("/sources"))["items"]}
    old = {"id": ids["Old phone"], "name": "Grandma’s", "merged_into": ids["Phone"]}
    await put(alice, "/sources", {"items": [old, {"id": ids["Bracelet"], "ignored": True}]})
    await put(
        alice, "/sources/priority", {"overall": [ids["Phone"], ids["Watch 3"]], "metrics": {"steps": [ids["Bracelet"]]}}
    )
    await quiet(alice)
    return alice


def parts_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def lines(content: bytes) -> list[Any]:
    return [msgspec.json.decode(line) for line in content.splitlines()]


def an_archive(parts: Mapping[str, Any], /, **manifest: Any) -> bytes:
    """An archive of these parts, whose manifest is right unless said otherwise; lists become lines."""
    packed = io.BytesIO()
    made = EMPTY | {
        name: b"".join(msgspec.json.encode(line) + b"\n" for line in content) if isinstance(content, list) else content
        for name, content in parts.items()
    }
    made = {name: content for name, content in made.items() if content is not None}
    told = [
        {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "items": 0}
        for name, content in made.items()
    ]
    said = {"format": "fitmesh-health", "version": 1, "parts": told} | manifest
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in made.items():
            file.writestr(name, content)
        file.writestr("manifest.json", msgspec.json.encode(said))
    return packed.getvalue()
