"""An exercise, of the catalogue or of a user, and the bounds of what a user may say of one."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

MOST_OWN = 2_000
"""Exercises of one user that are listed and searched; none is added by hand beyond."""

Category = Literal[
    "strength", "stretching", "plyometrics", "powerlifting", "olympic_weightlifting", "strongman", "cardio"
]
Equipment = Literal[
    "band",
    "barbell",
    "body_only",
    "cable",
    "dumbbell",
    "exercise_ball",
    "ez_bar",
    "foam_roller",
    "kettlebell",
    "machine",
    "medicine_ball",
    "other",
    "plate",
    "smith_machine",
    "suspension",
    "trap_bar",
]
Muscle = Literal[
    "abdominals",
    "abductors",
    "adductors",
    "biceps",
    "calves",
    "chest",
    "forearms",
    "glutes",
    "hamstrings",
    "lats",
    "lower_back",
    "middle_back",
    "neck",
    "quadriceps",
    "shoulders",
    "traps",
    "triceps",
]
Measure = Literal["weight_reps", "reps", "time", "distance", "weight_time", "weight_distance"]
Level = Literal["beginner", "intermediate", "expert"]
Force = Literal["pull", "push", "static"]
Mechanic = Literal["compound", "isolation"]
Locale = Literal["en", "de", "es", "fr"]

Name = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$")
]
Muscles = Annotated[tuple[Muscle, ...], Meta(max_length=17)]
Step = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00-\x1f\x7f]+$")]
Steps = Annotated[tuple[Step, ...], Meta(max_length=30)]


class Exercise(msgspec.Struct, frozen=True, kw_only=True):
    """One of the catalogue."""

    code: str
    """Kebab-case; sets are kept by it, so it never changes."""
    name: str
    category: Category
    equipment: Equipment
    level: Level
    force: Force | None
    mechanic: Mechanic | None
    primary_muscles: tuple[Muscle, ...]
    secondary_muscles: tuple[Muscle, ...]
    instructions: tuple[str, ...]
    measure: Measure
    """What a set of it is counted in."""
    assisted: bool
    """The weight helps: less of it is more done."""
    bodyweight: bool
    """One's own weight is moved, what is logged comes on top."""
    origin: Literal["seed", "fitmesh"]
    aliases: tuple[str, ...]
    """What gym logs call it."""
    names: dict[Locale, str]


class Values(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a user says of an exercise of theirs."""

    name: Name
    category: Category = "strength"
    equipment: Equipment | None = None
    measure: Measure = "weight_reps"
    assisted: bool = False
    """The weight helps: it makes no records."""
    primary_muscles: Muscles = ()
    secondary_muscles: Muscles = ()
    instructions: Steps = ()

    def __post_init__(self) -> None:
        named = self.primary_muscles + self.secondary_muscles
        if len(set(named)) < len(named):
            raise ValueError("a muscle may be named once only")


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null clears."""

    name: Name | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    equipment: Equipment | UnsetType | None = UNSET
    measure: Measure | UnsetType = UNSET
    assisted: bool | UnsetType = UNSET
    primary_muscles: Muscles | UnsetType | None = UNSET
    secondary_muscles: Muscles | UnsetType | None = UNSET
    instructions: Steps | UnsetType | None = UNSET


class OwnExercise(Values, frozen=True, kw_only=True):
    """One of a user, as it is kept."""

    exercise_id: UUID
    version: int
    created_at: datetime


class ExerciseItem(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise in a list."""

    id: str
    """What sets name it by: its code in the catalogue, or the id of one's own."""
    name: str
    """In the locale asked for, where there is a name in it; else in English or as the user wrote it."""
    category: Category
    equipment: Equipment | None
    measure: Measure
    assisted: bool
    bodyweight: bool
    primary_muscles: tuple[Muscle, ...]
    secondary_muscles: tuple[Muscle, ...]
    own: bool


class ExerciseDetails(ExerciseItem, frozen=True, kw_only=True):
    """An exercise with all that is known of it."""

    level: Level | None
    force: Force | None
    mechanic: Mechanic | None
    instructions: tuple[str, ...]
    aliases: tuple[str, ...]
    version: int
    created_at: datetime | None


def item(kept: Exercise | OwnExercise, locale: Locale = "en") -> ExerciseItem:
    own = isinstance(kept, OwnExercise)
    return ExerciseItem(
        id=str(kept.exercise_id) if isinstance(kept, OwnExercise) else kept.code,
        name=kept.name if isinstance(kept, OwnExercise) else kept.names.get(locale, kept.name),
        category=kept.category,
        equipment=kept.equipment,
        measure=kept.measure,
        assisted=kept.assisted,
        bodyweight=isinstance(kept, Exercise) and kept.bodyweight,
        primary_muscles=kept.primary_muscles,
        secondary_muscles=kept.secondary_muscles,
        own=own,
    )


def details(kept: Exercise | OwnExercise, locale: Locale = "en") -> ExerciseDetails:
    listed = msgspec.structs.asdict(item(kept, locale))
    if isinstance(kept, OwnExercise):
        return ExerciseDetails(
            **listed,
            level=None,
            force=None,
            mechanic=None,
            instructions=kept.instructions,
            aliases=(),
            version=kept.version,
            created_at=kept.created_at,
        )
    return ExerciseDetails(
        **listed,
        level=kept.level,
        force=kept.force,
        mechanic=kept.mechanic,
        instructions=kept.instructions,
        aliases=kept.aliases,
        version=1,
        created_at=None,
    )


def merged(kept: OwnExercise, change: Change) -> Values:
    """What was kept, with the change applied (RFC 7396); ValidationError when the outcome is no exercise."""
    whole = {name: getattr(kept, name) for name in Values.__struct_fields__}
    given = {name: value for name in Change.__struct_fields__ if (value := getattr(change, name)) is not UNSET}
    for name in given.keys() & {"primary_muscles", "secondary_muscles", "instructions"}:
        given[name] = given[name] or ()
    return msgspec.convert(whole | given, Values)
