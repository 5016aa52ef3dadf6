"""The merged document and its page, made once when the service starts."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from chassis import Runtime
from contracts import openapi
from dashboard.reference import model
from dashboard.site.pages import Site


class Reference(msgspec.Struct, frozen=True):
    """The same for reading and for programs."""

    page: bytes
    document: dict[str, Any]
    version: str


def of(site: Site, services: tuple[str, ...], address: str) -> Reference:
    """The interface of these services as their users find it at ``address``."""
    document = model.installed(openapi.merged(), services) | {"servers": [{"url": address}]}
    sections = model.sections(document, services)
    page = site.render("reference.html", sections=sections, count=sum(len(s.operations) for s in sections))
    version = hashlib.sha256(page + msgspec.json.encode(document)).hexdigest()[:16]
    return Reference(page, document, version)


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[dict[str, Any]]:
    """``reference``, for handlers."""
    yield {"reference": of(runtime.resources["site"], runtime.settings.services, runtime.settings.issuer)}
