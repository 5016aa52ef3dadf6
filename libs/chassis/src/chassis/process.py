"""A running process of a service: what starts in which order, and how it ends without dropping anything."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import structlog
import uvicorn
from litestar.types import ASGIApp

from chassis import admin, database, http, idempotency, known_users, migrations, rpc, telemetry, tokens
from chassis.known_users import Endings
from chassis.service import Job, Runtime, Service
from chassis.settings import Settings
from chassis.sse import Streams
from chassis.tokens import Caller, Keys, Verifier
from outbox import Bell, Relay, broker, consumers, dead_letters, inbox, relay

log = structlog.get_logger()

DRAIN_S = 15
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
APPLIED = "SELECT version FROM schema_migrations"


async def run(service: Service, settings: Settings, *, api: bool, worker: bool) -> None:
    """Serve until SIGTERM or SIGINT; then stop taking, finish what was taken, and leave."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with started(service, settings, api=api, worker=worker):
        log.info("service.ready", api=api, worker=worker, quickstart=settings.quickstart)
        if settings.quickstart:
            log.warning("service.quickstart", note="health data needs no token; for this machine only")
        await stop.wait()
        log.info("service.drains")


@asynccontextmanager
async def started(service: Service, settings: Settings, *, api: bool, worker: bool) -> AsyncIterator[Runtime]:
    """A running process, for ``run`` and for tests; everything is left in the reverse order."""
    async with AsyncExitStack() as stack:
        stack.callback(telemetry.start(service.name, settings.otel_exporter_otlp_endpoint, settings.trace_share))
        runtime = await _open(service, settings, stack)
        endings = Endings(runtime.api)
        watch = Watch(service, runtime)
        await stack.enter_async_context(_server(admin.app(watch.state), settings.bind, settings.admin_port))
        await stack.enter_async_context(_task("bell", runtime.bell.run()))
        await stack.enter_async_context(_task("broker", _connect_broker(service, runtime, consume=worker)))
        stack.push_async_callback(runtime.broker.stop)
        await stack.enter_async_context(_task("watch", every(1, watch.look)))
        await stack.enter_async_context(_task("endings", every(1, endings.refresh)))
        if worker:
            for job in service.jobs:
                await stack.enter_async_context(_task(job.__name__, _kept_up(job, runtime)))
            await stack.enter_async_context(_task("prune", every(3600, lambda: _prune(runtime))))
        if api:
            carrier = Relay(runtime.api, runtime.bell, lambda load: broker.publish(runtime.broker, load))
            stack.push_async_callback(carrier.last, 3)
            await stack.enter_async_context(_task("relay", carrier.run()))
            for resource in service.resources:
                runtime.resources |= await stack.enter_async_context(resource(runtime))
            server = rpc.server(runtime.verifier, service.servicers(runtime), f"{settings.bind}:{settings.grpc_port}")
            await server.start()
            stack.push_async_callback(server.stop, 5)
            made = http.app(service, runtime, _ended(service, runtime, endings))
            await stack.enter_async_context(
                _server(http.observed(made), settings.bind, settings.http_port, closing=runtime.streams.close)
            )
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        watch.serving = True
        yield runtime
        watch.serving = False


async def _open(service: Service, settings: Settings, stack: AsyncExitStack) -> Runtime:
    pools = {}
    for login, size, statement_s in (("api", 16, 3), ("worker", 8, 60), ("writer", 4, 3)):
        pools[login] = await database.pool(settings, login, size=size, statement_s=statement_s)  # type: ignore[arg-type]
        stack.push_async_callback(_close, pools[login])
    bell = Bell(lambda: database.connect(settings, "api"))
    peers = rpc.Peers(settings, service.name)
    stack.push_async_callback(peers.close)
    client = broker.broker(
        host=settings.broker_host,
        port=settings.broker_port,
        vhost=settings.broker_vhost,
        user=settings.broker_user,
        password=settings.broker_password.reveal(),
    )
    verifier = Verifier(Keys(tokens.fetch_from(settings.jwks_url)), settings.issuer)
    return Runtime(
        settings=settings, **pools, bell=bell, broker=client, verifier=verifier, peers=peers, streams=Streams(bell)
    )


async def _close(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _connect_broker(service: Service, runtime: Runtime, *, consume: bool) -> None:
    """Connect, declare and subscribe, however long the broker takes to appear; then the client reconnects by itself."""
    tiers = runtime.settings.retry_tiers_ms
    queues = []
    if consume:
        listening = list(service.consumers)
        if service.users:
            users = service.users
            listening.append(known_users.consumers(service.name, users.queue, users.erase, users.moved))
        queues = consumers.subscribe(
            runtime.broker, listening, runtime.worker, runtime.bell, rings=service.rings, tiers_ms=tiers
        )
    while True:
        try:
            await broker.declare(runtime.broker, queues, tiers)
            await runtime.broker.start()
        except broker.UNREACHABLE as error:
            log.warning("broker.unreachable", error=type(error).__name__)
            await asyncio.sleep(1)
        else:
            log.info("broker.connected", queues=[queue.name for queue in queues])
            runtime.bell.ring(relay.CHANNEL)
            return


class Watch:
    """Knows whether this process is fit to serve, from a look a second rather than from each probe."""

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
        try:
            async with self._runtime.api.acquire(timeout=2) as db:
                if self._database != "up":
                    applied = {row["version"] for row in await db.fetch(APPLIED)}
                    self._database = "up" if self._needed <= applied else "not migrated"
            self._outbox = await relay.measure(self._runtime.api)
        except AWAY:
            self._database = "down"
        if self._looks % 10 == 0 and await broker.state(self._runtime.broker) == "up":
            self._dead = await dead_letters.count(self._runtime.broker, self._service.name)
        self._looks += 1


def _ended(service: Service, runtime: Runtime, endings: Endings) -> Callable[[Caller], Awaitable[bool]]:
    asked = service.session_ended
    if asked is None:

        async def remembered(caller: Caller) -> bool:
            return endings.ended(caller)

        return remembered

    async def ask(caller: Caller) -> bool:
        async with runtime.api.acquire(timeout=2) as db:
            return await asked(db, caller)

    return ask


async def _prune(runtime: Runtime) -> None:
    await runtime.worker.execute(inbox.PRUNE)
    await runtime.worker.execute(idempotency.PRUNE)


async def every(seconds: float, act: Callable[[], Awaitable[Any]]) -> None:
    """Act now and then for ever; an outage is for the next time."""
    while True:
        try:
            await act()
        except AWAY as error:
            log.debug("task.waits", error=type(error).__name__)
        await asyncio.sleep(seconds)


async def _kept_up(job: Job, runtime: Runtime) -> None:
    while True:
        try:
            await job(runtime)
        except AWAY as error:
            log.warning("job.waits", job=job.__name__, error=type(error).__name__)
        except Exception:
            log.exception("job.failed", job=job.__name__)
        await asyncio.sleep(1)


@asynccontextmanager
async def _task(name: str, work: Any) -> AsyncIterator[None]:
    """Run beside everything else; a task that dies of a bug takes the process with it, to be started anew."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_died)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _died(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.critical("task.died", task=task.get_name(), exc_info=error)
        signal.raise_signal(signal.SIGTERM)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _server(
    app: ASGIApp, host: str, port: int, closing: Callable[[], None] = lambda: None
) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=DRAIN_S,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if serving.done():
        serving.result()
        raise OSError(f"cannot listen on {host}:{port}")
    try:
        yield
    finally:
        closing()
        server.should_exit = True
        await serving
