"""Who listens to what, and the broker that follows from it: exchanges, queues, one user a service."""

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contracts.events import (
    DaySummarised,
    Event,
    ImportFinished,
    ImportPartFinished,
    ImportPartFound,
    ImportUndone,
    InsightFound,
    NotificationSent,
    RecordSet,
    SampleRecorded,
    UserContactChanged,
    UserDeleted,
    UserErased,
    UserRegistered,
    UserUpdated,
    WorkoutChanged,
    WorkoutDeleted,
    WorkoutLogged,
)

VHOST = "fitmesh"
EXCHANGE = "events"
TIERS_MS = (1_000, 10_000, 60_000)
"""How long a message that failed waits before its next try, by attempt."""
DELIVERY_LIMIT = 50
"""Crashes a message survives; failures of a handler are counted in a header of our own."""


class Queue(msgspec.Struct, frozen=True):
    """A work queue: ``<service>.<what it does>`` and the events it binds."""

    name: str
    events: tuple[type[Event], ...]

    @property
    def service(self) -> str:
        return self.name.split(".")[0]

    @property
    def dead(self) -> str:
        return f"{self.name}.dlq"

    def tier(self, milliseconds: int) -> str:
        return f"{self.name}.retry.{milliseconds}"


USER_CHANGES = (UserRegistered, UserUpdated, UserDeleted)
WORKOUT_CHANGES = (WorkoutLogged, WorkoutChanged, WorkoutDeleted)

PUBLISHES: Mapping[str, tuple[type[Event], ...]] = {
    "identity": (UserRegistered, UserUpdated, UserContactChanged, UserDeleted),
    "health": (SampleRecorded, DaySummarised, ImportFinished, ImportPartFound, ImportUndone, UserErased),
    "workout": (*WORKOUT_CHANGES, RecordSet, ImportPartFinished, UserErased),
    "analytics": (InsightFound, UserErased),
    "notification": (NotificationSent, UserErased),
    "dashboard": (UserErased,),
}
"""What each service may publish; its broker user can send nothing else."""

QUEUES = (
    Queue("identity.erasures", (UserErased,)),
    Queue("health.known-users", USER_CHANGES),
    Queue("health.workouts", WORKOUT_CHANGES),
    Queue("health.import-parts", (ImportPartFinished,)),
    Queue("workout.known-users", USER_CHANGES),
    Queue("workout.import-parts", (ImportPartFound, ImportUndone)),
    Queue("analytics.known-users", USER_CHANGES),
    Queue("analytics.day-summaries", (DaySummarised,)),
    Queue("notification.known-users", USER_CHANGES),
    Queue("notification.contacts", (UserContactChanged,)),
    Queue("notification.samples", (SampleRecorded,)),
    Queue("notification.imports", (ImportFinished,)),
    Queue("notification.insights", (InsightFound,)),
    Queue("notification.records", (RecordSet,)),
    Queue("dashboard.known-users", USER_CHANGES),
)

BY_NAME = {queue.name: queue for queue in QUEUES}


def queues_of(service: str) -> list[Queue]:
    return [queue for queue in QUEUES if queue.service == service]


def parking(service: str) -> str:
    """The direct exchange through which a service reaches its own retry and dead-letter queues."""
    return f"{service}.parking"


def queue_arguments(queue: Queue, *, rabbitmq: int, tiers_ms: Sequence[int] = TIERS_MS) -> dict[str, dict[str, Any]]:
    """Arguments of every queue that belongs to a work queue, by name; ``rabbitmq`` is the server's major version.

    A delivery limit of -1 means "none" from 4.0 on, but 0 before it, where leaving it out means none.
    """
    keep: dict[str, Any] = {"x-queue-type": "quorum"} | ({"x-delivery-limit": -1} if rabbitmq >= 4 else {})
    back = {
        "x-dead-letter-exchange": parking(queue.service),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    work: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-routing-key": queue.dead,
    } | back
    waiting = keep | {"x-dead-letter-routing-key": queue.name} | back
    return {queue.name: work, queue.dead: keep} | {queue.tier(ms): waiting | {"x-message-ttl": ms} for ms in tiers_ms}


def definitions(
    passwords: Mapping[str, str], *, rabbitmq: int, admin: str = "fitmesh", tiers_ms: Sequence[int] = TIERS_MS
) -> dict[str, Any]:
    """RabbitMQ definitions for the services named in ``passwords`` (and an administrator of the name ``admin``)."""
    services = [name for name in passwords if name != admin]
    queues = [queue for name in services for queue in queues_of(name)]
    arguments = {queue: queue_arguments(queue, rabbitmq=rabbitmq, tiers_ms=tiers_ms) for queue in queues}
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": name,
                "password_hash": _hashed(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator" if name == admin else "",
            }
            for name, password in passwords.items()
        ],
        "permissions": [
            {"user": admin, "vhost": VHOST, "configure": ".*", "write": ".*", "read": ".*"},
            *({"user": name, "vhost": VHOST} | permissions(name) for name in services),
        ],
        "topic_permissions": [
            {"user": name, "vhost": VHOST, "exchange": EXCHANGE, "write": topic_pattern(name), "read": ".*"}
            for name in services
        ],
        "exchanges": [
            {
                "name": name,
                "vhost": VHOST,
                "type": kind,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for name, kind in ((EXCHANGE, "topic"), *((parking(name), "direct") for name in services))
        ],
        "queues": [
            {"name": name, "vhost": VHOST, "durable": True, "auto_delete": False, "arguments": given}
            for queue in queues
            for name, given in arguments[queue].items()
        ],
        "bindings": [
            *(_binding(EXCHANGE, queue.name, event.name()) for queue in queues for event in queue.events),
            *(_binding(parking(queue.service), name, name) for queue in queues for name in arguments[queue]),
        ],
    }


def permissions(service: str) -> dict[str, str]:
    """Regular expressions of what a service's broker user may configure, write and read."""
    own = rf"^{service}\."
    return {"configure": own, "write": rf"^({EXCHANGE}$|{service}\.)", "read": rf"^({EXCHANGE}$|{service}\.)"}


def topic_pattern(service: str) -> str:
    """Routing keys a service may publish; without any, a pattern that matches nothing."""
    names = [event.name().replace(".", r"\.") for event in PUBLISHES.get(service, ())]
    return f"^({'|'.join(names)})$" if names else "^$"


def _binding(source: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": VHOST,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }


def _hashed(password: str) -> str:
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
