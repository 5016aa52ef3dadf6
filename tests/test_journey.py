"""What people do with the product, through the gateway."""

import asyncio
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from testkit import until

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("journey")]
QUICKSTART = """\
curl -X POST "http://localhost:8000/auth/register" -H "Content-Type: application/json" -d '{"username": "alice", "password": "password123"}'
curl -X POST "http://localhost:8000/auth/login" -d "username=alice&password=password123"
curl -X POST "http://localhost:8000/health-data" -H "Content-Type: application/json" -d '{"username": "alice", "steps": 5000, "sleep_hours": 7.5, "weight": 70.0}'
"""  # noqa: E501 - letter for letter
README = Path(__file__).parents[1] / "README.md"


def quickstart() -> list[str]:
    """The commands of the README's quickstart, as they stand there."""
    text = README.read_text().split("<!-- quickstart -->")[1].split("<!-- /quickstart -->")[0]
    return [line for line in text.splitlines() if line.startswith("curl")]


async def run(command: str, port: int) -> str:
    words = [word.replace("localhost:8000", f"localhost:{port}") for word in shlex.split(command)]
    done = await asyncio.to_thread(
        subprocess.run,
        [*words, "--silent", "--fail-with-body"],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_quickstart_works_letter_for_letter(product):
    assert quickstart() == QUICKSTART.splitlines()
    answers = [await run(command, product.supervisor.plan.gateway_port) for command in quickstart()]
    token = re.search(r'"access_token":\s*"([^"]+)"', answers[1])
    assert token
    async with product.client() as client:
        headers = {"authorization": f"Bearer {token[1]}"}

        async def averaged() -> bool:
            async with client.get("/analytics/steps", headers=headers) as answer:
                return (await answer.json())["average_steps"] == 5000

        async def told() -> bool:
            async with client.get("/notifications", headers=headers) as answer:
                return len((await answer.json())["items"]) == 1

        await until(averaged)
        await until(told)


async def test_corrections_and_deletions_change_every_read_model(product):
    async with product.client() as client:
        someone = await product.person(client)

        async def average() -> float | None:
            async with client.get("/analytics/steps", headers=someone.headers) as answer:
                return (await answer.json())["average_steps"]

        async def averages(expected: float | None) -> None:
            async def equal() -> bool:
                return await average() == expected

            await until(equal)

        async with client.post("/health-data", json={"steps": 4_000}, headers=someone.headers) as answer:
            first = await answer.json()
        async with client.post("/health-data", json={"steps": 2_000}, headers=someone.headers) as answer:
            second = await answer.json()
        await averages(6_000)
        path = f"/health-data/{first['id']}"
        async with client.patch(path, json={"steps": 5_000}, headers=someone.headers) as answer:
            assert answer.status == 200
        await averages(7_000)
        async with client.delete(path, headers=someone.headers) as answer:
            assert answer.status == 204
        await averages(2_000)
        async with client.delete(f"/health-data/{second['id']}", headers=someone.headers) as answer:
            assert answer.status == 204
        await averages(None)


async def test_average_is_per_day_not_per_record(product):
    async with product.client() as client:
        someone = await product.person(client)
        for at, steps in (
            ("2026-03-02T08:00:00Z", 3_000),
            ("2026-03-02T18:00:00Z", 5_000),
            ("2026-03-03T08:00:00Z", 2_000),
        ):
            async with client.post("/health-data", json={"steps": steps, "at": at}, headers=someone.headers) as answer:
                assert answer.status == 201

        async def averaged() -> bool:
            query = "/analytics/steps?from=2026-03-01&to=2026-03-07"
            async with client.get(query, headers=someone.headers) as answer:
                found = await answer.json()
                return (found["average_steps"], found["total_steps"], found["days"]) == (5_000, 10_000, 2)

        await until(averaged)


async def test_deleted_user_is_gone_from_every_service(product):
    async with product.client() as client:
        someone = await product.person(client, email="someone@example.org", display_name="Some One")
        async with client.post(
            "/health-data", json={"steps": 12_000, "weight": 71.5}, headers=someone.headers
        ) as answer:
            assert answer.status == 201
        await product.settled()
        async with client.delete("/users/me", headers=someone.headers) as answer:
            assert answer.status == 202
        async with client.get("/users/me", headers=someone.headers) as answer:
            assert answer.status == 401

        async def refused_everywhere() -> bool:
            statuses = []
            for path in ("/health-data", "/analytics/steps", "/notifications"):
                async with client.get(path, headers=someone.headers) as answer:
                    statuses.append(answer.status)
            return statuses == [401, 401, 401]

        await until(refused_everywhere, 5)
        await product.settled()
        for service in product.supervisor.plan.services:
            assert await rows_about(product, service.name, someone.id, someone.username) == {}


async def rows_about(product, service: str, user_id: str, username: str) -> dict[str, int]:
    """Rows that still tell of a user, by table; the tombstone that refuses late events is meant to stay."""
    found = {}
    async with product.database(service) as db:
        tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables:
            if table in {"erased", "schema_migrations"}:
                continue
            sql = f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE $1 OR t::text LIKE $2'
            if n := await db.fetchval(sql, f"%{user_id}%", f"%{username}%"):
                found[table] = n
    return found


async def test_sessions_end_everywhere_within_seconds(product):
    async with product.client() as client:
        someone = await product.person(client)
        async with client.get("/health-data", headers=someone.headers) as answer:
            assert answer.status == 200
        await product.settled()
        change = {"current_password": "correct horse battery staple", "new_password": "another horse battery staple"}
        async with client.post("/auth/password", json=change, headers=someone.headers) as answer:
            assert answer.status == 204

        async def refused() -> bool:
            statuses = set()
            for path in ("/users/me", "/health-data", "/analytics/summary", "/notifications"):
                async with client.get(path, headers=someone.headers) as answer:
                    statuses.add(answer.status)
            return statuses == {401}

        await until(refused, 4)


async def test_one_session_ends_alone(product):
    async with product.client() as client:
        someone = await product.person(client)
        form = {"username": someone.username, "password": "correct horse battery staple"}
        async with client.post("/auth/login", data=form) as answer:
            other = {"authorization": f"Bearer {(await answer.json())['access_token']}"}
        await product.settled()
        async with client.post("/auth/logout", headers=someone.headers) as answer:
            assert answer.status == 204

        async def only_the_other_goes_on() -> bool:
            statuses = []
            for headers in (someone.headers, other):
                for path in ("/users/me", "/health-data", "/analytics/steps", "/notifications"):
                    async with client.get(path, headers=headers) as answer:
                        statuses.append(answer.status)
            return statuses == [401] * 4 + [200] * 4

        await until(only_the_other_goes_on, 4)


async def test_stream_tells_of_what_happens(product):
    async with product.client() as client:
        someone = await product.person(client)
        async with client.get("/notifications/stream", headers=someone.headers) as stream:
            assert stream.status == 200
            assert stream.content_type == "text/event-stream"
            async with client.post("/health-data", json={"weight": 80}, headers=someone.headers) as answer:
                assert answer.status == 201
            async with asyncio.timeout(10):
                async for line in stream.content:
                    if line.startswith(b"data:"):
                        assert b"notification" in line or b"health" in line
                        return


async def test_gateway_serves_only_what_is_public(product):
    async with product.client() as client:
        for path in ("/metrics", "/readyz", "/livez", "/schema", "/admin", "/healthz", "/health/x", "/nope"):
            async with client.get(path) as answer:
                assert answer.status == 404, path
        for path, kind in (
            ("/", "text/html"),
            ("/docs", "text/html"),
            ("/openapi.json", "application/json"),
            ("/health", "application/json"),
        ):
            async with client.get(path) as answer:
                assert (answer.status, answer.content_type) == (200, kind), path


async def test_identity_headers_are_not_believed(product):
    async with product.client() as client:
        someone = await product.person(client)
        forged = {"x-user-id": someone.id, "x-forwarded-user": someone.username, "remote-user": someone.username}
        async with client.get("/users/me", headers=forged) as answer:
            assert answer.status == 401
