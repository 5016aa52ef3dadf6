"""The product in a scratch folder, durable as `make up` runs it, and somebody who is logged in."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp

from local import account, ports
from local.plan import Plan, installed
from local.supervisor import Supervisor


@dataclass(frozen=True)
class Machine:
    """A running product, a user of it and their token."""

    supervisor: Supervisor
    user_id: str
    token: str

    @property
    def plan(self) -> Plan:
        return self.supervisor.plan

    def dsn(self, service: str) -> str:
        return self.supervisor.postgres.superuser_dsn(service)

    def port_of(self, service: str) -> int:
        found = next(one for one in self.plan.services if one.name == service)
        return self.plan.port(found, "http")


@contextmanager
def running(*names: str) -> Iterator[Machine]:
    """Start these services (all that exist, without a name), and register somebody."""
    services = tuple(service for service in installed() if not names or service.name in names)
    with account.scratch_folder() as folder:
        plan = Plan(
            folder=folder,
            services=services,
            first_port=ports.free_block(),
            gateway_port=ports.free_port(),
            auth_rate=1_000,
        )
        supervisor = Supervisor(plan, say=lambda _: None)
        supervisor.start()
        try:
            user_id, token = asyncio.run(_person(f"http://127.0.0.1:{plan.gateway_port}"))
            yield Machine(supervisor, user_id, token)
        finally:
            supervisor.stop()


async def _person(url: str) -> tuple[str, str]:
    given = {"username": "somebody", "password": "correct horse battery staple"}
    async with aiohttp.ClientSession(url) as client:
        async with client.post("/auth/register", json=given) as answer:
            answer.raise_for_status()
            user_id = (await answer.json())["id"]
        async with client.post("/auth/login", data=given) as answer:
            answer.raise_for_status()
            return user_id, (await answer.json())["access_token"]
