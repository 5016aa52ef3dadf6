"""/auth: coming and going; /users/me/sessions: where one is logged in."""

import os
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from asyncpg import Connection
from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, URLEncodedBody

import outbox
from chassis import ids, pages
from chassis.pages import Cursor, CursorText, Limit, Page
from chassis.problems import NotFound, Unauthorized
from chassis.service import Runtime
from chassis.tokens import Caller
from contracts.events import UserUpdated
from identity import forms
from identity.credentials.doorkeeper import Doorkeeper, WrongPassword
from identity.keys.keyring import Keyring
from identity.sessions import model, queries
from identity.sessions.end import end
from identity.sessions.model import Login, Logout, RefreshRequest, RefreshToken, Session, Tokens
from identity.transactions import transaction
from identity.users import queries as users

UserAgent = Annotated[str, HeaderParameter(name="user-agent")]


class InvalidRefreshToken(Unauthorized):
    """The refresh token is not good, or not any more: log in again."""


@post("/login", status_code=200, before_request=forms.strict)
async def log_in(
    data: URLEncodedBody[Login],
    runtime: NamedDependency[Runtime],
    doorkeeper: NamedDependency[Doorkeeper],
    keyring: NamedDependency[Keyring],
    user_agent: UserAgent = "",
) -> Tokens:
    """Open a session with name and password."""
    username = data.username.lower()
    user_id, session_id, seed = await doorkeeper.admit(username, data.password), ids.new(), os.urandom(16)
    async with transaction(runtime) as db:
        epoch = await queries.insert(db, user_id, session_id, seed, _visible(user_agent))
    if epoch is None:
        raise WrongPassword
    token = RefreshToken.made(_secret(runtime), seed, user_id, session_id, 0)
    return await _tokens(runtime, keyring, token, username, epoch)


@post("/refresh", status_code=200)
async def refresh(
    data: JSONBody[RefreshRequest], runtime: NamedDependency[Runtime], keyring: NamedDependency[Keyring]
) -> Tokens:
    """Carry a session on. A refresh token is good once; used again after 10 s it ends the session."""
    token = RefreshToken.parsed(data.refresh_token)
    if token is None:
        raise InvalidRefreshToken
    secret = _secret(runtime)
    async with transaction(runtime) as db:
        standing = await queries.find_locked(db, token.user_id, token.session_id)
        answer = token.answer(standing) if standing and token.is_ours(secret, standing.seed) else "unknown"
        if answer == "next":
            await queries.advance(db, token.user_id, token.session_id)
        elif answer in {"reused", "over"}:
            await end(db, token.user_id, token.session_id)
    if standing is None or answer not in {"next", "same"}:
        raise InvalidRefreshToken
    successor = RefreshToken.made(secret, standing.seed, token.user_id, token.session_id, token.generation + 1)
    return await _tokens(runtime, keyring, successor, standing.username, standing.sessions_epoch)


@post("/logout", status_code=204)
async def log_out(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], data: JSONBody[Logout | None] = None
) -> None:
    """End this session, or all of them."""
    if data and data.everywhere:
        user = await users.end_sessions(db, caller.user_id)
        if user:
            await outbox.add(db, user.told_as(UserUpdated))
    elif caller.session_id:
        await end(db, caller.user_id, caller.session_id)


@get("/")
async def list_sessions(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], limit: Limit = 50, cursor: CursorText = None
) -> Page[Session]:
    """List the devices that are logged in, newest login first."""
    found = await queries.page(db, caller, limit, pages.after(cursor))
    return pages.of(found, limit, lambda session: Cursor(session.created_at, session.id))


@delete("/{session_id:uuid}", status_code=204)
async def end_session(
    session_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> None:
    """Log a device out."""
    if not await end(db, caller.user_id, session_id):
        raise NotFound


async def _tokens(
    runtime: Runtime, keyring: Keyring, token: RefreshToken, username: str, sessions_epoch: int
) -> Tokens:
    said: dict[str, Any] = model.claims(
        runtime.settings.issuer, token.user_id, username, token.session_id, sessions_epoch, datetime.now(UTC)
    )
    return Tokens(access_token=await keyring.sign(said), refresh_token=str(token))


def _secret(runtime: Runtime) -> bytes:
    secret: bytes = runtime.settings.key_for("refresh tokens")
    return secret


def _visible(text: str) -> str:
    """What a client calls itself, without anything that could break a line or a page."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")[:200]


auth = Router("/auth", route_handlers=[log_in, refresh, log_out], tags=["Sessions"])
sessions = Router("/users/me/sessions", route_handlers=[list_sessions, end_session], tags=["Sessions"])
