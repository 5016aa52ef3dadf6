"""What Apple calls sports, in FIT's spelling, where it is not the same word."""

from workout.readers.sports import of_word

PREFIX = "HKWorkoutActivityType"
NAMES: dict[str, tuple[str, str | None]] = {
    "Archery": ("archery", None),
    "AustralianFootball": ("australian_football", None),
    "Badminton": ("racket", "badminton"),
    "Barre": ("training", "barre"),
    "Bowling": ("bowling", None),
    "Cooldown": ("training", "flexibility_training"),
    "CoreTraining": ("strength_training", "core_training"),
    "Curling": ("curling", None),
    "DiscSports": ("disc_golf", None),
    "EquestrianSports": ("horseback_riding", None),
    "Fencing": ("fencing", None),
    "Gymnastics": ("gymnastics", None),
    "HandCycling": ("cycling", "hand_cycling"),
    "Handball": ("handball", None),
    "Kickboxing": ("boxing", "kickboxing"),
    "MartialArts": ("martial_arts", None),
    "MindAndBody": ("training", "meditation"),
    "PaddleSports": ("paddling", None),
    "Pickleball": ("racket", "pickleball"),
    "Racquetball": ("racket", "racquetball"),
    "SkatingSports": ("inline_skating", None),
    "SnowSports": ("snowshoeing", None),
    "Softball": ("softball", None),
    "Squash": ("racket", "squash"),
    "Stairs": ("floor_climbing", None),
    "SurfingSports": ("surfing", None),
    "SwimBikeRun": ("multisport", None),
    "TableTennis": ("racket", "table_tennis"),
    "TaiChi": ("martial_arts", "tai_chi"),
    "TrackAndField": ("running", "track"),
    "UnderwaterDiving": ("diving", None),
    "WaterFitness": ("swimming", "water_fitness"),
    "WaterPolo": ("water_polo", None),
    "WaterSports": ("water_sport", None),
    "WheelchairRunPace": ("wheelchair_push_run", None),
    "WheelchairWalkPace": ("wheelchair_push_walk", None),
    "Wrestling": ("martial_arts", "wrestling"),
    "FunctionalStrengthTraining": ("strength_training", "functional_strength_training"),
    "TraditionalStrengthTraining": ("strength_training", None),
    **dict.fromkeys(("CardioDance", "DanceInspiredTraining", "SocialDance"), ("dance", None)),
    **dict.fromkeys(("Flexibility", "PreparationAndRecovery"), ("training", "flexibility_training")),
    **dict.fromkeys(
        ("CrossTraining", "FitnessGaming", "MixedCardio", "MixedMetabolicCardioTraining", "StepTraining"),
        ("training", "cardio_training"),
    ),
}
INDOORS = {
    "cycling": "indoor_cycling",
    "rowing": "indoor_rowing",
    "running": "treadmill",
    "walking": "indoor_walking",
}
POOL, OPEN_WATER = "1", "2"


def of_apple(kind: str, *, indoors: bool = False, water: str = "") -> tuple[str, str | None]:
    """`HKWorkoutActivityTypeRunning` and what its metadata say of the place; what is new to us is generic."""
    name = kind.removeprefix(PREFIX)
    sport, sub_sport = NAMES.get(name) or of_word(name)
    if sport == "swimming" and not sub_sport:
        return sport, {POOL: "lap_swimming", OPEN_WATER: "open_water"}.get(water)
    return sport, INDOORS.get(sport, sub_sport) if indoors else sub_sport
