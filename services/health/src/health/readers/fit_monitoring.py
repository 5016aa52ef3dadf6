"""FIT files of days: what a tracker counted, and single weighings and pressures. Recordings of workouts are kept aside.

A tracker writes running totals of its local day for each activity: a sample is what came on top since the last total.
Their times are often only the low 16 bits of seconds, which roll over every 18 hours.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO

import fitdecode  # type: ignore[import-untyped]  # it ships no types
import msgspec
from fitdecode.records import FitDataMessage  # type: ignore[import-untyped]  # the same

from health.readers.batch import Batch, Origin, Stream
from health.readers.clock import Instant
from health.readers.rows import HOURS, Rows
from imports import Broken

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
NO_DATE_BELOW = 0x10000000
"""Seconds below count from when the device was switched on."""
ROLLS_AT = 1 << 16
MOST_MESSAGES = 5_000_000
A_DAY = timedelta(days=1)
LONGEST_STEP = timedelta(hours=1)
"""A rise over a longer time is put into its last hour."""
ON_FOOT = {"walking", "running"}
KEPT = {"activity": "activity-file", "workout": "workout-plan", "course": "route"}
STAGES = {"awake": "sleep_awake", "light": "sleep_light", "deep": "sleep_deep", "rem": "sleep_rem"}
LONGEST_STAGE = timedelta(hours=4)
FAULTS = (
    *(fitdecode.FitError, AssertionError, struct.error, ArithmeticError, LookupError),
    *(ValueError, TypeError, AttributeError, RecursionError),
)
"""What the decoder does over nonsense."""


class Total(msgspec.Struct):
    """A running total: what it was, and since when the rest counts."""

    value: float
    at: datetime


POINTS: dict[str, dict[str, str]] = {
    "monitoring_hr_data": {"resting_heart_rate": "resting_heart_rate"},
    "respiration_rate": {"respiration_rate": "respiratory_rate"},
    "spo2_data": {"reading_spo2": "spo2"},
    "weight_scale": {"weight": "weight", "percent_fat": "body_fat", "bone_mass": "bone_mass", "bmi": "bmi"},
    "blood_pressure": {
        "systolic_pressure": "bp_systolic",
        "diastolic_pressure": "bp_diastolic",
        "heart_rate": "heart_rate",
    },
}


def read(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    day = Days(rows)
    seen = 0
    try:
        with fitdecode.FitReader(
            file, check_crc=fitdecode.CrcCheck.READONLY, error_handling=fitdecode.ErrorHandling.IGNORE
        ) as messages:
            for message in messages:
                if message.frame_type != fitdecode.FIT_FRAME_DATA:
                    continue
                seen += 1
                if seen > MOST_MESSAGES:
                    raise Broken(f"The FIT file holds more than {MOST_MESSAGES:,} messages.")
                try:
                    day.take(message)
                except (ValueError, OverflowError) as error:
                    rows.bad(seen, error)
                if day.kept:
                    return
                if rows.full:
                    yield rows.take(file)
    except FAULTS as error:
        what = f": {error}" if isinstance(error, fitdecode.FitError) else ""
        raise Broken(f"The FIT file is damaged after {seen:,} messages{what}.") from error


class Days:
    """Follows the messages of a file."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.kept = False
        self.now: datetime | None = None
        self.began: datetime | None = None
        self.offset_min: int | None = None
        self.totals: dict[tuple[str, str], Total] = {}
        self.asleep: tuple[str, datetime] | None = None
        self.device = ""

    @property
    def origin(self) -> Origin:
        return self.rows.origin(Origin(app="Garmin", device=self.device or None, device_kind="watch"))

    def take(self, message: FitDataMessage) -> None:
        fields = {field.name: field.value for field in message.fields if field.value is not None}
        name = message.name
        if name == "file_id":
            self._file(fields)
            return
        before = self.now
        self._advance(fields)
        if name == "monitoring_info":
            self._local(fields)
        elif self.now is None:
            if name in POINTS or name == "monitoring":
                self.rows.warn("no-date", "a message without a date: the clock was not set")
        elif name == "monitoring":
            raw = {field.name: field.raw_value for field in message.fields if field.raw_value is not None}
            self._counted(fields, raw, before)
        elif name == "sleep_level":
            self._slept(str(fields.get("sleep_level")))
        elif name == "stress_level":
            self._stress(fields)
        elif name in POINTS:
            for field, metric in POINTS[name].items():
                self._point(metric, fields.get(field))

    def _file(self, fields: dict[str, object]) -> None:
        what = str(fields.get("type"))
        if what in KEPT:
            self.rows.kept(KEPT[what])
            self.kept = True
            return
        self.now = self.began = self.asleep = None
        self.totals.clear()
        product = fields.get("garmin_product") or fields.get("product_name") or ""
        self.device = str(product).replace("_", " ")[:100] if not str(product).isdigit() else ""

    def _advance(self, fields: dict[str, object]) -> None:
        """Where the file's time is after this message."""
        full = fields.get("timestamp")
        if isinstance(full, datetime):
            seconds = (full - EPOCH).total_seconds()
            self.now = full if seconds >= NO_DATE_BELOW else None
        low = fields.get("timestamp_16")
        if isinstance(low, int) and self.now is not None:
            at = int((self.now - EPOCH).total_seconds())
            self.now += timedelta(seconds=(low - at) % ROLLS_AT)

    def _local(self, fields: dict[str, object]) -> None:
        local = fields.get("local_timestamp")
        self.began = self.now
        if isinstance(local, datetime) and self.now is not None:
            minutes = round((local - self.now).total_seconds() / 60)
            self.offset_min = minutes if abs(minutes) <= 14 * 60 else None

    def _instant(self, at: datetime) -> Instant:
        return Instant(at, self.offset_min)

    def _counted(self, fields: dict[str, object], raw: dict[str, object], before: datetime | None) -> None:
        activity = str(fields.get("activity_type"))
        if activity in ON_FOOT:
            # The profile calls them cycles of two steps until it knows the activity: what was written are steps.
            self._rose("steps", activity, raw.get("steps", raw.get("cycles")), before)
            self._rose("distance_on_foot", activity, fields.get("distance"), before)
        elif activity == "cycling":
            self._rose("distance_cycling", activity, fields.get("distance"), before)
        self._rose("active_energy", activity, fields.get("active_calories"), before)
        self._point("heart_rate", fields.get("heart_rate"))

    def _rose(self, metric: str, activity: str, total: object, before: datetime | None) -> None:
        now = self.now
        if not isinstance(total, int | float) or now is None:
            return
        last = self.totals.get((metric, activity))
        midnight = now - (self._since_midnight(now) or A_DAY)  # at midnight sharp it is still the total of that day
        if last is None and self.began is not None and self._since_midnight(self.began):
            rise = 0.0 if now - self.began < LONGEST_STEP else float(total)
            if not rise:
                self.rows.warn(
                    "running-total", f"{metric}: the day began before this file; counted from its first total"
                )
        else:
            rise = total - last.value if last and total >= last.value and last.at > midnight else float(total)
        if rise > 0:
            start = max(before or now - LONGEST_STEP, now - LONGEST_STEP)
            if start < midnight < now:
                start = midnight
            self.rows.put(Stream(metric, self.origin), self._instant(start), rise, now)
        self.totals[metric, activity] = Total(float(total), now)

    def _since_midnight(self, at: datetime) -> timedelta:
        zone = self.rows.clock.zone if self.offset_min is None else timezone(timedelta(minutes=self.offset_min))
        local = at.astimezone(zone)
        return timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)

    def _point(self, metric: str, value: object) -> None:
        if isinstance(value, int | float) and value > 0 and self.now is not None:
            self.rows.put(Stream(metric, self.origin), self._instant(self.now), float(value))

    def _stress(self, fields: dict[str, object]) -> None:
        value, at = fields.get("stress_level_value"), fields.get("stress_level_time")
        if isinstance(value, int | float) and value >= 0 and isinstance(at, datetime):
            self.rows.put(Stream("stress", self.origin), self._instant(at), float(value))

    def _slept(self, level: str) -> None:
        """Each message says the stage up to the next one."""
        now = self.now
        if now is None:
            return
        if self.asleep and self.asleep[0] in STAGES and timedelta(0) < now - self.asleep[1] <= LONGEST_STAGE:
            stream = Stream(STAGES[self.asleep[0]], self.origin, HOURS, of_length=True)
            self.rows.length(stream, self._instant(self.asleep[1]), now)
        self.asleep = (level, now)
