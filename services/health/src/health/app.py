"""Composition root: the one module that knows every other."""

import health
import imports
from chassis import KnownUsers, Service
from contracts import topology
from health import rpc, users
from health.catalogue import http as catalogue
from health.days import drain, queries
from health.days import http as days
from health.export import http as export
from health.imports import elsewhere, work
from health.imports import http as imports_http
from health.records import http as records
from health.records import store
from health.samples import http as samples
from health.settings import HealthSettings
from health.sleep import http as sleep
from health.sources import http as sources
from health.workouts import consumer as workouts
from imports import sending

SERVICE = Service(
    package=health,
    settings=HealthSettings,
    libs=[imports],
    routers=[
        records.router,
        export.router,
        catalogue.router,
        samples.router,
        sources.router,
        imports_http.router,
        days.router,
        sleep.router,
    ],
    servicers=rpc.servicers,
    consumers=[workouts.consumers, elsewhere.consumers],
    users=KnownUsers(
        queue=topology.BY_NAME["health.known-users"], erase=users.erase, moved=users.move, files=work.erase_files
    ),
    jobs=[drain.drain_days, work.run_imports, work.sweep_imports, work.watch_imports],
    resources=[store.opened, sending.opened],
    rings=("outbox", drain.BELL, work.BELL),
    republish=queries.republish,
)
