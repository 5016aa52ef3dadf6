"""Decode request bodies strictly, and say of every member what is wrong with it."""

from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State

from chassis.problems import BadRequest, FieldError, InvalidValue, UnsupportedMediaType, field_error

JSON = "application/json"


class StrictRequest(Request[Any, Any, State]):
    """Reads a JSON body straight into the handler's type: ``"5"`` is no number, and unknown members are refused."""

    async def json(self) -> Any:
        if self._content_type_name() != JSON:
            raise UnsupportedMediaType(f"send {JSON}")
        body = await self.body()
        if not body.strip():
            raise BadRequest("a JSON body is needed")
        field = self.route_handler.parsed_data_field
        return decode(body, field.raw if field else Any)

    def _content_type_name(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def decode(body: bytes, wanted: Any) -> Any:
    """Decode into ``wanted``; BadRequest for what is not JSON, InvalidValue with an error for each bad member."""
    try:
        value = msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        raise InvalidValue(errors=_all_errors(body, wanted, error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("the body is not valid JSON") from None
    if b"\\u0000" in body:
        raise InvalidValue("text must not contain the character NUL")
    return value


def _all_errors(body: bytes, wanted: Any, first: msgspec.ValidationError) -> list[FieldError]:
    """Msgspec stops at the first error; decode member by member to find the others."""
    if not (isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)):
        return [field_error(first)]
    try:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [field_error(first)]
    fields = {f.encode_name: f for f in msgspec.structs.fields(wanted)}
    errors = [FieldError("is not a known field", f"/{name}") for name in members if name not in fields]
    for name, field in fields.items():
        if name not in members:
            if field.required:
                errors.append(FieldError("is missing", f"/{name}"))
            continue
        try:
            msgspec.json.decode(members[name], type=field.type)
        except msgspec.ValidationError as error:
            found = field_error(error)
            errors.append(FieldError(found.detail, f"/{name}{found.pointer}"))
    return errors or [field_error(first)]
