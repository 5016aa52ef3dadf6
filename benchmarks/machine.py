"""The product in a scratch folder, durable as `make up` runs it, and people who are logged in."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import aiohttp

from local import account, ports
from local.plan import Plan, installed
from local.supervisor import Supervisor


@dataclass(frozen=True)
class Person:
    """A registered user and their token."""

    id: str
    token: str


@dataclass(frozen=True)
class Machine:
    """A running product and its users."""

    supervisor: Supervisor
    people: list[Person]

    @property
    def plan(self) -> Plan:
        return self.supervisor.plan

    def dsn(self, service: str) -> str:
        return self.supervisor.postgres.superuser_dsn(service)

    def port_of(self, service: str) -> int:
        found = next(one for one in self.plan.services if one.name == service)
        return self.plan.port(found, "http")


@contextmanager
def running(*names: str, people: int = 1) -> Iterator[Machine]:
    """Start these services (all that exist, without a name), and register so many people."""
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
            url = f"http://127.0.0.1:{plan.gateway_port}"
            yield Machine(supervisor, [asyncio.run(_person(url, f"person{n}")) for n in range(people)])
        finally:
            supervisor.stop()


async def _person(url: str, username: str) -> Person:
    given = {"username": username, "password": "correct horse battery staple"}
    async with aiohttp.ClientSession(url) as client:
        async with client.post("/auth/register", json=given) as answer:
            answer.raise_for_status()
            user_id = (await answer.json())["id"]
        async with client.post("/auth/login", data=given) as answer:
            answer.raise_for_status()
            return Person(user_id, (await answer.json())["access_token"])
