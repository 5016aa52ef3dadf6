"""A message that fails waits, parts from its neighbours, or is kept as evidence; good ones pass it by."""

import asyncio

import msgspec
import pytest
from libs.outbox.tests.make import SERVICE_NAME, WORK, a_day

from outbox import dead_letters
from outbox.link import BlockedError
from outbox.retry import next_stops, split
from testkit import until
from testkit.events import exchange, publish, send
from testkit.nodes import TIERS_MS

pytestmark = pytest.mark.anyio

KEY = "day.summarised.v1"


async def dead(client):
    return await dead_letters.count(client, SERVICE_NAME)


def test_stops_are_the_tiers_and_then_the_end():
    stops = [next(next_stops(WORK, b"[1]", attempt, ValueError(), TIERS_MS)) for attempt in range(4)]

    assert stops == [
        (b"[1]", WORK.tier(250), 1),
        (b"[1]", WORK.tier(500), 2),
        (b"[1]", WORK.tier(1000), 3),
        (b"[1]", WORK.dead, 4),
    ]
    assert list(next_stops(WORK, b"{", 0, msgspec.DecodeError(), TIERS_MS)) == [(b"{", WORK.dead, 1)]
    assert split(b"[" * 100_000) == split(b"\xff") == split(b"{}") == []


async def test_a_flaky_handler_gets_every_event_in_the_end(client, listening, nodes):
    async with listening(client) as listener, exchange(nodes) as events:
        listener.failing = [ValueError, RuntimeError]
        day = a_day()
        await publish(events, day)

        await until(lambda: listener.handled == [day])

    assert await dead(client) == 0


async def test_one_bad_event_holds_up_none_of_its_message(client, listening, nodes, admin):
    days = [a_day() for _ in range(20)]
    days[7] = a_day(unit="bad")
    async with listening(client) as listener, exchange(nodes) as events:
        await publish(events, *days)

        await until(lambda: len(listener.handled) == 19)
        await until(lambda: dead(client))

    message = await (await admin.get_queue(WORK.dead)).get()
    assert msgspec.json.decode(message.body)[0]["event_id"] == str(days[7].event_id)
    assert message.headers["x-attempt"] == len(TIERS_MS) + 1
    assert message.headers["x-error"] == "ValueError"
    assert "secret" not in str(message.headers)


def poison():
    good = msgspec.json.encode(a_day())
    return [
        b"[" + good.replace(b'"value":5000.0', b'"value":"many"') + b"]",
        b"[" + good.replace(b"day.summarised.v1", b"day.summarised.v9") + b"]",
        b"[" * 100_000 + b"]" * 100_000,
        b'["' + b"x" * 5_000_000 + b'"]',
        b'[{"type":"\xff\xfe"}]',
        b"",
    ]


async def test_poison_becomes_evidence_and_replay_empties_it(client, listening, nodes, admin, capsys):
    """F15."""
    async with listening(client) as listener, exchange(nodes) as events:
        for body in poison():
            await send(events, KEY, body)
        day = a_day()
        await publish(events, day)

        await until(lambda: listener.handled == [day])
        await until(lambda: _dead_is(client, len(poison())))
        assert await dead_letters.command(client, SERVICE_NAME, "show", WORK.name) == 0
        shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith(WORK.dead)]
        assert len(shown) == len(poison())
        assert "ValidationError" in shown[0]
        assert "day.summarised.v9" in shown[1]
        assert "5000.0" not in "".join(shown)

        dead_queue = await admin.get_queue(WORK.dead)
        await client.stop()
        replayed = await dead_letters.replay(client.link, WORK)

    assert replayed == len(poison())
    assert (await dead_queue.declare()).message_count == 0
    await client.link.close()


async def _dead_is(client, wanted):
    return await dead(client) == wanted


async def test_evidence_survives_21_looks(client, listening, nodes, capsys):
    async with listening(client) as listener, exchange(nodes) as events:
        for _ in range(3):
            await send(events, KEY, b"[1]")
        await until(lambda: _dead_is(client, 3))

        first = [m.body for m in await dead_letters.look(client.link, WORK)]
        for _ in range(24):
            assert [m.body for m in await dead_letters.look(client.link, WORK)] == first

        assert await dead(client) == 3
        assert listener.handled == []


async def test_a_message_that_failed_waits_for_a_broker_that_takes_nothing(client, listening, nodes, monkeypatch):
    """Given back instead, it would come again at once, and after fifty times be condemned."""
    send_on, tries = client.link.send, []

    async def blocked_twice(*body, **address):
        tries.append(address["key"])
        if len(tries) < 3:
            raise BlockedError
        await send_on(*body, **address)

    monkeypatch.setattr(client.link, "send", blocked_twice)
    async with listening(client) as listener, exchange(nodes) as events:
        listener.failing = [ValueError]
        day = a_day()
        await publish(events, day)

        await until(lambda: listener.handled == [day])

    assert tries == [WORK.tier(TIERS_MS[0])] * 3


async def test_an_outage_of_the_database_costs_no_attempt(client, listening, nodes, listener, admin):
    async with listening(client), exchange(nodes) as events:
        nodes.postgres.stop("immediate")
        day = a_day()
        try:
            await publish(events, day)
            await asyncio.sleep(1)
            assert listener.handled == []
        finally:
            nodes.postgres.start()

        await until(lambda: listener.handled == [day])

    assert await dead(client) == 0
    tiers = [await admin.declare_queue(WORK.tier(ms), passive=True) for ms in TIERS_MS]
    assert [tier.declaration_result.message_count for tier in tiers] == [0, 0, 0]
