"""Whether recordings are of the same workout, and the groups they form: the same, whatever order they came in.

Two match when their sports are of one family, they start within 120 s, and last equally long to 10 % or overlap by 80 %
of the shorter. What each of two gym logs says of its sets tells them apart. Groups are made of the best matches first;
a pair that cannot be the same, or that the user has parted, is never brought together by a third.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import combinations

import msgspec

START_S = 120.0
DURATION = 0.10
OVERLAP = 0.80
CROWD = 200
"""So many that start after one, within the time, are compared with it."""
MOST = 100
"""Recordings of one workout: what an answer holds, and more than anybody wears."""
TOUCHING = 0.50
"""Overlap of those that last equally long: one that begins when the other ends is another."""
DISTANCE = 0.05
CLOSE_S = 10.0
"""What a file that names no sport has to agree in, unless its distance does."""

ANY = ""
FAMILIES: Mapping[str, frozenset[str]] = {
    ANY: frozenset({"generic", "other", "all", "workout", "", "fitness_equipment"}),
    "foot": frozenset({"running", "walking", "hiking", "trail_running", "treadmill", "mountaineering"}),
    "cycling": frozenset({"cycling", "e_biking", "indoor_cycling", "mountain_biking", "hand_cycling", "biking"}),
    "swimming": frozenset({"swimming", "lap_swimming", "open_water", "open_water_swimming"}),
    "rowing": frozenset({"rowing", "indoor_rowing"}),
    "paddling": frozenset({"paddling", "kayaking", "stand_up_paddleboarding", "canoeing"}),
    "skiing": frozenset({"cross_country_skiing", "backcountry_skiing", "skate_skiing"}),
    "snow": frozenset({"alpine_skiing", "snowboarding"}),
    "strength": frozenset(
        {"strength_training", "training", "functional_strength_training", "crossfit", "core_training", "powerlifting"}
    ),
}
OF_SUB_SPORT: Mapping[str, str] = {
    "strength_training": "strength",
    "indoor_rowing": "rowing",
    "indoor_cycling": "cycling",
    "spin": "cycling",
    "treadmill": "foot",
    "cardio_training": "cardio",
    "yoga": "yoga",
    "pilates": "pilates",
    "flexibility_training": "flexibility_training",
}
FAMILY = {sport: family for family, sports in FAMILIES.items() for sport in sports}


class Brief(msgspec.Struct, frozen=True, kw_only=True):
    """What tells whether a recording, or a workout entered by hand, is the same as another."""

    key: bytes
    """Fingerprint; of a workout entered by hand its id."""
    sport: str
    sub_sport: str | None = None
    started_at: datetime
    dated: bool = True
    """False when nothing in the file says when it was."""
    duration_s: float
    distance_m: float | None = None
    sets: bytes | None = None
    """Digest of its sets; None when it has none."""
    origin: str | None = None
    """File and source: what one source says twice in one file is two things."""
    by_hand: bool = False


class Match(msgspec.Struct, frozen=True):
    """Why two are the same."""

    score: float
    """From 0 to 1."""
    reasons: tuple[str, ...]


class Edge(msgspec.Struct, frozen=True):
    """Two that match."""

    match: Match
    one: bytes
    other: bytes


def family(sport: str, sub_sport: str | None = None) -> str:
    """Sports that devices take for one another; `ANY` where none is said."""
    by_sub = OF_SUB_SPORT.get(sub_sport or "")
    if by_sub and FAMILY.get(sport, sport) in {ANY, "strength", "foot", "cycling", "rowing"}:
        return by_sub
    return FAMILY.get(sport, sport)


def conflict(a: Brief, b: Brief) -> bool:
    """They cannot be the same workout, whatever else is."""
    families = {family(a.sport, a.sub_sport), family(b.sport, b.sub_sport)}
    return (
        (len(families) > 1 and ANY not in families)
        or (a.sets is not None and b.sets is not None and a.sets != b.sets)
        or (a.origin is not None and a.origin == b.origin)
        or (a.by_hand and b.by_hand)
        or not (a.dated and b.dated)
    )


def same(a: Brief, b: Brief) -> Match | None:
    """Whether they are recordings of one workout; the order of the two does not matter."""
    apart_s = abs((a.started_at - b.started_at).total_seconds())
    if apart_s > START_S or conflict(a, b):
        return None
    shorter, longer = sorted((a.duration_s, b.duration_s))
    together_s = _together(a, b)
    overlap = together_s / shorter if shorter > 0 else 1.0
    alike = longer - shorter <= DURATION * longer and overlap >= TOUCHING
    if not alike and overlap < OVERLAP:
        return None
    far = _differ(a.distance_m, b.distance_m)
    one, other = sorted((a.sport, b.sport))
    if ANY in {family(a.sport, a.sub_sport), family(b.sport, b.sub_sport)} and one != other:
        if apart_s > CLOSE_S and (far is None or far > DISTANCE):
            return None
        kind = 0.0
        sports = "one of them names no sport"
    else:
        kind = 1.0 if one == other else 0.5
        sports = f"both are {one}" if one == other else f"{one} and {other} are of one family"
    share = together_s / longer if longer > 0 else 1.0
    length = 0.5 if far is None else max(0.0, 1 - far / (2 * DISTANCE))
    score = 0.35 * (1 - apart_s / (2 * START_S)) + 0.35 * share + 0.2 * length + 0.1 * kind
    reasons = [
        sports,
        f"they start {apart_s:.0f} s apart",
        f"{shorter:.0f} s and {longer:.0f} s long" + (f": within {DURATION:.0%}" if alike else ""),
        f"they overlap by {min(overlap, 1):.0%} of the shorter",
    ]
    if far is not None:
        reasons.append(f"their distances differ by {far:.1%}")
    return Match(round(score, 4), tuple(reasons))


def _together(a: Brief, b: Brief) -> float:
    late = (b.started_at - a.started_at).total_seconds()
    return max(0.0, min(a.duration_s, late + b.duration_s) - max(0.0, late))


def _differ(a: float | None, b: float | None) -> float | None:
    """As a share of the longer; None when one of them does not say."""
    return abs(a - b) / max(a, b) if a and b else None


def pair(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """As pairs are kept: the smaller first."""
    return (one, other) if one < other else (other, one)


def matches(briefs: Iterable[Brief]) -> Iterator[Edge]:
    """All pairs that match."""
    order = sorted((each for each in briefs if each.dated), key=lambda each: (each.started_at, each.key))
    for place, each in enumerate(order):
        for later in order[place + 1 : place + 1 + CROWD]:
            if (later.started_at - each.started_at).total_seconds() > START_S:
                break
            if match := same(each, later):
                yield Edge(match, *pair(each.key, later.key))


def group(
    briefs: Sequence[Brief],
    *,
    apart: Collection[tuple[bytes, bytes]] = (),
    asked: Iterable[tuple[bytes, bytes]] = (),
) -> list[list[bytes]]:
    """Which are one workout: keys, sorted; ``apart`` are pairs never to be joined, ``asked`` those the user joined."""
    by_key = {each.key: each for each in briefs}
    groups = {key: [key] for key in by_key}

    def join(one: bytes, other: bytes) -> None:
        if groups[one] is not groups[other]:
            merged = groups[one] + groups[other]
            for key in merged:
                groups[key] = merged

    wished = {pair(*each) for each in asked if each[0] in by_key and each[1] in by_key}
    for each in sorted(wished):
        join(*each)
    barred = set(apart)
    odd = {key for one, other in wished if conflict(by_key[one], by_key[other]) for key in (one, other)}
    for edge in sorted(matches(by_key.values()), key=lambda edge: (-edge.match.score, edge.one, edge.other)):
        ones, others = groups[edge.one], groups[edge.other]
        if ones is others or len(ones) + len(others) > MOST:
            continue
        if not any(
            pair(one, other) in barred or (not {one, other} & odd and conflict(by_key[one], by_key[other]))
            for one in ones
            for other in others
        ):
            join(edge.one, edge.other)
    return sorted(sorted(members) for members in {id(members): members for members in groups.values()}.values())


def strongest(members: Sequence[Brief], main: bytes) -> dict[bytes, Match]:
    """Of each member but the main one its best match among the others: what is told as the reason."""
    best = dict[bytes, Match]()
    for a, b in combinations(sorted(members, key=lambda each: each.key), 2):
        if match := same(a, b):
            for key in (a.key, b.key):
                if key != main and (key not in best or match.score > best[key].score):
                    best[key] = match
    return best
