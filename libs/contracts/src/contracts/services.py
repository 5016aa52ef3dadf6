"""The seven services: their paths at the gateway, their ports on one machine, and how they run there."""

from typing import Literal

import msgspec

Part = Literal["http", "grpc", "admin", "worker-admin"]


class Service(msgspec.Struct, frozen=True):
    """A row of the table below; ``paths`` match themselves and everything under them, ``exact`` only themselves."""

    name: str
    number: int
    paths: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    """Of the paths those below which bodies are long or never end: the gateway neither counts nor holds them back."""
    split: bool = False
    """Runs as ``api`` and ``worker`` apart, not as one process."""
    keeps_files: bool = False
    """Has a part of the object store, under its name."""
    reads_files_of: tuple[str, ...] = ()
    """Services whose parts of the object store it may look into: they hand files on to it."""

    def local_port(self, part: Part) -> int:
        """Port of one part when everything runs on one machine: 181x0 to 181x3."""
        return 18100 + 10 * self.number + ("http", "grpc", "admin", "worker-admin").index(part)


SERVICES = (
    Service("identity", 0, paths=("/auth", "/oauth", "/users", "/.well-known")),
    Service(
        "health",
        1,
        paths=("/health-data", "/samples", "/days", "/metrics-catalogue", "/sources", "/imports", "/sleep"),
        streams=("/health-data/export", "/imports"),
        split=True,
        keeps_files=True,
    ),
    Service(
        "workout",
        2,
        paths=("/exercises", "/routines", "/workouts", "/records", "/gear"),
        streams=("/workouts/import", "/workouts/imports", "/workouts/export"),
        split=True,
        keeps_files=True,
        reads_files_of=("health",),
    ),
    Service("progress", 3, paths=("/measurements", "/goals", "/progress")),
    Service("analytics", 4, paths=("/analytics",), split=True),
    Service(
        "notification",
        5,
        paths=("/notifications", "/reminders", "/webhooks"),
        streams=("/notifications/stream",),
    ),
    Service(
        "dashboard",
        6,
        paths=("/app", "/dashboard", "/reports", "/docs"),
        exact=("/", "/health", "/openapi.json"),
    ),
)

BY_NAME = {service.name: service for service in SERVICES}

IDENTITY_HEADERS = (
    "X-User-Id",
    "X-User-Name",
    "X-User-Roles",
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "Remote-User",
    "Remote-Groups",
    "traceparent",
    "tracestate",
    "baggage",
)
"""What the gateway strips from every request: nobody may say who they are, or what is recorded, by a header."""
