"""TCX, Garmin's Training Center Database v2 with its Activity Extension: laps, also of what has no positions."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import isfinite

from workout.edits.model import Current
from workout.export.points import BLOCK, cadence, column, number, segments, stamp, stamps, tag, text
from workout.readers.model import Lap, Totals
from workout.readers.sports import family_of

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
 xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">
<Activities>"""
SPORTS = {"running": "Running", "cycling": "Biking"}
MOST_CALORIES = 65_535
TRIGGERS = {"distance": "Distance", "position": "Location", "time": "Time", "heart_rate": "HeartRate"}


def write(now: Current, title: str | None, notes: str | None, totals: Totals) -> Iterator[bytes]:
    """An activity with its laps; the title goes into the notes, as there is no other place for it."""
    sport = SPORTS.get(now.sport, "Other")
    yield f'{HEAD}<Activity Sport="{sport}"><Id>{stamp(now.started_at)}</Id>\n'.encode()
    laps = _laps(now, totals)
    for lap, until in zip(laps, [*(after.start_s for after in laps[1:]), float("inf")], strict=True):
        yield from _lap(now, lap, until, first=lap is laps[0])
    said = "\n".join(filter(None, (title, notes)))
    told = f"<Notes>{text(said)}</Notes>" if said else ""
    yield f"{told}</Activity></Activities></TrainingCenterDatabase>\n".encode()


def _laps(now: Current, totals: Totals) -> Sequence[Lap]:
    """Those there are, from the start; else the whole as one."""
    whole = Lap(start_s=0.0, duration_s=now.duration_s, totals=totals)
    laps = sorted(now.laps, key=lambda lap: lap.start_s) or [whole]
    if len(laps) == 1:
        return [whole]
    return [*{lap.start_s: lap for lap in laps}.values()]


def _lap(now: Current, lap: Lap, until: float, *, first: bool) -> Iterator[bytes]:
    time, totals = now.channels.get("time", ()), lap.totals
    start = 0 if first else bisect_left(time, lap.start_s)
    places = range(start, bisect_left(time, until))
    seconds = totals.timer_s if totals.timer_s is not None else lap.duration_s
    energy = min(totals.energy_kcal or 0.0, MOST_CALORIES)
    trigger = TRIGGERS.get(lap.trigger or "", "Manual")
    yield (
        f'<Lap StartTime="{stamp(now.started_at + timedelta(seconds=lap.start_s))}">'
        f"{tag('TotalTimeSeconds', seconds, 3)}<DistanceMeters>{number(totals.distance_m or 0.0, 2)}</DistanceMeters>"
        f"{tag('MaximumSpeed', totals.max_speed, 3)}{tag('Calories', energy)}"
        f"{_beats('AverageHeartRateBpm', totals.average_heart_rate)}"
        f"{_beats('MaximumHeartRateBpm', totals.max_heart_rate)}"
        f"<Intensity>Active</Intensity><TriggerMethod>{trigger}</TriggerMethod>\n"
    ).encode()
    cut = [now.channels["time"][place] for place in places] if places else []
    for part in segments(cut, now.pauses):
        yield b"<Track>\n"
        for begin in range(part.start, part.stop, BLOCK):
            end = min(begin + BLOCK, part.stop)
            yield _points(now, slice(places.start + begin, places.start + end))
        yield b"</Track>\n"
    yield b"</Lap>\n"


def _points(now: Current, cut: slice) -> bytes:
    on_foot = family_of(now.sport) == "foot"
    columns = (
        *(column(now, "lat")[cut], column(now, "lon")[cut], column(now, "altitude")[cut], column(now, "distance")[cut]),
        *(column(now, "heart_rate")[cut], cadence(now)[cut], column(now, "speed")[cut], column(now, "power")[cut]),
    )
    lines = []
    times = stamps(now.started_at, now.channels["time"][cut])
    for at, lat, lon, altitude, distance, heart_rate, steps, speed, power in zip(times, *columns, strict=True):
        place = ""
        if isfinite(lat) and isfinite(lon):
            place = (
                f"<Position><LatitudeDegrees>{number(lat, 7)}</LatitudeDegrees>"
                f"<LongitudeDegrees>{number(lon, 7)}</LongitudeDegrees></Position>"
            )
        own = (
            f"{tag('ns3:Speed', speed, 3)}{tag('ns3:RunCadence', steps, 1) if on_foot else ''}{tag('ns3:Watts', power)}"
        )
        lines.append(
            f"<Trackpoint><Time>{at}</Time>{place}{tag('AltitudeMeters', altitude, 2)}"
            f"{tag('DistanceMeters', distance, 2)}{_beats('HeartRateBpm', heart_rate)}"
            f"{'' if on_foot else tag('Cadence', steps, 1)}"
            f"{f'<Extensions><ns3:TPX>{own}</ns3:TPX></Extensions>' if own else ''}</Trackpoint>\n"
        )
    return "".join(lines).encode()


def _beats(name: str, value: float | None) -> str:
    inner = tag("Value", value)
    return f"<{name}>{inner}</{name}>" if inner else ""
