"""Read a service's settings from the environment into a Struct, or refuse to start with every reason at once."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta

from contracts.databases import Login

S = TypeVar("S", bound=msgspec.Struct)
SSLMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
Port = Annotated[int, Meta(ge=0, le=65535)]


class Secret:
    """Text that shows itself only when asked to by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What every service needs. Each field ``x`` comes from ``X``, or from the file that ``X_FILE`` names."""

    database_host: str
    database_port: Port = 5432
    database_name: str
    database_sslmode: SSLMode = "prefer"
    database_api_user: str
    database_api_password: Secret
    database_writer_user: str
    database_writer_password: Secret
    database_worker_user: str
    database_worker_password: Secret
    database_migrate_user: str | None = None
    database_migrate_password: Secret | None = None
    """Given to ``migrate`` alone where the other processes need not have it."""

    broker_host: str
    broker_port: Port = 5672
    broker_vhost: str = "fitmesh"
    broker_user: str
    broker_password: Secret

    service_secret: Secret
    """Proves to identity which service this is."""
    issuer: str
    """Public address of the gateway; the ``iss`` of every token."""
    jwks_url: str
    """Where identity publishes its keys, by its inner address."""
    peers: dict[str, str] = {}
    """gRPC targets: ``identity=dns:///identity-grpc:50051,…``."""
    services: tuple[str, ...]
    """Which services are installed."""

    bind: str = "0.0.0.0"  # noqa: S104 - a pod listens on its own address only; one machine says 127.0.0.1
    http_port: Port = 8080
    grpc_port: Port = 50051
    admin_port: Port = 9100

    object_store_url: str | None = None
    """``file:///<folder>`` or ``s3://<bucket>``; what follows is for a bucket."""
    object_store_endpoint: str | None = None
    object_store_region: str = "us-east-1"
    object_store_access_key_id: str | None = None
    object_store_secret_access_key: Secret | None = None
    otel_exporter_otlp_endpoint: str | None = None
    trace_share: Annotated[float, Meta(ge=0, le=1)] = 0.01
    """Share of requests without a sampled parent that are traced."""
    log_level: str = "INFO"
    quickstart: bool = False
    """Let health data in without a token, and common passwords: for trying Fitmesh on one's own machine."""
    retry_tiers_ms: tuple[int, ...] = (1_000, 10_000, 60_000)
    """How long a message that failed waits, by attempt; part of queue names, so all processes must agree."""
    linger_s: Annotated[float, Meta(ge=0, le=10)] = 5
    """Longest time that requests are still taken after SIGTERM: a gateway may hear late that this process leaves."""
    consumer_patience_s: Annotated[float, Meta(gt=0)] = 60
    """How long a queue may be without any consumer before a worker ends itself, to be started anew."""

    def database_login(self, login: Login) -> tuple[str, str]:
        """User and password of one of the service's roles."""
        user: str | None = getattr(self, f"database_{login}_user")
        password: Secret | None = getattr(self, f"database_{login}_password")
        if user is None or password is None:
            raise SettingsError([f"DATABASE_{login.upper()}_USER and _PASSWORD are needed here"])
        return user, password.reveal()


class SettingsError(Exception):
    """The environment does not say what the service needs."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def load(cls: type[S], env: Mapping[str, str] = os.environ) -> S:
    """Fill ``cls`` from upper-cased variables; SettingsError names all that are missing or malformed."""
    found, reasons = dict[str, Any](), list[str]()
    for field in msgspec.structs.fields(cls):
        name = field.name.upper()
        try:
            text = _read(name, env)
            if text is not None:
                found[field.name] = _convert(text, field.type)
            elif field.required:
                reasons.append(f"{name} (or {name}_FILE) is missing")
        except OSError as error:
            reasons.append(f"{name}_FILE cannot be read: {error.strerror}")
        except ValueError as error:
            reasons.append(f"{name}: {error}")
    if reasons:
        raise SettingsError(reasons)
    return cls(**found)


def _read(name: str, env: Mapping[str, str]) -> str | None:
    if file := env.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    return env.get(name) or None


def _convert(text: str, wanted: Any) -> Any:
    if wanted is Secret or Secret in get_args(wanted):
        return Secret(text)
    value: Any = text
    if get_origin(wanted) is dict:
        value = dict(pair.split("=", 1) for pair in text.split(",") if pair)
    elif get_origin(wanted) in {tuple, list}:
        value = [part for part in text.split(",") if part]
    return msgspec.convert(value, wanted, strict=False)
