"""The OpenAPI document of a service, made offline from its handlers and true to how the frame answers for them."""

from typing import Any, get_type_hints

import msgspec
from litestar import Litestar, Router
from litestar.di import Dependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute

from chassis.bodies import StrictRequest
from chassis.openapi import operation
from chassis.openapi.schemas import Schemas
from chassis.service import Service

__all__ = ("config", "document")

Document = dict[str, Any]


def document(service: Service) -> Document:
    """Describe every route of the service; needs neither database nor broker."""
    app = Litestar(
        list(service.routers),
        dependencies={name: Provide(lambda: None, sync_to_thread=False) for name in _wanted(service)},
        request_class=StrictRequest,
        openapi_config=config(service),
        logging_config=None,
    )
    made: Document = app.openapi_schema.to_schema()
    handlers = list(_handlers(app, made))
    schemas = Schemas([handler for _, _, handler in handlers])
    paths: dict[str, Document] = {}
    for path, method, handler in handlers:
        paths.setdefault(path, {})[method] = operation.described(made["paths"][path][method], handler, schemas)
    operation.name_all(paths)
    components = {"schemas": schemas.used_by(paths, made), "securitySchemes": made["components"]["securitySchemes"]}
    whole = made | {"paths": dict(sorted(paths.items())), "components": components}
    return msgspec.json.decode(msgspec.json.encode(whole), type=Document)


def config(service: Service) -> OpenAPIConfig:
    """Title and description from the package's docstring."""
    title, _, rest = (service.package.__doc__ or service.name).strip().partition("\n")
    return OpenAPIConfig(
        title=title.rstrip("."),
        description=rest.strip() or None,
        version="1",
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
        ),
    )


def _wanted(service: Service) -> set[str]:
    """Names of all that handlers, and their own dependencies, ask the frame for; a service may open resources too."""
    handlers = [
        handler
        for route in Router("/", route_handlers=list(service.routers)).routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.http_methods != {"OPTIONS"}
    ]
    provided = [
        provider.dependency if isinstance(provider, Provide) else provider
        for handler in handlers
        for layer in handler.ownership_layers
        for provider in (layer.dependencies or {}).values()
    ]
    return {
        name
        for asking in (*(handler.fn for handler in handlers), *provided)
        for name, hint in get_type_hints(asking, include_extras=True).items()
        if any(isinstance(each, Dependency) for each in getattr(hint, "__metadata__", ()))
    }


def _handlers(app: Litestar, made: Document) -> list[tuple[str, str, HTTPRouteHandler]]:
    return [
        (route.path_format, method.lower(), handler)
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format in made["paths"]
        for handler in route.route_handlers
        for method in sorted(handler.http_methods)
        if method.lower() in made["paths"][route.path_format]
    ]
