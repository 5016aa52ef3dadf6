"""The document says what the frame does, for every route, without a database."""

import copy
from uuid import uuid4

import jsonschema
import pytest

from chassis import openapi
from chassis.openapi.__main__ import installed
from chassis.openapi.compatibility import broken
from contracts import openapi as published
from contracts.services import SERVICES

from .probe.app import SERVICE

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def document() -> dict:
    return openapi.document(SERVICE)


def test_tokens_are_needed_where_a_caller_is(document):
    assert document["paths"]["/things"]["post"]["security"] == [{"token": []}]
    assert document["paths"]["/odd/anonymous"]["post"]["security"] == []


def test_problems_are_described_as_they_are(document):
    answers = document["paths"]["/things"]["post"]["responses"]
    assert {"201", "400", "401", "403", "409", "413", "415", "422", "429", "503", "default"} == set(answers)
    for status, answer in answers.items():
        if status != "201":
            assert answer["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
            }
    assert "404" in document["paths"]["/things/{thing_id}"]["get"]["responses"]


def test_unknown_members_are_refused_in_words_too(document):
    schemas = document["components"]["schemas"]
    assert schemas["NewThing"]["additionalProperties"] is False
    assert schemas["Part"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Thing"]


def test_writes_take_a_key_and_reads_do_not(document):
    names = {each["name"] for each in document["paths"]["/things"]["post"]["parameters"]}
    assert "Idempotency-Key" in names
    assert "Idempotency-Key" not in {each["name"] for each in document["paths"]["/things"]["get"]["parameters"]}


def test_a_stream_is_one(document):
    content = document["paths"]["/things/stream"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["text/event-stream"]


def test_operations_have_names_of_their_own(document):
    names = [each["operationId"] for item in document["paths"].values() for each in item.values()]
    assert len(set(names)) == len(names)
    assert all(each["tags"] for item in document["paths"].values() for each in item.values())


async def test_answers_are_as_described(document, http, headers):
    components = {"components": document["components"]}
    made = await http.post("/things", json={"name": "a"}, headers=headers)
    jsonschema.validate(made.json(), components | {"$ref": "#/components/schemas/Thing"})
    page = await http.get("/things", headers=headers)
    schema = document["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(page.json(), components | schema)
    problem = await http.get(f"/things/{uuid4()}")
    jsonschema.validate(problem.json(), components | {"$ref": "#/components/schemas/ProblemDetails"})


def test_nothing_that_grows_is_a_break(document):
    grown = copy.deepcopy(document)
    grown["paths"]["/new"] = {"get": {"responses": {}}}
    grown["components"]["schemas"]["Thing"]["properties"]["colour"] = {"type": "string"}
    grown["components"]["schemas"]["Thing"]["required"].append("colour")
    assert list(broken(document, grown)) == []


def test_everything_that_shrinks_is_a_break(document):
    shrunk = copy.deepcopy(document)
    del shrunk["paths"]["/things"]["get"]
    shrunk["paths"]["/odd/anonymous"]["post"]["security"] = [{"token": []}]
    shrunk["components"]["schemas"]["NewThing"]["required"].append("size")
    del shrunk["components"]["schemas"]["Thing"]["properties"]["at"]
    assert set(broken(document, shrunk)) == {
        "GET /things is gone",
        "POST /odd/anonymous: a token is required now",
        "NewThing.size is required now",
        "Thing.at is gone",
    }


@pytest.mark.parametrize("service", list(installed()), ids=lambda service: service.name)
def test_what_is_published_is_what_runs(service):
    assert openapi.document(service) == published.committed(service.name), "run `python -m chassis.openapi write`"


def test_all_documents_are_one():
    merged = published.merged()
    paths = {path for service in SERVICES for path in (published.committed(service.name) or {"paths": ()})["paths"]}
    assert set(merged["paths"]) == paths
    names = [each["operationId"] for item in merged["paths"].values() for each in item.values()]
    assert len(set(names)) == len(names)
    assert unresolved(merged, merged["components"]["schemas"]) == set()


def unresolved(part: object, schemas: dict) -> set[str]:
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        missing = {name for name in own if name.removeprefix("#/components/schemas/") not in schemas}
        return missing.union(*(unresolved(value, schemas) for value in part.values()))
    return set().union(*(unresolved(value, schemas) for value in part)) if isinstance(part, list) else set()
