"""Hostile bodies are refused with 4xx and a pointer to everything that is wrong."""

import json

import msgspec
import pytest

from chassis import bodies
from chassis.problems import BadRequest, InvalidValue

from .probe.things import NewThing

pytestmark = pytest.mark.anyio

DEEP = b"[" * 100_000

REFUSED = {
    "unknown member": (b'{"name": "a", "colour": 1}', 400),
    "negative": (b'{"name": "a", "size": -1}', 400),
    "text for a number": (b'{"name": "a", "size": "5"}', 400),
    "a number for text": (b'{"name": 5}', 400),
    "10^19": (b'{"name": "a", "size": 10000000000000000000}', 400),
    "5,000 digits": (b'{"name": "a", "size": ' + b"1" * 5_000 + b"}", 400),
    "NaN": (b'{"name": "a", "weight_kg": NaN}', 400),
    "1e999": (b'{"name": "a", "weight_kg": 1e999}', 400),
    "a lone surrogate": (b'{"name": "\\ud800"}', 400),
    "NUL": (b'{"name": "a\\u0000b"}', 400),
    "a raw NUL": (b'{"name": "a\x00b"}', 400),
    "not UTF-8": (b'{"name": "\xff"}', 400),
    "no time zone": (b'{"name": "a", "at": "2026-01-01T00:00:00"}', 400),
    "100,000 deep": (DEEP, 400),
    "100,000 deep in a member": (b'{"name": ' + DEEP, 400),
    "100,000 deep in an unknown member": (b'{"name": "a", "colour": ' + DEEP, 400),
    "half": (b'{"name": "a"', 400),
    "empty": (b"", 400),
    "null": (b"null", 400),
    "an array": (b"[]", 400),
    "11 MB": (b'{"name": "' + b"a" * 11_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_hostile_bodies_are_refused(http, headers, name):
    body, status = REFUSED[name]
    answer = await http.post("/things", content=body, headers=headers | {"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].startswith("urn:fitmesh:problem:")


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/msgpack", "application/xml", "", "json"]
)
async def test_other_media_types_are_refused(http, headers, kind):
    body = msgspec.msgpack.encode({"name": "a"}) if "msgpack" in kind else b'{"name": "a"}'
    answer = await http.post("/things", content=body, headers=headers | {"content-type": kind})
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:fitmesh:problem:unsupported-media-type"


async def test_five_thousand_parts_are_refused(http, headers):
    files = [("x", (None, b"y")) for _ in range(5_000)]
    answer = await http.post("/things", files=files, headers=headers)
    assert answer.status_code in {413, 415}


async def test_a_chunked_body_over_the_limit_is_refused(http, headers):
    async def pieces():
        for _ in range(300):
            yield b" " * 4_096

    answer = await http.post("/things", content=pieces(), headers=headers | {"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:fitmesh:problem:too-large"


@pytest.mark.parametrize(
    "body",
    [b'{"name": "a", "name": "b"}', b'{"name": "\\\\u0000"}', b' {"name": "a"} \n'],
)
async def test_odd_but_harmless_bodies_pass(http, headers, body):
    answer = await http.post("/things", content=body, headers=headers | {"content-type": "application/json"})
    assert answer.status_code == 201


async def test_every_bad_member_is_named(http, headers):
    body = {
        "size": "5",
        "colour": 1,
        "parts": [{"reps": 0}, {"reps": 1, "note": 3}, {"sets": 1}],
        "marks": {"a/b": 10, "c": 9},
    }
    answer = await http.post("/things", json=body, headers=headers)
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        *("/name", "/size", "/colour"),
        *("/parts/0/reps", "/parts/1/note", "/parts/2/reps", "/parts/2/sets", "/marks/a~1b"),
    }


def test_a_bound_of_the_whole_is_named_when_its_parts_are_good():
    with pytest.raises(InvalidValue) as caught:
        bodies.decode(json.dumps({"name": "a", "parts": [{"reps": 1}] * 6}).encode(), NewThing)
    assert [(e.pointer, e.detail) for e in caught.value.errors] == [("/parts", "Expected `array` of length <= 5")]


def test_errors_are_capped():
    with pytest.raises(InvalidValue) as caught:
        bodies.decode(json.dumps({str(n): n for n in range(1_000)}).encode(), NewThing)
    assert len(caught.value.errors) == 50


class Cat(msgspec.Struct, tag="cat", forbid_unknown_fields=True):
    lives: int


class Dog(msgspec.Struct, tag="dog", forbid_unknown_fields=True):
    name: str


def test_a_tagged_union_is_judged_by_its_tag():
    with pytest.raises(InvalidValue) as caught:
        bodies.decode(b'{"type": "dog", "lives": 9}', Cat | Dog)
    assert {e.pointer for e in caught.value.errors} == {"/lives", "/name"}


def test_what_is_not_json_is_a_bad_request():
    with pytest.raises(BadRequest):
        bodies.decode(b"{", NewThing)
