"""What the reader of Apple's exports takes, reports and refuses; by hand, so that it holds on any machine."""

import io
import random
import time

import pytest
from services.health.tests.readers.apple_export import DTD, STEPS, Read, a_record, an_export, metadata, read, shuffled

from health.readers import apple
from health.readers.apple_pieces import Pieces, Unusual
from health.readers.batch import Limits, Origin
from imports import xml

SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
HEART = "HKQuantityTypeIdentifierHeartRate"
BERLIN = metadata("HKTimeZone", "Europe/Berlin")


def by_parser(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Read:
    def refuse(*_: object) -> None:
        raise Unusual

    with monkeypatch.context() as patched:
        patched.setattr(Pieces, "take", refuse)
        return read(content)


@pytest.fixture
def only_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser must not be asked."""

    def asked(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(xml, "parse", asked)


VARIED = (
    a_record(device="&lt;&lt;HKDevice: 0x1&gt;, name:iPhone, hardware:iPhone14,2&gt;", sourceVersion="18.5"),
    a_record(inside=metadata("HKWasUserEntered", "1")),
    a_record(value="7", inside=BERLIN),
    a_record(HEART, "Ana’s Apple\u00a0Watch", unit="count/min", value="61.5"),
    a_record(HEART, "Tom &amp; Co", unit="count/min", value="62"),
    a_record(SLEEP, "Tom &amp; Co", unit=None, value="HKCategoryValueSleepAnalysisAsleepREM"),
    a_record(SLEEP, "Tom &amp; Co", unit=None, value="HKCategoryValueSleepAnalysisDozing"),
    a_record("HKCategoryTypeIdentifierMindfulSession", "Calm", unit=None, value=None),
    a_record("HKCategoryTypeIdentifierAppleStandHour", unit=None, value="HKCategoryValueAppleStandHourIdle"),
    a_record("HKQuantityTypeIdentifierBodyMass", unit="bushel"),
    a_record(value="many"),
    a_record(HEART, "Ana’s Apple\u00a0Watch", unit="count/min", value=None),
    '<Correlation type="HKCorrelationTypeIdentifierFood" sourceName="F">\n  '
    + a_record(value="99")
    + "\n </Correlation>",
    f'<Workout workoutActivityType="Running" startDate="2025-01-01 08:00:00 +0100">\n{BERLIN}</Workout>',
    '<ActivitySummary dateComponents="2025-01-01" activeEnergyBurned="410"/>',
    '<ClinicalRecord type="AllergyRecord" sourceName="Clinic"/>',
    a_record(value="8", at="2024-02-29 23:59:59 -0930", until="2024-03-01 00:00:00 -0930"),
)


def test_what_apple_writes_needs_no_parser(only_fast):
    found = read(an_export(*VARIED))
    assert not found.broken
    assert found.values("steps") == [12, 12, 7, 8]
    assert found.values("heart_rate") == [61.5, 62]
    assert found.kept == {"workout": 1}
    assert found.unknown == {
        f"{SLEEP}:HKCategoryValueSleepAnalysisDozing": 1,
        "HKCategoryTypeIdentifierAppleStandHour": 1,
        "ActivitySummary": 1,
        "ClinicalRecord": 1,
    }
    assert [(issue.code, issue.count) for issue in found.issues] == [
        ("bad-line", 1),
        ("bad-line", 1),
        ("unknown-unit", 1),
    ]
    assert "“many”" in found.issues[0].detail


def test_pattern_and_parser_agree(monkeypatch):
    content = an_export(*VARIED)
    fast, slow = read(content, zone="UTC"), by_parser(content, monkeypatch)
    assert slow.rows == fast.rows
    assert (slow.unknown, slow.kept) == (fast.unknown, fast.kept)
    assert {(i.code, i.detail) for i in slow.issues} == {
        (i.code, i.detail) for i in fast.issues if i.code != "zone-differs"
    }


@pytest.mark.parametrize("size", [100, 333, 1_000, 9_000])
def test_pieces_of_any_size_give_the_same(size):
    content = an_export(*VARIED * 5)
    whole, pieces = read(content), read(content, size=size)
    assert pieces.rows == whole.rows
    assert pieces.unknown == whole.unknown
    assert pieces.kept == whole.kept
    assert pieces.batches[-1].done == len(content)


def test_streams_that_come_in_drops_give_the_same_batches():
    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, random.randint(1, 700)))

    content = an_export(*VARIED * 5)
    assert read(Drops(content), size=1_000).batches == read(content, size=1_000).batches


def test_batches_hold_as_many_rows_as_told():
    found = read(an_export(*[a_record()] * 25), limits=Limits(rows=10))
    assert [batch.n for batch in found.batches] == [10, 10, 5]
    assert [batch.rows.count(b"\n") for batch in found.batches] == [10, 10, 5]


UNUSUAL = {
    "order of attributes": shuffled(an_export(*VARIED)),
    "a comment": an_export(*VARIED, "<!-- <Record type='none'/> -->"),
    "CDATA": an_export(*VARIED, f"<![CDATA[{a_record(value='5')}]]>"),
    "a processing instruction": an_export(*VARIED, "<?php echo 1 ?>"),
    "single quotes": an_export(*VARIED, a_record(value=None).replace('"', "'")),
    "a tab between attributes": an_export(*VARIED, a_record(HEART).replace(" type", "\ttype").replace("12", "x")),
    "an element of tomorrow": an_export(*VARIED, '<MoodRing colour="blue"/>'),
}


@pytest.mark.parametrize("content", UNUSUAL.values(), ids=UNUSUAL)
def test_what_looks_unusual_is_read_by_the_parser(content):
    usual, found = read(an_export(*VARIED)), read(content)
    assert not found.broken
    assert found.rows == usual.rows
    assert found.kept == usual.kept


def test_only_what_follows_the_unusual_is_left_to_the_parser():
    content = an_export(*VARIED * 5, "<!-- here -->", *VARIED * 5)
    found = read(content, size=2_000)
    assert found.rows == read(an_export(*VARIED * 10)).rows
    assert found.batches[-1].done == len(content)


def test_records_inside_a_correlation_are_not_added():
    inside = "".join(f"  {a_record(value=str(n))}\n" for n in range(100))
    correlation = f'<Correlation type="Food" sourceName="x&gt;">\n{inside} </Correlation>'
    content = an_export(a_record(value="1"), correlation, a_record(value="2"), correlation)
    for size in (500, 5_000, apple.PIECE):
        assert read(content, size=size).values("steps") == [1, 2]
    assert read(shuffled(content)).values("steps") == [1, 2]


@pytest.mark.parametrize(
    ("kind", "unit", "value", "metric", "canonical"),
    [
        ("DistanceWalkingRunning", "mi", "2", "distance_on_foot", 3218.688),
        ("DistanceWalkingRunning", "m", "2", "distance_on_foot", 2),
        ("BloodGlucose", "mmol&lt;180.1558800000541&gt;/L", "5", "blood_glucose", 90.07794),
        ("BloodGlucose", "mmol&lt;180.156&gt;/L", "5", "blood_glucose", 90.07794),
        ("OxygenSaturation", "%", "0.97", "spo2", 97),
        ("OxygenSaturation", "%", "97", "spo2", 97),
        ("OxygenSaturation", "%", "1", "spo2", 100),
        ("BodyFatPercentage", "%", "0.253", "body_fat", 25.3),
        ("BodyTemperature", "degF", "98.6", "body_temperature", 37),
        ("BodyMass", "lb", "150", "weight", 68.038856),
        ("Height", "ft", "6", "height", 182.88),
        ("VO2Max", "mL/min·kg", "41.5", "vo2max", 41.5),
        ("ActiveEnergyBurned", "kJ", "418.4", "active_energy", 100),
        ("WalkingSpeed", "km/hr", "3.6", "walking_speed", 1),
        ("StepCount", "count", "1.5e2", "steps", 150),
    ],
)
def test_units_become_canonical(kind, unit, value, metric, canonical):
    found = read(an_export(a_record(f"HKQuantityTypeIdentifier{kind}", unit=unit, value=value)))
    assert found.values(metric) == [pytest.approx(canonical, abs=1e-5)]


@pytest.mark.parametrize(
    ("kind", "said", "metric", "of_hour"),
    [
        (SLEEP, "SleepAnalysisAsleep", "sleep_duration", 1),
        (SLEEP, "SleepAnalysisAsleepUnspecified", "sleep_duration", 1),
        (SLEEP, "SleepAnalysisAsleepCore", "sleep_light", 1),
        (SLEEP, "SleepAnalysisAsleepDeep", "sleep_deep", 1),
        (SLEEP, "SleepAnalysisAsleepREM", "sleep_rem", 1),
        (SLEEP, "SleepAnalysisAwake", "sleep_awake", 1),
        (SLEEP, "SleepAnalysisInBed", "sleep_in_bed", 1),
        ("HKCategoryTypeIdentifierMindfulSession", "NotApplicable", "mindful_time", 60),
    ],
)
def test_categories_that_last_become_lengths(kind, said, metric, of_hour):
    [row] = read(an_export(a_record(kind, unit=None, value=f"HKCategoryValue{said}"))).rows
    assert (row.stream.metric, row.stream.of_length, row.value) == (metric, True, r"\N")
    assert row.stream.factor * 3_600 == pytest.approx(of_hour)


@pytest.mark.parametrize(
    ("said", "level"), [("MenstrualFlowHeavy", 3), ("VaginalBleedingLight", 1), ("MenstrualFlowNone", 0)]
)
def test_flow_becomes_a_level(said, level):
    found = read(
        an_export(a_record("HKCategoryTypeIdentifierMenstrualFlow", unit=None, value=f"HKCategoryValue{said}"))
    )
    assert found.values("menstruation_flow") == [level]


@pytest.mark.parametrize(
    ("source", "device", "kind"),
    [
        ("Ana’s iPhone", None, "phone"),
        ("Ana’s Apple\u00a0Watch", None, "watch"),
        ("Ticker", "&lt;&lt;HKDevice: 0x1&gt;, name:Apple Watch, model:Watch&gt;", "watch"),
        ("Health", None, "manual"),
        ("Gesundheit", None, "manual"),
        ("ヘルスケア", None, "manual"),
        ("Connect", None, "app"),
    ],
)
def test_sources_keep_their_names_and_get_a_kind(source, device, kind):
    found = read(an_export(a_record(source=source, device=device)))
    assert [stream.origin for stream in found.streams] == [Origin(source, None, kind)]


def test_entities_in_names_are_decoded():
    found = read(an_export(a_record(source="A &amp; B&#x2019;s &#x110;&quot;&#8217;")))
    assert found.streams[0].origin.app == 'A & B’s Đ"’'


def test_what_starts_after_the_export_is_told_and_kept():
    times = ("2025-01-01 09:59:59 +0100", "2025-01-01 10:00:01 +0100", "2025-01-01 18:00:00 +1000")
    times += ("2025-01-02 00:00:00 +0100",)
    content = an_export(*(a_record(at=at, until=at) for at in times), a_record(source="Planner", at=times[-1]))
    for made in (content, shuffled(content)):
        found = read(made)
        assert len(found.rows) == 5
        assert [(issue.code, issue.count) for issue in found.issues] == [("future", 2), ("future", 1)]
        assert "Planner" in found.issues[1].detail


def test_a_zone_that_is_not_the_users_is_told():
    content = an_export(a_record(inside=BERLIN), a_record(at="2024-07-01 08:00:00 +0200", inside=BERLIN))
    assert not read(content, zone="Europe/Berlin").issues
    [issue] = read(content, zone="Asia/Tokyo").issues
    assert (issue.kind, issue.code, issue.count) == ("warning", "zone-differs", 2)
    assert "2 entries from 2024-07-01 to 2025-01-01 name the zone Europe/Berlin" in issue.detail


def test_the_zone_of_a_record_gives_its_offset(monkeypatch):
    """Apple writes the offset of the day of the export for the whole year; what it was then, only the zone tells."""
    summer = "2024-07-01 08:00:00 +0100"
    lost = metadata("HKTimeZone", "Europe/Atlantis")
    content = an_export(
        a_record(value="1", at=summer, inside=metadata("HKWasUserEntered", "1") + BERLIN),
        a_record(value="2", at=summer),
        a_record("HKCategoryTypeIdentifierAppleStandHour", unit=None, inside=BERLIN),
        *(a_record(value="3", at=summer, inside=zone) for zone in (lost, metadata("HKTimeZone", "../../etc/passwd"))),
        f'<Correlation type="HKCorrelationTypeIdentifierFood" sourceName="F">{a_record(inside=BERLIN)}</Correlation>',
        f'<Workout workoutActivityType="Running" startDate="2025-01-01 08:00:00 +0100">{BERLIN}</Workout>',
        a_record(value="4", at="2025-01-01 08:00:00 +0100", inside=BERLIN),
    )
    for found in (read(content), by_parser(content, monkeypatch), read(shuffled(content))):
        offsets = [(row.value, row.offset_min) for row in found.rows]
        assert offsets == [("1", 120), ("2", None), ("3", None), ("3", None), ("4", 60)]


TIMES = ("2025-02-29 08:00:00 +0100", "2025-13-01 08:00:00 +0100", "2025-01-01 24:00:01 +0100", "2025-01-01", "")
TIMES += ("1601-01-01 00:00:00 +0000", "2025-01-01 08:00:00 +9900", "2025-01-01T08:00:00Z", "\\N")


@pytest.mark.parametrize("at", TIMES)
def test_a_time_that_is_none_is_reported(at):
    found = read(an_export(a_record(value="1"), a_record(at=at), a_record(value="2")))
    assert found.values("steps") == [1, 2]
    [issue] = found.issues
    assert (issue.code, issue.kind) == ("bad-line", "error")
    assert issue.line


@pytest.mark.parametrize("value", ["", "NaN", "1e999", "Infinity", "1,5", "0x10", "1\\t2", "1&#9;2", "9" * 400, "١٢"])
def test_a_value_that_is_no_number_is_reported(value):
    content = an_export(a_record(value="1"), a_record(value=value), a_record(value="2"))
    for found in (read(content), read(shuffled(content))):
        assert found.values("steps") == [1, 2]
        assert [issue.code for issue in found.issues] == ["bad-line"]


def test_of_many_bad_records_the_first_are_listed_and_the_rest_counted():
    found = read(an_export(*[a_record(value="x")] * 250))
    assert len(found.issues) == 101
    assert found.issues[-1].count == 150


def test_a_file_that_is_cut_off_keeps_what_was_read():
    content = an_export(*VARIED * 20)
    whole = read(content)
    for cut in (len(content) // 2, len(content) - 5, content.rindex(b"<Record") + 40):
        for size in (3_000, apple.PIECE):
            found = read(content[:cut], size=size)
            assert "cut off" in found.broken
            assert found.rows
            assert found.rows == whole.rows[: len(found.rows)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cut off"),
        (b"\x00" * 5_000, "UTF-8"),
        (b"<html><body>no</body></html>", "root is “html”"),
        (an_export(a_record()).decode().encode("utf-16"), "UTF-8"),
        (an_export(head='<!DOCTYPE x [<!ENTITY a "ha">]>'), "entities"),
        (an_export(head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "entities"),
        (an_export(head='<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]>'), "entities"),
        (an_export(a_record(), "<Workout><b></Workout>"), "line 14"),
    ],
)
def test_what_is_no_export_is_refused(content, says):
    assert says in read(content).broken


def test_bad_bytes_never_reach_a_row():
    for bad in (b"\xff", b"\x00", b"\x1b", b"&nbsp;", b"&#0;"):
        content = an_export(a_record(value="1"), a_record(source="bad one"), a_record(value="2"))
        for made in (content, shuffled(content)):
            found = read(made.replace(b"bad one", b"b" + bad))
            assert found.values("steps")[0] == 1
            assert found.broken or found.issues
            assert all(stream.origin.app[0] != "b" for stream in found.streams)


def hostile(body: bytes, times: int) -> io.RawIOBase:
    """A file that begins like an export and then repeats itself."""

    class Repeating(io.RawIOBase):
        left = times
        begun = False

        def read(self, size: int = -1) -> bytes:
            if not self.begun:
                self.begun = True
                return DTD.encode() + b'<HealthData locale="x">\n'
            count = min(self.left, max(1, size // len(body)))
            self.left -= count
            return body * count

    return Repeating()


@pytest.mark.parametrize(
    ("body", "times", "says"),
    [
        (b"<a>", 100_000, "nested"),
        (b"<Workout>", 100_000, "nested|cut off"),
        (b"<a/>", 2_000_000, "cut off"),
        (b"y" * 1_000, 100_000, "longer"),
        (b'<Record type="' + b"y" * 1_000, 100_000, "longer|well-formed"),
        (b"<!-- " + b"y" * 1_000, 100_000, "longer"),
        (b"<Correlation >", 2_000_000, "nested"),
    ],
    ids=["deep", "deep in known names", "wide", "text", "attribute", "comment", "correlations"],
)
def test_hostile_files_end_soon(body, times, says):
    begun = time.process_time()
    found = read(hostile(body, times))
    assert any(word in found.broken for word in says.split("|")), found.broken
    assert time.process_time() - begun < 20


def test_names_without_end_are_bounded():
    sources = (a_record(source=f"source {n}", at="2025-01-01 08:00:00 +0100") for n in range(1_002))
    found = read(an_export(*sources))
    assert "more than 1,000 sources" in found.broken
    assert len(found.rows) == 1_000
    kinds = (a_record(f"HKQuantityTypeIdentifierNew{n}") for n in range(3_000))
    unknown = read(an_export(*kinds)).unknown
    assert len(unknown) == 1_001
    assert unknown.total() == 3_000
    assert STEPS not in unknown
