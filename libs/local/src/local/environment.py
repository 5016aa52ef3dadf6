"""The settings each process gets: addresses, names of roles, and files that hold secrets, never the secrets."""

import os
from typing import Literal

from contracts.databases import LOGINS
from contracts.services import BY_NAME, Service
from contracts.topology import VHOST
from local.keyring import Keyring
from local.plan import Plan

Mode = Literal["all", "api", "worker"]


def settings_of(plan: Plan, keyring: Keyring, service: Service, mode: Mode = "all") -> dict[str, str]:
    """Everything ``python -m <service>`` is told; the rest of our own environment passes through."""
    return {
        **_python(plan),
        **_database(plan, keyring, service),
        **_broker(plan, keyring, service),
        **_place(plan, service, mode),
        **_neighbours(plan, service),
        **_secrets(plan, keyring, service),
        "QUICKSTART": "1" if plan.quickstart else "0",
        **({"OBJECT_STORE_URL": plan.objects.as_uri()} if service.keeps_files else {}),
        "LOG_FORMAT": "json",
    }


def _python(plan: Plan) -> dict[str, str]:
    given = os.environ | {"PYTHONUNBUFFERED": "1"}
    path = [*map(str, plan.search_path), given.get("PYTHONPATH", "")]
    return given | ({"PYTHONPATH": os.pathsep.join(filter(None, path))} if any(path) else {})


def _database(plan: Plan, keyring: Keyring, service: Service) -> dict[str, str]:
    settings = {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(plan.server_port("postgres")),
        "DATABASE_NAME": service.name,
        "DATABASE_SSLMODE": "disable",
    }
    for login in LOGINS:
        settings[f"DATABASE_{login.upper()}_USER"] = f"{service.name}_{login}"
        settings[f"DATABASE_{login.upper()}_PASSWORD_FILE"] = str(keyring.database(service.name, login))
    return settings


def _broker(plan: Plan, keyring: Keyring, service: Service) -> dict[str, str]:
    return {
        "BROKER_HOST": "127.0.0.1",
        "BROKER_PORT": str(plan.server_port("rabbitmq")),
        "BROKER_VHOST": VHOST,
        "BROKER_USER": service.name,
        "BROKER_PASSWORD_FILE": str(keyring.broker(service.name)),
    }


def _place(plan: Plan, service: Service, mode: Mode) -> dict[str, str]:
    return {
        "BIND": "127.0.0.1",
        "HTTP_PORT": str(plan.port(service, "http")),
        "GRPC_PORT": str(plan.port(service, "grpc")),
        "ADMIN_PORT": str(plan.port(service, "worker-admin" if mode == "worker" else "admin")),
    }


def _neighbours(plan: Plan, service: Service) -> dict[str, str]:
    peers = [f"{peer.name}=dns:///{plan.address(peer, 'grpc')}" for peer in plan.services]
    settings = {
        "ISSUER": plan.public_url,
        "JWKS_URL": f"http://{plan.address(BY_NAME['identity'], 'http')}/.well-known/jwks.json",
        "PEERS": ",".join(peers),
        "SERVICES": ",".join(peer.name for peer in plan.services),
    }
    if service.name == "dashboard":
        settings["ADMINS"] = ",".join(f"{name}=http://{address}" for name, address in _admins(plan))
    return settings


def _admins(plan: Plan) -> list[tuple[str, str]]:
    admins = [(service.name, plan.address(service, "admin")) for service in plan.services]
    workers = [(f"{one.name}-worker", plan.address(one, "worker-admin")) for one in plan.services if one.split]
    return admins + workers


def _secrets(plan: Plan, keyring: Keyring, service: Service) -> dict[str, str]:
    settings = {"SERVICE_SECRET_FILE": str(keyring.service(service.name))}
    if service.name == "identity":
        others = [other.name for other in plan.services if other.name != "identity"]
        settings["KEY_ENCRYPTION_KEY_FILE"] = str(keyring.encryption_key())
        settings["SERVICE_CLIENTS"] = ",".join(f"{name}={keyring.service_hash(name)}" for name in others)
    return settings
