"""Every operation of every service, from the documents they are described by."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
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
                path = path.replace("{" + parameter["name"] + "}", _nobodys(parameter["schema"]))
        return path

    @property
    def of_a_thing(self) -> bool:
        """Does the path hold an id?"""
        given = self.described.get("parameters", [])
        return any(p["in"] == "path" and p["schema"].get("format") == "uuid" for p in given)

    @property
    def streams(self) -> bool:
        """Does the answer go on until someone hangs up?"""
        return any("text/event-stream" in answer.get("content", {}) for answer in self.described["responses"].values())

    @property
    def body_type(self) -> str | None:
        return next(iter(self.described.get("requestBody", {}).get("content", {})), None)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def _nobodys(schema: dict[str, Any]) -> str:
    """A value of a path that names nothing."""
    if schema.get("type") == "integer":
        return "7"
    return "2026-01-01" if schema.get("format") == "date" else str(uuid4())


def service(name: str) -> Service:
    found: Service = importlib.import_module(f"{name}.app").SERVICE
    return found


def alone(name: str, folder: Path) -> dict[str, str]:
    """Settings with which a service misses nobody: the dashboard asks how all installed ones are; files go there."""
    port = str(free_port())
    return {
        "QUICKSTART": "1",
        "SERVICES": name,
        "ADMIN_PORT": port,
        "ADMINS": f"{name}=http://127.0.0.1:{port}",
        "OBJECT_STORE_URL": folder.as_uri(),
    }


def operations(name: str) -> Iterator[Operation]:
    for path, methods in openapi.document(service(name))["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(name, method, path, methods[method])
