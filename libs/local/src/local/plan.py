"""What is to run on this machine: which services, on which ports, in which folder."""

import importlib.util
import ipaddress
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from contracts.services import BY_NAME, SERVICES, Part, Service
from local.failure import Failure

CHECKOUT = Path(__file__).resolve().parents[4]
FIRST_PORT = 18100
SERVERS = ("postgres", "rabbitmq", "distribution", "epmd", "gateway-ping")
"""They follow a hundred ports after the first service: 18200 and on."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One product on one machine; tests make their own, with a scratch folder and a free block of ports."""

    folder: Path
    services: tuple[Service, ...]
    gateway_port: int = 8000
    bind: str = "127.0.0.1"
    first_port: int = FIRST_PORT
    quickstart: bool = True
    durable: bool = True
    auth_rate: int = 20
    """Requests a second that one address may send to ``/auth`` in the long run, and five times as many at once."""
    search_path: tuple[Path, ...] = ()
    """Folders of Python packages beyond those installed; for services that a test makes up."""

    def port(self, service: Service, part: Part) -> int:
        return self.first_port + service.local_port(part) - FIRST_PORT

    def server_port(self, server: str) -> int:
        return self.first_port + 100 + SERVERS.index(server)

    def address(self, service: Service, part: Part) -> str:
        return f"127.0.0.1:{self.port(service, part)}"

    @property
    def public_url(self) -> str:
        """How a browser on this machine reaches the gateway, and the issuer of tokens."""
        return f"http://localhost:{self.gateway_port}"

    @property
    def ping_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port('gateway-ping')}/ping"

    @property
    def runs(self) -> Path:
        return self.folder / "run"

    @property
    def objects(self) -> Path:
        """What the services' object store is here; uploads of people, so nobody else may look into it."""
        return self.folder / "objects"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"

    def all_ports(self) -> Iterator[tuple[str, int, str, str]]:
        """Whose, number, host, and the variable that moves it."""
        yield "the gateway", self.gateway_port, self.bind, "FITMESH_PORT"
        for server in SERVERS:
            yield server, self.server_port(server), "127.0.0.1", "FITMESH_FIRST_PORT"
        parts: tuple[Part, ...] = ("http", "grpc", "admin", "worker-admin")
        for service in self.services:
            for part in parts[: 4 if service.split else 3]:
                yield f"{service.name} {part}", self.port(service, part), "127.0.0.1", "FITMESH_FIRST_PORT"


def from_environment(environment: Mapping[str, str] = os.environ) -> Plan:
    """The plan of ``make up``: all installed services, moved about by the ``FITMESH_`` variables."""
    plan = Plan(
        folder=Path(environment.get("FITMESH_FOLDER") or CHECKOUT / ".local").absolute(),
        services=installed(environment.get("FITMESH_SERVICES", "")),
        gateway_port=_number(environment, "FITMESH_PORT", 8000),
        bind=environment.get("FITMESH_BIND") or "127.0.0.1",
        first_port=_number(environment, "FITMESH_FIRST_PORT", FIRST_PORT),
        quickstart=_switch(environment, "FITMESH_QUICKSTART", default=True),
        auth_rate=_number(environment, "FITMESH_AUTH_RATE", 20),
    )
    if plan.quickstart and not _is_loopback(plan.bind):
        raise Failure(
            f"quickstart mode lets anybody who can reach {plan.bind} write as anybody: "
            "set FITMESH_QUICKSTART=0, or leave FITMESH_BIND at 127.0.0.1."
        )
    return plan


def installed(only: str = "") -> tuple[Service, ...]:
    """The services of the table that are there to be run; ``only`` names some of them, with commas between."""
    wanted = [name.strip() for name in only.split(",") if name.strip()] or list(BY_NAME)
    unknown = [name for name in wanted if name not in BY_NAME]
    if unknown:
        raise Failure(f"FITMESH_SERVICES names {', '.join(unknown)}: the services are {', '.join(BY_NAME)}.")
    return tuple(service for service in SERVICES if service.name in wanted and _has_main(service.name))


def _has_main(package: str) -> bool:
    try:
        return importlib.util.find_spec(f"{package}.__main__") is not None
    except ModuleNotFoundError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _switch(environment: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environment.get(name) or str(int(default))
    if text not in ("0", "1"):
        raise Failure(f"{name} is {text!r}: set it to 1 or 0, or leave it out for {int(default)}.")
    return text == "1"


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise Failure(f"{name} is {text!r}: set it to a port number, or leave it out for {default}.")
    return int(text)
