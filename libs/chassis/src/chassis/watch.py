"""Whether this process is fit to serve, from a look a second, so that a probe never waits for one."""

from chassis import admin, migrations
from chassis.service import Runtime, Service
from chassis.tasks import AWAY
from outbox import broker, dead_letters, relay

APPLIED = "SELECT version FROM schema_migrations"
DEAD_EVERY = 10
"""Looks between two counts of the dead letters."""


class Watch:
    """What ``/readyz`` tells. Only the database decides: without a broker, writes wait in the outbox."""

    def __init__(self, service: Service, runtime: Runtime) -> None:
        self.serving = False
        self._service = service
        self._runtime = runtime
        self._needed = migrations.versions(service)
        self._database = "starting"
        self._outbox = (0, 0.0)
        self._dead = 0
        self._looks = 0

    async def state(self) -> admin.State:
        return admin.State(
            ready=self.serving and self._database == "up",
            database=self._database,
            broker=await broker.state(self._runtime.broker),
            outbox_depth=self._outbox[0],
            outbox_age_s=self._outbox[1],
            dead_letters=self._dead,
        )

    async def look(self) -> None:
        """One cheap statement while all is well."""
        try:
            if self._database != "up":
                self._database = await self._schema()
            if self._database == "up":
                self._outbox = await relay.measure(self._runtime.api)
        except AWAY:
            self._database = "down"
        if self._looks % DEAD_EVERY == 0 and await broker.state(self._runtime.broker) == "up":
            self._dead = await dead_letters.count(self._runtime.broker, self._service.name)
        self._looks += 1

    async def _schema(self) -> str:
        rows = await self._runtime.api.fetch(APPLIED)
        return "up" if self._needed <= {row["version"] for row in rows} else "not migrated"
