#!/usr/bin/env python3
"""Write into the charts what follows from elsewhere; `make charts-docs` does, and a test compares.

From contracts: databases, rights in the object store, the broker's topology, the headers that are stripped. From
model.py: schemas. From both and the values: the pages.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dashboards
import model
import msgspec
import production
import skaffold
import yaml

from contracts import databases, services, topology

CHARTS = Path(__file__).parent
NAMES = [service.name for service in services.SERVICES]
KEEPERS = [service.name for service in services.SERVICES if service.keeps_files]
BUCKET = "arn:aws:s3:::fitmesh"
PRESENT = sorted(name for name in NAMES if (CHARTS / name / "Chart.yaml").exists())


def main() -> None:
    for name in PRESENT:
        _link(CHARTS / name / "charts/service-kit", "../../service-kit")
        _link(CHARTS / "fitmesh/charts" / name, f"../../{name}")
    for path, text in files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def files() -> Iterator[tuple[Path, str]]:
    """Every generated file and what it should hold."""
    for name in NAMES:
        yield CHARTS / f"infrastructure/files/{name}.sql", database(name)
    for name in KEEPERS:
        yield CHARTS / f"infrastructure/files/objects-{name}.json", objects(name)
    yield CHARTS / "infrastructure/files/topology.json", broker()
    yield CHARTS / "fitmesh/files/identity-headers.txt", "".join(f"{name}\n" for name in services.IDENTITY_HEADERS)
    for name, board in dashboards.all_of():
        yield CHARTS / f"fitmesh/dashboards/{name}.json", json.dumps(board, indent=1) + "\n"
    for name in PRESENT:
        yield CHARTS / name / "values.schema.json", _text(schema(model.Service))
        yield CHARTS / name / "README.md", page(name)
    yield CHARTS / "service-kit/README.md", kit_page()
    yield CHARTS.parent / "skaffold.yaml", skaffold.written(PRESENT)
    yield CHARTS.parent / "k8s/production/databases.yaml", production.postgres(PRESENT)
    yield CHARTS.parent / "k8s/production/grants.yaml", production.grants(PRESENT)
    for name, kind in (("fitmesh", model.umbrella(PRESENT)), ("infrastructure", model.Infrastructure)):
        yield CHARTS / name / "values.schema.json", _text(schema(kind))
        yield CHARTS / name / "README.md", page(name)


def database(name: str) -> str:
    """What makes a service's roles and database, runnable again; passwords are marks like ``@identity/api@``."""
    marks: dict[databases.Login, str] = {login: f"PASSWORD{name}{login}" for login in databases.LOGINS}
    *roles, create = databases.cluster_sql(name, marks)
    script = "".join(f"{statement};\n" for statement in roles)
    for login, mark in marks.items():
        script = script.replace(f"'{mark}'", f"'@{name}/{login}@'")
    unless = f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')"
    lines = [
        "-- Written by charts/generate.py.",
        "\\connect postgres",
        "SET log_min_error_statement = panic;",
        script.rstrip(),
        f"SELECT '{create}' {unless} \\gexec",
        f"\\connect {name}",
        *(f"{statement};" for statement in databases.database_sql(name)),
    ]
    return "\n".join(lines) + "\n"


def objects(name: str) -> str:
    """What a service may do in the bucket: anything with objects of its own, list them, read what others hand on."""
    actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    own = {"StringLike": {"s3:prefix": [f"{name}/*"]}}
    statements = [
        {"Effect": "Allow", "Action": actions, "Resource": f"{BUCKET}/{name}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET, "Condition": own},
    ]
    handed = [f"{BUCKET}/{other}/*" for other in services.BY_NAME[name].reads_files_of]
    if handed:
        statements.append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": handed})
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1) + "\n"


def broker() -> str:
    """All definitions but the users, whose passwords only Secrets know."""
    made = topology.definitions(dict.fromkeys([*NAMES, "fitmesh"], ""), rabbitmq=4)
    return json.dumps({name: part for name, part in made.items() if name != "users"}, indent=1) + "\n"


def schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """One flat JSON schema; whatever is not said is refused, but what Helm puts beside a chart's values."""
    [root], defs = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    _, more = msgspec.json.schema_components([model.Global, model.Service], ref_template="#/$defs/{name}")
    defs = {**more, **defs}
    whole = {"$ref": "#/$defs/Global"}
    service = defs["Service"]
    defs["Kit"] = service | {"title": "Kit", "properties": service["properties"] | {"global": whole}}
    own = {"global": whole, "service-kit": {"$ref": "#/$defs/Kit"}}
    defs["Service"] = service | {"properties": service["properties"] | own}
    top = defs.pop(kind.__name__) if kind is not model.Service else defs["Service"]
    if kind is not model.Service:
        top = top | {"properties": top["properties"] | {"global": whole, "enabled": {"type": "boolean"}}}
    said = {"$schema": "https://json-schema.org/draft/2020-12/schema", **top, "$defs": _used(top, defs)}
    assert root["$ref"].endswith(kind.__name__)  # noqa: S101 - what msgspec promises
    return said


def _used(part: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """Of all definitions those that are reached from here."""
    found: dict[str, Any] = {}
    waiting = [part]
    while waiting:
        for name in sorted(_references(waiting.pop()) - found.keys()):
            found[name] = defs[name]
            waiting.append(defs[name])
    return {name: found[name] for name in sorted(found)}


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        named = {part["$ref"].rsplit("/", 1)[1]} if "$ref" in part else set()
        return named.union(*map(_references, part.values()))
    return set().union(*map(_references, part)) if isinstance(part, list) else set()


def kit_page() -> str:
    lines = [
        "# service-kit",
        "",
        "What every service's chart is made of: it holds `Chart.yaml`, a `values.yaml` of what differs from here, and",
        "one line of template. Written by `make charts-docs` from `charts/model.py` and `values.yaml`.",
        "",
        *_table(CHARTS / "service-kit/values.yaml", schema(model.Service), {"service-kit", "enabled"}),
    ]
    return "\n".join(lines) + "\n"


def page(name: str) -> str:
    chart = yaml.safe_load((CHARTS / name / "Chart.yaml").read_text())
    kinds = {"fitmesh": model.umbrella(PRESENT), "infrastructure": model.Infrastructure}
    shape = schema(kinds.get(name, model.Service))
    hidden = {"service-kit"} | ({"enabled"} if name in kinds else set())
    own = "" if name in kinds else " What it does not say, [service-kit](../service-kit/README.md) says."
    lines = [
        f"# {name}",
        "",
        f"{chart['description']}{own} Written by `make charts-docs`.",
        "",
        *_table(CHARTS / name / "values.yaml", shape, hidden),
    ]
    return "\n".join(lines) + "\n"


def _table(values: Path, shape: dict[str, Any], hidden: set[str]) -> list[str]:
    rows = [*_rows(yaml.safe_load(values.read_text()), shape, shape["$defs"], "")]
    kept = [row for row in rows if row[0].split(".")[0] not in hidden]
    return [
        "| value | default | meaning |",
        "|---|---|---|",
        *(f"| `{key}` | `{default}` | {text} |" for key, default, text in kept),
    ]


def _rows(values: Any, shape: dict[str, Any], defs: dict[str, Any], above: str) -> Iterator[tuple[str, str, str]]:
    """Dotted key, default and meaning of everything in a values file, in its order."""
    for key, value in values.items():
        found = shape["properties"].get(key, {})
        inner = defs[found["$ref"].rsplit("/", 1)[1]] if "$ref" in found else found
        if isinstance(value, dict) and value and "properties" in inner:
            yield from _rows(value, inner, defs, f"{above}{key}.")
        else:
            shown = json.dumps(value).replace("|", "\\|")
            yield f"{above}{key}", shown, found.get("description", inner.get("description", ""))


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=1) + "\n"


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink():
        path.symlink_to(target)


if __name__ == "__main__":
    main()
