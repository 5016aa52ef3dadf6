"""Ids that sort by the time they were made."""

import os
import time
from uuid import UUID


def new() -> UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, 74 random bits."""
    stamp = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big")
    return UUID(
        int=(stamp & (1 << 48) - 1) << 80 | 0x7 << 76 | (noise >> 68) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    )
