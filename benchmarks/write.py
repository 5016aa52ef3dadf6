"""One health record by HTTP, with authentication, metrics and tracing, beside pgbench running the same statement.

The broker and the worker are off, so that both sides do the same work: a record, its dirty day and its outbox row, in
one durable transaction. 32 connections each; no gateway.
"""

import asyncio
import re
import subprocess
import tempfile
from pathlib import Path

import asyncpg

from benchmarks import harness, load
from benchmarks.harness import Round
from benchmarks.machine import Machine, running
from contracts.events import SampleRecorded
from health.records import queries
from local.postgres import find_binaries

SECONDS = 4
CONNECTIONS = 32
BODY = b'{"steps": 5000}'
EVENT = "convert_to(repeat('x', 400), 'UTF8')"


def main() -> str:
    with running("identity", "health", people=CONNECTIONS) as machine:
        for name in ("health-worker", "rabbitmq", "gateway"):
            machine.supervisor.process(name).stop()
        requests = [load.request("/health-data", BODY, person.token) for person in machine.people]

        def product() -> Round:
            asyncio.run(_emptied(machine))
            return asyncio.run(load.post("127.0.0.1", machine.port_of("health"), requests, seconds=SECONDS))

        def limit() -> Round:
            asyncio.run(_emptied(machine))
            return pgbench(machine)

        rows = harness.compare({"pgbench, the same statement": limit, "POST /health-data": product})
    return harness.table("One record (32 connections)", rows, limit="pgbench, the same statement")


async def _emptied(machine: Machine) -> None:
    db = await asyncpg.connect(machine.dsn("health"))
    await db.execute("TRUNCATE health_record, dirty_day, outbox")
    await db.close()


def pgbench(machine: Machine) -> Round:
    """Run the service's own INSERT with one row a call, prepared, and read rate and latencies."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "insert.sql")
        script.write_text(statement(machine.people[0].id))
        command = [
            str(find_binaries(machine.plan.folder / "postgres") / "pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
        ]
        command += [f"--client={CONNECTIONS}", "--jobs=2", f"--time={SECONDS}", f"--file={script}", "--log"]
        command += [f"--log-prefix={folder}/log", machine.dsn("health")]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        taken = sorted(
            int(line.split()[2]) / 1e6 for log in Path(folder).glob("log.*") for line in log.read_text().splitlines()
        )
    rate = re.search(r"tps = ([\d.]+)", printed)
    assert rate, printed
    return Round(float(rate[1]), harness.percentile(taken, 0.5) * 1e3, harness.percentile(taken, 0.99) * 1e3)


def statement(user_id: str) -> str:
    """The statement with the values of one record of 5,000 steps in place of its parameters."""
    user, fresh = f"'{user_id}'::uuid", "gen_random_uuid()"
    now, none = "extract(epoch FROM clock_timestamp())::float8", "NULL::float8"
    columns = [user, fresh, now, now, "5000", *[none] * 8]
    values = [f"ARRAY[{value}]" for value in columns] + [f"'{SampleRecorded.name()}'"]
    values += [f"ARRAY[{value}]" for value in (fresh, user, EVENT, "NULL::text")]
    sql = re.sub(r"\$(\d+)", lambda place: values[int(place[1]) - 1], queries.INSERT)
    return " ".join(sql.split()) + ";\n"


if __name__ == "__main__":
    print(main())
