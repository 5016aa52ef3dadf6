"""Composition root: the one module that knows every other."""

import health
from chassis import KnownUsers, Service
from contracts import topology
from health import records, rpc, users
from health.days import drain, queries

SERVICE = Service(
    package=health,
    routers=[records.http.router],
    servicers=rpc.servicers,
    users=KnownUsers(queue=topology.BY_NAME["health.known-users"], erase=users.erase, moved=users.move),
    jobs=[drain.drain_days],
    resources=[records.store.opened],
    rings=("outbox", drain.BELL),
    republish=queries.republish,
)
