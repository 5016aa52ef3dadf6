"""From what each process says of itself to one word for the whole."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from chassis.admin import State

Status = Literal["ok", "degraded", "unavailable"]
LATE_S = 30
WORKER = "-worker"


class Process(msgspec.Struct, frozen=True):
    """What one process says of itself; ``unknown`` when it does not answer."""

    status: Status = "unavailable"
    database: str = "unknown"
    broker: str = "unknown"
    outbox: Literal["flowing", "late", "unknown"] = "unknown"
    """Late when an event has waited for the broker for more than 30 s."""
    dead_letters: Literal["none", "waiting", "unknown"] = "unknown"


class Health(msgspec.Struct, frozen=True):
    """All processes, and what they come to."""

    status: Status
    """Unavailable when a service does not answer; degraded when everything does, but something is late or missing."""
    services: Mapping[str, Process]
    """By service; ``<service>-worker`` where messages are handled by a process of their own."""


def of_state(state: State) -> Process:
    return Process(
        status="unavailable" if not state.ready else "degraded" if state.degraded else "ok",
        database=state.database,
        broker=state.broker,
        outbox="late" if state.outbox_age_s > LATE_S else "flowing",
        dead_letters="waiting" if state.dead_letters else "none",
    )


def of_processes(processes: Mapping[str, Process]) -> Health:
    """A worker that is missing delays what follows a request, but takes no request away."""
    statuses = {
        "degraded" if process.status == "unavailable" and name.endswith(WORKER) else process.status
        for name, process in processes.items()
    }
    worst: Status = "unavailable" if "unavailable" in statuses else "degraded" if "degraded" in statuses else "ok"
    return Health(worst, processes)
