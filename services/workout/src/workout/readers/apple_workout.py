"""One `<Workout>` of Apple Health's export.xml as an activity."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import etree

from workout.readers.apple_sports import of_apple
from workout.readers.clock import LONGEST_S, checked
from workout.readers.log import name
from workout.readers.model import Activity, Lap, Totals
from workout.readers.units import DISTANCES, MILE_M

CLOCK = "%Y-%m-%d %H:%M:%S %z"
SECONDS = {"s": 1.0, "min": 60.0, "hr": 3600.0, "d": 86_400.0}
ENERGIES = {"kcal": 1.0, "Cal": 1.0, "cal": 0.001, "kJ": 1 / 4.184, "J": 1 / 4184}
SPEEDS = {"m/s": 1.0, "km/hr": 1 / 3.6, "mi/hr": MILE_M / 3600, "ft/s": 0.3048}
PER_MINUTE = {"count/min": 1.0, "count/s": 60.0}
WATTS = {"W": 1.0, "kW": 1000.0}
QUANTITY = re.compile(r"(-?\d{1,20}(?:\.\d{1,40})?) ?(\S{0,20})", re.ASCII)
DEVICE = re.compile(r"\bname:([^,>]{1,60})")
HARDWARE = re.compile(r"\bhardware:(\w{1,20}(?:,\d{1,3})?)")
MOST = 1e8
EVENTS = 5_000
"""Of one workout; more are not looked at."""
KEPT, KEY_LENGTH, VALUE_LENGTH = 20, 60, 120
"""How much of the metadata is kept as it is."""
TITLES = ("HKWorkoutBrandName", "Session Name", "name")
BY_LEG = {"Swimming": "swimming", "Cycling": "cycling", "WalkingRunning": "running"}
"""What is covered in a leg of several sports tells which it is: Apple does not."""
EVENT, PAUSES = "HKWorkoutEventType", {"Pause": "Resume", "MotionPaused": "MotionResumed"}
RESUMES = frozenset(PAUSES.values())


class Workout(NamedTuple):
    """An activity, and the files that hold its routes."""

    activity: Activity
    routes: list[str]


class Statistics:
    """What was measured over a workout, or over a leg of it."""

    def __init__(self, element: etree._Element) -> None:
        self.elements = element.findall("WorkoutStatistics")

    def _of(self, kinds: str, units: Mapping[str, float], figure: str) -> list[tuple[float, float]]:
        """Values and how long they were measured, of all kinds whose name holds the word."""
        found = []
        for each in self.elements:
            if kinds in each.get("type", ""):
                value = amount(each.get(figure), each.get("unit"), units)
                if value is not None:
                    found.append((value, _between(each)))
        return found

    def total(self, kinds: str, units: Mapping[str, float]) -> float | None:
        found = self._of(kinds, units, "sum")
        return sum(value for value, _ in found) if found else None

    def highest(self, kinds: str, units: Mapping[str, float]) -> float | None:
        return max((value for value, _ in self._of(kinds, units, "maximum")), default=None)

    def average(self, kinds: str, units: Mapping[str, float]) -> float | None:
        found = self._of(kinds, units, "average")
        if not found:
            return None
        whole = sum(length for _, length in found)
        if whole <= 0:
            return sum(value for value, _ in found) / len(found)
        return sum(value * length for value, length in found) / whole


def workout_of(element: etree._Element) -> Workout:
    """ValueError says what is wrong with it."""
    start, end = instant(element.get("startDate")), instant(element.get("endDate"))
    metadata = {each.get("key", ""): each.get("value", "") for each in element.findall("MetadataEntry")}
    timer_s = _length(element)
    span_s = (end - start).total_seconds()
    if not 0 <= span_s <= LONGEST_S:
        raise ValueError("it ends before it starts, or a month later")
    duration_s = max(span_s, timer_s or 0)  # some end when they start, and say how long they lasted
    indoors = metadata.get("HKIndoorWorkout") == "1"
    water = metadata.get("HKSwimmingLocationType", "")
    sport, sub_sport = of_apple(element.get("workoutActivityType", ""), indoors=indoors, water=water)
    activity = Activity(
        format="apple-health",
        source=name(element.get("sourceName", "")) or "Apple Health",
        device=_device(element.get("device", "")),
        sport=sport,
        sub_sport=sub_sport,
        started_at=start,
        offset_min=_offset(metadata.get("HKTimeZone"), start),
        duration_s=duration_s,
        title=next((found for key in TITLES if (found := name(metadata.get(key, "")))), None),
        totals=_totals(element, metadata, duration_s, timer_s),
        pauses=_pauses(element, start, duration_s),
        laps=_laps(element, start, duration_s),
        legs=_legs(element, start, duration_s) if sport == "multisport" else [],
    )
    if metadata:
        activity.extra["metadata"] = {
            key[:KEY_LENGTH]: value[:VALUE_LENGTH] for key, value in list(metadata.items())[:KEPT]
        }
    return Workout(activity, [each.get("path", "") for each in element.iterfind("WorkoutRoute/FileReference")])


def instant(text: str | None) -> datetime:
    try:
        return checked(datetime.strptime(text or "", CLOCK)).astimezone(UTC)  # noqa: DTZ007  the offset is in it
    except (ValueError, OverflowError):
        raise ValueError(f"“{(text or '')[:40]}” is no time of ours") from None


def amount(text: str | None, unit: str | None, units: Mapping[str, float]) -> float | None:
    """A quantity in the unit that is worth 1; None where there is none, or none that can be believed."""
    factor = units.get(unit or "")
    if not text or factor is None:
        return None
    try:
        value = float(text) * factor
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= MOST else None


def _length(element: etree._Element) -> float | None:
    found = amount(element.get("duration"), element.get("durationUnit", "min"), SECONDS)
    return found if found is not None and found <= LONGEST_S else None


def _between(element: etree._Element) -> float:
    try:
        return max(0.0, (instant(element.get("endDate")) - instant(element.get("startDate"))).total_seconds())
    except ValueError:
        return 0.0


def _measured(metadata: Mapping[str, str], key: str, units: Mapping[str, float]) -> float | None:
    """`45443 cm`."""
    found = QUANTITY.fullmatch(metadata.get(key, "").strip())
    return amount(found[1], found[2], units) if found else None


def _totals(element: etree._Element, metadata: Mapping[str, str], elapsed_s: float, timer_s: float | None) -> Totals:
    """The statistics of newer exports before the attributes of older ones."""
    statistics = Statistics(element)
    distance = statistics.total("TypeIdentifierDistance", DISTANCES)
    energy = statistics.total("ActiveEnergyBurned", ENERGIES)
    if distance is None:
        distance = amount(element.get("totalDistance"), element.get("totalDistanceUnit"), DISTANCES)
    if energy is None:
        energy = amount(element.get("totalEnergyBurned"), element.get("totalEnergyBurnedUnit"), ENERGIES)
    return Totals(
        elapsed_s=elapsed_s,
        timer_s=timer_s,
        distance_m=distance,
        energy_kcal=energy,
        ascent_m=_measured(metadata, "HKElevationAscended", DISTANCES),
        descent_m=_measured(metadata, "HKElevationDescended", DISTANCES),
        average_heart_rate=statistics.average("IdentifierHeartRate", PER_MINUTE),
        max_heart_rate=statistics.highest("IdentifierHeartRate", PER_MINUTE),
        average_power=statistics.average("Power", WATTS),
        max_power=statistics.highest("Power", WATTS),
        average_cadence=statistics.average("Cadence", PER_MINUTE),
        max_cadence=statistics.highest("Cadence", PER_MINUTE),
        average_speed=_measured(metadata, "HKAverageSpeed", SPEEDS) or statistics.average("Speed", SPEEDS),
        max_speed=_measured(metadata, "HKMaximumSpeed", SPEEDS) or statistics.highest("Speed", SPEEDS),
    )


def _events(element: etree._Element, start: datetime, duration_s: float) -> list[tuple[float, str, float | None]]:
    """When each was since the start, what, and how long it lasted; in order, none outside."""
    found = []
    for each in element.findall("WorkoutEvent")[:EVENTS]:
        try:
            at_s = (instant(each.get("date")) - start).total_seconds()
        except ValueError:
            continue
        length = _length(each) if each.get("duration") else None
        if 0 <= at_s <= duration_s:
            found.append((at_s, each.get("type", "").removeprefix(EVENT), length))
    return sorted(found, key=lambda event: event[0])


def _pauses(element: etree._Element, start: datetime, duration_s: float) -> list[tuple[float, float]]:
    """From each pause to what ends it; one that nothing ends lasts to the end."""
    pauses: list[tuple[float, float]] = []
    since = None
    for at_s, kind, _ in _events(element, start, duration_s):
        if kind in PAUSES and since is None:
            since = at_s
        elif kind in RESUMES and since is not None:
            if at_s > since:
                pauses.append((since, at_s))
            since = None
    if since is not None and since < duration_s:
        pauses.append((since, duration_s))
    return pauses


def _laps(element: etree._Element, start: datetime, duration_s: float) -> list[Lap]:
    """Those that say how long they were; of those that do not, each is from the mark before it. Segments overlap."""
    laps, before = [], 0.0
    for at_s, kind, length in _events(element, start, duration_s):
        if kind != "Lap":
            continue
        begin, end = (before, at_s) if length is None else (at_s, min(at_s + length, duration_s))
        if end > begin:
            laps.append(Lap(start_s=begin, duration_s=end - begin, totals=Totals(elapsed_s=end - begin)))
        before = end
    return laps


def _legs(element: etree._Element, start: datetime, duration_s: float) -> list[Lap]:
    legs = []
    for each in element.findall("WorkoutActivity")[:KEPT]:
        try:
            begin = (instant(each.get("startDate")) - start).total_seconds()
        except ValueError:
            continue
        length = _between(each)
        if not 0 <= begin <= duration_s or length <= 0:
            continue
        statistics = Statistics(each)
        covered = {leg: statistics.total(f"TypeIdentifierDistance{leg}", DISTANCES) or 0 for leg in BY_LEG}
        most = max(covered, key=lambda leg: covered[leg])
        totals = Totals(
            elapsed_s=length,
            timer_s=_length(each),
            distance_m=covered[most] or None,
            energy_kcal=statistics.total("ActiveEnergyBurned", ENERGIES),
            average_heart_rate=statistics.average("IdentifierHeartRate", PER_MINUTE),
            max_heart_rate=statistics.highest("IdentifierHeartRate", PER_MINUTE),
        )
        sport = BY_LEG[most] if covered[most] else "transition"
        legs.append(Lap(start_s=begin, duration_s=min(length, duration_s - begin), sport=sport, totals=totals))
    return legs if len(legs) > 1 else []


def _offset(zone: str | None, at: datetime) -> int | None:
    """The offset written beside a time is one for the whole year: only a zone tells what a clock showed there."""
    if not zone:
        return None
    try:
        offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return round(offset.total_seconds() / 60) if offset is not None else None


def _device(said: str) -> str | None:
    """`<<HKDevice: 0x…>, name:Apple Watch, …, hardware:Watch7,2, …>` -> `Apple Watch (Watch7,2)`."""
    called, hardware = DEVICE.search(said), HARDWARE.search(said)
    shown = name(called[1]) if called else None
    return f"{shown} ({hardware[1]})" if shown and hardware else shown
