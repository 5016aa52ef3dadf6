"""What this service needs besides what every service does."""

from typing import Annotated

from msgspec import Meta

from chassis.settings import Settings


class WorkoutSettings(Settings, frozen=True, kw_only=True):
    import_bytes_per_user: Annotated[int, Meta(ge=0)] = 20 << 30
    """All files together that a user may have in the object store."""
