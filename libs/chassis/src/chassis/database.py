"""Pools with time-outs, and the unit of work: one request, one transaction."""

import asyncio
from typing import Any

import asyncpg
import structlog
from asyncpg import Connection, Pool
from asyncpg.transaction import Transaction
from litestar import Request
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from chassis import idempotency, problems
from chassis.settings import Settings
from contracts.databases import Login
from outbox import Bell

log = structlog.get_logger()
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ACQUIRE_S = 2


async def connect(settings: Settings, login: Login) -> Connection:
    """One connection of its own, for LISTEN and the like."""
    user, password = settings.database_login(login)
    return await asyncpg.connect(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        ssl=_ssl(settings),
        user=user,
        password=password,
        timeout=3,
        command_timeout=3,
        server_settings={"application_name": f"{user}-listen"},
    )


async def pool(settings: Settings, login: Login, *, size: int, statement_s: int = 3) -> Pool:
    """A pool for one role; it starts without a connection, so that a database that is away does not stop the start."""
    user, password = settings.database_login(login)
    return await asyncpg.create_pool(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        ssl=_ssl(settings),
        user=user,
        password=password,
        min_size=0,
        max_size=size,
        timeout=3,
        command_timeout=statement_s,
        max_inactive_connection_lifetime=300,
        reset=_nothing_to_reset,
        server_settings={
            "application_name": user,
            "statement_timeout": f"{statement_s * 1000}",
            "idle_in_transaction_session_timeout": "10000",
            "jit": "off",
        },
    )


def _ssl(settings: Settings) -> str | None:
    return settings.database_sslmode


async def _nothing_to_reset(_connection: Any) -> None:
    """No code here leaves session state behind, so a returned connection needs no statement."""


class Unit:
    """The transaction of one request, begun when a handler asks for ``db``."""

    def __init__(self, pool: Pool, owner: str) -> None:
        self._pool = pool
        self._owner = owner
        self._connection: Connection | None = None
        self._transaction: Transaction | None = None
        self._claim: idempotency.Claim | None = None

    @property
    def begun(self) -> bool:
        return self._connection is not None

    async def begin(self, request: Request[Any, Any, Any]) -> Connection:
        """Acquire, begin, claim the idempotency key; raises Replay when its answer is already stored."""
        if self._connection is None:
            self._connection = await self._pool.acquire(timeout=ACQUIRE_S)
            if request.method not in SAFE:
                self._transaction = self._connection.transaction()
                await self._transaction.start()
                self._claim = await idempotency.claim(self._connection, request, self._owner)
        return self._connection

    async def finish(self, start: HTTPResponseStartEvent, body: bytes) -> None:
        """Commit what ended well together with its stored answer; roll back the rest."""
        if self._transaction is None or self._connection is None:
            return
        transaction, self._transaction = self._transaction, None
        if start["status"] >= 400:
            await transaction.rollback()
            return
        if self._claim:
            await idempotency.store(self._connection, self._claim, start, body)
        await transaction.commit()

    async def release(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        if self._transaction is not None and not connection.is_closed():
            try:
                await self._transaction.rollback()
            except problems.OUTAGE:
                connection.terminate()
        await self._pool.release(connection)


def unit_of_work(pool: Pool, bell: Bell, rings: tuple[str, ...]) -> Any:
    """Middleware: hold the answer back until the transaction behind it has ended, then ring for those who wait."""

    def middleware(app: ASGIApp) -> ASGIApp:
        async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            caller = scope["state"].get("caller")
            unit = scope["state"]["unit"] = Unit(
                pool, str(caller.user_id) if caller else f"anonymous {scope.get('path_template')}"
            )
            start: HTTPResponseStartEvent | None = None
            parts: list[bytes] = []

            async def holding(message: Message) -> None:
                nonlocal start
                if not unit.begun:
                    await send(message)
                elif message["type"] == "http.response.start":
                    start = message
                elif message["type"] == "http.response.body" and start is not None:
                    parts.append(message["body"])
                    if not message.get("more_body"):
                        held, start = start, None
                        await unit.finish(held, b"".join(parts))
                        await asyncio.shield(unit.release())
                        if held["status"] < 400 and scope["method"] not in SAFE:
                            bell.ring(*rings)
                        await send(held)
                        await send({"type": "http.response.body", "body": b"".join(parts), "more_body": False})

            try:
                await app(scope, receive, holding)
            finally:
                await asyncio.shield(unit.release())

        return wrapper

    return middleware


async def provide_db(request: Request[Any, Any, Any]) -> Connection:
    """The connection of this request, inside its transaction."""
    unit: Unit = request.scope["state"]["unit"]
    return await unit.begin(request)
