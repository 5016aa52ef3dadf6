#!/usr/bin/env python3
"""Make the Secrets that Fitmesh needs and does not find: random, each once, known to nobody but the cluster.

Needs kubectl and nothing else. What exists stays as it is, so a second run changes nothing, and own Secrets
(of a managed PostgreSQL, say) are taken as they are. `python3 k8s/make_secrets.py -n fitmesh` before `helm install`.
"""

import argparse
import base64
import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FILES = Path(__file__).parents[1] / "charts/infrastructure/files"
TOPOLOGY = FILES / "topology.json"
LOGINS = ("api", "writer", "worker", "migrate")
ADMIN = "fitmesh"
BASIC = "kubernetes.io/basic-auth"

Secrets = dict[str, dict[str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--namespace", default="fitmesh")
    parser.add_argument("--print", action="store_true", help="say what would be made, without values, and make nothing")
    parser.add_argument(
        "--production", action="store_true", help="also each role's own Secret, as CloudNativePG reads it"
    )
    parser.add_argument(
        "--objects", action="store_true", help="also keys for the stand-in of an S3 store in charts/infrastructure"
    )
    arguments = parser.parse_args()
    kubectl = Kubectl(arguments.namespace)
    there = kubectl.read()
    wanted = complete(there, services(), keepers() if arguments.objects else ())
    if arguments.production:
        wanted |= roles(wanted, services())
    changed = {name: data for name, data in wanted.items() if data != there.get(name)}
    for name in changed:
        print(f"secret/{name} {'changed' if name in there else 'made'}")  # noqa: T201 - what people read
    if changed and not arguments.print:
        kubectl.write(changed)


def services() -> list[str]:
    """Everybody the broker knows."""
    return [grant["user"] for grant in json.loads(TOPOLOGY.read_text())["permissions"] if grant["user"] != ADMIN]


def keepers() -> list[str]:
    """Everybody who has a part of the object store."""
    return sorted(path.stem.removeprefix("objects-") for path in FILES.glob("objects-*.json"))


def complete(there: Secrets, names: Sequence[str], keepers: Sequence[str] = ()) -> Secrets:
    """All Secrets, with what exists kept; those that say something about others follow them."""
    made = {name: dict(data) for name, data in there.items()}
    for name in names:
        for login in LOGINS:
            _keep(made, f"{name}-db", f"{login}-username", f"{name}_{login}")
            _keep(made, f"{name}-db", f"{login}-password")
        _keep(made, f"{name}-amqp", "username", name)
        _keep(made, f"{name}-amqp", "password")
        _keep(made, f"{name}-service", "secret")
    for name in keepers:
        _keep(made, f"{name}-objects", "access-key-id")
        _keep(made, f"{name}-objects", "secret-access-key")
    _keep(made, "postgres-admin", "password")
    _keep(made, "rabbitmq-admin", "username", ADMIN)
    _keep(made, "rabbitmq-admin", "password")
    _keep(made, "identity-keys", "key-encryption-key", base64.b64encode(secrets.token_bytes(32)).decode())
    clients = {name: hashlib.sha256(made[f"{name}-service"]["secret"].encode()).hexdigest() for name in names}
    made["identity-keys"]["service-clients"] = ",".join(f"{n}={h}" for n, h in clients.items() if n != "identity")
    accounts = {name: made[f"{name}-amqp"]["password"] for name in names} | {ADMIN: made["rabbitmq-admin"]["password"]}
    made["rabbitmq-admin"]["users.json"] = json.dumps({"users": [_broker_user(*each) for each in accounts.items()]})
    return made


def roles(made: Secrets, names: list[str]) -> Secrets:
    """The passwords of the services' database Secrets once more, one role each."""
    return {
        f"role-{name}-{login}": {part: made[f"{name}-db"][f"{login}-{part}"] for part in ("username", "password")}
        for name in names
        for login in LOGINS
    }


def _keep(made: Secrets, secret: str, key: str, value: str | None = None) -> None:
    made.setdefault(secret, {}).setdefault(key, value or secrets.token_hex(24))


def _broker_user(name: str, password: str) -> dict[str, Any]:
    """As RabbitMQ stores one; the salt follows from the password, so that the same input gives the same bytes."""
    salt = hashlib.sha256(f"{name}:{password}".encode()).digest()[:4]
    return {
        "name": name,
        "password_hash": base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator" if name == ADMIN else "",
    }


class Kubectl:
    """The few calls this needs; values travel by standard input and output only."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def read(self) -> Secrets:
        items = json.loads(self._run("get", "secrets", "-o", "json"))["items"]
        return {
            item["metadata"]["name"]: {k: base64.b64decode(v).decode() for k, v in item.get("data", {}).items()}
            for item in items
            if item["type"] in {"Opaque", BASIC}
        }

    def write(self, changed: Secrets) -> None:
        items = [
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": name, "labels": {"app.kubernetes.io/part-of": "fitmesh"}},
                "type": BASIC if name.startswith("role-") else "Opaque",
                "stringData": data,
            }
            for name, data in changed.items()
        ]
        self._run(
            "apply",
            "--server-side",
            "--force-conflicts",
            "-f",
            "-",
            feed={"apiVersion": "v1", "kind": "List", "items": items},
        )

    def _run(self, *arguments: str, feed: dict[str, Any] | None = None) -> str:
        command = ["kubectl", "-n", self._namespace, *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - kubectl, with arguments of our own
                command, input=json.dumps(feed) if feed else None, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            sys.exit("kubectl is missing: install it, and let KUBECONFIG name the cluster")
        if done.returncode:
            sys.exit(f"kubectl {arguments[0]} failed: {done.stderr.strip()}")
        return done.stdout


if __name__ == "__main__":
    main()
