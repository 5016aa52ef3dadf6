"""Streams: what was missed comes first, what others commit comes at once, and there are not too many."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from chassis.sse import MOST_STREAMS
from testkit import until

from .probe.app import SERVICE

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def listening(http, headers, last_id: str | None = None):
    """Yield a function that reads the next event as (id, data)."""
    resumed = headers | ({"last-event-id": last_id} if last_id else {})
    async with http.stream("GET", "/things/stream", headers=resumed) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()

        async def event() -> tuple[str, str]:
            found = {}
            async with asyncio.timeout(5):
                async for line in lines:
                    name, _, value = line.partition(": ")
                    found[name] = value
                    if not line and "data" in found:
                        return found["id"], found["data"]
            raise AssertionError("the stream ended")

        yield event


async def make(http, headers, name: str) -> None:
    assert (await http.post("/things", json={"name": name}, headers=headers)).status_code == 201


async def test_events_come_and_are_taken_up_again(http, headers):
    await make(http, headers, "one")
    async with listening(http, headers) as event:
        first, data = await event()
        assert data == '"one"'
        await make(http, headers, "two")
        assert (await event())[1] == '"two"'
    await make(http, headers, "three")
    async with listening(http, headers, first) as event:
        assert [(await event())[1], (await event())[1]] == ['"two"', '"three"']


async def test_what_another_process_commits_comes_too(running, start, headers):
    async with start(SERVICE, worker=False) as other, listening(other.http, headers) as event:
        await make(running.http, headers, "elsewhere")
        assert (await event())[1] == '"elsewhere"'


async def test_a_user_has_five_streams(http, headers, signer, user_id):
    opened = [listening(http, headers) for _ in range(MOST_STREAMS)]
    for each in opened:
        await each.__aenter__()
    refused = await http.get("/things/stream", headers=headers)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    for each in opened:
        await each.__aexit__(None, None, None)

    async def free() -> bool:
        async with http.stream("GET", "/things/stream", headers=headers) as answer:
            return answer.status_code == 200

    await until(free)


@pytest.mark.parametrize("last_id", ["x", "-1", "1" * 30])
async def test_an_odd_last_id_is_refused(http, headers, last_id):
    assert (await http.get("/things/stream", headers=headers | {"last-event-id": last_id})).status_code == 400


async def test_nobody_watches_without_a_token(http):
    assert (await http.get("/things/stream")).status_code == 401


async def test_head_of_a_stream_ends(http, headers):
    assert (await http.head("/things/stream", headers=headers)).status_code == 200
