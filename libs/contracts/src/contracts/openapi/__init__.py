"""The published HTTP interfaces: one committed document a service, and all of them as one for ``/docs``."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from contracts.services import SERVICES

Document = dict[str, Any]

FOLDER = Path(str(resources.files(__name__)))
REFERENCE = "#/components/schemas/"


def committed(service: str) -> Document | None:
    """The document this service published last; None when it has published none."""
    file = FOLDER / f"{service}.json"
    return msgspec.json.decode(file.read_bytes(), type=Document) if file.exists() else None


def merged() -> Document:
    """All committed documents as one: schemas and operation ids carry their service's name in front."""
    whole: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Fitmesh", "version": "1"},
        "paths": {},
        "components": {"schemas": {}, "securitySchemes": {}},
    }
    for service, document in _all():
        for path, item in document["paths"].items():
            whole["paths"][path] = {method: _of(service, operation) for method, operation in item.items()}
        components = document.get("components", {})
        schemas = components.get("schemas", {})
        whole["components"]["schemas"] |= {f"{service}.{name}": _of(service, made) for name, made in schemas.items()}
        whole["components"]["securitySchemes"] |= components.get("securitySchemes", {})
    return whole


def _all() -> Iterator[tuple[str, Document]]:
    for service in SERVICES:
        if document := committed(service.name):
            yield service.name, document


def _of(service: str, part: Any) -> Any:
    """Rewrite references, mappings and operation ids of one service's part, however deep."""
    if isinstance(part, list):
        return [_of(service, each) for each in part]
    if not isinstance(part, dict):
        return part.replace(REFERENCE, f"{REFERENCE}{service}.") if isinstance(part, str) else part
    made = {key: _of(service, value) for key, value in part.items()}
    if isinstance(made.get("operationId"), str):
        made["operationId"] = f"{service}.{made['operationId']}"
    return made
