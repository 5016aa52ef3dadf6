"""Builders of what the tests of identity need."""

import os
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response

from identity.app import SERVICE
from local.ports import free_port
from testkit import Running
from testkit.plugin import Start

PASSWORD = "a long way home"
FORM = {"content-type": "application/x-www-form-urlencoded"}


OTHERS = ["east", "north", "south", "west"]
"""Services that identity waits for here: invented, because those of other suites may run too, and would answer."""


def identity(start: Start, **changes: str) -> AbstractAsyncContextManager[Running]:
    """Identity, verifying tokens by the keys it publishes itself."""
    port = free_port()
    own = {"HTTP_PORT": str(port), "JWKS_URL": f"http://127.0.0.1:{port}/.well-known/jwks.json"}
    own["SERVICES"] = ",".join(["identity", *OTHERS])
    return start(SERVICE, **own | changes)


def a_name() -> str:
    return f"u{os.urandom(6).hex()}"


async def register(http: AsyncClient, username: str, password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    answer = await http.post("/auth/register", json={"username": username, "password": password, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def log_in(http: AsyncClient, username: str, password: str = PASSWORD) -> Response:
    return await http.post("/auth/login", data={"username": username, "password": password})


class Someone:
    """A registered user with a session."""

    def __init__(self, http: AsyncClient, profile: dict[str, Any], tokens: dict[str, Any]) -> None:
        self.http = http
        self.profile = profile
        self.tokens = tokens
        self.user_id = UUID(profile["id"])
        self.username: str = profile["username"]

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens['access_token']}"}

    async def ask(self, method: str, path: str, **given: Any) -> Response:
        return await self.http.request(method, path, **given | {"headers": self.headers | given.get("headers", {})})

    async def again(self) -> "Someone":
        """The same user, on another device."""
        return Someone(self.http, self.profile, (await log_in(self.http, self.username)).json())


async def someone(http: AsyncClient, **more: Any) -> Someone:
    name = a_name()
    profile = await register(http, name, **more)
    return Someone(http, profile, (await log_in(http, name)).json())
