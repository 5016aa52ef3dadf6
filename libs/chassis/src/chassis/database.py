"""Pools with time-outs, and the unit of work: one request, one transaction."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, cast

import asyncpg
import structlog
from asyncpg import Connection, Pool
from asyncpg.pool import PoolConnectionProxy
from asyncpg.transaction import Transaction
from litestar import Request
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from chassis import idempotency, problems
from chassis.problems import Unavailable
from chassis.settings import Settings
from contracts.databases import Login
from outbox import Bell

log = structlog.get_logger()
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ACQUIRE_S = 2


async def connect(settings: Settings, login: Login) -> Connection:
    """One connection of its own, for LISTEN and the like."""
    where = place(settings, login)
    application = {"application_name": f"{where['user']}-listen"}
    return await asyncpg.connect(**where, timeout=3, command_timeout=3, server_settings=application)


async def pool(settings: Settings, login: Login, *, size: int, statement_s: int = 3) -> Pool:
    """A pool for one role; it starts without a connection, so that a database that is away does not stop the start."""
    where = place(settings, login)
    return await asyncpg.create_pool(
        **where,
        min_size=0,
        max_size=size,
        timeout=3,
        command_timeout=statement_s,
        max_inactive_connection_lifetime=300,
        reset=_nothing_to_reset,
        server_settings={
            "application_name": where["user"],
            "statement_timeout": f"{statement_s * 1000}",
            "idle_in_transaction_session_timeout": "10000",
            "jit": "off",
        },
    )


def place(settings: Settings, login: Login) -> dict[str, Any]:
    """Where the database is, and as whom to go there."""
    user, password = settings.database_login(login)
    return {
        "host": settings.database_host,
        "port": settings.database_port,
        "database": settings.database_name,
        "ssl": settings.database_sslmode,
        "user": user,
        "password": password,
    }


async def _nothing_to_reset(_connection: Any) -> None:
    """No code here leaves session state behind, so a returned connection needs no statement."""


@contextlib.asynccontextmanager
async def connected(pool: Pool) -> AsyncIterator[Connection]:
    """A connection outside the transaction of a request; TimeoutError when none comes free within 2 s."""
    db = await pool.acquire(timeout=ACQUIRE_S)
    try:
        yield _plain(db)
    finally:
        await asyncio.shield(_give_back(pool, db))


async def _give_back(pool: Pool, connection: PoolConnectionProxy) -> None:
    """Return it to its pool; asyncpg ends one whose statement does not stop within two seconds, and says so."""
    try:
        await pool.release(connection)
    except problems.OUTAGE as error:
        log.warning("database.connection-lost", error=type(error).__name__)


class Unit:
    """The transaction of one request, begun when a handler asks for ``db``."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: PoolConnectionProxy | None = None
        self._transaction: Transaction | None = None
        self._claim: idempotency.Claim | None = None

    @property
    def begun(self) -> bool:
        """Whether there is a transaction, whose end the answer has to wait for."""
        return self._transaction is not None

    @property
    def held(self) -> bool:
        return self._connection is not None

    async def begin(self, request: Request[Any, Any, Any]) -> Connection:
        """Acquire, begin, claim the idempotency key; raises Replay when its answer is already stored."""
        if self._connection is None:
            self._connection = await self._pool.acquire(timeout=ACQUIRE_S)
            if request.method not in SAFE:
                transaction = self._connection.transaction()
                await transaction.start()
                self._transaction = transaction
                self._claim = await idempotency.claim(_plain(self._connection), request, _owner(request))
        return _plain(self._connection)

    async def conclude(self, start: HTTPResponseStartEvent, body: bytes) -> None:
        """Commit what ended well together with its stored answer; roll back the rest."""
        if self._connection is not None and self._transaction is not None and start["status"] < 400:
            if self._claim:
                await idempotency.store(_plain(self._connection), self._claim, start, body)
            transaction, self._transaction = self._transaction, None
            try:
                await transaction.commit()
            except problems.OUTAGE:
                raise OutcomeUnknown(retry_after_s=1) from None
        await self.release()

    async def release(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        transaction, self._transaction = self._transaction, None
        await _end(connection, transaction)
        await _give_back(self._pool, connection)


async def _end(connection: PoolConnectionProxy, transaction: Transaction | None) -> None:
    """Roll back; a connection left in the middle of a statement is not used again."""
    with contextlib.suppress(asyncpg.InterfaceError):  # asyncpg has taken a lost connection back already
        try:
            if transaction is not None:
                await transaction.rollback()
        except problems.OUTAGE:
            connection.terminate()
        if connection.is_in_transaction():
            connection.terminate()


def _plain(connection: PoolConnectionProxy) -> Connection:
    """A pool's proxy has every method of a connection; only its type does not say so."""
    return cast("Connection", connection)


class OutcomeUnknown(Unavailable):
    """The database did not say whether the change was kept; send it again under the same Idempotency-Key."""


def _owner(request: Request[Any, Any, Any]) -> str:
    caller = request.scope["state"].get("caller")
    return str(caller.user_id) if caller else f"anonymous {request.scope.get('path_template')}"


class Held:
    """Holds an answer back until the transaction behind it has ended, then rings for those who wait."""

    def __init__(self, unit: Unit, scope: Scope, send: Send, ring: Callable[[], None]) -> None:
        self._unit = unit
        self._scope = scope
        self._send = send
        self._ring = ring
        self._start: HTTPResponseStartEvent | None = None
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._unit.begun:
                self._start = message
                return
            await self._unit.release()
        if self._start is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._parts.append(message["body"])
            if not message.get("more_body"):
                await self._let_go(self._start, b"".join(self._parts))

    async def _let_go(self, start: HTTPResponseStartEvent, body: bytes) -> None:
        try:
            await self._unit.conclude(start, body)
        except Exception as error:  # noqa: BLE001 - Litestar takes the answer for sent, so it is replaced here
            await problems.send(problems.noted(error, self._scope.get("path_template")), self._send)
            return
        if start["status"] < 400:
            self._ring()
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def unit_of_work(pool: Pool, bell: Bell, rings: tuple[str, ...]) -> Any:
    """Middleware: a transaction for each request that asks for one, ended before the answer leaves."""

    def middleware(app: ASGIApp) -> ASGIApp:
        async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
            unit = scope["state"]["unit"] = Unit(pool)
            try:
                await app(scope, receive, Held(unit, scope, send, partial(bell.ring, *rings)).send)
            finally:
                if unit.held:
                    await asyncio.shield(unit.release())

        return wrapper

    return middleware


async def provide_db(request: Request[Any, Any, Any]) -> Connection:
    """The connection of this request, inside its transaction."""
    unit: Unit = request.scope["state"]["unit"]
    return await unit.begin(request)
