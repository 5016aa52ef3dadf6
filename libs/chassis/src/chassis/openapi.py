"""The OpenAPI document of a service, as it really answers."""

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from chassis.service import Service


def config(service: Service) -> OpenAPIConfig:
    """Title from the package's docstring; the document itself is served by nobody but the merged ``/docs``."""
    title = (service.package.__doc__ or service.name).strip().splitlines()[0].rstrip(".")
    return OpenAPIConfig(
        title=title,
        version="1",
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"token": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
        ),
        path="/schema",
        render_plugins=(),
    )
