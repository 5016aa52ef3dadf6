"""What an archive calls things, and what they are here: noted with what they were when they came.

Whoever names another's id finds nothing: what is not the user's, and was not brought by an archive of theirs, is new.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

TABLES = {
    "exercise": "exercise_id",
    "gear": "gear_id",
    "routine": "routine_id",
    "privacy_zone": "zone_id",
    "workout": "workout_id",
}
"""What has an id, and its column."""

FIND = {
    noun: f"""
    SELECT key, coalesce(
        (SELECT {column} FROM {noun} AS own WHERE own.user_id = $1 AND own.{column} = given.key),
        (SELECT own.{column} FROM restored JOIN {noun} AS own ON own.user_id = $1 AND own.{column} = restored.id
         WHERE restored.user_id = $1 AND restored.noun = '{noun}' AND restored.key = given.key::text
         ORDER BY restored.import_id DESC LIMIT 1)
    ) AS id
    FROM unnest($2::uuid[]) AS given (key)
"""  # noqa: S608 - the only texts put in are the constants above
    for noun, column in TABLES.items()
}

NOTE = """
    INSERT INTO restored (user_id, noun, key, import_id, id, digest)
    SELECT $1, $3, key, $2, id, digest FROM unnest($4::text[], $5::uuid[], $6::bytea[]) AS given (key, id, digest)
    ON CONFLICT (user_id, noun, key, import_id) DO UPDATE SET id = excluded.id, digest = excluded.digest
"""

SHARE = """
    INSERT INTO restored (user_id, noun, key, import_id, id, digest)
    SELECT DISTINCT ON (key) user_id, noun, key, $2, id, digest FROM restored
    WHERE user_id = $1 AND noun = $3 AND key = ANY ($4::text[]) AND import_id <> $2 ORDER BY key, import_id
    ON CONFLICT DO NOTHING
"""
"""What another import has brought as well is this one's too."""

MINE = """
    SELECT key, id, digest FROM restored
    WHERE user_id = $1 AND import_id = $2 AND noun = $3 AND key = ANY ($4::text[])
"""


class Noted(NamedTuple):
    """What something was when it came."""

    key: str
    id: UUID | None = None
    digest: bytes = b""


async def find(db: Connection, user_id: UUID, noun: str, keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """By what the archive calls them: those that are here."""
    rows = await db.fetch(FIND[noun], user_id, list(dict.fromkeys(keys)))
    return {row["key"]: row["id"] for row in rows if row["id"]}


async def note(db: Connection, user_id: UUID, import_id: int, noun: str, given: Sequence[Noted]) -> None:
    if given:
        await db.execute(NOTE, user_id, import_id, noun, *zip(*given, strict=True))


async def share(db: Connection, user_id: UUID, import_id: int, noun: str, keys: Iterable[object]) -> None:
    await db.execute(SHARE, user_id, import_id, noun, [str(key) for key in keys])


async def mine(db: Connection, user_id: UUID, import_id: int, noun: str, keys: Iterable[object]) -> Mapping[str, Noted]:
    """What this import has noted."""
    rows = await db.fetch(MINE, user_id, import_id, noun, [str(key) for key in keys])
    return {row["key"]: Noted(row["key"], row["id"], row["digest"]) for row in rows}
