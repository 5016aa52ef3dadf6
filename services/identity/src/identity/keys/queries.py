"""Every statement that touches signing keys."""

from datetime import timedelta

from asyncpg import Connection, Record

LOCK = "SELECT pg_advisory_xact_lock(8)"

LIVE = """
    SELECT kid, private, signs_from <= now() AS signs FROM signing_key
    WHERE retires_at IS NULL OR retires_at > now()
    ORDER BY signs_from
"""

INSERT = "INSERT INTO signing_key (kid, private, signs_from) VALUES ($1, $2, now() + $3::interval)"

RETIRE_OTHERS = "UPDATE signing_key SET retires_at = now() + $2::interval WHERE kid <> $1 AND retires_at IS NULL"

PRUNE = "DELETE FROM signing_key WHERE retires_at < now()"


async def lock(db: Connection) -> None:
    """Be the only one who makes keys until this transaction ends."""
    await db.execute(LOCK)


async def live(db: Connection) -> list[Record]:
    """All keys to publish, the one that signs last among those that do."""
    return list(await db.fetch(LIVE))


async def insert(db: Connection, kid: str, private: bytes, signs_in: timedelta) -> None:
    await db.execute(INSERT, kid, private, signs_in)


async def retire_others(db: Connection, kid: str, after: timedelta) -> None:
    """Let every other key go when ``after`` has passed."""
    await db.execute(RETIRE_OTHERS, kid, after)


async def prune(db: Connection) -> None:
    await db.execute(PRUNE)
