"""Every operation of every service, from the documents they are described by."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from chassis import openapi
from chassis.service import Service
from contracts.services import SERVICES
from local.plan import installed
from local.ports import free_port

NAMES = [service.name for service in SERVICES if service in installed()]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    service: str
    method: str
    path: str
    described: dict[str, Any]

    @property
    def protected(self) -> bool:
        """Does it need a token? Where a token is optional, an empty requirement stands beside it."""
        needs = self.described.get("security", [])
        return bool(needs) and {} not in needs

    @property
    def filled(self) -> str:
        """The path with ids nobody has."""
        path = self.path
        for parameter in self.described.get("parameters", []):
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(uuid4()))
        return path

    @property
    def body_type(self) -> str | None:
        return next(iter(self.described.get("requestBody", {}).get("content", {})), None)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def service(name: str) -> Service:
    found: Service = importlib.import_module(f"{name}.app").SERVICE
    return found


def alone(name: str) -> dict[str, str]:
    """Settings with which a service has nobody to miss: the dashboard asks how all installed ones are."""
    port = str(free_port())
    return {"QUICKSTART": "1", "SERVICES": name, "ADMIN_PORT": port, "ADMINS": f"{name}=http://127.0.0.1:{port}"}


def operations(name: str) -> Iterator[Operation]:
    for path, methods in openapi.document(service(name))["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(name, method, path, methods[method])
