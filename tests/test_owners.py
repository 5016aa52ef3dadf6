"""User B cannot read or change anything of user A by any route with an id."""

import aiohttp
import pytest

from testkit import until
from tests import operations

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("journey")]


async def a_record(client, person) -> str:
    async with client.post("/health-data", json={"steps": 100}, headers=person.headers) as answer:
        return (await answer.json())["id"]


async def a_notification(client, person) -> str:
    await a_record(client, person)

    async def first():
        async with client.get("/notifications", headers=person.headers) as answer:
            return (await answer.json())["items"]

    return (await until(first))[0]["id"]


async def a_session(client, person) -> str:
    async with client.get("/users/me/sessions", headers=person.headers) as answer:
        return (await answer.json())["items"][0]["id"]


async def an_import(client, person) -> str:
    file = aiohttp.FormData()
    file.add_field("file", b"at,weight\n2026-05-01T07:00:00Z,70.5\n", filename="weights.csv")
    file.add_field("mapping", '{"at": "at", "columns": [{"column": "weight", "metric": "weight", "unit": "kg"}]}')
    async with client.post("/imports", data=file, headers=person.headers) as answer:
        import_id = (await answer.json())["id"]

    async def finished():
        async with client.get(f"/imports/{import_id}", headers=person.headers) as answer:
            return (await answer.json())["state"] == "finished"

    await until(finished, 30)
    return import_id


OWNED = {
    "/imports/{import_id}": an_import,
    "/imports/{import_id}/cancel": an_import,
    "/imports/{import_id}/events": an_import,
    "/imports/{import_id}/file": an_import,
    "/imports/{import_id}/issues": an_import,
    "/imports/{import_id}/quarantine": an_import,
    "/imports/{import_id}/quarantine/accept": an_import,
    "/imports/{import_id}/resume": an_import,
    "/imports/{import_id}/undo": an_import,
    "/health-data/{record_id}": a_record,
    "/notifications/{notification_id}/read": a_notification,
    "/users/me/sessions/{session_id}": a_session,
}
"""How to make what a route with an id needs; a route that is not here fails the test."""

BODIES = {
    "PATCH /health-data/{record_id}": {"steps": 1},
    "POST /imports/{import_id}/quarantine/accept": {"all": True},
}
OVER = {"POST /imports/{import_id}/cancel", "POST /imports/{import_id}/resume"}
"""What an import that has finished refuses, to its owner too."""


def owned() -> list[operations.Operation]:
    """Routes of a user's things; the one without a token is known to whoever holds its secret id."""
    return [o for name in operations.NAMES for o in operations.operations(name) if o.of_a_thing and o.protected]


@pytest.mark.parametrize("operation", owned(), ids=str)
async def test_others_do_not_even_learn_that_it_exists(product, operation):
    make = OWNED[operation.path]
    async with product.client() as client:
        owner, other = await product.person(client), await product.person(client)
        path = operation.path.split("{")[0] + await make(client, owner) + operation.path.split("}")[1]
        body = BODIES.get(str(operation))
        for headers, expected in ((other.headers, 404), ({}, 401), (owner.headers, None)):
            async with client.request(operation.method, path, json=body, headers=headers) as answer:
                assert answer.status == (expected or answer.status), await answer.text()
                allowed = answer.status == 409 if str(operation) in OVER else answer.status < 300
                assert expected or allowed, await answer.text()
