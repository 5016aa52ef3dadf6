"""What dashboard needs beyond what every service does."""

import msgspec

from chassis.settings import Settings as ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """Settings of the dashboard."""

    admins: dict[str, str] = msgspec.field(default_factory=dict)
    """Admin addresses of every process: ``identity=http://127.0.0.1:18102,health-worker=http://…``."""
