"""What is wrong with single members of a request: a sentence and a JSON pointer for each."""

import re
from collections.abc import Collection, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import UnsetType

MOST = 50
"""Errors told about one body; whoever sends more has understood by then."""


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one member of a request."""

    detail: str
    pointer: str = ""
    """JSON pointer into the body; ``?limit`` and the like for a parameter."""


def of_exception(error: msgspec.ValidationError, under: str = "") -> FieldError:
    """Turn msgspec's ``Expected `int`, got `str` - at `$.sets[0].reps``` into sentence and pointer."""
    text, _, path = str(error).partition(" - at `")
    steps = re.findall(r"\[(\d+|\.\.\.)\]|\.([^.\[`]+)", path)
    pointer = under + "".join(f"/{index or _escaped(name)}" for index, name in steps)
    if missing := re.fullmatch(r"Object (?:missing required|contains unknown) field `(.+)`", text):
        pointer += f"/{_escaped(missing[1])}"
        text = "is missing" if "missing" in text else "is not a known field"
    return FieldError(text, pointer)


def of_parameters(extra: object) -> list[FieldError]:
    """What Litestar tells of parameters it refused."""
    if not isinstance(extra, list):
        return []
    return [
        FieldError(str(item.get("message", "")), _place(str(item.get("source", "")), str(item.get("key", ""))))
        for item in extra
        if isinstance(item, Mapping)
    ]


def _place(source: str, key: str) -> str:
    return "/" + key.replace(".", "/") if source == "body" else f"?{key}"


def of_value(value: Any, wanted: Any, under: str = "") -> Iterator[FieldError]:
    """Yield an error for each member, however deep, that keeps a decoded ``value`` from being a ``wanted``."""
    found = False
    for error in _of_members(value, _chosen(value, wanted), under):
        found = True
        yield error
    if not found:
        try:
            msgspec.convert(value, wanted, str_keys=True)
        except msgspec.ValidationError as error:
            yield of_exception(error, under)


def _of_members(value: Any, wanted: Any, under: str) -> Iterator[FieldError]:
    origin, arguments = get_origin(wanted), get_args(wanted)
    match value:
        case dict() if _is_struct(wanted):
            yield from _of_struct(value, wanted, under)
        case dict() if origin in {dict, Mapping} and len(arguments) == 2:
            for name, member in value.items():
                yield from of_value(member, arguments[1], f"{under}/{_escaped(name)}")
        case list() if origin is tuple and not (len(arguments) == 2 and arguments[1] is ...):
            for place, (member, kind) in enumerate(zip(value, arguments, strict=False)):
                yield from of_value(member, kind, f"{under}/{place}")
        case list() if arguments and isinstance(origin, type) and issubclass(origin, Collection):
            for place, member in enumerate(value):
                yield from of_value(member, arguments[0], f"{under}/{place}")


def _of_struct(value: dict[str, Any], wanted: type[msgspec.Struct], under: str) -> Iterator[FieldError]:
    config = wanted.__struct_config__
    fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    known = fields.keys() | ({config.tag_field} if config.tag_field else set())
    for name in value.keys() - known if config.forbid_unknown_fields else ():
        yield FieldError("is not a known field", f"{under}/{_escaped(name)}")
    for name, field in fields.items():
        if name in value:
            yield from of_value(value[name], field.type, f"{under}/{_escaped(name)}")
        elif field.required:
            yield FieldError("is missing", f"{under}/{_escaped(name)}")


def _chosen(value: Any, wanted: Any) -> Any:
    """The one type of a union that ``value`` means to be, without its annotations; the union itself if that is open."""
    while get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    if get_origin(wanted) not in {Union, UnionType}:
        return wanted
    kinds = [_chosen(value, kind) for kind in get_args(wanted) if kind not in {NoneType, UnsetType}]
    if len(kinds) == 1:
        return kinds[0]
    tagged = [kind for kind in kinds if _is_struct(kind) and isinstance(value, dict) and _is_tagged_as(value, kind)]
    return tagged[0] if len(tagged) == 1 else wanted


def _is_tagged_as(value: dict[str, Any], kind: type[msgspec.Struct]) -> bool:
    config = kind.__struct_config__
    return config.tag_field is not None and value.get(config.tag_field) == config.tag


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
