# ruff: noqa: INP001 - a script, no module
"""Make the catalogue of exercises: ``python build_catalogue.py path/to/free-exercise-db/dist/exercises.json``.

Run once for a new seed; what comes out is committed, and the same input gives the same bytes. Besides the seed it reads
the folder ``catalogue``: exercises of our own that gym logs name and the seed lacks, what logs call an exercise, and
its names in other languages.
"""

import argparse
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

SOURCE = {"repository": "yuhonas/free-exercise-db", "commit": "acd61f75", "licence": "Unlicense"}
HERE = Path(__file__).parent
OUT = HERE / "src/workout/exercises/catalogue.json"

Row = dict[str, Any]

EQUIPMENT = {
    None: "body_only",
    "kettlebells": "kettlebell",
    "bands": "band",
    "e-z curl bar": "ez_bar",
    "foam roll": "foam_roller",
}
"""Spelt otherwise than with a low line for a space; the seed's null is stretches and moves of one's own weight."""
BY_NAME = (("smith", "smith_machine"), ("trap bar", "trap_bar"), ("plate ", "plate"), ("suspended", "suspension"))
"""Equipment that the seed calls machine or other, by a word in the name."""

TIMED = {
    "Balance Board",
    "Battling Ropes",
    "Downward Facing Balance",
    "Isometric Chest Squeezes",
    "Isometric Neck Exercise - Front And Back",
    "Isometric Neck Exercise - Sides",
    "Plank",
    "Rope Jumping",
    "Side Bridge",
    "Stairmaster",
    "Step Mill",
}
HELD = {"Crucifix", "Plate Pinch"}
CARRIED = {
    "Backward Drag",
    "Bear Crawl Sled Drags",
    "Conan's Wheel",
    "Farmer's Walk",
    "Forward Drag with Press",
    "Prowler Sprint",
    "Rickshaw Carry",
    "Sled Drag - Harness",
    "Sled Overhead Backward Walk",
    "Sled Push",
    "Yoke Walk",
}
OWN_WEIGHT = {
    "Ab Roller",
    "Band Assisted Pull-Up",
    "Bodyweight Flyes",
    "Bodyweight Mid Row",
    "Dips - Chest Version",
    "Dips - Triceps Version",
    "Gironda Sternum Chins",
    "Glute Ham Raise",
    "Hyperextensions (Back Extensions)",
    "Inverted Row with Straps",
    "Kipping Muscle Up",
    "Knee/Hip Raise On Parallel Bars",
    "London Bridges",
    "Mixed Grip Chin",
    "Muscle Up",
    "One Arm Chin-Up",
    "Otis-Up",
    "Parallel Bar Dip",
    "Platform Hamstring Slides",
    "Push-Ups With Feet On An Exercise Ball",
    "Ring Dips",
    "Rocky Pull-Ups/Pulldowns",
    "Rope Climb",
    "Side To Side Chins",
    "Single-Leg High Box Squat",
}
"""Moves of one's own weight that the seed does not call ``body only``."""
ADDED_WEIGHT = {"Weighted Pull Ups", "Weighted Bench Dip"}
WITHOUT_WEIGHT = {"band", "body_only", "exercise_ball", "suspension"}


def code(name: str) -> str:
    """``Farmer's Walk`` to ``farmers-walk``: it never changes while the name stays."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def snake(words: str) -> str:
    return words.replace(" ", "_")


def equipment(seed: Row) -> str:
    if seed["equipment"] in {"machine", "other", "barbell"}:
        for word, better in BY_NAME:
            if word in seed["name"].lower():
                return better
    return EQUIPMENT.get(seed["equipment"]) or snake(seed["equipment"])


def measure(seed: Row) -> str:
    """What a set of it is counted in."""
    name, of = seed["name"], equipment(seed)
    if name in HELD:
        return "weight_time"
    if name in CARRIED:
        return "weight_distance"
    if name in TIMED or seed["category"] == "stretching":
        return "time"
    if seed["category"] == "cardio":
        return "distance"
    if "Weighted" in name:
        return "weight_reps"
    jumps = seed["category"] == "plyometrics" and of not in {"dumbbell", "kettlebell", "medicine_ball"}
    return "reps" if name in OWN_WEIGHT or of in WITHOUT_WEIGHT or jumps else "weight_reps"


def cleaned(seed: Row) -> Row:
    """A row of the seed in our words; the pictures stay behind."""
    primary = [snake(muscle) for muscle in seed["primaryMuscles"]]
    others = dict.fromkeys(snake(muscle) for muscle in seed["secondaryMuscles"])
    moved = measure(seed) == "reps" and equipment(seed) not in {"band", "exercise_ball"}
    return {
        "name": seed["name"],
        "category": snake(seed["category"]),
        "equipment": equipment(seed),
        "level": seed["level"],
        "force": seed["force"],
        "mechanic": seed["mechanic"],
        "primary_muscles": primary,
        "secondary_muscles": [muscle for muscle in others if muscle not in primary],
        "instructions": [text.strip() for text in seed["instructions"] if text.strip()],
        "measure": measure(seed),
        "assisted": "Assisted" in seed["name"],
        "bodyweight": moved or seed["name"] in OWN_WEIGHT | ADDED_WEIGHT,
        "origin": "seed",
    }


def made(seed: list[Row]) -> list[Row]:
    """Every exercise by its code; ValueError when two share one, or a table names what is not there."""
    own = [row | {"origin": "fitmesh"} for row in read("additions")]
    aliases, names = read("aliases"), read("names")
    rows: dict[str, Row] = {}
    for row in [*map(cleaned, seed), *own]:
        key = code(row["name"])
        if key in rows:
            raise ValueError(f"two exercises would be called {key}")
        rows[key] = {"code": key} | row | {"aliases": aliases.pop(key, []), "names": names.pop(key, {})}
    if left := [*aliases, *names]:
        raise ValueError(f"no such exercises: {', '.join(left)}")
    return [rows[key] for key in sorted(rows)]


def read(name: str) -> Any:
    return json.loads((HERE / f"catalogue/{name}.json").read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the catalogue of exercises.")
    parser.add_argument("seed", type=Path, help=f"dist/exercises.json of free-exercise-db at commit {SOURCE['commit']}")
    rows = made(json.loads(parser.parse_args().seed.read_text("utf-8")))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    OUT.write_text(f'{{"source": {json.dumps(SOURCE)}, "exercises": [\n{lines}\n]}}\n', "utf-8")
    sys.stdout.write(f"{OUT.name}: {len(rows)} exercises\n")


if __name__ == "__main__":
    main()
