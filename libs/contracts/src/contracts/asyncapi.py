"""The published events as AsyncAPI 3: ``python -m contracts.asyncapi write|check``.

The committed document is the promise. ``write`` refuses what would break a consumer of it; ``check`` also refuses a
document that is not what the code says.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from contracts import topology
from contracts.events import EVENTS, Event

Document = dict[str, Any]
Schema = Mapping[str, Any]

FILE = Path(str(resources.files("contracts"))) / "asyncapi.json"
MOST_EVENTS = 100
NOTES = ("description", "title", "default")
"""Parts of a schema that say nothing about what is on the wire."""


def document() -> Document:
    """What the code says now."""
    references, schemas = msgspec.json.schema_components(EVENTS, ref_template="#/components/schemas/{name}")
    for event in EVENTS:
        schemas[event.__name__]["required"].insert(1, "event_id")  # filled in by whoever makes the event, always sent
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Fitmesh events", "version": "1", "description": _description()},
        "defaultContentType": "application/json",
        "channels": {event.name(): _channel(event) for event in EVENTS},
        "operations": dict(_operations()),
        "components": {
            "messages": {
                event.__name__: _message(event, reference) for event, reference in zip(EVENTS, references, strict=True)
            },
            "schemas": schemas,
        },
    }


def written(made: Document) -> bytes:
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def breaks(old: Document, new: Document) -> Iterator[str]:
    """Name each change that a consumer or a message under way would trip over."""
    for name in sorted(old["channels"].keys() - new["channels"].keys()):
        yield f"{name}: the event is gone or has another tag"
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    for name in sorted(before.keys() & after.keys()):
        yield from (f"{name}.{change}" for change in _changes(before[name], after[name]))


def main(arguments: list[str]) -> int:
    """Write or check the committed document; returns the exit status."""
    made = document()
    committed = FILE.read_bytes() if FILE.exists() else None
    broken = sorted(breaks(msgspec.json.decode(committed), made)) if committed else []
    for reason in broken:
        print(f"{FILE.name}: {reason}", file=sys.stderr)  # noqa: T201
    if broken:
        print("publish a new version of the event beside the old one", file=sys.stderr)  # noqa: T201
        return 1
    if arguments == ["write"]:
        FILE.write_bytes(written(made))
    elif committed != written(made):
        print(f"{FILE.name} is not what the events say: run `make contracts`", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _description() -> str:
    return (
        f"A message is a JSON array of at most {MOST_EVENTS} events of one type. Events come at least once and in no "
        "order: remember `event_id`, and let `version` decide."
    )


def _channel(event: type[Event]) -> Document:
    exchange = {"name": topology.EXCHANGE, "type": "topic", "durable": True, "vhost": topology.VHOST}
    return {
        "address": event.name(),
        "description": event.__doc__,
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _message(event: type[Event], reference: Schema) -> Document:
    return {
        "name": event.name(),
        "summary": event.__doc__,
        "payload": {"type": "array", "items": dict(reference), "minItems": 1, "maxItems": MOST_EVENTS},
        "bindings": {"amqp": {"contentEncoding": "utf-8", "messageType": event.name(), "bindingVersion": "0.3.0"}},
    }


def _operations() -> Iterator[tuple[str, Document]]:
    for service, events in topology.PUBLISHES.items():
        for event in events:
            binding = {"amqp": {"deliveryMode": 2, "mandatory": event.required, "bindingVersion": "0.3.0"}}
            yield f"{service} sends {event.name()}", _operation("send", event, binding)
    for queue in topology.QUEUES:
        for event in queue.events:
            binding = {"amqp": {"ack": True, "bindingVersion": "0.3.0"}}
            yield f"{queue.name} takes {event.name()}", _operation("receive", event, binding)


def _operation(action: str, event: type[Event], bindings: Document) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{event.name()}"}, "bindings": bindings}


def _changes(before: Schema, after: Schema) -> Iterator[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    for field in old:
        if field not in new:
            yield f"{field}: the field is gone"
        elif field == "type" and old[field] != new[field]:
            yield "type: the tag has changed"
        elif _shape(old[field]) != _shape(new[field]):
            yield f"{field}: the type has changed"
    for field in after.get("required", ()):
        if field not in before.get("required", ()):
            yield f"{field}: the field is required now"


def _shape(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _shape(value) for key, value in schema.items() if key not in NOTES}
    return [_shape(each) for each in schema] if isinstance(schema, list) else schema


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
