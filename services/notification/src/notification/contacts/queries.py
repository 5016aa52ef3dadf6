"""Every statement that touches contacts."""

from collections.abc import Sequence

from asyncpg import Connection

from contracts.events import UserContactChanged

KEEP = """
    INSERT INTO contact AS old (user_id, version, email, email_verified)
    SELECT DISTINCT ON (user_id) user_id, version, email, email_verified
    FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::boolean[]) AS given (user_id, version, email, email_verified)
    WHERE NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
    ORDER BY user_id, version DESC
    ON CONFLICT (user_id) DO UPDATE
    SET version = excluded.version, email = excluded.email, email_verified = excluded.email_verified
    WHERE old.version < excluded.version
"""


async def keep(db: Connection, changes: Sequence[UserContactChanged]) -> None:
    """Store the newest address of each user; older and repeated ones change nothing."""
    columns = zip(*((c.user_id, c.version, c.email, c.email_verified) for c in changes), strict=True)
    await db.execute(KEEP, *columns)
