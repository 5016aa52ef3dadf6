"""Custom resources of k8s/production: the same databases and roles as everywhere, for the operator's engine."""

# ruff: noqa: INP001 - a script's module

from typing import Any

import yaml

from contracts import databases

Manifest = dict[str, Any]
HEAD = "# Written by charts/production.py (`make charts-docs`).\n"
CLUSTER = "postgres"


def postgres(services: list[str]) -> str:
    """Roles and databases for CloudNativePG; what each role may do is granted by the Job in grants.yaml."""
    made: list[Manifest] = []
    for name in services:
        made.append(_role(f"{name}_owner", login=False))
        for login in databases.LOGINS:
            more = {"inRoles": [f"{name}_owner"]} if login == "migrate" else {}
            made.append(_role(f"{name}_{login}", login=True, **more))
        made.append(
            _object(
                "Database",
                name,
                {
                    "cluster": {"name": CLUSTER},
                    "name": name,
                    "owner": f"{name}_owner",
                    "databaseReclaimPolicy": "retain",
                },
            )
        )
    return HEAD + yaml.safe_dump_all(made, sort_keys=False)


def grants(services: list[str]) -> str:
    """A Job that says who may do what in each database; runnable again."""
    lines = []
    for name in services:
        lines += [f"\\connect {name}", *(f"{statement};" for statement in databases.database_sql(name))]
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "postgres-grants"},
        "data": {"grants.sql": "\n".join(lines) + "\n"},
    }
    return HEAD + yaml.safe_dump_all([config, _job(), _policy()], sort_keys=False)


def _role(name: str, *, login: bool, **more: Any) -> Manifest:
    secret = {"passwordSecret": {"name": f"role-{name.replace('_', '-')}"}} if login else {}
    spec = {
        "cluster": {"name": CLUSTER},
        "name": name,
        "login": login,
        **secret,
        **more,
        "databaseRoleReclaimPolicy": "retain",
    }
    return _object("DatabaseRole", name.replace("_", "-"), spec)


def _object(kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": "postgresql.cnpg.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def _job() -> Manifest:
    secret = {"secretKeyRef": {"name": f"{CLUSTER}-superuser", "key": "password"}}
    container = {
        "name": "psql",
        "image": "postgres:18",
        "command": ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=/grants/grants.sql"],
        "env": [
            {"name": "PGHOST", "value": f"{CLUSTER}-rw"},
            {"name": "PGUSER", "value": "postgres"},
            {"name": "PGDATABASE", "value": "postgres"},
            {"name": "PGPASSWORD", "valueFrom": secret},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        "volumeMounts": [{"name": "grants", "mountPath": "/grants", "readOnly": True}],
    }
    pod = {
        "restartPolicy": "OnFailure",
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 999, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "grants", "configMap": {"name": "postgres-grants"}}],
    }
    labels = {"app.kubernetes.io/name": "postgres-grants"}
    spec = {
        "backoffLimit": 10,
        "ttlSecondsAfterFinished": 3600,
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "postgres-grants"}, "spec": spec}


def _policy() -> Manifest:
    """The Job and the operators' pods get through the umbrella's default-deny."""
    engines = {"matchExpressions": [{"key": "cnpg.io/cluster", "operator": "Exists"}]}
    spec = {
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "postgres-grants"}},
        "policyTypes": ["Ingress", "Egress"],
        "egress": [
            {"to": [{"podSelector": engines}], "ports": [{"port": 5432}]},
            {"to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}]},
        ],
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "postgres-grants"},
        "spec": spec,
    }
