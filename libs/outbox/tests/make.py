"""Builders of what travels."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from contracts import topology
from contracts.events import DaySummarised, InsightFound, UserErased
from outbox import broker
from outbox.broker import Broker
from testkit.nodes import Nodes

SERVICE_NAME = "analytics"
WORK = topology.BY_NAME["analytics.day-summaries"]


def client_of(nodes: Nodes, service: str = SERVICE_NAME) -> Broker:
    return broker.broker(
        host="127.0.0.1", port=nodes.rabbitmq.port, vhost=topology.VHOST, user=service, password=nodes.password
    )


def a_day(user_id: UUID | None = None, **changes: Any) -> DaySummarised:
    given = {
        "user_id": user_id or uuid4(),
        "version": 1,
        "metric": "steps",
        "kind": "additive",
        "on_date": date(2026, 3, 1),
        "value": 5000.0,
        "unit": "1",
        "min": None,
        "max": None,
        "n": 1,
    }
    return DaySummarised(**given | changes)


def an_insight(**changes: Any) -> InsightFound:
    given = {"user_id": uuid4(), "version": 1, "insight_id": uuid4(), "rule": "short-sleep"}
    words = {"on_date": date(2026, 3, 1), "title": "t", "body": "b", "evidence": ()}
    return InsightFound(**given | words | changes)


def an_erasure(**changes: Any) -> UserErased:
    return UserErased(**{"user_id": uuid4(), "version": 1, "service": SERVICE_NAME, "rows": 0} | changes)
