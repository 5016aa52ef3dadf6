"""``/docs`` and ``/openapi.json``: what is installed, whole and harmless."""

from typing import Any
from uuid import uuid4

import pytest
from services.dashboard.tests.admins import Admins
from services.dashboard.tests.html import Page

from contracts import openapi
from contracts.events import UserDeleted, UserUpdated
from dashboard.reference import model
from dashboard.site.pages import Site
from testkit import until
from testkit.running import Running

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert(1)</script> \"' {{ 7 * 7 }} {% raw %}"
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Fitmesh", "version": "1"},
    "paths": {
        "/goals/{id}": {
            "patch": {
                "operationId": "progress.goals.change",
                "description": f"Change a goal. Absent stays.\n\nEvil: {HOSTILE}",
                "security": [{"token": []}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
                    {"name": "n", "in": "query", "schema": {"type": "integer", "minimum": 1.0, "default": 5}},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/progress.Goal"}}}
                },
                "responses": {
                    "200": {
                        "description": "OK",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/progress.Goal"}}
                            }
                        },
                    },
                    "404": {"description": "Not Found", "content": {"application/problem+json": {}}},
                    "default": {"description": "Problem", "content": {"application/problem+json": {}}},
                },
            }
        },
        "/days": {"get": {"operationId": "health.days.list", "summary": "Days", "responses": {}}},
    },
    "components": {
        "schemas": {
            "progress.Goal": {
                "type": "object",
                "description": HOSTILE,
                "required": ["metric"],
                "properties": {
                    "metric": {"enum": ["steps", "weight"]},
                    "by": {"oneOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                    "marks": {"type": "object", "additionalProperties": {"type": "number"}},
                },
            },
            "health.Day": {"type": "string", "format": "date"},
        }
    },
}


def said(kind: object) -> str:
    return "".join(word.text for word in kind)


def test_operations_are_read() -> None:
    (section,) = model.sections(DOCUMENT, ("workout", "progress"))
    (operation,) = section.operations
    assert (operation.method, operation.path, operation.title) == ("PATCH", "/goals/{id}", "Change a goal")
    assert operation.text[0] == "Absent stays."
    assert operation.token
    assert [(p.name, p.place, p.required, p.text) for p in operation.parameters] == [
        ("id", "path", True, ""),
        ("n", "query", False, "At least 1, default `5`."),
    ]
    assert [answer.status for answer in operation.answers] == ["200"]
    assert operation.problems == ["404 Not Found"]
    assert said(operation.answers[0].contents[0].kind) == "list of Goal"
    (schema,) = section.schemas
    assert [(m.name, said(m.kind), m.required) for m in schema.members] == [
        ("metric", "steps, weight", True),
        ("by", "date or null", False),
        ("marks", "map of number", False),
    ]


def test_a_list_of_fixed_places_is_told_place_by_place() -> None:
    number = {"type": "number"}
    position = {"type": "array", "prefixItems": [number, number], "items": False}
    assert said(model.words(position)) == "list of number and number"


def test_what_documents_say_stays_text() -> None:
    sections = model.sections(DOCUMENT, ("progress", "health"))
    html = Site(quickstart=False).render("reference.html", sections=sections, count=2).decode()
    assert "<script>alert" not in html
    assert "{{ 7 * 7 }}" in html
    Page(html).check()


def test_only_what_is_installed_is_shown() -> None:
    part = model.installed(DOCUMENT, ("health",))
    assert set(part["paths"]) == {"/days"}
    assert set(part["components"]["schemas"]) == {"health.Day"}


async def test_the_merged_document_is_that_of_the_contracts(dashboard: Running, admins: Admins) -> None:
    answer = await dashboard.http.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://localhost:8000"}]
    assert document["paths"] == openapi.merged()["paths"]
    page = Page((await dashboard.http.get("/docs")).text)
    for path, item in document["paths"].items():
        assert path in page.text
        for operation in item.values():
            assert operation["operationId"] in page.ids
    for name in document["components"]["schemas"]:
        assert name in page.ids


@pytest.mark.parametrize("path", ["/docs", "/openapi.json"])
async def test_who_has_seen_it_is_told_so(dashboard: Running, path: str) -> None:
    etag = (await dashboard.http.get(path)).headers["etag"]
    for seen in (etag, f"W/{etag}", f'"other", {etag}'):
        answer = await dashboard.http.get(path, headers={"if-none-match": seen})
        assert (answer.status_code, answer.content) == (304, b"")
    for seen in ('"other"', "", "ü", "x" * 900):
        assert (await dashboard.http.get(path, headers={"if-none-match": seen.encode()})).status_code == 200
    assert (await dashboard.http.get(path, headers={"if-none-match": "x" * 1001})).status_code == 400


async def test_a_user_who_goes_is_forgotten(dashboard: Running) -> None:
    user = UserUpdated(user_id=uuid4(), version=1, username="robin")
    await dashboard.publish(user)
    known = "SELECT count(*) FROM known_user WHERE user_id = $1"
    await until(lambda: dashboard.db.fetchval(known, user.user_id))
    await dashboard.publish(UserDeleted(user_id=user.user_id, version=2))
    await until(lambda: dashboard.db.fetchval("SELECT true FROM erased WHERE user_id = $1", user.user_id))
    assert await dashboard.db.fetchval(known, user.user_id) == 0
