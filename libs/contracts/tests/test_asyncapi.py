"""The committed document is what the code says, it is AsyncAPI 3, and no change breaks a consumer unseen."""

import copy

import jsonschema
import msgspec
import pytest

from contracts import asyncapi
from contracts.events import EVENTS


@pytest.fixture
def document():
    return msgspec.json.decode(asyncapi.FILE.read_bytes())


def test_the_committed_document_is_what_the_code_says(capsys):
    assert asyncapi.main(["check"]) == 0
    assert capsys.readouterr().err == ""


def test_every_reference_leads_somewhere(document):
    def references(part):
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    found = set(references(document))
    assert found
    for reference in found:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


@pytest.mark.parametrize("event", EVENTS)
def test_what_goes_on_the_wire_is_what_the_document_describes(document, event):
    fields = {field.name: field for field in msgspec.structs.fields(event)}
    samples = {"user_id": "0190c0de-0000-7000-8000-000000000000", "version": 1}
    schema = document["components"]["schemas"][event.__name__]
    given = {"type": event.name()} | {
        name: samples.get(name, _sample(document, schema["properties"][name]))
        for name in schema["required"]
        if name != "type"
    }
    sent = msgspec.json.decode(msgspec.json.encode(msgspec.convert(given, event)))

    jsonschema.validate([sent], document["components"]["messages"][event.__name__]["payload"] | _defined(document))
    assert len(sent) == len(fields) + 1


def _defined(document):
    return {"components": document["components"]}


def _sample(document, schema):
    if "$ref" in schema:
        inner = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return {name: _sample(document, inner["properties"][name]) for name in inner["required"]}
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return None
    formats = {
        "uuid": "0190c0de-0000-7000-8000-000000000001",
        "date": "2026-03-01",
        "date-time": "2026-03-01T10:00:00+01:00",
    }
    return {"string": formats.get(schema.get("format"), "text"), "integer": 1, "number": 1.5, "array": []}[
        schema["type"]
    ]


BREAKING = {
    "DaySummarised.unit: the field is gone": lambda s: s["DaySummarised"]["properties"].pop("unit"),
    "DaySummarised.n: the type has changed": lambda s: s["DaySummarised"]["properties"]["n"].update(type="string"),
    "DaySummarised.kind: the type has changed": lambda s: s["DaySummarised"]["properties"]["kind"]["enum"].append(
        "new"
    ),
    "DaySummarised.sources: the field is required now": lambda s: s["DaySummarised"]["required"].append("sources"),
    "Cause.type: the tag has changed": lambda s: s["Cause"]["properties"].update(type={"enum": ["x"]}),
}


def test_each_breaking_change_is_named(document):
    document["components"]["schemas"]["Cause"]["properties"]["type"] = {"enum": ["cause"]}
    for reason, change in BREAKING.items():
        new = copy.deepcopy(document)
        change(new["components"]["schemas"])
        assert reason in list(asyncapi.breaks(document, new))
    new = copy.deepcopy(document)
    del new["channels"]["day.summarised.v1"]
    assert list(asyncapi.breaks(document, new)) == ["day.summarised.v1: the event is gone or has another tag"]


def test_a_new_optional_field_breaks_nothing(document):
    new = copy.deepcopy(document)
    new["components"]["schemas"]["DaySummarised"]["properties"]["note"] = {"type": "string", "default": ""}
    new["components"]["schemas"]["DaySummarised"]["description"] = "Other words."
    new["channels"]["new.thing.v1"] = {}

    assert list(asyncapi.breaks(document, new)) == []


def test_write_refuses_to_break_the_promise(monkeypatch, tmp_path, document, capsys):
    file = tmp_path / "asyncapi.json"
    document["components"]["schemas"]["UserErased"]["properties"]["reason"] = {"type": "string"}
    before = asyncapi.written(document)
    file.write_bytes(before)
    monkeypatch.setattr(asyncapi, "FILE", file)

    assert asyncapi.main(["write"]) == 1
    assert file.read_bytes() == before
    assert "UserErased.reason: the field is gone" in capsys.readouterr().err


def test_check_tells_of_drift_and_write_ends_it(monkeypatch, tmp_path, document, capsys):
    file = tmp_path / "asyncapi.json"
    document["info"]["title"] = "Old"
    file.write_bytes(asyncapi.written(document))
    monkeypatch.setattr(asyncapi, "FILE", file)

    assert asyncapi.main(["check"]) == 1
    assert "make contracts" in capsys.readouterr().err
    assert asyncapi.main(["write"]) == 0
    assert asyncapi.main(["check"]) == 0
