"""One PostgreSQL and one RabbitMQ for a test session, on ports nobody else uses."""

import asyncio
import base64
import secrets
from dataclasses import dataclass
from pathlib import Path

from contracts import topology
from contracts.databases import LOGINS, Login
from contracts.services import SERVICES
from local import rabbitmq_packages
from local.ports import free_port
from local.postgres import Postgres
from local.rabbitmq import RabbitMQ

ADMIN = "fitmesh"
TIERS_MS = (250, 500, 1_000)


@dataclass(frozen=True)
class Nodes:
    """The two nodes, and one password for everything in them."""

    postgres: Postgres
    rabbitmq: RabbitMQ
    password: str

    @classmethod
    def start(cls, folder: Path) -> "Nodes":
        """Start both, with every service's database, roles, broker user and queues."""
        password = secrets.token_hex(16)
        postgres = Postgres(folder / "postgres", free_port(), durable=False)
        rabbitmq = RabbitMQ(
            folder / "rabbitmq", free_port(), rabbitmq_packages.provide(rabbitmq_packages.default_cache())
        )
        postgres.start()
        rabbitmq.start()
        logins: dict[Login, str] = dict.fromkeys(LOGINS, password)
        asyncio.run(postgres.create_service_databases({service.name: logins for service in SERVICES}))
        users = dict.fromkeys((ADMIN, *(service.name for service in SERVICES)), password)
        rabbitmq.load_definitions(
            topology.definitions(users, rabbitmq=rabbitmq.version, admin=ADMIN, tiers_ms=TIERS_MS)
        )
        return cls(postgres, rabbitmq, password)

    def stop(self) -> None:
        self.rabbitmq.stop()
        self.postgres.stop("immediate")

    def environment(self, service: str, *, jwks_url: str, **changes: str) -> dict[str, str]:
        """Settings of a service on these nodes, on free ports."""
        logins = {
            f"DATABASE_{login.upper()}_{what}": value
            for login in LOGINS
            for what, value in (("USER", f"{service}_{login}"), ("PASSWORD", self.password))
        }
        return {
            **logins,
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(self.postgres.port),
            "DATABASE_NAME": service,
            "DATABASE_SSLMODE": "disable",
            "BROKER_HOST": "127.0.0.1",
            "BROKER_PORT": str(self.rabbitmq.port),
            "BROKER_USER": service,
            "BROKER_PASSWORD": self.password,
            "SERVICE_SECRET": "s" * 32,
            "KEY_ENCRYPTION_KEY": base64.b64encode(bytes(32)).decode(),
            "ISSUER": "http://localhost:8000",
            "JWKS_URL": jwks_url,
            "PEERS": "",
            "SERVICES": "identity,health,workout,analytics,notification,dashboard",
            "BIND": "127.0.0.1",
            "HTTP_PORT": str(free_port()),
            "GRPC_PORT": str(free_port()),
            "ADMIN_PORT": str(free_port()),
            "RETRY_TIERS_MS": ",".join(map(str, TIERS_MS)),
            "LINGER_S": "0",
            "LOG_LEVEL": "WARNING",
        } | changes
