"""An activity out of the messages of one FIT file: session before laps before records."""

import math
from array import array
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import structs

from workout.readers import fixes
from workout.readers.fit_channels import balance, merge_heart_rate, whole_cadence
from workout.readers.fit_device import device_of, extra_of
from workout.readers.fit_hr import Heartbeats
from workout.readers.fit_records import Records
from workout.readers.fit_sets import sets_of
from workout.readers.model import Activity, Lap, Totals
from workout.readers.totals import footed, together

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
NO_DATE_BELOW = 0x10000000
"""Seconds below count from when the device was switched on."""
NEVER_SET = "The clock of the device was never set: nothing in the file says when this was."
A_DAY_S = 86_400
MOST_MESSAGES = 10_000
"""Laps, events … of one activity."""
RUNS, STOPS = {"start"}, {"stop", "stop_all", "stop_disable", "stop_disable_all"}

Message = Mapping[str, Any]


class Messages:
    """What a file says besides its records."""

    def __init__(self) -> None:
        self.of: dict[str, list[Message]] = {}

    def take(self, frame: Any) -> None:
        fields: dict[str, Any] = {}
        for field in frame.fields:
            if field.field is None or field.value is None:
                continue
            if field.field_type == "devfield":
                fields.setdefault("developer", {})[str(field.name)[:64]] = field.value
            else:
                fields.setdefault((field.parent_field or field.field).name, field.value)
        kept = self.of.setdefault(frame.name, [])
        if len(kept) < MOST_MESSAGES:
            kept.append(fields)

    def all(self, name: str) -> list[Message]:
        return self.of.get(name, [])

    def one(self, name: str) -> Message:
        return self.all(name)[0] if self.all(name) else {}

    @property
    def kind(self) -> str | None:
        """Of file: activity, settings …"""
        kind = self.one("file_id").get("type")
        return None if kind is None else str(kind)


def activity_of(messages: Messages, records: Records, beats: Heartbeats) -> Activity | None:
    """What was recorded, or None where nothing was."""
    records.flush()
    sessions = sorted((s for s in messages.all("session") if clock(s)), key=lambda s: clock(s) or 0)
    laps = [lap for lap in messages.all("lap") if clock(lap)]
    start = start_of(sessions or laps, records, beats)
    if start is None:
        return None
    warnings: list[str] = []
    sport, sub_sport = sport_of(sessions, messages)
    legs, parts = [part_of(s, start) for s in sessions], [part_of(lap, start) for lap in laps]
    pauses = paused(messages, start)
    channels = {**records.channels, "time": array("d", [at - start for at in records.times])}
    if beats:
        merge_heart_rate(channels, beats, start)
    balance(channels)
    whole_cadence(channels)
    warnings += fixes.clean(channels, sport, pauses)
    if fixes.both_legs(channels, sport, legs):
        legs, parts = footed(legs, sport), footed(parts, sport)
    totals, length = summary(legs, messages.one("activity"))
    if not sessions:
        warnings.append("The device wrote no summary: the figures are derived from what it recorded.")
    length = length or lasted(parts, channels["time"])
    if totals.timer_s and totals.timer_s > length * 1.01 + 2:
        warnings.append("The device counted more time than passed: the length is derived.")
        length = max(totals.timer_s, lasted([], channels["time"]))
    dated = start >= NO_DATE_BELOW
    if not dated:
        warnings.append(NEVER_SET)
    maker = messages.one("file_id")
    device = device_of(maker)
    return Activity(
        format="fit",
        source=device or "FIT",
        device=device,
        sport=sport,
        sub_sport=sub_sport,
        started_at=EPOCH + timedelta(seconds=start) if dated else None,
        offset_min=offset_of(messages.one("activity")),
        duration_s=length,
        totals=totals,
        legs=legs if len(legs) > 1 else [],
        laps=parts,
        pauses=pauses if messages.all("event") else fixes.pauses(channels["time"]),
        channels=channels,
        sets=sets_of(messages.all("set"), messages.all("exercise_title")),
        warnings=warnings,
        extra=extra_of(maker, records, sessions, messages.one("file_creator")),
    )


def start_of(parts: Sequence[Message], records: Records, beats: Heartbeats) -> float | None:
    """In FIT seconds: that of the first session or lap, or the first record where that is a little earlier."""
    first = min(records.times[0], records.times[-1]) if records.times else round(beats.at[0]) if beats else None
    said = min((clock(part) or 0 for part in parts), default=None)
    if said is None or first is None:
        return said if first is None else first
    return float(first) if said - A_DAY_S < first < said else float(said)


def clock(message: Message) -> int | None:
    """When a session, lap or event began, in FIT seconds."""
    start = message.get("start_time", message.get("timestamp"))
    return start if isinstance(start, int) and start > 0 else None


def number(message: Message, *names: str) -> float | None:
    """The first of the fields that holds a number."""
    for name in names:
        value = message.get(name)
        if isinstance(value, int | float) and math.isfinite(value):
            return value
    return None


def word(message: Message, name: str) -> str | None:
    value = message.get(name)
    return value if isinstance(value, str) else None


def sport_of(sessions: Sequence[Message], messages: Messages) -> tuple[str, str | None]:
    named = [message for message in (*sessions, *messages.all("sport")) if word(message, "sport")]
    if not named:
        return "generic", None
    found = {word(message, "sport") for message in named if message in sessions} - {"transition"}
    if len(sessions) > 1 and len(found) != 1:
        return "multisport", None
    sport, sub_sport = word(named[0], "sport") or "generic", word(named[0], "sub_sport")
    if sub_sport == "strength_training":
        return sub_sport, None
    return sport, None if sub_sport == "generic" else sub_sport


def part_of(message: Message, start: float) -> Lap:
    """A session or a lap."""
    begin = clock(message) or 0
    totals = totals_of(message)
    ended = number(message, "timestamp") or begin
    length = totals.elapsed_s if totals.elapsed_s is not None else totals.timer_s
    return Lap(
        start_s=begin - start,
        duration_s=max(0.0, length if length is not None else ended - begin),
        sport=word(message, "sport"),
        sub_sport=None if word(message, "sub_sport") == "generic" else word(message, "sub_sport"),
        trigger=word(message, "lap_trigger"),
        totals=totals,
    )


def totals_of(message: Message) -> Totals:
    def said(*names: str) -> float | None:
        value = number(message, *names)
        return value if value is not None and value >= 0 else None

    cadence, part = said("avg_cadence"), said("avg_fractional_cadence")
    most, most_part = said("max_cadence"), said("max_fractional_cadence")
    return Totals(
        elapsed_s=said("total_elapsed_time"),
        timer_s=said("total_timer_time"),
        moving_s=said("total_moving_time"),
        distance_m=said("total_distance"),
        ascent_m=said("total_ascent"),
        descent_m=said("total_descent"),
        energy_kcal=said("total_calories"),
        average_heart_rate=said("avg_heart_rate"),
        max_heart_rate=said("max_heart_rate"),
        average_power=said("avg_power"),
        max_power=said("max_power"),
        weighted_power=said("normalized_power"),
        average_cadence=cadence + (part or 0) if cadence is not None else None,
        max_cadence=most + (most_part or 0) if most is not None else None,
        average_speed=said("enhanced_avg_speed", "avg_speed"),
        max_speed=said("enhanced_max_speed", "max_speed"),
        load=said("training_stress_score"),
        intensity=said("intensity_factor"),
    )


def summary(legs: Sequence[Lap], activity: Message) -> tuple[Totals, float]:
    """Totals of the whole and how long it lasted, pauses included; 0 where no session says it."""
    timer = number(activity, "total_timer_time")
    if not legs:
        return Totals(timer_s=timer), 0.0
    length = max(leg.start_s + leg.duration_s for leg in legs)
    elapsed = legs[0].totals.elapsed_s if len(legs) == 1 else length
    totals = together([leg.totals for leg in legs], elapsed_s=elapsed)
    if totals.timer_s is None:
        totals = structs.replace(totals, timer_s=timer)
    said = any(leg.totals.elapsed_s is not None or leg.totals.timer_s is not None for leg in legs)
    return totals, length if said else 0.0


def lasted(parts: Sequence[Lap], times: Sequence[float]) -> float:
    """How long it was, where no session says so."""
    return max([0.0, *(part.start_s + part.duration_s for part in parts), *times[-1:]])


def offset_of(activity: Message) -> int | None:
    """Minutes from UTC to the wall clock: there is no other place that says so."""
    at, local = activity.get("timestamp"), activity.get("local_timestamp")
    if not isinstance(at, int) or not isinstance(local, int) or at < NO_DATE_BELOW or local < NO_DATE_BELOW:
        return None
    quarters = round((local - at) / 900)
    exact = abs(local - at - quarters * 900) <= 120
    return quarters * 15 if exact and abs(quarters) <= 14 * 4 else None


def paused(messages: Messages, start: float) -> list[tuple[float, float]]:
    """From each stop of the timer to the next start."""
    found: list[tuple[float, float]] = []
    stopped: int | None = None
    for event in messages.all("event"):
        at, what = event.get("timestamp"), event.get("event_type")
        if event.get("event") != "timer" or not isinstance(at, int):
            continue
        if what in STOPS:
            stopped = at if stopped is None else stopped
        elif what in RUNS and stopped is not None:
            if at > stopped >= start:
                found.append((stopped - start, at - start))
            stopped = None
    return sorted(found)
