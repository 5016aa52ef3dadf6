"""User B cannot read or change anything of user A by any route with an id."""

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


OWNED = {
    "/health-data/{record_id}": a_record,
    "/notifications/{notification_id}/read": a_notification,
    "/users/me/sessions/{session_id}": a_session,
}
"""How to make what a route with an id needs; a route that is not here fails the test."""

BODIES = {"PATCH /health-data/{record_id}": {"steps": 1}}


def owned() -> list[operations.Operation]:
    """Routes of a user's things; the one without a token is known to whoever holds its secret id."""
    return [o for name in operations.NAMES for o in operations.operations(name) if "{" in o.path and o.protected]


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
                assert expected or answer.status < 300, await answer.text()
