"""What a user is told when something happens; once for each cause, in whatever order it is heard of."""

from collections.abc import Iterable, Sequence

from asyncpg import Connection

import outbox
from contracts import topology
from contracts.events import ImportFinished, InsightFound, NotificationSent, RecordSet, SampleRecorded
from notification import owners
from notification.notifications import queries
from notification.notifications.model import NewNotification, of_import, of_insight, of_record, of_sample
from notification.notifications.queries import Key
from outbox import Consumers

consumers = Consumers()


@consumers.on(topology.BY_NAME["notification.samples"])
async def tell_of_samples(db: Connection, events: Sequence[SampleRecorded]) -> None:
    """One notification for all metrics of a record; those that come later complete it."""
    await owners.lock(db, {e.user_id for e in events})
    changed = await queries.keep_values(db, events)
    told = await tell(db, (of_sample(e) for e in events))
    if completed := changed - told:
        await queries.move(db, completed)


@consumers.on(topology.BY_NAME["notification.imports"])
async def tell_of_imports(db: Connection, events: Sequence[ImportFinished]) -> None:
    """One notification for each end of an import: it may be resumed or undone later."""
    await owners.lock(db, {e.user_id for e in events})
    await tell(db, (of_import(e) for e in events))


@consumers.on(topology.BY_NAME["notification.insights"])
async def tell_of_insights(db: Connection, events: Sequence[InsightFound]) -> None:
    """One notification for each version of an insight."""
    await owners.lock(db, {e.user_id for e in events})
    await tell(db, (of_insight(e) for e in events))


@consumers.on(topology.BY_NAME["notification.records"])
async def tell_of_records(db: Connection, events: Sequence[RecordSet]) -> None:
    """One notification for each record that a workout sets; the figure beaten again is told again."""
    await owners.lock(db, {e.user_id for e in events})
    await tell(db, (of_record(e) for e in events))


async def tell(db: Connection, new: Iterable[NewNotification]) -> set[Key]:
    """Put messages before their users and say so; returns the causes that had not been told."""
    added = await queries.add(db, new)
    await outbox.add(
        db,
        *(
            NotificationSent(
                user_id=row["user_id"], version=1, notification_id=row["id"], kind=row["kind"], channel="inbox"
            )
            for row in added
        ),
    )
    return {(row["user_id"], row["cause_key"]) for row in added}
