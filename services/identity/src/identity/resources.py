"""What is open while the API runs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from chassis.service import Runtime
from identity.credentials.doorkeeper import Doorkeeper
from identity.credentials.hasher import Hasher
from identity.keys.keyring import Keyring


@asynccontextmanager
async def resources(runtime: Runtime) -> AsyncIterator[Mapping[str, Any]]:
    """The threads that hash, who asks for passwords, and the keys that sign."""
    hasher = Hasher()
    try:
        yield {
            "hasher": hasher,
            "doorkeeper": Doorkeeper(runtime.api, hasher, runtime.settings.login_window_s),
            "keyring": Keyring(runtime.api, runtime.settings.key_for("signing keys")),
        }
    finally:
        hasher.close()
