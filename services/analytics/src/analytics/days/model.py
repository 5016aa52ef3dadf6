"""A day of a user, as far as others need to know that it changed."""

from datetime import date
from uuid import UUID

import msgspec


class Touched(msgspec.Struct, frozen=True):
    """One metric on one day whose summary is another now."""

    user_id: UUID
    metric: str
    on_date: date
