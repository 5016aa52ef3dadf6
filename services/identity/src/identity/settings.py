"""What identity needs beyond every service's settings."""

import base64
import binascii
import hmac
from typing import Annotated

import msgspec
from msgspec import Meta

from chassis.settings import Secret, Settings, SettingsError

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class IdentitySettings(Settings, frozen=True, kw_only=True):
    """Settings of identity."""

    key_encryption_key: Secret
    """Base64 of 32 random bytes: what lies encrypted or keyed in the database is under it."""
    service_clients: dict[str, Sha256] = msgspec.field(default_factory=dict)
    """Who may have a service token: ``health=<sha256 of its secret, in hex>,…``."""
    login_window_s: Annotated[int, Meta(ge=1, le=86_400)] = 900
    """How long an account takes no password after ten wrong ones."""

    def key_for(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose; SettingsError when the one above it is not what it should be."""
        try:
            master = base64.b64decode(self.key_encryption_key.reveal(), validate=True)
        except (binascii.Error, ValueError):
            master = b""
        if len(master) != 32:
            raise SettingsError(["KEY_ENCRYPTION_KEY must be base64 of 32 bytes"])
        return hmac.digest(master, purpose.encode(), "sha256")
