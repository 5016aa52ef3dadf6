"""What a change of a published document would take from those who use it."""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
METHODS = ("get", "put", "post", "patch", "delete")


def broken(old: Document, new: Document) -> Iterator[str]:
    """Yield a sentence for each thing a client of ``old`` could rely on that ``new`` lacks, or newly asks for."""
    for path, item in old["paths"].items():
        for method in METHODS:
            if method in item:
                name = f"{method.upper()} {path}"
                if method not in new["paths"].get(path, {}):
                    yield f"{name} is gone"
                else:
                    yield from _of_operation(name, item[method], new["paths"][path][method])
    before, after = _schemas(old), _schemas(new)
    for name in before.keys() & after.keys():
        yield from _of_schema(name, before[name], after[name])


def _of_operation(name: str, old: Document, new: Document) -> Iterator[str]:
    known = {(each["in"], each["name"]) for each in old.get("parameters", [])}
    still = {(each["in"], each["name"]): each for each in new.get("parameters", [])}
    yield from (f"{name}: the parameter {where} {what} is gone" for where, what in known - still.keys())
    for place in still.keys() - known:
        if still[place].get("required"):
            yield f"{name}: the new parameter {' '.join(place)} is required"
    if "requestBody" in new and "requestBody" not in old and new["requestBody"].get("required"):
        yield f"{name}: a body is required now"
    for status in old["responses"].keys() - new["responses"].keys():
        if status < "400":
            yield f"{name}: the answer {status} is gone"
    if new.get("security") and not old.get("security"):
        yield f"{name}: a token is required now"


def _of_schema(name: str, old: Document, new: Document) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    yield from (f"{name}.{member} is gone" for member in before.keys() - after.keys())
    added = set(new.get("required", ())) - set(old.get("required", ()))
    if new.get("additionalProperties") is False:  # only what clients send refuses what it does not know
        yield from (f"{name}.{member} is required now" for member in sorted(added))
    for member in before.keys() & after.keys():
        if before[member].get("type") != after[member].get("type"):
            yield f"{name}.{member} is of another type"


def _schemas(document: Document) -> Document:
    found: Document = document.get("components", {}).get("schemas", {})
    return found
