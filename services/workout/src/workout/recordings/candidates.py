"""Other workouts that may be the same: no import has joined them, as a workout entered by hand stands for itself."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from uuid import UUID

from asyncpg import Connection, Record

from workout.recordings import queries
from workout.recordings.model import Candidate
from workout.recordings.sameness import CROWD, Brief, Match, pair, same

MOST = 20


async def of_workout(
    db: Connection, user_id: UUID, workout: Record, recordings: Sequence[Record]
) -> Sequence[Candidate]:
    """Those that match one of its recordings, or what was entered by hand, and that the user has not parted from it."""
    workout_id = workout["workout_id"]
    instants = [workout["started_at"], *(each["started_at"] for each in recordings)]
    by_hand = await queries.by_hand(db, user_id, instants, [workout_id])
    mine = [queries.brief(each) for each in recordings]
    mine += [by_hand.pop(workout_id)] if workout_id in by_hand else []
    others = defaultdict[UUID, list[Brief]](list, {other: [brief] for other, brief in by_hand.items()})
    for row in (await queries.near(db, user_id, instants, []))[:CROWD]:
        if row["workout_id"] != workout_id:
            others[row["workout_id"]].append(queries.brief(row))
    keys = [each.key for briefs in (mine, *others.values()) for each in briefs]
    apart = await queries.apart(db, user_id, keys) if mine and others else set()
    found = {other: match for other, briefs in others.items() if (match := _best(mine, briefs, apart))}
    best = sorted(found, key=lambda other: (-found[other].score, other))[:MOST]
    rows = {row["workout_id"]: row for row in await queries.named_workouts(db, user_id, best)} if best else {}
    return [_shown(rows[other], found[other]) for other in best if other in rows]


def _best(mine: Sequence[Brief], others: Sequence[Brief], apart: set[tuple[bytes, bytes]]) -> Match | None:
    pairs = list(product(mine, others))
    if any(pair(one.key, other.key) in apart or (one.by_hand and other.by_hand) for one, other in pairs):
        return None
    matches = [match for one, other in pairs if (match := same(one, other))]
    return max(matches, key=lambda match: match.score, default=None)


def _shown(row: Record, match: Match) -> Candidate:
    return Candidate(
        workout=row["workout_id"],
        sport=row["sport"],
        title=row["title"],
        started_at=row["started_at"],
        duration_s=row["duration_s"],
        score=match.score,
        reasons=match.reasons,
    )
