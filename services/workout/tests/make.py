"""Builders."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.events import Event, UserDeleted, UserRegistered, ZoneSince
from testkit import until
from testkit.running import Running

KNOWN = "SELECT EXISTS (SELECT FROM known_user WHERE user_id = $1 AND version >= $2)"


def a_workout(**changes: Any) -> dict[str, Any]:
    """A gym workout as it is sent."""
    given = {
        "started_at": "2026-03-01T18:00:00+01:00",
        "duration_s": 3600,
        "title": "Push",
        "sets": [a_set(kind="warm_up", weight_kg=60), a_set(), a_set(reps=3, weight_kg=110)],
    }
    return given | changes


def a_run(**changes: Any) -> dict[str, Any]:
    """A run, as one who has no watch tells of it."""
    given = {"sport": "running", "started_at": "2026-03-02T07:00:00+01:00", "duration_s": 1800, "distance_m": 5000}
    return given | changes


def a_set(**changes: Any) -> dict[str, Any]:
    """Five repetitions of 100 kg on the bench."""
    return {"exercise": BENCH, "reps": 5, "weight_kg": 100} | changes


BENCH = "barbell-bench-press-medium-grip"


def a_user(user_id: UUID | None = None, *, zone: str = "UTC", **changes: Any) -> UserRegistered:
    given = {"user_id": user_id or uuid4(), "version": 1, "username": "alice", "zones": (ZoneSince(zone),)}
    return UserRegistered(**(given | changes))


def a_deletion(user_id: UUID) -> UserDeleted:
    return UserDeleted(user_id=user_id, version=10)


def at(text: str) -> datetime:
    """An instant, by default in UTC: ``at("2026-03-01T12:00")``."""
    made = datetime.fromisoformat(text)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


async def known(workout: Running, user_id: UUID, version: int = 1) -> None:
    """Wait until the service has heard of the user."""

    async def heard() -> bool:
        return bool(await workout.db.fetchval(KNOWN, user_id, version))

    await until(heard)


async def of_user(heard: Sequence[Event], user_id: UUID, name: str, count: int) -> list[Any]:
    """Wait for so many events of a name about a user."""

    def found() -> list[Event]:
        return [e for e in heard if e.user_id == user_id and e.name() == name]

    await until(lambda: len(found()) >= count)
    return found()


class Person:
    """A user and their token."""

    def __init__(self, workout: Running, user_id: UUID | None = None) -> None:
        self.workout = workout
        self.id = user_id or uuid4()
        self.headers = workout.signer.headers(self.id, "alice")

    async def ask(self, method: str, path: str, *, status: int | None = None, **given: Any) -> Any:
        """The answer to a request; of the status that is expected, if one is."""
        headers = self.headers | given.pop("headers", {})
        answer = await self.workout.http.request(method, path, headers=headers, **given)
        assert status is None or answer.status_code == status, (answer.status_code, answer.text)
        return answer

    async def log(self, **changes: Any) -> Any:
        """A gym workout, kept."""
        return (await self.ask("POST", "/workouts", json=a_workout(**changes), status=201)).json()

    async def run(self, **changes: Any) -> Any:
        """A run, kept."""
        return (await self.ask("POST", "/workouts", json=a_run(**changes), status=201)).json()

    async def read(self, workout_id: str) -> Any:
        return (await self.ask("GET", f"/workouts/{workout_id}", status=200)).json()

    async def patch(self, workout_id: str, **changes: Any) -> Any:
        return (await self.ask("PATCH", f"/workouts/{workout_id}", json=changes, status=200)).json()

    async def list(self, **parameters: Any) -> Any:
        return (await self.ask("GET", "/workouts", params=parameters, status=200)).json()
