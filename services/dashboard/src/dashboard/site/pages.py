"""Pages made of templates, and files whose names change with what is in them."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import minijinja
from litestar import Response
from minijinja import Environment, load_from_path

from chassis import Runtime
from chassis.problems import NotFound

HERE = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOLDER = "/app/static"
SECURITY = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
FOR_EVER = "public, max-age=31536000, immutable"


class FileNotFound(NotFound):
    """No such file."""


class Site:
    """Everything pages are made of, read once."""

    def __init__(self, *, quickstart: bool) -> None:
        self._files = {_named(path): (path.read_bytes(), TYPES[path.suffix]) for path in (HERE / "static").iterdir()}
        links = {path.name: minijinja.safe(f"{FOLDER}/{_named(path)}") for path in (HERE / "static").iterdir()}
        self._templates = Environment(
            loader=load_from_path(HERE / "templates"),
            undefined_behavior="strict",
            trim_blocks=True,
            lstrip_blocks=True,
            globals={"link": links.__getitem__, "quickstart": quickstart},
            filters={"prose": prose},
        )

    def render(self, template: str, **context: Any) -> bytes:
        return self._templates.render_template(template, **context).encode()

    def file(self, name: str) -> Response[bytes]:
        """A file under the name that pages link to; it never changes under that name."""
        if name not in self._files:
            raise FileNotFound
        body, kind = self._files[name]
        return Response(body, media_type=kind, headers=SECURITY | {"cache-control": FOR_EVER})


def page(body: bytes, status: int = 200) -> Response[bytes]:
    """A page of this moment."""
    headers = SECURITY | {"cache-control": "no-store"}
    return Response(body, status_code=status, media_type="text/html", headers=headers)


def lasting(content: Any, kind: str, version: str, seen: str | None) -> Response[Any]:
    """What changes only with a new version; 304 for who has seen it."""
    etag = f'"{version}"'
    headers = SECURITY | {"cache-control": "no-cache", "etag": etag}
    if seen is not None and etag in (tag.strip().removeprefix("W/") for tag in seen.split(",")):
        return Response(None, status_code=304, media_type=kind, headers=headers)
    return Response(content, media_type=kind, headers=headers)


def prose(text: str) -> str:
    """Text with ``code`` between backticks, as safe HTML."""
    parts = text.replace("``", "`").split("`")
    return minijinja.safe(
        "".join(
            f"<code>{minijinja.escape(part)}</code>" if place % 2 and place < len(parts) - 1 else minijinja.escape(part)
            for place, part in enumerate(parts)
        )
    )


def _named(path: Path) -> str:
    return f"{path.stem}.{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}{path.suffix}"


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[dict[str, Any]]:
    """``site``, for handlers."""
    yield {"site": Site(quickstart=runtime.settings.quickstart)}
