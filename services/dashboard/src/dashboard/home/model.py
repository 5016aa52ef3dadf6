"""What the first page tells: the services in words, and commands to copy."""

import msgspec

from dashboard.readiness.model import WORKER, Health, Process

DUTIES = {
    "identity": "accounts, sign-in, preferences",
    "health": "health records, day summaries",
    "workout": "workouts, routines, gear",
    "progress": "measurements and goals",
    "analytics": "averages, trends, insights",
    "notification": "what you should be told",
    "dashboard": "these pages",
}
WORDS = {"ok": "ready", "degraded": "degraded", "unavailable": "not ready"}


class Line(msgspec.Struct, frozen=True):
    """One service and how it is."""

    name: str
    duty: str
    status: str
    word: str
    reason: str


class Step(msgspec.Struct, frozen=True):
    """One command and what it does."""

    title: str
    command: str


def lines(health: Health) -> list[Line]:
    """A line a service, in the order in which they are installed; its worker is told of when it is not well."""
    return [
        _line(name, process, health.services.get(name + WORKER))
        for name, process in health.services.items()
        if not name.endswith(WORKER)
    ]


def _line(name: str, process: Process, worker: Process | None) -> Line:
    status, why = process.status, reason(process)
    if status == "ok" and worker is not None and worker.status != "ok":
        status, why = "degraded", f"worker: {reason(worker)}"
    return Line(name, DUTIES.get(name, ""), status, WORDS[status], why)


def reason(process: Process) -> str:
    """Why it is not ok, in a few words."""
    if process.status == "ok":
        return ""
    if process.database == "unknown":
        return "does not answer"
    found = [
        f"database {process.database}" if process.database != "up" else "",
        f"broker {process.broker}" if process.broker != "up" else "",
        "events wait" if process.outbox == "late" else "",
        "dead letters" if process.dead_letters == "waiting" else "",
    ]
    return ", ".join(filter(None, found)) or "starting"


def steps(address: str, *, quickstart: bool) -> list[Step]:
    """The first journey; with quickstart mode on, letter for letter that of the README."""
    json = '-H "Content-Type: application/json"'
    password = "password123" if quickstart else "YOUR-PASSWORD"
    values = '"steps": 5000, "sleep_hours": 7.5, "weight": 70.0'
    bearer = '-H "Authorization: Bearer $TOKEN"'
    record = (
        f"""{json} -d '{{"username": "alice", {values}}}'""" if quickstart else f"""{bearer} {json} -d '{{{values}}}'"""
    )
    return [
        Step(
            "Make an account",
            f'curl -X POST "{address}/auth/register" {json}'
            f""" -d '{{"username": "alice", "password": "{password}"}}'""",
        ),
        Step("Sign in", f'curl -X POST "{address}/auth/login" -d "username=alice&password={password}"'),
        Step("Send health data", f'curl -X POST "{address}/health-data" {record}'),
        Step(
            "See what it adds up to, with the `access_token` of step 2 as `TOKEN`",
            f'curl "{address}/analytics/steps" {bearer}',
        ),
    ]
