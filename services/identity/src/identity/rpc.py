"""fitmesh.identity.v1: users, for other services."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection, Pool

from chassis import rpc, tokens
from chassis.database import connected
from chassis.problems import BadRequest, NotFound
from chassis.service import Runtime
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc
from identity.users import queries
from identity.users.model import User

MOST = 500


class Users(identity_pb2_grpc.UsersServicer):
    """Services read anyone, users themselves."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def GetUser(self, request: identity_pb2.GetUserRequest, _context: Any) -> identity_pb2.User:  # noqa: N802
        async with connected(self._pool) as db:
            return encoded(_readable(await _asked_for(db, request)))

    async def GetUsers(  # noqa: N802
        self, request: identity_pb2.GetUsersRequest, _context: Any
    ) -> identity_pb2.GetUsersResponse:
        if len(request.user_ids) > MOST:
            raise BadRequest(f"at most {MOST} at once")
        claims = rpc.caller()
        wanted = [_id(text) for text in request.user_ids if claims.aud == tokens.SERVICES or text == claims.sub]
        async with connected(self._pool) as db:
            return identity_pb2.GetUsersResponse(users=[encoded(user) for user in await queries.find_all(db, wanted)])

    async def GetPreferences(  # noqa: N802
        self, request: identity_pb2.GetPreferencesRequest, _context: Any
    ) -> identity_pb2.Preferences:
        async with connected(self._pool) as db:
            user = _readable(await queries.find(db, _id(request.user_id)))
        return identity_pb2.Preferences(
            units=user.units,
            locale=user.locale,
            first_day_of_week=user.first_day_of_week,
            time_zone=user.zone_at(datetime.now(UTC)),
        )


async def _asked_for(db: Connection, request: identity_pb2.GetUserRequest) -> User | None:
    match request.WhichOneof("by"):
        case "user_id":
            return await queries.find(db, _id(request.user_id))
        case "username" if "\0" not in request.username:
            return await queries.find_by_name(db, request.username.lower())
        case _:
            raise BadRequest("name a user by id or username")


def _readable(user: User | None) -> User:
    if user is None:
        raise NotFound
    rpc.may_read(str(user.user_id))
    return user


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest("an id is a UUID") from None


def encoded(user: User) -> identity_pb2.User:
    """The user as the events tell it."""
    message = identity_pb2.User(
        user_id=str(user.user_id),
        version=user.version,
        username=user.username,
        display_name=user.display_name,
        locale=user.locale,
        units=user.units,
        first_day_of_week=user.first_day_of_week,
        birth_date=user.birth_date.isoformat() if user.birth_date else None,
        sex=user.sex,
        height_cm=user.height_cm,
        sessions_epoch=user.sessions_epoch,
        state=user.state,
    )
    for zone in user.zones:
        added = message.zones.add(zone=zone.zone)
        if zone.since:
            added.since.FromDatetime(zone.since.astimezone(UTC))
    return message


def servicers(runtime: Runtime) -> Sequence[rpc.Register]:
    add: Callable[[Any, Any], None] = identity_pb2_grpc.add_UsersServicer_to_server
    return [lambda server: add(Users(runtime.api), server)]
