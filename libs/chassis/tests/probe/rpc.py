"""Users, as identity would serve them; some of them misbehave."""

import asyncio
from typing import Any

from grpc import aio

from chassis import rpc
from chassis.problems import NotFound, Unavailable
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc


class Users(identity_pb2_grpc.UsersServicer):
    """Knows every user whose name does not say otherwise."""

    def __init__(self) -> None:
        self.asked = 0

    async def GetUser(  # noqa: N802 - gRPC's name
        self, request: identity_pb2.GetUserRequest, _context: aio.ServicerContext[Any, Any]
    ) -> identity_pb2.User:
        self.asked += 1
        if request.user_id:
            rpc.may_read(request.user_id)
        match request.username:
            case "missing":
                raise NotFound
            case "fails":
                raise RuntimeError("internal detail: password=hunter2")
            case "late":
                await asyncio.sleep(5)
            case "away":
                raise Unavailable
            case "flaky" if self.asked % 2:
                raise Unavailable
        return identity_pb2.User(
            user_id=request.user_id,
            username=request.username,
            version=1,
            locale="en",
            units="metric",
            first_day_of_week=1,
            state="active",
            zones=[identity_pb2.ZoneSince(zone="UTC")],
        )
