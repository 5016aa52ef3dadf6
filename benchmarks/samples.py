"""Samples by HTTP beside COPY into the same table, and a chart of 90 days beside the scan of its samples.

Writing: 1,000 heart rates a request, four people on four connections, with authentication; the limit copies the same
rows as text into the same partitioned table and its key, one transaction each, no lookup, no day, no event. Broker and
worker are off. Reading: 5 million samples of one metric over ten years; the worker made the day summaries.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta

import asyncpg
import msgspec

from benchmarks import harness, load
from benchmarks.harness import Round, percentile
from benchmarks.machine import Machine, Person, running
from testkit import until

SECONDS = 4
PEOPLE = 4
ROWS = 1_000
DAY = b"2001-01-01"
LOOKS = 300
SAMPLES = 5_000_000

MAKE = """
    INSERT INTO sample (series_id, at, n, duration_s, value)
    SELECT $1, '2016-01-01 00:00:00+00'::timestamptz + number * interval '63.1152 s', 0, 0, 60 + number % 60
    FROM generate_series(0, $2::integer - 1) AS number
"""
QUEUE = (
    "INSERT INTO dirty_day (series_id, on_date) SELECT $1, '2016-01-01'::date + n FROM generate_series(0, 3652) AS n"
)
SCAN = """
    SELECT (sample.at AT TIME ZONE 'UTC')::date AS on_date,
           avg(sample.value), min(sample.value), max(sample.value), count(*)
    FROM series JOIN sample USING (series_id)
    WHERE series.user_id = $1 AND series.metric_id = 15 AND sample.at >= $2::date AND sample.at < $3::date + 1
    GROUP BY on_date ORDER BY on_date
"""
SUMMARIES = """
    SELECT on_date, value, min, max, n FROM day_summary
    WHERE user_id = $1 AND metric_id = 15 AND on_date BETWEEN $2 AND $3 AND value IS NOT NULL ORDER BY on_date
"""


def main() -> str:
    return f"{writing()}\n\n{reading()}"


def writing() -> str:
    with running("identity", "health", people=PEOPLE) as machine:
        for name in ("health-worker", "rabbitmq", "gateway"):
            machine.supervisor.process(name).stop()

        def product() -> Round:
            asyncio.run(_emptied(machine))
            port, people = machine.port_of("health"), machine.people
            sent = asyncio.run(load.send("127.0.0.1", port, [_requests(one) for one in people], seconds=SECONDS))
            return _rows(sent)

        def limit() -> Round:
            asyncio.run(_emptied(machine))
            return _rows(asyncio.run(_copy(machine)))

        name = "COPY text into sample"
        rows = harness.compare({name: limit, "POST /samples": product})
    return harness.table(f"Samples, {ROWS:,} at a time ({PEOPLE} connections), rows a second", rows, limit=name)


def _rows(done: Round) -> Round:
    return msgspec.structs.replace(done, rate=done.rate * ROWS)


def _requests(person: Person) -> Iterator[bytes]:
    samples = [{"at": f"{DAY.decode()}T{_clock(n)}Z", "value": 60 + n % 40} for n in range(ROWS)]
    body = {"source": {"app": "Strider", "device": "Watch 3"}, "metric": "heart_rate", "samples": samples}
    request = load.request("/samples", msgspec.json.encode(body), person.token)
    return (request.replace(DAY, day) for day in _days())


def _days() -> Iterator[bytes]:
    day = date.fromisoformat(DAY.decode())
    while True:
        yield day.isoformat().encode()
        day += timedelta(days=1)


def _clock(number: int) -> str:
    return f"{number // 60:02}:{number % 60:02}:00"


async def _emptied(machine: Machine) -> None:
    db = await asyncpg.connect(machine.dsn("health"))
    await db.execute("TRUNCATE sample, dirty_day, outbox")
    await db.execute("CHECKPOINT")
    await db.close()


async def _copy(machine: Machine) -> Round:
    taken: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_copies(machine, series_id, started + SECONDS, taken) for series_id in range(PEOPLE)))
    elapsed = time.perf_counter() - started
    taken.sort()
    return Round(len(taken) / elapsed, percentile(taken, 0.5) * 1e3, percentile(taken, 0.99) * 1e3)


async def _copies(machine: Machine, series_id: int, end: float, taken: list[float]) -> None:
    db = await asyncpg.connect(machine.dsn("health"))
    lines = "".join(f"{series_id}\t{DAY.decode()} {_clock(n)}+00\t0\t0\t{60 + n % 40}\n" for n in range(ROWS)).encode()
    columns = ["series_id", "at", "n", "duration_s", "value"]
    days = _days()
    while (sent := time.perf_counter()) < end:
        await db.copy_to_table("sample", source=_once(lines.replace(DAY, next(days))), columns=columns)
        taken.append(time.perf_counter() - sent)
    await db.close()


async def _once(rows: bytes) -> AsyncIterator[bytes]:
    yield rows


def reading() -> str:
    with running("identity", "health") as machine:
        times = asyncio.run(_read(machine))
    lines = [
        f"### 90 days of one metric over {SAMPLES:,} samples",
        "",
        "| way | p50 ms | p95 ms | x scan |",
        "|---|---|---|---|",
    ]
    scan = percentile(times["scan of the samples, SQL"], 0.5)
    lines += [
        f"| {name} | {percentile(taken, 0.5) * 1e3:.2f} | {percentile(taken, 0.95) * 1e3:.2f}"
        f" | {scan / percentile(taken, 0.5):.0f} |"
        for name, taken in times.items()
    ]
    return "\n".join(lines)


async def _read(machine: Machine) -> dict[str, list[float]]:
    person, db = machine.people[0], await asyncpg.connect(machine.dsn("health"))
    first = load.request(
        "/samples", b'{"source":{"app":"W"},"metric":"heart_rate","samples":[{"at":1,"value":60}]}', person.token
    )
    await load.send("127.0.0.1", machine.port_of("health"), [iter([first] * 2)], seconds=0.001)
    series_id = await db.fetchval("SELECT series_id FROM series WHERE user_id = $1", person.id)
    await db.execute(MAKE, series_id, SAMPLES, timeout=600)
    await db.execute(QUEUE, series_id)
    await db.execute("VACUUM (ANALYZE) sample")

    async def summarised() -> bool:
        return not await db.fetchval("SELECT count(*) FROM dirty_day")

    await until(summarised, 300, pause_s=0.5)
    days = (date(2024, 3, 1), date(2024, 5, 29))
    assert len(await db.fetch(SUMMARIES, person.id, *days)) == 90
    target = f"/samples?metric=heart_rate&resolution=day&from={days[0]}&to={days[1]}"
    times = {
        "scan of the samples, SQL": await _statements(db, SCAN, person.id, *days, looks=30),
        "day summaries, SQL": await _statements(db, SUMMARIES, person.id, *days, looks=LOOKS),
        "GET /samples?resolution=day": await _looks(machine, load.request(target, b"", person.token, method="GET")),
    }
    await db.close()
    return times


async def _statements(db: asyncpg.Connection, sql: str, *given: object, looks: int) -> list[float]:
    taken: list[float] = []
    for _ in range(looks):
        began = time.perf_counter()
        assert len(await db.fetch(sql, *given)) == 90
        taken.append(time.perf_counter() - began)
    return sorted(taken)


async def _looks(machine: Machine, request: bytes) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", machine.port_of("health"))
    taken: list[float] = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head[9:12] == b"200", head
        start = head.lower().index(b"content-length: ") + 16
        await reader.readexactly(int(head[start : head.index(b"\r", start)]))
        taken.append(time.perf_counter() - began)
    writer.close()
    return sorted(taken)


if __name__ == "__main__":
    print(main())
