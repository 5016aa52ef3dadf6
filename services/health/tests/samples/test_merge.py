"""However samples come, in whatever order and pieces and how often: the same is stored, and the second time nothing."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from services.health.tests.samples.sending import STORED, WATCH, Person

from health.readers.batch import Origin, Stream
from health.samples import merge, queries

pytestmark = pytest.mark.anyio

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DIRTY = """
    SELECT DISTINCT on_date FROM dirty_day WHERE series_id = $1 ORDER BY 1
"""
BEFORE = "SELECT old_import_id, value FROM sample_before WHERE import_id = $1 ORDER BY at"
ASIDE = "SELECT value FROM quarantine WHERE user_id = $1 ORDER BY value"
TOUCHED = "SELECT first_at, last_at, read, inserted, updated FROM import_series WHERE import_id = $1"
MOVE = "INSERT INTO known_zone (user_id, since, zone) VALUES ($1, $2, $3)"
STEPS = Stream("steps", Origin("Strider", "Watch 3", "watch"))
HEART = Stream("heart_rate", Origin("Strider", "Watch 3", "watch"))
SLEEP = Stream("sleep_deep", Origin("Pillow"), factor=1 / 3600, of_length=True)


def line(stream, at, value, *, seconds=0, offset="\\N"):
    until = (at + timedelta(seconds=seconds)).isoformat() if seconds else "\\N"
    return f"{stream}\t{at.isoformat()}\t{until}\t{value}\t{offset}\n"


async def imported(health, user_id, streams, lines, import_id=None):
    """What becomes of a batch, by place of its stream."""
    async with health.runtime.worker.acquire() as db, db.transaction():
        await merge.lock(db, user_id)
        series = await merge.bind(db, user_id, streams, import_id=import_id)
        await merge.stage(db, "".join(lines).encode())
        sifted = await merge.sift(db, merge.rules(streams))
        counts = await merge.merge(db, user_id, sifted, series, import_id=import_id)
    return [counts.get(series_id) for series_id in series]


def at_noon(minute):
    return FIRST + timedelta(hours=12, minutes=minute)


def moves(user_id, away):
    """To the other side of the date line and back, so many minutes after noon."""
    start, end = (at_noon(minute) for minute in away)
    return [(user_id, start, "Pacific/Kiritimati"), (user_id, end, "UTC")]


@pytest.mark.parametrize("seed", range(12))
async def test_random_histories_in_random_pieces(health, seed):
    dice = random.Random(seed)
    alice = Person(health)
    history = [
        line(
            dice.randrange(2) * 2,
            FIRST + timedelta(minutes=dice.randrange(8)),
            dice.randrange(1, 4),
            seconds=dice.choice((0, 60, 120)),
        )
        for _ in range(dice.randrange(1, 60))
    ]
    streams = [STEPS, HEART, Stream("floors", STEPS.origin)]
    snapshots = []
    for repeat in range(3):
        order = dice.sample(history, len(history))
        while order:
            size = dice.randrange(1, 20)
            piece, order = order[:size], order[size:]
            counts = await imported(health, alice.id, streams, piece)
            if repeat:
                assert all(not c or c.inserted + c.updated == 0 for c in counts)
        snapshots.append(await alice.stored())
    assert snapshots[0] == snapshots[1] == snapshots[2]
    assert len(snapshots[0]) == len(set(history))
    numbers = {}
    for metric, _, at, n, *_ in snapshots[0]:
        numbers.setdefault((metric, at), []).append(n)
    assert all(given == list(range(len(given))) for given in numbers.values())


async def test_two_writers_at_once_number_what_they_write_once(health):
    alice = Person(health)
    rows = [{"at": FIRST.timestamp(), "value": float(n)} for n in range(200)]

    async def sends(seed):
        mine = random.Random(seed).sample(rows, 150)
        for start in range(0, 150, 30):
            await alice.send(mine[start : start + 30], "steps")

    await asyncio.gather(*(sends(seed) for seed in range(4)))
    for start in range(0, 200, 50):
        await alice.send(rows[start : start + 50], "steps")
    stored = await alice.stored()
    assert [row[3] for row in stored] == list(range(200))
    assert sorted(row[5] for row in stored) == [float(n) for n in range(200)]


async def test_an_import_and_a_request_meet(health):
    alice = Person(health)
    await alice.send([{"at": FIRST.isoformat(), "value": 100, "duration_s": 60}], "steps")
    (counts,) = await imported(health, alice.id, [STEPS], [line(0, FIRST, 100, seconds=60)], 5)
    assert (counts.read, counts.inserted, counts.unchanged) == (1, 0, 1)


async def test_what_an_import_replaces_is_kept_once(health):
    alice, import_id, later = Person(health), random.randrange(10**6, 10**9), random.randrange(10**6, 10**9)
    await alice.send([{"at": FIRST.isoformat(), "value": 60}])
    await imported(health, alice.id, [HEART], [line(0, FIRST, 70), line(0, FIRST + timedelta(1), 50)], import_id)
    await imported(health, alice.id, [HEART], [line(0, FIRST, 71), line(0, FIRST + timedelta(1), 51)], import_id)
    assert [tuple(row) for row in await health.db.fetch(BEFORE, import_id)] == [(None, 60)]
    await imported(health, alice.id, [HEART], [line(0, FIRST, 80)], later)
    assert [tuple(row) for row in await health.db.fetch(BEFORE, later)] == [(import_id, 71)]
    (touched,) = await health.db.fetch(TOUCHED, import_id)
    assert tuple(touched) == (FIRST, FIRST + timedelta(1), 4, 1, 3)


async def test_what_cannot_be_is_sorted_out_and_counted(health):
    alice = Person(health)
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    values = [
        line(0, FIRST, 60),
        line(0, FIRST + timedelta(minutes=1), 900),
        line(0, FIRST + timedelta(minutes=2), "NaN"),
        line(0, FIRST + timedelta(minutes=3), "Infinity"),
        line(0, FIRST + timedelta(minutes=4), "\\N"),
        line(0, FIRST + timedelta(minutes=5), 60, seconds=8 * 86_400),
        line(0, FIRST + timedelta(minutes=6), 60, seconds=-5),
        line(0, datetime(1850, 1, 1, tzinfo=UTC), 60),
        "0\tinfinity\t\\N\t60\t\\N\n",
        line(0, soon, 60),
        line(1, FIRST, 200),
        line(1, FIRST + timedelta(minutes=1), 0.5),
    ]
    heart, weight = await imported(health, alice.id, [HEART, Stream("weight", STEPS.origin)], values, 9)
    assert (heart.read, heart.inserted, heart.quarantined, heart.refused, heart.future) == (10, 2, 1, 7, 1)
    assert heart.unchanged == 0
    assert (weight.inserted, weight.quarantined, weight.unusual) == (1, 1, 1)
    assert (weight.unusual_at, weight.unusual_value) == ([FIRST.timestamp()], [200])
    assert [row["value"] for row in await health.db.fetch(ASIDE, alice.id)] == [0.5, 900]


async def test_a_source_that_says_the_same_in_two_units_says_it_once(health):
    alice = Person(health)
    streams = [Stream("weight", STEPS.origin), HEART, Stream("weight", STEPS.origin, factor=0.001)]
    lines = [line(0, FIRST, 81), line(2, FIRST, 80_000), line(2, at_noon(0), 79_500), line(0, at_noon(1), 79)]
    weight, heart, again = await imported(health, alice.id, streams, lines)
    assert weight == again
    assert heart is None
    assert (weight.read, weight.inserted, weight.unchanged) == (4, 3, 1)
    assert [row[5] for row in await alice.stored()] == [80, 79.5, 79]


async def test_a_length_may_be_the_value(health):
    alice = Person(health)
    await imported(health, alice.id, [SLEEP], [line(0, FIRST, "\\N", seconds=5400)])
    assert [(row[4], row[5]) for row in await alice.stored()] == [(5400, 1.5)]


async def test_units_of_a_stream_are_converted(health):
    alice = Person(health)
    await imported(
        health, alice.id, [Stream("weight", STEPS.origin, factor=0.45359237)], [line(0, FIRST, 200, offset=120)]
    )
    assert [row[5:] for row in await alice.stored()] == [(pytest.approx(90.718474), 120)]


async def test_offsets_in_texts_are_believed_for_the_instant(health):
    alice = Person(health)
    await imported(health, alice.id, [HEART], ["0\t2018-01-01 00:00:00 +0100\t\\N\t60\t60\n"])
    assert [row[2] for row in await alice.stored()] == [datetime(2017, 12, 31, 23, tzinfo=UTC)]


async def dirty(health, user_id, stream, lines):
    """The dates queued by a batch, looked at before the worker can take them."""
    async with health.runtime.worker.acquire() as db:
        transaction = db.transaction()
        await transaction.start()
        await merge.lock(db, user_id)
        series = await merge.bind(db, user_id, [stream], import_id=None)
        await merge.stage(db, "".join(lines).encode())
        await merge.merge(db, user_id, await merge.sift(db, merge.rules([stream])), series, import_id=None)
        found = [row["on_date"] for row in await db.fetch(DIRTY, series[0])]
        await transaction.rollback()
    return found


@pytest.mark.parametrize(
    ("stream", "hours", "seconds", "dates"),
    [
        (HEART, 12, 0, [date(2026, 3, 1)]),
        (HEART, 23.9, 7200, [date(2026, 3, 1)]),
        (STEPS, 23.5, 3600, [date(2026, 3, 1), date(2026, 3, 2)]),
        (STEPS, 12, 2 * 86_400, [date(2026, 3, day) for day in (1, 2, 3)]),
        (SLEEP, 12, 3600, [date(2026, 3, 1), date(2026, 3, 2)]),
    ],
)
async def test_days_that_a_sample_has_a_part_in(health, stream, hours, seconds, dates):
    value = "\\N" if stream.of_length else 60
    lines = [line(0, FIRST + timedelta(hours=hours), value, seconds=seconds)]
    assert await dirty(health, uuid4(), stream, lines) == dates


async def test_days_before_are_those_of_what_may_reach_so_far(health):
    alice = Person(health)
    await alice.send(
        [{"at": (FIRST - timedelta(days=9)).isoformat(), "value": 1, "duration_s": 2 * 86_400}], "steps", source=WATCH
    )
    lines = [line(0, FIRST + timedelta(hours=1), 5, seconds=60)]
    assert await dirty(health, alice.id, Stream("steps", Origin("Phone")), lines) == [
        *(date(2026, 2, 27), date(2026, 2, 28)),
        date(2026, 3, 1),
    ]


@pytest.mark.parametrize(
    ("away", "stream", "minute", "seconds", "dates"),
    [
        ((20, 40), STEPS, 0, 3600, [date(2026, 3, 1), date(2026, 3, 2)]),
        ((20, 40), STEPS, 0, 1199, [date(2026, 3, 1)]),
        ((20, 40), STEPS, 0, 1200, [date(2026, 3, 1), date(2026, 3, 2)]),
        ((20, 40), HEART, 0, 3600, [date(2026, 3, 1)]),
        ((20, 40), HEART, 20, 0, [date(2026, 3, 2)]),
        ((20, 40), HEART, 40, 0, [date(2026, 3, 1)]),
        ((20, 40), SLEEP, 30, 600, [date(2026, 3, 1), date(2026, 3, 2)]),
    ],
)
async def test_dates_of_every_zone_that_a_sample_lies_in(health, away, stream, minute, seconds, dates):
    user_id = uuid4()
    await health.db.executemany(MOVE, moves(user_id, away))
    value = "\\N" if stream.of_length else 60
    assert await dirty(health, user_id, stream, [line(0, at_noon(minute), value, seconds=seconds)]) == dates


@pytest.mark.parametrize(("away", "dates"), [((2, 13), [1, 2]), ((12, 99), [1, 2]), ((0, 15), [2]), ((15, 30), [1])])
async def test_dates_of_every_zone_within_a_quarter_of_an_hour(health, away, dates):
    alice = Person(health)
    await health.db.executemany(MOVE, moves(alice.id, away))
    async with health.runtime.worker.acquire() as db:
        transaction = db.transaction()
        await transaction.start()
        (series_id,) = await merge.bind(db, alice.id, [HEART], import_id=None)
        quarter = at_noon(0).timestamp()
        await queries.follow(db, alice.id, [(series_id, quarter, quarter)], {series_id: 0}, [])
        found = [row["on_date"] for row in await db.fetch(DIRTY, series_id)]
        await transaction.rollback()
    assert found == [date(2026, 3, day) for day in dates]


async def test_rows_of_streams_that_are_nobodys_are_left_out(health):
    alice, bob = Person(health), Person(health)
    await alice.send([{"at": FIRST.isoformat(), "value": 60}])
    async with health.runtime.worker.acquire() as db, db.transaction():
        await merge.lock(db, bob.id)
        stolen = await merge.bind(db, alice.id, [HEART], import_id=None)
        await merge.stage(db, line(0, FIRST, 61).encode())
        sifted = await merge.sift(db, merge.rules([HEART]))
        assert await merge.merge(db, bob.id, sifted, stolen, import_id=None) == {}
    assert [row["value"] for row in await health.db.fetch(STORED, alice.id)] == [60]
