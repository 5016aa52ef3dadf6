"""What is heard of workouts, whatever the order: the newest version of each is a sample, or none any more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from asyncpg import Connection

from contracts import topology
from contracts.events import WorkoutChanged, WorkoutDeleted, WorkoutLogged
from health.catalogue.table import BY_CODE
from health.readers.batch import Origin
from health.samples import queries as samples
from health.samples.model import LONGEST_S
from health.workouts import queries
from health.workouts.queries import Spell
from outbox import Consumers

Told = WorkoutLogged | WorkoutChanged | WorkoutDeleted

SOURCE = Origin("Workouts", device_kind="app")
METRIC = BY_CODE["exercise_time"]

consumers = Consumers()


@consumers.on(topology.BY_NAME["health.workouts"])
async def keep_workouts(db: Connection, events: Sequence[Told]) -> None:
    """One sample a workout: its length, and the minutes of it in motion."""
    of_user = defaultdict[UUID, list[Told]](list)
    for event in events:
        of_user[event.user_id].append(event)
    await samples.lock_all(db, of_user)
    for user_id in sorted(of_user):
        await _keep(db, user_id, of_user[user_id])


async def _keep(db: Connection, user_id: UUID, events: Iterable[Told]) -> None:
    newest = {event.workout_id: event for event in sorted(events, key=lambda event: event.version)}
    known = await queries.known(db, user_id, list(newest))
    spells = [_spell(event) for event in newest.values() if event.version > known.get(event.workout_id, -1)]
    if not spells:
        return
    series_id = None
    if any(spell.at for spell in spells):
        [found] = await samples.find_or_make_series(db, user_id, [SOURCE], [METRIC])
        series_id = found.series_id
    await queries.put(db, user_id, series_id, spells)


def _spell(event: Told) -> Spell:
    if isinstance(event, WorkoutDeleted) or not 1 <= event.duration_s <= LONGEST_S:
        return Spell(event.workout_id, event.version)
    length = round(event.duration_s)
    moving_s = event.duration_s if event.moving_s is None else min(event.moving_s, event.duration_s)
    return Spell(event.workout_id, event.version, event.started_at, length, round(moving_s / 60, 3))
