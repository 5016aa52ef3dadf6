"""One operation, corrected where the frame does otherwise than Litestar believes: tokens, problems, keys, streams."""

from http import HTTPStatus

from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from chassis.openapi.schemas import Schema, Schemas, given, taken
from chassis.problems import MEDIA_TYPE, ProblemDetails

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = "application/json"
LAST_EVENT_ID = "last-event-id"
NOISE = frozenset({"deprecated", "allowEmptyValue", "allowReserved"})

KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again under the same key within 24 hours, a request acts once and is answered the same.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}


def described(made: Schema, handler: HTTPRouteHandler, schemas: Schemas) -> Schema:
    """Correct what Litestar ``made`` of a handler."""
    parameters = [_parameter(each) for each in made.get("parameters", [])]
    arguments = handler.parsed_fn_signature.parameters
    says_so = any(each["name"].lower() == "idempotency-key" for each in parameters)
    keyed = bool(handler.http_methods & WRITES) and ("db" in arguments or says_so)
    if keyed and not says_so:
        parameters.append(KEY)
    body = _body(made.get("requestBody"), schemas.of(taken(handler)))
    needs = _security(handler)
    answers = _problems(parameters, body, needs, keyed=keyed) | _answers(made, handler, schemas)
    told: Schema = {key: made[key] for key in ("summary", "description", "tags") if made.get(key)}
    if " " not in told.get("summary", ""):  # which is all Litestar makes of a function's name
        told["summary"] = handler.fn.__name__.strip("_").replace("_", " ").capitalize()
    optional: Schema = {"parameters": parameters, "requestBody": body}
    return (
        {"tags": [_noun(handler)], "operationId": f"{_noun(handler)}.{handler.fn.__name__.strip('_')}"}
        | told
        | {key: value for key, value in optional.items() if value}
        | {"responses": dict(sorted(answers.items())), "security": needs}
    )


def name_all(paths: Schema) -> None:
    """Number the operations that one handler answers under several paths."""
    seen = set[str]()
    for operation in (each for item in paths.values() for each in item.values()):
        name, number = operation["operationId"], 2
        while operation["operationId"] in seen:
            operation["operationId"], number = f"{name}{number}", number + 1
        seen.add(operation["operationId"])


def _noun(handler: HTTPRouteHandler) -> str:
    parts = handler.fn.__module__.split(".")
    return parts[-2] if len(parts) > 1 else parts[0]


def _parameter(made: Schema) -> Schema:
    kept = {key: value for key, value in made.items() if key not in NOISE}
    schema = {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in made.get("schema", {}).items()
        if key != "description"
    }
    return kept | {"schema": schema}


def _security(handler: HTTPRouteHandler) -> list[Schema]:
    caller = handler.parsed_fn_signature.parameters.get("caller")
    if caller is None:
        return []
    return [{}, {"token": []}] if caller.is_optional else [{"token": []}]


def _body(made: Schema | None, schema: Schema | None) -> Schema | None:
    if schema is None or (made is not None and JSON not in made["content"]):
        return made
    return {"required": True, "content": {JSON: {"schema": schema}}}


def _answers(made: Schema, handler: HTTPRouteHandler, schemas: Schemas) -> Schema:
    declared = {str(status) for status in handler.responses or ()}
    kept = {
        status: dict(answer) for status, answer in made["responses"].items() if status < "400" or status in declared
    }
    schema = schemas.of(given(handler))
    for status, answer in kept.items():
        answer["description"] = HTTPStatus(int(status)).phrase
        if not answer.get("headers"):
            answer.pop("headers", None)
        if _is_event_stream(handler, made.get("parameters", [])):
            answer["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
        elif schema and JSON in answer.get("content", {}):
            answer["content"] = {JSON: {"schema": schema}}
    return kept


def _is_event_stream(handler: HTTPRouteHandler, parameters: list[Schema]) -> bool:
    kind = given(handler)
    return (
        isinstance(kind, type)
        and issubclass(kind, Stream)
        and any(each["name"].lower() == LAST_EVENT_ID for each in parameters)
    )


def _problems(parameters: list[Schema], body: Schema | None, needs: list[Schema], *, keyed: bool) -> Schema:
    places = {each["in"] for each in parameters}
    statuses = {"503"}
    if body or places & {"query", "header"}:
        statuses |= {"400"}
    if body:
        statuses |= {"413", "415"}
    if needs:
        statuses |= {"401", "403", "429"}
    if "path" in places:
        statuses |= {"404"}
    if keyed:
        statuses |= {"409", "422"}
    if any(each["name"].lower() == "if-match" for each in parameters):
        statuses |= {"412"}
    return {status: _problem(HTTPStatus(int(status)).phrase) for status in statuses} | {"default": _problem("Problem")}


def _problem(description: str) -> Schema:
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
