"""An OpenAPI document as lines and tables: what its page shows."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

Document = Mapping[str, Any]
REFERENCE = "#/components/schemas/"
METHODS = ("get", "post", "put", "patch", "delete")
JSON, PROBLEM = "application/json", "application/problem+json"
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minLength": "at least {} long",
    "maxLength": "at most {} long",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches `{}`",
}


class Word(msgspec.Struct, frozen=True):
    """A piece of a type's name; a schema's is a link."""

    text: str
    anchor: str = ""


class Member(msgspec.Struct, frozen=True):
    """A parameter, or a member of a schema."""

    name: str
    kind: Sequence[Word]
    required: bool
    text: str
    place: str = ""
    """Of a parameter: path, query or header."""


class Content(msgspec.Struct, frozen=True):
    """What a body is: its media type and its type."""

    media_type: str
    """Empty for JSON."""
    kind: Sequence[Word]


class Answer(msgspec.Struct, frozen=True):
    """What comes back under one status."""

    status: str
    text: str
    contents: Sequence[Content]


class Operation(msgspec.Struct, frozen=True):
    """One method of one path."""

    anchor: str
    method: str
    path: str
    title: str
    text: Sequence[str]
    """Paragraphs."""
    token: bool
    parameters: Sequence[Member]
    bodies: Sequence[Content]
    answers: Sequence[Answer]
    problems: Sequence[str]
    """What may go wrong: ``404 Not Found`` and the like."""


class Schema(msgspec.Struct, frozen=True):
    """A type that bodies are made of."""

    anchor: str
    name: str
    text: Sequence[str]
    kind: Sequence[Word]
    """Of a type that has no members."""
    members: Sequence[Member]


class Section(msgspec.Struct, frozen=True):
    """One service."""

    name: str
    operations: Sequence[Operation]
    schemas: Sequence[Schema]


def installed(document: Document, services: Sequence[str]) -> dict[str, Any]:
    """The part of a merged document that belongs to these services."""
    paths = {
        path: kept
        for path, item in document["paths"].items()
        if (kept := {method: operation for method, operation in item.items() if owner(operation) in services})
    }
    schemas = document["components"].get("schemas", {})
    kept = {name: schema for name, schema in schemas.items() if name.partition(".")[0] in services}
    return {**document, "paths": paths, "components": {**document["components"], "schemas": kept}}


def owner(operation: Document) -> str:
    """The service whose name stands before the operation's id."""
    return str(operation["operationId"]).partition(".")[0]


def sections(document: Document, services: Sequence[str]) -> list[Section]:
    """A section for each of the services that has something to show."""
    found = [
        Section(
            service,
            [
                _operation(path, method, item[method])
                for path, item in sorted(document["paths"].items())
                for method in METHODS
                if method in item and owner(item[method]) == service
            ],
            [
                _schema(name, schema)
                for name, schema in sorted(document["components"].get("schemas", {}).items())
                if name.startswith(f"{service}.")
            ],
        )
        for service in services
    ]
    return [section for section in found if section.operations]


def _operation(path: str, method: str, operation: Document) -> Operation:
    first, *text = paragraphs(operation.get("description") or operation.get("summary") or operation["operationId"])
    title, _, rest = first.partition(". ")
    body = operation.get("requestBody", {})
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=title.rstrip("."),
        text=[rest, *text] if rest else text,
        token=bool(operation.get("security")),
        parameters=[_parameter(parameter) for parameter in operation.get("parameters", ())],
        bodies=list(_contents(body)),
        answers=[
            Answer(status, _said(status, answer), list(_contents(answer)))
            for status, answer in sorted(operation["responses"].items())
            if PROBLEM not in answer.get("content", {})
        ],
        problems=[
            f"{status} {_said(status, answer)}"
            for status, answer in sorted(operation["responses"].items())
            if PROBLEM in answer.get("content", {}) and status.isdecimal()
        ],
    )


def _said(status: str, answer: Document) -> str:
    """The description, where it says more than that the status is what it is."""
    known = HTTPStatus(int(status)) if status.isdecimal() else None
    text = str(answer.get("description", ""))
    return known.phrase if known and text == known.description else text


def _parameter(parameter: Document) -> Member:
    schema = parameter.get("schema", {})
    text = parameter.get("description") or schema.get("description") or ""
    return Member(
        name=parameter["name"],
        kind=list(words(schema)),
        required=parameter.get("required", False),
        text=_joined(text, schema),
        place=parameter["in"],
    )


def _schema(name: str, schema: Document) -> Schema:
    members = [
        Member(key, list(words(value)), key in schema.get("required", ()), _joined(value.get("description", ""), value))
        for key, value in schema.get("properties", {}).items()
    ]
    kind = [] if members else list(words({**schema, "title": ""}))
    return Schema(name, short(name), paragraphs(schema.get("description", "")), kind, members)


def _contents(body: Document) -> Iterator[Content]:
    for media_type, content in body.get("content", {}).items():
        kind = list(words(content.get("schema", {})))
        yield Content("" if media_type == JSON else media_type, kind)


def words(schema: Document) -> Iterator[Word]:
    """A type as one says it: ``list of Notification``, ``string or null``."""
    if reference := schema.get("$ref"):
        name = reference.removeprefix(REFERENCE)
        yield Word(short(name), name)
    elif "const" in schema or "enum" in schema:
        yield Word(", ".join(str(value) for value in schema.get("enum", [schema.get("const")])))
    elif either := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
        yield from _several(either, " or ")
    elif places := schema.get("prefixItems"):
        yield Word("list of ")
        yield from _several(places, " and ")
    elif schema.get("type") == "array":
        yield Word("list of ")
        yield from words(schema.get("items", {}))
    elif isinstance(schema.get("additionalProperties"), Mapping) and schema["additionalProperties"]:
        yield Word("map of ")
        yield from words(schema["additionalProperties"])
    else:
        yield Word(_simple(schema))


def _several(schemas: Iterable[Document], between: str) -> Iterator[Word]:
    for place, option in enumerate(schemas):
        if place:
            yield Word(between)
        yield from words(option)


def _simple(schema: Document) -> str:
    names = schema.get("type", "anything")
    name = " or ".join(names) if isinstance(names, list) else names
    return schema.get("format", name) if name == "string" else name


def _joined(text: str, schema: Document) -> str:
    """The description, then bounds and default, in one line."""
    bounds = [said.format(_number(schema[key])) for key, said in BOUNDS.items() if key in schema]
    if (default := schema.get("default")) is not None:
        bounds.append(f"default `{msgspec.json.encode(default).decode()}`")
    facts = ", ".join(bounds)
    return " ".join(filter(None, [" ".join(text.split()), facts and f"{facts[0].upper()}{facts[1:]}."]))


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def short(name: str) -> str:
    """A schema's name without the modules that a generic type drags along."""
    plain = name.partition(".")[2] or name
    generic = re.fullmatch(r"(\w+?)_(?:[\w.]+\.)(\w+?)_", plain)
    return f"{generic[1]} of {generic[2]}" if generic else plain.rpartition(".")[2]


def paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
