"""Schemas of bodies as msgspec reads and writes them, which is what the wire sees."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from chassis.problems import ProblemDetails

Schema = dict[str, Any]
TEMPLATE = "#/components/schemas/{name}"


class Schemas:
    """The schemas of every type that handlers take and give; those that msgspec does not know are left to Litestar."""

    def __init__(self, handlers: Sequence[HTTPRouteHandler]) -> None:
        wanted = [ProblemDetails, *(kind for handler in handlers for kind in (taken(handler), given(handler)))]
        known = [kind for kind in wanted if _is_known(kind)]
        made, self._components = msgspec.json.schema_components(known, ref_template=TEMPLATE)
        self._made = dict(zip(map(repr, known), made, strict=True))

    def of(self, kind: Any) -> Schema | None:
        return self._made.get(repr(kind))

    def used_by(self, paths: Schema, others: Schema) -> dict[str, Schema]:
        """Every schema that ``paths`` refer to, directly or not; from ``others`` what msgspec does not know."""
        every = others["components"].get("schemas", {}) | self._components
        found = dict[str, Schema]()
        waiting = list(_references(paths))
        while waiting:
            if (name := waiting.pop()) not in found:
                found[name] = every[name]
                waiting += _references(every[name])
        return dict(sorted(found.items()))


def taken(handler: HTTPRouteHandler) -> Any:
    """The type of the body a handler takes, or says in ``opt`` that it reads by itself; None without one."""
    field = handler.parsed_data_field
    return field.raw if field else handler.opt.get("body")


def given(handler: HTTPRouteHandler) -> Any:
    """The type a handler answers with, out of its Response; None for none."""
    kind = handler.parsed_fn_signature.return_type.raw
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, Response) and not issubclass(origin, Stream):
        return next(iter(get_args(kind)), None)
    return kind


def _is_known(kind: Any) -> bool:
    if kind in {None, type(None), bytes, str, Any}:
        return False
    try:
        msgspec.json.schema_components([kind])
    except TypeError:
        return False
    return True


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        yield from (name for value in part.values() for name in _references(value))
    elif isinstance(part, list):
        yield from (name for value in part for name in _references(value))
