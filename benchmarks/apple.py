"""An Apple export, all of it stored: beside ready-made COPY with the same merge, and beside healthkit-to-sqlite.

The import runs as the worker runs it, in a process of its own from the object store; the upload and the days that are
summarised afterwards are left out on both sides. ``python -m benchmarks.apple 1024`` takes a file of 1 GiB.
healthkit-to-sqlite comes by ``.venv/bin/python -m pip install --require-hashes -r requirements/rivals.txt``.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from uuid import UUID

import aiohttp
import asyncpg
import msgspec

from benchmarks import apple_export, harness
from benchmarks.harness import Round
from benchmarks.machine import Machine, running
from health.imports.apply import WORK_MEM
from health.readers import apple
from health.readers.batch import Batch, Reading, Stream
from health.samples import merge
from imports import leases
from imports.child import Order

MIB = 200
ZONE = "Europe/Berlin"
LIMIT = "ready-made COPY, the same merge"
RIVAL = Path(sys.executable).with_name("healthkit-to-sqlite")
"""Measured where it is installed."""
EMPTY = (
    "TRUNCATE sample, sample_before, series, source, import_series, quarantine, dirty_day, day_source, day_summary, "
    "import, import_part, import_issue"
)


def main(mib: int = MIB, rounds: int = 3) -> str:
    with tempfile.TemporaryDirectory(prefix="fitmesh-apple-") as folder:
        export, ready = Path(folder, "export.xml"), Path(folder, "ready")
        apple_export.write(export, mib << 20)
        count = make_ready(export, ready)
        with running("identity", "health") as machine:
            for name in ("health-worker", "gateway"):
                machine.supervisor.process(name).stop()
            measured = Measured(machine, export, ready, count)
            variants = {LIMIT: measured.limit, "import": measured.product}
            if RIVAL.exists():
                variants["healthkit-to-sqlite"] = measured.rival
            rows = harness.compare(variants, rounds=rounds)
    title = f"Apple export of {mib:,} MiB ({count:,} records of {apple_export.TYPES} types)"
    return harness.table(title, rows, limit=LIMIT) + f"\n\nMemory of the import: {measured.peak_mib:,.0f} MiB at most."


def make_ready(export: Path, ready: Path) -> int:
    """What the reader makes of it, each batch in a file of its own beside its streams; the number of its rows."""
    ready.mkdir()
    with export.open("rb") as file:
        count = 0
        for number, batch in enumerate(apple.read(file, Reading(zone=ZONE))):
            Path(ready, f"{number:06}").write_bytes(msgspec.msgpack.encode(batch))
            count += batch.n
    return count


class Measured:
    """The three ways of one file into a database."""

    def __init__(self, machine: Machine, export: Path, ready: Path, count: int) -> None:
        self.machine = machine
        self.export = export
        self.ready = ready
        self.count = count
        self.peak_mib = 0.0

    @property
    def user_id(self) -> UUID:
        return UUID(self.machine.people[0].id)

    def limit(self) -> Round:
        async def copy(db: asyncpg.Connection) -> float:
            await db.execute(f"SET jit = off; SET work_mem = '{WORK_MEM}'; SET temp_buffers = '{WORK_MEM}'")
            begun = time.perf_counter()
            streams: list[Stream] = []
            series: list[int] = []
            for batch in self._batches():
                streams += batch.streams
                async with db.transaction():
                    await merge.stage(db, batch.rows)
                    sifted = await merge.sift(db, merge.rules(streams))
                    await merge.lock(db, self.user_id)
                    series += await merge.bind(db, self.user_id, streams[len(series) :], import_id=1)
                    await merge.merge(db, self.user_id, sifted, series, import_id=1)
            return time.perf_counter() - begun

        return asyncio.run(self._timed(copy))

    def product(self) -> Round:
        async def imported(db: asyncpg.Connection) -> float:
            await self._upload()
            claimed = await leases.claim(db)
            assert claimed
            order = Order(
                import_id=claimed.import_id,
                claim=claimed.claim,
                database={"dsn": self.machine.dsn("health")},
                objects=self.machine.plan.objects.as_uri(),
                service="health",
            )
            taken = self._child(order)
            counts = await db.fetchval("SELECT counts FROM import WHERE import_id = $1", claimed.import_id)
            assert msgspec.json.decode(counts)["read"] == self.count, counts
            return taken

        return asyncio.run(self._timed(imported))

    def rival(self) -> Round:
        """It stores metadata and workouts too, and neither converts nor finds repeats."""
        with tempfile.TemporaryDirectory(prefix="fitmesh-apple-") as folder:
            database = Path(folder, "health.db")
            begun = time.perf_counter()
            command = [str(RIVAL), "--xml", "--silent", str(self.export), str(database)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            taken = time.perf_counter() - begun
            stored = sqlite3.connect(database)
            assert stored.execute("SELECT count(*) FROM rHeartRate").fetchone()[0]
            stored.close()
        return self._round(taken)

    async def _timed(self, do: Callable[[asyncpg.Connection], Awaitable[float]]) -> Round:
        db = await asyncpg.connect(self.machine.dsn("health"))
        try:
            await db.execute(EMPTY)
            await db.execute("CHECKPOINT")
            taken = await do(db)
            stored = await db.fetchval("SELECT count(*) FROM sample")
            assert stored > self.count * 0.95, (stored, self.count)
        finally:
            await db.close()
        return self._round(taken)

    def _child(self, order: Order) -> float:
        begun = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "imports.child", "health.imports.read:read"], stdin=subprocess.PIPE
        ) as child:
            assert child.stdin
            child.stdin.write(msgspec.json.encode(order) + b"\n")
            child.stdin.flush()
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        self.peak_mib = max(self.peak_mib, used.ru_maxrss / 1024)
        return time.perf_counter() - begun

    async def _upload(self) -> None:
        headers = {"authorization": f"Bearer {self.machine.people[0].token}"}
        url = f"http://127.0.0.1:{self.machine.port_of('health')}"
        with self.export.open("rb") as file:
            form = aiohttp.FormData()
            form.add_field("file", file, filename="export.xml", content_type="text/xml")
            async with (
                aiohttp.ClientSession(url, headers=headers) as client,
                client.post("/imports", data=form) as answer,
            ):
                assert answer.status == 202, await answer.text()

    def _batches(self) -> Iterator[Batch]:
        decoder = msgspec.msgpack.Decoder(Batch)
        for path in sorted(self.ready.iterdir()):
            yield decoder.decode(path.read_bytes())

    def _round(self, seconds: float) -> Round:
        return Round(self.count / seconds, seconds * 1e3, seconds * 1e3)


if __name__ == "__main__":
    print(main(*map(int, sys.argv[1:])))
