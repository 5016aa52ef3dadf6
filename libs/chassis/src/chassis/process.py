"""A running process of a service: what starts in which order, and how it ends without dropping anything."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, cast
from uuid import UUID

import asyncpg
import structlog
from asyncpg import Connection

from chassis import admin, database, http, idempotency, known_users, rpc, tasks, telemetry, tokens
from chassis.known_users import Endings
from chassis.listening import listening
from chassis.service import KnownUsers, Runtime, Service
from chassis.settings import Settings
from chassis.sse import Streams
from chassis.tasks import every, kept_up
from chassis.tokens import Caller, Keys, Verifier
from chassis.watch import Watch
from contracts.databases import Login
from outbox import Bell, Relay, broker, consumers, inbox, relay
from outbox.broker import Broker

log = structlog.get_logger()


async def run(service: Service, settings: Settings, *, api: bool, worker: bool) -> int:
    """Serve until SIGTERM or SIGINT, then stop taking, finish what was taken, and leave; returns the exit status."""
    stop, deaths = asyncio.Event(), list[BaseException]()

    def died(error: BaseException) -> None:
        deaths.append(error)
        stop.set()

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_noted)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with started(service, settings, api=api, worker=worker, on_death=died):
        log.info("service.ready", api=api, worker=worker, quickstart=settings.quickstart)
        if settings.quickstart:
            log.warning("service.quickstart", note="health data needs no token; for this machine only")
        await stop.wait()
        log.info("service.drains")
    return 1 if deaths else 0


def _noted(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    log.error("loop.error", what=context.get("message"), exc_info=context.get("exception"))


@asynccontextmanager
async def started(
    service: Service,
    settings: Settings,
    *,
    api: bool,
    worker: bool,
    on_death: Callable[[BaseException], None] = lambda _: None,
) -> AsyncIterator[Runtime]:
    """A running process, for ``run`` and for tests; everything is left in the reverse order."""
    async with AsyncExitStack() as stack:
        stack.callback(telemetry.start(service.name, settings.otel_exporter_otlp_endpoint, settings.trace_share))
        runtime = await _open(service, settings, stack)
        watch, endings = Watch(service, runtime), Endings(runtime.api)

        async def beside(name: str, work: Coroutine[Any, Any, None]) -> None:
            await stack.enter_async_context(tasks.beside(name, work, on_death))

        await stack.enter_async_context(listening(admin.app(watch.state), settings.bind, settings.admin_port))
        await beside("bell", runtime.bell.run())
        await beside("broker", _connect_broker(service, runtime, consume=worker))
        stack.push_async_callback(runtime.broker.stop)
        await beside("watch", every(1, watch.look))
        await beside("endings", every(1, endings.refresh))
        if worker:
            for job in service.jobs:
                await beside(job.__name__, kept_up(job.__name__, partial(job, runtime)))
            await beside("prune", every(3600, partial(_prune, runtime)))
        if api:
            carrier = Relay(runtime.api, runtime.bell, partial(broker.publish, runtime.broker))
            stack.push_async_callback(carrier.last, 3)
            await beside("relay", carrier.run())
            await _open_ports(service, runtime, stack, endings)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        watch.serving = True
        try:
            yield runtime
        finally:
            watch.serving = False


async def _open_ports(service: Service, runtime: Runtime, stack: AsyncExitStack, endings: Endings) -> None:
    for resource in service.resources:
        runtime.resources |= await stack.enter_async_context(resource(runtime))
    settings: Settings = runtime.settings
    ended = _ended(service, runtime, endings)
    grpc = rpc.server(runtime.verifier, service.servicers(runtime), f"{settings.bind}:{settings.grpc_port}", ended)
    await grpc.start()
    stack.push_async_callback(grpc.stop, 5)
    app = http.observed(http.app(service, runtime, ended))
    await stack.enter_async_context(
        listening(app, settings.bind, settings.http_port, closing=runtime.streams.close, linger_s=settings.linger_s)
    )


async def _open(service: Service, settings: Settings, stack: AsyncExitStack) -> Runtime:
    async def pool(login: Login, size: int, statement_s: int = 3) -> asyncpg.Pool:
        made = await database.pool(settings, login, size=size, statement_s=statement_s)
        stack.push_async_callback(_close, made)
        return made

    bell = Bell(lambda: database.connect(settings, "api"))
    peers = rpc.Peers(settings, service.name)
    stack.push_async_callback(peers.close)
    verifier = Verifier(Keys(tokens.fetch_from(settings.jwks_url)), settings.issuer)
    return Runtime(
        settings=settings,
        api=await pool("api", 16),
        worker=await pool("worker", 8, 60),
        writer=await pool("writer", 4),
        bell=bell,
        broker=broker_of(settings),
        verifier=verifier,
        peers=peers,
        streams=Streams(bell),
    )


def broker_of(settings: Settings) -> Broker:
    """The client of the broker that the settings name, not connected yet."""
    return broker.broker(
        host=settings.broker_host,
        port=settings.broker_port,
        vhost=settings.broker_vhost,
        user=settings.broker_user,
        password=settings.broker_password.reveal(),
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
            erase = _erase(runtime, users)
            listening.append(known_users.consumers(service.name, users.queue, erase, users.moved, users.altered))
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
            break
    await consumers.watch(runtime.broker, queues, tiers, patience_s=runtime.settings.consumer_patience_s)


def _erase(runtime: Runtime, users: KnownUsers) -> known_users.Erase:
    async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
        rows = await users.erase(db, user_ids)
        if users.files:
            await users.files(runtime, user_ids)
        return rows

    return erase


def _ended(service: Service, runtime: Runtime, endings: Endings) -> Callable[[Caller], Awaitable[bool]]:
    asked = service.session_ended
    if asked is None:

        async def remembered(caller: Caller) -> bool:
            return endings.ended(caller)

        return remembered

    async def ask(caller: Caller) -> bool:
        async with runtime.api.acquire(timeout=2) as db:
            return await asked(cast("Connection", db), caller)

    return ask


async def _prune(runtime: Runtime) -> None:
    await runtime.worker.execute(inbox.PRUNE)
    await runtime.worker.execute(idempotency.PRUNE)
    await runtime.worker.execute(known_users.PRUNE)
