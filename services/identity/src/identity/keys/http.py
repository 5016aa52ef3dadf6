"""/.well-known: the keys that verify tokens."""

from typing import Any

from litestar import Router, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency

from identity.keys.keyring import Keyring


@get("/jwks.json", cache_control=CacheControlHeader(public=True, max_age=60))
async def read_keys(keyring: NamedDependency[Keyring]) -> dict[str, Any]:
    """The public keys that tokens are verified by (RFC 7517)."""
    return await keyring.published()


router = Router("/.well-known", route_handlers=[read_keys], tags=["Keys"])
