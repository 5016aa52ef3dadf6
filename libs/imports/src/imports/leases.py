"""Every statement of a worker that takes imports up: whose claim is older than the row's changes nothing."""

from asyncpg import Connection, Record

from imports.model import Claimed, Outcome, State
from imports.queries import Executor

LEASE_S = 15

CLAIM = """
    UPDATE import AS due
    SET state = CASE state WHEN 'queued' THEN 'running' ELSE state END, claim = claim + 1, attempts = attempts + 1,
        lease_until = now() + make_interval(secs => $1), started_at = coalesce(started_at, now()),
        version = version + 1
    WHERE import_id = (
        SELECT import_id FROM import AS waiting
        WHERE state IN ('queued', 'running', 'cancelling', 'undoing') AND coalesce(lease_until < now(), true)
          AND NOT EXISTS (
              SELECT FROM import AS other
              WHERE other.user_id = waiting.user_id AND other.import_id <> waiting.import_id
                AND other.state IN ('running', 'cancelling', 'undoing') AND other.lease_until > now()
          )
        ORDER BY state = 'queued', created_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING import_id, id, user_id, sha256, state, outcome, claim, attempts, version
"""

WAITING = """
    SELECT count(*), coalesce(max(extract(epoch FROM now() - coalesce(lease_until, created_at))), 0)::float8
    FROM import AS waiting
    WHERE state IN ('queued', 'running', 'cancelling', 'undoing') AND coalesce(lease_until < now(), true)
      AND NOT EXISTS (
          SELECT FROM import AS other
          WHERE other.user_id = waiting.user_id AND other.import_id <> waiting.import_id
            AND other.state IN ('running', 'cancelling', 'undoing') AND other.lease_until > now()
      )
"""

RENEW = """
    UPDATE import SET lease_until = now() + make_interval(secs => $3) WHERE import_id = $1 AND claim = $2
    RETURNING state, version
"""

RELEASE = """
    UPDATE import SET lease_until = now() + make_interval(secs => $3), attempts = attempts - $4
    WHERE import_id = $1 AND claim = $2
"""

COMES_TO = "SELECT outcome, records FROM import WHERE import_id = $1 AND claim = $2"

END = """
    UPDATE import
    SET state = $3, version = version + 1, lease_until = NULL, finished_at = now(), error = coalesce($4, error)
    WHERE import_id = $1 AND claim = $2
    RETURNING version, state, records
"""


async def claim(db: Executor) -> Claimed | None:
    """Take up the import that has waited longest, one a user at a time."""
    row = await db.fetchrow(CLAIM, float(LEASE_S))
    return Claimed(**row) if row else None


async def waiting(db: Executor) -> tuple[int, float]:
    """How many might be taken up and are not, and for how many seconds the longest of them."""
    row = await db.fetchrow(WAITING)
    return (row[0], row[1]) if row else (0, 0.0)


async def renew(db: Executor, claimed: Claimed) -> tuple[State, int] | None:
    """Keep it; its present state and version, None when somebody else has it."""
    row = await db.fetchrow(RENEW, claimed.import_id, claimed.claim, float(LEASE_S))
    return (row["state"], row["version"]) if row else None


async def release(db: Executor, claimed: Claimed, *, after_s: float, blameless: bool = False) -> None:
    """Leave it to whoever comes next, not before so many seconds."""
    await db.execute(RELEASE, claimed.import_id, claimed.claim, after_s, int(blameless))


async def comes_to(db: Executor, claimed: Claimed) -> tuple[Outcome | None, int]:
    """What its reader has made of it, if it came to an end, and how many records it has read."""
    row = await db.fetchrow(COMES_TO, claimed.import_id, claimed.claim)
    return (row["outcome"], row["records"]) if row else (None, 0)


async def end(db: Connection, claimed: Claimed, state: State, error: str | None = None) -> Record | None:
    """Its last state for now: version, state and records; None when somebody else has it."""
    return await db.fetchrow(END, claimed.import_id, claimed.claim, state, error)
