"""The fast way through export.xml: a pattern for what Apple writes, a guard that refuses whatever looks otherwise."""

import re
from collections import Counter

from health.readers.apple_streams import NUMBER, WHEN, Streams, is_known, with_offset

ANY = rb'[^"]*'
RECORD = re.compile(
    rb'<Record (?:(type="%(any)b" sourceName="%(any)b")(?: sourceVersion="%(any)b"|)(?: device="(%(any)b)"|)'
    rb'(?: unit="(%(any)b)"|)(?: creationDate="%(any)b"|) startDate="(%(when)b)" endDate="(?:\4|(%(when)b))"'
    rb'(?: value="(?:(%(number)b)"|(%(any)b)")|)(?:/>|>)|)'
    % {b"any": ANY, b"when": WHEN.encode(), b"number": NUMBER.encode()}
)
"""Every beginning of a record; one that is not as Apple writes it has only empty groups, as have ends like the start.

``(?:…|)`` is ``(?:…)?`` in half of the time.
"""
EMPTY = (b"",) * RECORD.groups
HEAD = re.compile(rb'type="(.*)" sourceName="(.*)"', re.DOTALL)
TAG = re.compile(rb'<(?!Record |/Record>|MetadataEntry key="(?!HKTimeZone"))([^\s>]+)')
"""All tags but those that are many and tell nothing."""
CORRELATION = re.compile(rb'<Correlation(?: \w+="[^"<]*")*>.*?</Correlation>', re.DOTALL)
ZONE = re.compile(rb'<MetadataEntry key="HKTimeZone" value="([^"]*)"/>')
ZONED = re.compile(rb"<Record [^<]*(?:<MetadataEntry [^<]*)*?" + ZONE.pattern)
EXPORTED = re.compile(rb'<ExportDate value="([^"]*)"')
START = b'startDate="'
KNOWN = frozenset(
    b"HealthData /HealthData ExportDate Me MetadataEntry Correlation /Correlation ActivitySummary Workout /Workout "
    b"WorkoutEvent /WorkoutEvent WorkoutStatistics WorkoutRoute /WorkoutRoute WorkoutActivity /WorkoutActivity "
    b"FileReference HeartRateVariabilityMetadataList /HeartRateVariabilityMetadataList InstantaneousBeatsPerMinute "
    b"ClinicalRecord Audiogram /Audiogram SensitivityPoint VisionPrescription /VisionPrescription RightEye LeftEye "
    b"Attachment".split()
)
COUNTED = frozenset((b"Workout", b"ActivitySummary", b"ClinicalRecord", b"Audiogram", b"VisionPrescription"))
"""Elements beside records that stand in none but the root."""
BEGUN = b"<Record "
ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
SPACES = bytes.maketrans(b"\t\n\r", b"   ")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
JOIN = b"\t".join
NO_LENGTH = rb"\N"
MOST_HEADS = 100_000
"""Kept in mind at a time."""


class Unusual(Exception):  # noqa: N818  it says what a piece is
    """Nothing Apple writes: the parser's turn."""


def root_of(text: bytes) -> int:
    """Where the root begins; -1 as long as it cannot be seen whole."""
    at = text.find(b"<HealthData")
    if b"<!ENTITY" in text[: max(at, 0)]:
        raise Unusual
    return at if text.find(b">", at) > at >= 0 else -1


def last_cut(piece: bytes) -> int:
    """Where the last element begins before which everything is complete; 0 where there is none."""
    cut = piece.rfind(BEGUN)
    if cut <= 0:
        cut = max(piece.rfind(b"<%b " % name) for name in COUNTED)
    opened = piece.rfind(b"<Correlation ", 0, max(cut, 0))
    if opened >= 0 and piece.rfind(b"</Correlation>", opened, cut) < 0:
        cut = opened
    return max(cut, 0)


class Pieces:
    """Takes pieces of whole top-level elements."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self._names: dict[bytes, tuple[str, str]] = {}
        """Head of a record -> type and source."""
        self._numbers: dict[bytes, bytes] = {}
        """Head and unit -> number of the stream."""
        self._lengths: dict[bytes, bytes] = {}
        """Head and value -> number of the stream that takes lengths."""
        self._skipped: dict[bytes, int] = {}
        """Heads of types outside the catalogue -> how often in this piece."""

    def take(self, piece: bytes, rows: list[bytes]) -> None:
        """Add the COPY text of each record; Unusual, and nothing is taken, when the piece is not as Apple writes."""
        tags = Counter(TAG.findall(piece))
        if not KNOWN.issuperset(tags):
            raise Unusual
        top_level = piece
        if correlations := tags[b"Correlation"]:  # the records inside come again at top level
            top_level, found = CORRELATION.subn(b"", piece)
            if found != correlations or found != tags[b"/Correlation"]:
                raise Unusual
        records = RECORD.findall(top_level)
        if EMPTY in records:
            raise Unusual
        for name in COUNTED.intersection(tags):
            self.streams.saw_element(name.decode(), tags[name])
        if tags[b"ExportDate"] and (exported := EXPORTED.search(piece)):
            self.streams.saw_export(exported[1].decode(errors="replace"))
        if tags[b"MetadataEntry"]:
            for zone in ZONE.finditer(piece):
                at = piece.rfind(START, 0, zone.start()) + len(START)
                self.streams.saw_zone(zone[1].decode(errors="replace"), piece[at : at + 10].decode(errors="replace"))
            self._take_zoned(top_level, records, rows)
        else:
            self._take(records, rows)

    def _take_zoned(self, top_level: bytes, records: list[tuple[bytes, ...]], rows: list[bytes]) -> None:
        """Records, of which some name the zone they were made in."""
        done = counted = index = 0
        for zoned in ZONED.finditer(top_level):
            index += top_level.count(BEGUN, counted, zoned.start())
            counted = zoned.start()
            self._take(records[done:index], rows)
            before = len(rows)
            self._take(records[index : index + 1], rows)
            done = index + 1
            if len(rows) > before:
                rows[-1] = with_offset(rows[-1], zoned[1].decode(errors="replace"))
        self._take(records[done:], rows)

    def _take(self, records: list[tuple[bytes, ...]], rows: list[bytes]) -> None:
        self._forget()
        numbers, lengths, skipped, late = self._numbers, self._lengths, self._skipped, self.streams.late.encode()
        for head, device, unit, at, until, value, said in records:
            if value and at <= late and (number := numbers.get(head + unit)):
                rows.append(JOIN((number, at, until or NO_LENGTH, value, b"\\N\n")))
            elif not value and at <= late and (number := lengths.get(head + said)):
                rows.append(JOIN((number, at, until or NO_LENGTH, b"\\N\t\\N\n")))
            elif head in skipped:
                skipped[head] += 1
            elif row := self._first(head, device, unit, at, until or at, value or said):
                rows.append(row)
        for head, count in skipped.items():
            if count:
                self.streams.is_unknown(self._names[head][0], count)
                skipped[head] = 0

    def _first(self, head: bytes, device: bytes, unit: bytes, at: bytes, until: bytes, value: bytes) -> bytes | None:
        """The long way: for the first record of a kind, and for those that have to be looked at one by one."""
        names = self._names.get(head) or self._learn(head)
        if not names:
            self.streams.report("bad-line", f"The type or source of a record of {at.decode()} cannot be read.")
            return None
        kind, source = names
        meant, said = text(unit) or None, text(value) or ""
        row = self.streams.row(kind, source, device.decode(errors="replace"), meant, at.decode(), until.decode(), said)
        if number := self.streams.plain.get((kind, source, meant)):
            self._numbers[head + unit] = number.encode()
        elif number := self.streams.lengths.get((kind, source, said)):
            self._lengths[head + value] = number.encode()
        elif not is_known(kind):
            self._skipped[head] = 0
        return row.encode() if row else None

    def _learn(self, head: bytes) -> tuple[str, str] | None:
        said = HEAD.fullmatch(head)
        kind, source = (text(said[1]), text(said[2])) if said else (None, None)
        if kind is None or source is None:
            return None
        self._names[head] = kind, source
        return kind, source

    def _forget(self) -> None:
        """Nothing grows with the file, whatever it names."""
        if len(self._names) > MOST_HEADS:
            for cache in (self._names, self._numbers, self._lengths, self._skipped):
                cache.clear()


def text(raw: bytes) -> str | None:
    """An attribute's value as a parser gives it; None where a parser would refuse it."""
    try:
        said = raw.translate(SPACES).decode()
        if "&" in said:
            if "&" in ENTITY.sub("", said):
                return None
            said = ENTITY.sub(_character, said)
    except (UnicodeDecodeError, ValueError, OverflowError):
        return None
    return None if FORBIDDEN.search(said) else said


def _character(found: re.Match[str]) -> str:
    return NAMED[found[1]] if found[1] else chr(int(found[2]) if found[2] else int(found[3], 16))
