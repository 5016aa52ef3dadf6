"""``/notifications``: what you were told, and what you have read of it."""

from typing import Annotated
from uuid import UUID

from asyncpg import Connection
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, QueryParameter
from litestar.response import Stream

from chassis import Runtime, pages
from chassis.pages import Cursor, CursorText, Limit, Page
from chassis.problems import NotFound
from chassis.tokens import Caller
from notification.notifications import feed, queries
from notification.notifications.model import Notification, ReadAll

Unread = Annotated[bool, QueryParameter(description="Only what has not been read.")]
LastEventId = Annotated[
    int | None,
    HeaderParameter(
        name="Last-Event-ID", ge=0, le=(1 << 63) - 1, description="Go on after this event; 0 is the beginning."
    ),
]


class NotificationNotFound(NotFound):
    """No such notification."""


@get("/")
async def list_notifications(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    unread: Unread = False,  # noqa: FBT002 - the name stands in the query string
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Notification]:
    """List your notifications, newest first."""
    found = await queries.page(db, caller.user_id, pages.after(cursor), limit, unread=unread)
    return pages.of(found, limit, lambda item: Cursor(item.created_at, item.id))


@post("/{notification_id:uuid}/read", status_code=200)
async def read_notification(
    notification_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Notification:
    """Mark a notification as read; once more changes nothing."""
    await queries.read(db, caller.user_id, notification_id)
    if item := await queries.find(db, caller.user_id, notification_id):
        return item
    raise NotificationNotFound


@post("/read-all", status_code=200)
async def read_all_notifications(caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> ReadAll:
    """Mark all your notifications as read."""
    return ReadAll(await queries.read_all(db, caller.user_id))


@get("/stream", media_type="text/event-stream")
async def stream_notifications(
    caller: NamedDependency[Caller], runtime: NamedDependency[Runtime], last_event_id: LastEventId = None
) -> Stream:
    """Follow your notifications as Server-Sent Events: each has the name `notification` and the item as its data.

    An event whose item you have already seen replaces it: more of its cause has become known.
    """
    newest = await queries.newest(runtime.api, caller.user_id)
    last = newest if last_event_id is None else min(last_event_id, newest)
    return runtime.streams.stream(caller.user_id, feed.CHANNEL, str(last), feed.of(runtime.api, caller))


router = Router(
    "/notifications",
    route_handlers=[list_notifications, read_notification, read_all_notifications, stream_notifications],
)
