"""A request sent twice under one ``Idempotency-Key`` acts once; the second gets the stored answer for 24 hours."""

import hashlib
import re
from typing import Any

import asyncpg
import msgspec
from asyncpg import Connection
from litestar import Request, Response
from litestar.types import HTTPResponseStartEvent

from chassis.problems import Conflict, KeyReused, Problem, invalid

HEADER = "idempotency-key"
KEPT_HEADERS = frozenset({b"content-type", b"etag", b"location", b"cache-control"})

CLAIM = """
    INSERT INTO idempotency_key (owner, key, body_hash) VALUES ($1, $2, $3)
    ON CONFLICT (owner, key) DO NOTHING
    RETURNING true
"""

FIND = """
    SELECT body_hash, status, headers, body FROM idempotency_key WHERE owner = $1 AND key = $2
"""

STORE = """
    UPDATE idempotency_key SET status = $3, headers = $4, body = $5 WHERE owner = $1 AND key = $2
"""

PRUNE = """
    DELETE FROM idempotency_key WHERE created_at < now() - interval '24 hours'
"""


class Claim(msgspec.Struct, frozen=True):
    """Whose key this request has taken."""

    owner: str
    key: str


class Replay(Problem):
    """Not a failure: the answer was given before, and is given again."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        super().__init__()
        self.answer = Response(
            body,
            status_code=status,
            media_type=headers.pop("content-type", "application/json"),
            headers=headers | {"idempotent-replay": "true"},
        )


def key_of(request: Request[Any, Any, Any]) -> str | None:
    """The request's key; InvalidValue unless 1-128 visible ASCII characters."""
    key = request.headers.get(HEADER)
    if key is not None and not re.fullmatch(r"[!-~]{1,128}", key):
        raise invalid("Idempotency-Key", "must be 1-128 visible ASCII characters")
    return key


async def claim(db: Connection, request: Request[Any, Any, Any], owner: str) -> Claim | None:
    """Take the key inside the caller's transaction; whoever comes second waits here for the first to end."""
    key = key_of(request)
    if key is None:
        return None
    digest = await _digest(request)
    try:
        if await db.fetchval(CLAIM, owner, key, digest):
            return Claim(owner, key)
    except (TimeoutError, asyncpg.QueryCanceledError):
        raise Conflict("a request with this idempotency key is still running") from None
    row = await db.fetchrow(FIND, owner, key)
    if row is None or row["status"] is None:
        raise Conflict("a request with this idempotency key is still running")
    if row["body_hash"] != digest:
        raise KeyReused("an idempotency key belongs to one request")
    raise Replay(row["status"], msgspec.json.decode(row["headers"]), row["body"])


async def _digest(request: Request[Any, Any, Any]) -> bytes:
    """Hash what makes two requests the same; an upload is too large to be read twice, so its length stands for it."""
    upload = request.route_handler.opt.get("upload")
    told = request.headers.get("content-length", "").encode() if upload else await request.body()
    return hashlib.sha256(f"{request.method} {request.scope['path']}\n".encode() + told).digest()


async def store(db: Connection, claim: Claim, start: HTTPResponseStartEvent, body: bytes) -> None:
    headers = {k.decode(): v.decode() for k, v in start["headers"] if k.lower() in KEPT_HEADERS}
    await db.execute(STORE, claim.owner, claim.key, start["status"], msgspec.json.encode(headers), body)


def replay(_request: Request[Any, Any, Any], error: Replay) -> Response[bytes]:
    """Exception handler that gives the stored answer."""
    return error.answer
