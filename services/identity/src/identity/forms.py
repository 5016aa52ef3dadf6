"""Form bodies, as strict as JSON ones: one value a field, known fields only, UTF-8, small."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from chassis.problems import BadRequest, InvalidValue, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
LARGEST = 16 * 1024


async def strict(request: Request[Any, Any, Any]) -> None:
    """Refuse, before the handler decodes it, a body that can be read in two ways; for ``before_request``."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMediaType(f"send {FORM}")
    body = await request.body()
    if len(body) > LARGEST:
        raise BadRequest("the form is too large")
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise BadRequest("the body is not a valid form") from None
    if len({name for name, _ in fields}) != len(fields):
        raise BadRequest("a field is given twice")
    if any("\0" in value for _, value in fields):
        raise InvalidValue("text must not contain the character NUL")
