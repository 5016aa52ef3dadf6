"""What a service declares of itself, and what it has while it runs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from asyncpg import Connection, Pool
from litestar.types import ControllerRouterHandler

from chassis import known_users, rpc
from chassis.problems import NotFound
from chassis.settings import Settings
from chassis.sse import Streams
from chassis.tokens import Caller, Verifier
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc
from contracts.topology import Queue
from outbox import Bell, Consumers
from outbox.broker import Broker


@dataclass(kw_only=True)
class Runtime:
    """What is open while a process of a service runs."""

    settings: Any
    """The service's own Settings."""
    api: Pool
    worker: Pool
    writer: Pool
    bell: Bell
    broker: Broker
    verifier: Verifier
    peers: rpc.Peers
    streams: Streams
    resources: dict[str, Any] = field(default_factory=dict)
    """What the service's ``resources`` opened, by the name handlers ask for."""

    async def ask_identity(self, request: identity_pb2.GetUserRequest) -> identity_pb2.User | None:
        """One user of identity's; None when there is none. Unavailable when identity does not answer."""
        stub = identity_pb2_grpc.UsersStub(self.peers.channel("identity"))  # type: ignore[no-untyped-call]  # generated
        try:
            user: identity_pb2.User = await self.peers.call(stub.GetUser, request)
        except NotFound:
            return None
        return user


Resource = Callable[[Runtime], AbstractAsyncContextManager[Mapping[str, Any]]]
Job = Callable[[Runtime], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class KnownUsers:
    """How a service follows users: its queue, and what it does when they go, move or are said to be otherwise."""

    queue: Queue
    erase: known_users.Erase
    moved: known_users.Moved | None = None
    altered: known_users.Altered | None = None
    files: Callable[[Runtime, Sequence[UUID]], Awaitable[None]] | None = None
    """Erases what of them lies outside the database, after their rows and before anybody is told."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """The postcard: everything a service is made of."""

    package: ModuleType
    """Its name names the service; its docstring says what it owns."""
    settings: type[Settings] = Settings
    routers: Sequence[ControllerRouterHandler] = ()
    servicers: Callable[[Runtime], Sequence[rpc.Register]] = lambda _: ()
    libs: Sequence[ModuleType] = ()
    """Libraries whose tables it needs besides those of the outbox and the chassis."""
    users: KnownUsers | None = None
    consumers: Sequence[Consumers] = ()
    jobs: Sequence[Job] = ()
    """Run in the worker until it stops; each is started again when it fails."""
    resources: Sequence[Resource] = ()
    """Opened before the first request, closed after the last."""
    rings: tuple[str, ...] = ("outbox",)
    """Bells to ring after each committed write or message."""
    republish: Callable[[Connection, Any], Awaitable[int]] | None = None
    """Put the present state of everything changed since an instant into the outbox again; returns how many events."""
    session_ended: Callable[[Connection, Caller], Awaitable[bool]] | None = None
    """Identity asks its own tables whether a session is over; the others remember what they were told."""
    commands: Mapping[str, Callable[[Any], int]] = field(default_factory=dict)
    """Words of its own for ``python -m <service> <word>``, which get its Settings and return an exit status."""

    @property
    def name(self) -> str:
        return self.package.__name__

    @property
    def migrations(self) -> list[Path]:
        """Folders of the migrations this service needs: those of the libraries with tables, then its own."""
        libs = [Path(module.__file__ or "").parents[2] for module in (*_with_tables(), *self.libs)]
        own = Path(self.package.__file__ or "").parents[2]
        return [folder / "db" / "migrations" for folder in (*libs, own)]


def _with_tables() -> list[ModuleType]:
    import chassis  # noqa: PLC0415 - both packages are imported by this one
    import outbox  # noqa: PLC0415

    return [outbox, chassis]
