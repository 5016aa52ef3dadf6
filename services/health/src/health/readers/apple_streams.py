"""What Apple's names mean: types to metrics, units to factors, sources to kinds of device."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from health.catalogue.model import Metric
from health.catalogue.table import METRICS
from health.catalogue.units import SAME, Conversion, conversion
from health.readers.batch import Batch, DeviceKind, Issue, Origin, Reading, Stream
from imports import Broken

QUANTITY, CATEGORY, VALUE = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier", "HKCategoryValue"
WHEN = (
    r"(?:(?:19|20)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:19(?:0[48]|[2468][048]|[13579][26])|20(?:[02468][048]|[13579][26]))-02-29)"
    r" (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d [-+](?:0\d|1[0-4])[0-5]\d"
)
"""An instant as Apple writes it, and only such as there are: PostgreSQL refuses a whole batch for one that is not."""
NUMBER = r"-?\d{1,20}(?:\.\d{1,40}|)(?:[eE][-+]?\d{1,2}|)"
LINE = re.compile(rf"{WHEN}\t{WHEN}\t(?:{NUMBER}|\\N)", re.ASCII)
"""What stands between a row's stream and its offset, with the end of an instant too."""
NO_LENGTH = r"\N"

METRIC_OF = {QUANTITY + name: metric for metric in METRICS for name in metric.healthkit}
LENGTH_OF = {
    CATEGORY + kind + (f":{VALUE}{kind}{said}" if said else ""): metric
    for metric in METRICS
    for kind, _, said in (name.partition(":") for name in metric.healthkit)
    if conversion(metric, "s")
}
"""Categories whose value is how long they lasted; of sleep with what Apple says of it."""
FLOW = f"{CATEGORY}MenstrualFlow"
LEVELS = {"None": "0", "Unspecified": "1", "Light": "1", "Medium": "2", "Heavy": "3"}
"""Bleeding of unknown strength is light at least."""

TYPED = frozenset(
    (
        *(
            "Health",
            "Gesundheit",
            "Santé",
            "Salud",
            "Salute",
            "Salut",
            "Saúde",
            "Gezondheid",
            "Hälsa",
            "Helse",
            "Sundhed",
        ),
        *(
            "Terveys",
            "Zdrowie",
            "Zdraví",
            "Zdravie",
            "Zdravlje",
            "Egészség",
            "Sănătate",
            "Sağlık",
            "Здоровье",
            "Здоров'я",
        ),
        *(
            "Здоров’я",
            "Υγεία",
            "בריאות",
            "صحتي",
            "ヘルスケア",
            "健康",
            "건강",
            "สุขภาพ",
            "Sức khỏe",
            "Kesehatan",
            "Kesihatan",
        ),
        "स्वास्थ्य",
    )
)
"""Apple's own app, as it is called where its user lives: what it writes was typed in by hand."""
SILENT = frozenset(("ExportDate", "Me", "Record", "Correlation"))
"""Elements of which nothing is told."""
MOST_STREAMS = 20_000
MOST_SOURCES = 1_000
MOST_NAMES = 1_000
"""Of types outside the catalogue; more are counted together."""
MOST_ZONES = 50
ZONE_NAME = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
CLOCK = "%Y-%m-%d %H:%M:%S"
MOST_OFFSETS_DIFFER = timedelta(hours=30)
"""Two clocks of one instant."""
NAME_LENGTH = 200
SHOWN_LENGTH = 60


class Zoned(msgspec.Struct):
    """Entries that name one zone."""

    first: str
    last: str
    count: int = 0


class Streams:
    """What is known of one file so far: its streams, their numbers, and what was met on the way."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.plain: dict[tuple[str, str, str | None], str] = {}
        """(type, source, unit) -> number of a stream that takes values as they stand."""
        self.lengths: dict[tuple[str, str, str], str] = {}
        """(type, source, value) -> number of a stream that takes lengths."""
        self.fresh: list[Stream] = []
        self._count = 0
        self._numbers: dict[Stream, str] = {}
        self._origins: dict[str, Origin] = {}
        self.unknown: Counter[str] = Counter()
        self._unknown_names: set[str] = set()
        self.kept: Counter[str] = Counter()
        self.issues: list[Issue] = []
        self._told: Counter[str] = Counter()
        self._units: Counter[tuple[str, str]] = Counter()
        self.zones: dict[str, Zoned] = {}
        self.exported = ""
        """When the file was made, as it says itself."""
        self.late = "9999"
        """What starts later by the clock may be later than that …"""
        self._late: Counter[str] = Counter()
        """… and if it is, it is counted by its source."""

    def row(
        self,
        kind: str,
        source: str,
        device: str,
        unit: str | None,
        at: str,
        until: str,
        value: str,
        line: int | None = None,
    ) -> str | None:
        """A record as a line of COPY text; None when it is counted or reported instead."""
        origin = self._origin(source, device)
        found = self._stream(kind, origin, unit, value)
        if found is None:
            return None
        stream, kept = found
        if not LINE.fullmatch(f"{at}\t{until}\t{kept}"):
            self.report("bad-line", f"{short(kind)} of “{origin.app}”: {_what_is_wrong(at, until, kept)}", line)
            return None
        if at > self.late:
            self._saw_late(source, at)
        number = self._number(stream)
        if len(self.plain) + len(self.lengths) > MOST_STREAMS:
            self.plain.clear()
            self.lengths.clear()
        if stream.of_length:
            self.lengths[kind, source, value] = number
        elif unit != "%" and kind in METRIC_OF:
            self.plain[kind, source, unit] = number
        return line_of(number, at, until, kept)

    def _stream(self, kind: str, origin: Origin, unit: str | None, value: str) -> tuple[Stream, str] | None:
        """Where a record belongs, and the value to keep; None, and counted, where it belongs nowhere."""
        if metric := METRIC_OF.get(kind):
            # Apple's own percentages are shares of 1, whatever the unit says.
            share = metric.unit == unit == "%" and _at_most_1(value)
            if found := _conversion(metric, "fraction" if share else unit):
                return Stream(metric.code, origin, found.factor, found.shift), value
            self._units[(kind, unit or "") if len(self._units) < MOST_NAMES else ("", "others")] += 1
        elif metric := LENGTH_OF.get(f"{kind}:{value}") or LENGTH_OF.get(kind):
            per_second = conversion(metric, "s") or SAME
            return Stream(metric.code, origin, per_second.factor, of_length=True), r"\N"
        elif kind == FLOW and (level := LEVELS.get(value.rpartition("MenstrualFlow")[2].rpartition("Bleeding")[2])):
            return Stream("menstruation_flow", origin), level
        else:
            self.is_unknown(f"{kind}:{value}" if kind in SAID and value else kind)
        return None

    def is_unknown(self, name: str, count: int = 1) -> None:
        if name not in self._unknown_names:
            if len(self._unknown_names) >= MOST_NAMES or len(name) > NAME_LENGTH:
                name = "others"
            self._unknown_names.add(name)
        self.unknown[name] += count

    def saw_element(self, name: str, count: int = 1) -> None:
        if name == "Workout":
            self.kept["workout"] += count
        elif name not in SILENT:
            self.is_unknown(name, count)

    def saw_export(self, said: str) -> None:
        if re.fullmatch(WHEN, said, re.ASCII):
            self.exported = said
            self.late = (_instant(said) - MOST_OFFSETS_DIFFER).strftime(CLOCK)

    def _saw_late(self, source: str, at: str) -> None:
        """What lies in the future even now is reported when it is stored."""
        if _instant(self.exported) < _instant(at) <= datetime.now(UTC):
            self._late[source] += 1

    def saw_zone(self, name: str, at: str) -> None:
        """A ``HKTimeZone`` beside an instant."""
        zoned = self.zones.get(name)
        if zoned is None:
            if len(self.zones) >= MOST_ZONES or not ZONE_NAME.fullmatch(name):
                return
            zoned = self.zones[name] = Zoned(at, at)
        zoned.count += 1
        zoned.first, zoned.last = min(zoned.first, at), max(zoned.last, at)

    def report(self, code: str, detail: str, line: int | None = None) -> None:
        """An error of one row; of one code only the first are told apart."""
        self._told[code] += 1
        if self._told[code] <= self.reading.limits.issues:
            self.issues.append(Issue("error", code, detail, line=line))

    def finish(self) -> None:
        """What can be said at the end of the file only."""
        for code, count in self._told.items():
            if more := max(0, count - self.reading.limits.issues):
                self.issues.append(Issue("error", code, "More of the same, not listed.", count=more))
        for (kind, unit), count in self._units.items():
            detail = f"{short(kind)} in “{unit[:SHOWN_LENGTH]}”: this unit cannot be converted; not stored."
            self.issues.append(Issue("error", "unknown-unit", detail, count=count))
        for source, count in self._late.items():
            detail = f"“{source[:NAME_LENGTH]}”: starts after the export was made, at {self.exported}."
            self.issues.append(Issue("warning", "future", detail, count=count))
        for zone, zoned in self.zones.items():
            if zone != self.reading.zone:
                detail = (
                    f"{zoned.count:,} entries from {zoned.first} to {zoned.last} name the zone {zone}; days are made "
                    f"in yours, {self.reading.zone}. If you lived there then, add it to your zones."
                )
                self.issues.append(Issue("warning", "zone-differs", detail, count=zoned.count))

    def batch(self, rows: bytes, n: int, done: int) -> Batch:
        """What came since the batch before."""
        batch = Batch(rows, n, self.fresh, dict(self.unknown), dict(self.kept), self.issues, done)
        self.fresh, self.unknown, self.kept, self.issues = [], Counter(), Counter(), []
        return batch

    def _number(self, stream: Stream) -> str:
        number = self._numbers.get(stream)
        if number is None:
            if self._count >= MOST_STREAMS:
                raise Broken(f"It names more than {MOST_STREAMS:,} combinations of metric and source.")
            number = self._numbers[stream] = str(self._count)
            self._count += 1
            self.fresh.append(stream)
        return number

    def _origin(self, source: str, device: str) -> Origin:
        origin = self._origins.get(source)
        if origin is None:
            if len(self._origins) >= MOST_SOURCES:
                raise Broken(f"It names more than {MOST_SOURCES:,} sources.")
            origin = self._origins[source] = Origin(source[:NAME_LENGTH], None, _device_kind(source, device))
        return origin


SAID = frozenset(name.partition(":")[0] for name in LENGTH_OF if ":" in name)
"""Categories known by what they say only."""


def line_of(number: str, at: str, until: str, value: str) -> str:
    """COPY text; an instant has no end."""
    return f"{number}\t{at}\t{until if until != at else NO_LENGTH}\t{value}\t\\N\n"


def with_offset(row: bytes, zone: str) -> bytes:
    """The line with the offset that a zone had then, where there is such a zone."""
    offset = _offset(zone, row.split(b"\t", 2)[1].decode())
    return row if offset is None else row.removesuffix(b"\\N\n") + b"%d\n" % offset


@lru_cache(10_000)
def _offset(zone: str, at: str) -> int | None:
    """Minutes east of UTC."""
    if not ZONE_NAME.fullmatch(zone):
        return None
    try:
        offset = _instant(at).astimezone(ZoneInfo(zone)).utcoffset()
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None
    return None if offset is None else round(offset.total_seconds() / 60)


def is_known(kind: str) -> bool:
    return kind in METRIC_OF or kind in LENGTH_OF or kind in SAID or kind == FLOW


def short(kind: str) -> str:
    return kind.removeprefix(QUANTITY).removeprefix(CATEGORY)[:NAME_LENGTH]


def _instant(said: str) -> datetime:
    return datetime.strptime(said, f"{CLOCK} %z")


def _conversion(metric: Metric, unit: str | None) -> Conversion | None:
    if found := conversion(metric, unit):
        return found
    molar = re.fullmatch(r"mmol<\d+(?:\.\d+)?>/L", unit or "")  # Apple writes the molar mass, in varying precision
    return conversion(metric, "mmol/L") if molar else None


def _at_most_1(value: str) -> bool:
    try:
        return float(value) <= 1
    except ValueError:
        return False


def _device_kind(source: str, device: str) -> DeviceKind:
    if source in TYPED:
        return "manual"
    for said in (source, device):
        if "watch" in (folded := said.casefold()):
            return "watch"
        if any(name in folded for name in ("iphone", "ipad", "ipod")):
            return "phone"
    return "app"


def _what_is_wrong(at: str, until: str, value: str) -> str:
    for said, what in ((at, "starts"), (until, "ends")):
        if not re.fullmatch(WHEN, said, re.ASCII):
            return f"it {what} at “{said[:SHOWN_LENGTH]}”, which is no time between 1900 and 2100."
    return f"its value is “{value[:SHOWN_LENGTH]}”, which is no number that can be stored."
