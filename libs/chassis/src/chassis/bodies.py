"""Decode request bodies strictly, and say of every member what is wrong with it."""

import re
from itertools import islice
from typing import Annotated, Any, get_args, get_origin

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.params import BodyKwarg

from chassis import field_errors
from chassis.field_errors import FieldError
from chassis.problems import BadRequest, InvalidValue, UnsupportedMediaType

JSON = "application/json"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class StrictRequest(Request[Any, Any, State]):
    """Reads a JSON body straight into the handler's type: ``"5"`` is no number, and unknown members are refused."""

    async def json(self) -> Any:
        if self._content_type_name() != JSON:
            raise UnsupportedMediaType(f"send {JSON}")
        body = await self.body()
        if not body.strip():
            raise BadRequest("a JSON body is needed")
        return decode(body, self._wanted())

    def _wanted(self) -> Any:
        """The handler's type without Litestar's marker, which msgspec would hash at every decode, for 40 us."""
        kept = self.route_handler.opt
        if "wanted" not in kept:
            field = self.route_handler.parsed_data_field
            kept["wanted"] = _unmarked(field.raw) if field else Any
        return kept["wanted"]

    def _content_type_name(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def _unmarked(annotation: Any) -> Any:
    if get_origin(annotation) is not Annotated:
        return annotation
    wanted, *notes = get_args(annotation)
    for note in notes:
        if not isinstance(note, BodyKwarg):
            wanted = Annotated[wanted, note]
    return wanted


def decode(body: bytes, wanted: Any) -> Any:
    """Decode into ``wanted``; BadRequest for what is not JSON, InvalidValue with an error for each bad member."""
    try:
        value = msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        raise InvalidValue(errors=_all_errors(body, wanted, error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("the body is not valid JSON") from None
    if NUL.search(body):
        raise InvalidValue("text must not contain the character NUL")
    return value


def _all_errors(body: bytes, wanted: Any, first: msgspec.ValidationError) -> list[FieldError]:
    """Msgspec stops at the first error; walk the plain value to find the others."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [field_errors.of_exception(first)]
    found = list(islice(field_errors.of_value(value, wanted), field_errors.MOST))
    return found or [field_errors.of_exception(first)]
