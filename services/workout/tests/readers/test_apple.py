"""Workouts of Apple Health, in an export.xml or in the zip around it."""

import io
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import Reading, a_track, a_zip
from services.workout.tests.samples import expected, sample

from workout.readers import apple
from workout.readers.apple_sports import NAMES, of_apple
from workout.readers.model import Activity, Ask

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>
<!ELEMENT Workout ((MetadataEntry|WorkoutEvent)*)>
]>
<HealthData locale="en_GB">
 <ExportDate value="2026-06-01 10:00:00 +0200"/>
"""
RECORD = ' <Record type="HKQuantityTypeIdentifierStepCount" sourceName="Phone" unit="count" value="7"/>\n'
PLACES = "apple_health_export/workout-routes"
TYPES = (
    *("AmericanFootball", "Archery", "AustralianFootball", "Badminton", "Barre", "Baseball", "Basketball"),
    *("Bowling", "Boxing", "CardioDance", "Climbing", "Cooldown", "CoreTraining", "Cricket"),
    *("CrossCountrySkiing", "CrossTraining", "Curling", "Cycling", "Dance", "DanceInspiredTraining", "DiscSports"),
    *("DownhillSkiing", "Elliptical", "EquestrianSports", "Fencing", "Fishing", "FitnessGaming", "Flexibility"),
    *(
        "FunctionalStrengthTraining",
        "Golf",
        "Gymnastics",
        "HandCycling",
        "Handball",
        "HighIntensityIntervalTraining",
        "Hiking",
    ),
    *("Hockey", "Hunting", "JumpRope", "Kickboxing", "Lacrosse", "MartialArts", "MindAndBody"),
    *(
        "MixedCardio",
        "MixedMetabolicCardioTraining",
        "PaddleSports",
        "Pickleball",
        "Pilates",
        "PreparationAndRecovery",
        "Racquetball",
    ),
    *("Rowing", "Rugby", "Running", "Sailing", "SkatingSports", "SnowSports", "Snowboarding"),
    *("Soccer", "SocialDance", "Softball", "Squash", "StairClimbing", "Stairs", "StepTraining"),
    *("SurfingSports", "SwimBikeRun", "Swimming", "TableTennis", "TaiChi", "Tennis", "TrackAndField"),
    *(
        "TraditionalStrengthTraining",
        "Transition",
        "UnderwaterDiving",
        "Volleyball",
        "Walking",
        "WaterFitness",
        "WaterPolo",
    ),
    *("WaterSports", "WheelchairRunPace", "WheelchairWalkPace", "Wrestling", "Yoga"),
)


def a_workout(
    inside: str = "",
    *,
    kind: str = "Running",
    start: str = "2026-05-01 08:00:00 +0200",
    end: str = "2026-05-01 08:30:00 +0200",
    more: str = 'duration="30" durationUnit="min"',
) -> str:
    tag = f' <Workout workoutActivityType="HKWorkoutActivityType{kind}" {more} sourceName="Ana’s Watch"'
    return f'{tag} startDate="{start}" endDate="{end}">\n{inside}\n </Workout>\n'


def an_export(*workouts: str, end: str = "</HealthData>\n") -> str:
    return HEAD + "".join(RECORD * 3 + workout for workout in workouts) + RECORD + end


def one(inside: str = "", **more: str) -> Activity:
    read = Reading(an_export(a_workout(inside, **more)))
    assert read.findings == []
    [activity] = read.activities
    return activity


def an_entry(key: str, value: str) -> str:
    return f'<MetadataEntry key="{key}" value="{value}"/>'


def an_event(kind: str, at: str, more: str = "") -> str:
    return f'<WorkoutEvent type="HKWorkoutEventType{kind}" date="2026-05-01 {at} +0200" {more}/>'


def a_statistic(kind: str, more: str, until: str = "08:30:00") -> str:
    when = f'startDate="2026-05-01 08:00:00 +0200" endDate="2026-05-01 {until} +0200"'
    return f'<WorkoutStatistics type="HKQuantityTypeIdentifier{kind}" {when} {more}/>'


def test_the_sample():
    figures = expected("apple-health/export-2017.xml")["workouts"]
    read = Reading(sample("apple-health/export-2017.xml").read_bytes())
    assert (read.format, read.broken, read.findings) == ("apple-health", None, [])
    assert len(read.activities) == figures["count"] == 61
    by_start = sorted(read.activities, key=lambda each: (each.started_at, each.duration_s))
    for activity, (start, end, kind, source, minutes, kilometres, energy) in zip(
        by_start, figures["rows"], strict=True
    ):
        totals = activity.totals
        assert activity.started_at == datetime.fromisoformat(start)
        assert (activity.sport, activity.sub_sport) == of_apple(kind, indoors=activity.sub_sport == "treadmill")
        assert activity.source == source
        assert totals.timer_s / 60 == pytest.approx(minutes, abs=0.0006)
        assert totals.distance_m / 1_000 == pytest.approx(kilometres, abs=0.0001)
        assert totals.energy_kcal == pytest.approx(energy, abs=0.01)
        span = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
        assert activity.duration_s == pytest.approx(max(span, minutes * 60), abs=1)
    assert sum(each.totals.timer_s for each in read.activities) / 60 == pytest.approx(figures["duration_min_sum"])
    assert sum(each.totals.distance_m for each in read.activities) / 1_000 == pytest.approx(figures["distance_km_sum"])
    zoned = [each for each in read.activities if each.offset_min is not None]
    assert [each.offset_min for each in zoned] == [180], "what is written beside the times is +02:00 all year"
    assert [each.pauses for each in read.activities if each.pauses] == [
        [(360.0, 378.0), (1_065.0, 1_066.0)],
        [(765.0, 766.0)],
    ]


def test_what_newer_exports_say():
    activity = one(
        an_entry("HKIndoorWorkout", "0")
        + an_entry("HKTimeZone", "Asia/Kathmandu")
        + an_entry("HKElevationAscended", "45443 cm")
        + an_entry("HKAverageMETs", "9.66668 kcal/hr·kg")
        + a_statistic("DistanceWalkingRunning", 'sum="4" unit="mi"')
        + a_statistic("ActiveEnergyBurned", 'sum="418.4" unit="kJ"')
        + a_statistic("BasalEnergyBurned", 'sum="50" unit="kcal"')
        + a_statistic("HeartRate", 'average="150" minimum="90" maximum="171" unit="count/min"')
        + a_statistic("HeartRate", 'average="120" minimum="90" maximum="130" unit="count/min"', until="08:10:00")
        + a_statistic("RunningPower", 'average="250" maximum="400" unit="W"')
        + a_statistic("RunningSpeed", 'average="10.8" maximum="18" unit="km/hr"')
        + '<WorkoutActivity uuid="x">'
        + a_statistic("DistanceWalkingRunning", 'sum="4" unit="mi"')
        + "</WorkoutActivity>",
        more='duration="0.5" durationUnit="hr" totalDistance="9" totalDistanceUnit="km" '
        'device="&lt;&lt;HKDevice: 0x28&gt;, name:Apple Watch, manufacturer:Apple Inc., '
        'hardware:Watch7,2, software:26.2&gt;"',
    )
    totals = activity.totals
    assert (activity.sport, activity.source, activity.device) == ("running", "Ana’s Watch", "Apple Watch (Watch7,2)")
    assert activity.started_at == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert activity.offset_min == 345
    assert totals.timer_s == totals.elapsed_s == activity.duration_s == 1_800
    assert totals.distance_m == pytest.approx(4 * 1_609.344), "the statistic, once"
    assert totals.energy_kcal == pytest.approx(100)
    assert totals.ascent_m == pytest.approx(454.43)
    assert (totals.average_heart_rate, totals.max_heart_rate) == (pytest.approx(142.5), 171)
    assert (totals.average_power, totals.max_power) == (250, 400)
    assert (totals.average_speed, totals.max_speed) == (pytest.approx(3), pytest.approx(5))
    assert activity.extra["metadata"]["HKAverageMETs"] == "9.66668 kcal/hr·kg"


@pytest.mark.parametrize(
    ("kind", "entries", "sport"),
    [
        ("Running", "1", ("running", "treadmill")),
        ("Cycling", "1", ("cycling", "indoor_cycling")),
        ("Yoga", "1", ("training", "yoga")),
        ("Running", "0", ("running", None)),
        ("SomethingNew", "", ("generic", None)),
    ],
)
def test_indoors(kind, entries, sport):
    activity = one(an_entry("HKIndoorWorkout", entries), kind=kind)
    assert (activity.sport, activity.sub_sport) == sport


def test_pool_or_lake():
    assert one(an_entry("HKSwimmingLocationType", "1"), kind="Swimming").sub_sport == "lap_swimming"
    assert one(an_entry("HKSwimmingLocationType", "2"), kind="Swimming").sub_sport == "open_water"


def test_every_sport_of_apple_is_known():
    assert set(NAMES) <= set(TYPES)
    assert [name for name in TYPES if of_apple(f"HKWorkoutActivityType{name}")[0] == "generic"] == []


def test_pauses_and_laps():
    activity = one(
        an_event("Lap", "08:00:00", 'duration="5" durationUnit="min"')
        + an_event("Pause", "08:05:00")
        + an_event("Pause", "08:05:30")
        + an_event("Resume", "08:06:00")
        + an_event("Resume", "08:06:10")
        + an_event("Segment", "08:00:00", 'duration="8" durationUnit="min"')
        + an_event("Lap", "08:10:00")
        + an_event("MotionPaused", "08:29:00")
        + an_event("Lap", "09:10:00")
        + an_event("Lap", "soon")
    )
    assert activity.pauses == [(300, 360), (1_740, 1_800)]
    assert [(lap.start_s, lap.duration_s) for lap in activity.laps] == [(0, 300), (300, 300)]


def test_legs():
    def leg(begin: str, end: str, kind: str) -> str:
        inside = a_statistic(kind, 'sum="1" unit="km"') if kind else ""
        when = f'startDate="2026-05-01 {begin} +0200" endDate="2026-05-01 {end} +0200"'
        return f'<WorkoutActivity {when} duration="5" durationUnit="min">{inside}</WorkoutActivity>'

    activity = one(
        leg("08:00:00", "08:05:00", "DistanceSwimming")
        + leg("08:05:00", "08:06:00", "")
        + leg("08:06:00", "08:20:00", "DistanceCycling")
        + leg("08:20:00", "08:30:00", "DistanceWalkingRunning"),
        kind="SwimBikeRun",
    )
    assert activity.sport == "multisport"
    assert [leg.sport for leg in activity.legs] == ["swimming", "transition", "cycling", "running"]
    assert [leg.start_s for leg in activity.legs] == [0, 300, 360, 1_200]


@pytest.mark.parametrize(
    ("end", "more", "duration", "timer"),
    [
        ("08:00:00", 'duration="60" durationUnit="min"', 3_600, 3_600),
        ("10:20:00", 'duration="30" durationUnit="min"', 8_400, 1_800),
        ("08:30:00", "", 1_800, None),
        ("08:30:00", 'duration="1e308" durationUnit="min"', 1_800, None),
        ("08:30:00", 'duration="-5" durationUnit="min"', 1_800, None),
        ("08:30:00", 'duration="30" durationUnit="fortnight"', 1_800, None),
    ],
)
def test_how_long_it_was(end, more, duration, timer):
    activity = one(end=f"2026-05-01 {end} +0200", more=more)
    assert (activity.duration_s, activity.totals.timer_s) == (duration, timer)


def test_bad_workouts_are_told_by_their_line_and_the_others_stay():
    good = a_workout()
    bad = [
        a_workout(start="0000-01-01 00:00:00 +0000"),
        a_workout(start="soon"),
        a_workout(end="2026-05-01 07:00:00 +0200"),
        a_workout(end="2027-05-01 07:00:00 +0200"),
        a_workout("<b>&nothing;</b>"),
        a_workout("<b></c>"),
    ]
    text = an_export(good, *bad, good)
    read = Reading(text)
    assert len(read.activities) == 2
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "<Workout " in line]
    assert [finding.line for finding in read.findings] == lines[1:-1]


def test_a_stroke_and_a_bracket_in_a_name():
    read = Reading(an_export(a_workout().replace("Ana’s Watch", "Ana &amp; Bo’s > /> Watch")))
    assert read.activities[0].source == "Ana & Bo’s > /> Watch"


def test_cut_off_anywhere():
    text = an_export(a_workout(an_event("Pause", "08:05:00")), a_workout(kind="Walking")).encode()
    counts = set()
    for length in range(0, len(text) - 20, 64):
        read = Reading(text[:length])
        counts.add(len(read.activities))
        assert read.broken or read.codes["broken"] == 1
    assert counts == {0, 1, 2}


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_however_the_bytes_come(size, monkeypatch):
    text = an_export(a_workout(an_event("Pause", "08:05:00")), a_workout(kind="Walking"), a_workout(kind="Yoga"))
    monkeypatch.setattr(apple, "BLOCK", size)
    assert [each.sport for each in Reading(text).activities] == ["running", "walking", "training"]


def test_entities_are_not_declared():
    entity = HEAD.replace("]>", '<!ENTITY a "b">]>')
    assert "entities" in Reading(entity + a_workout("&a;") + "</HealthData>").broken


def test_a_gibibyte_would_take_seconds_and_little_memory():
    class Long(io.RawIOBase):
        """64 MiB of records, with a workout in each."""

        def __init__(self) -> None:
            self.left = 64
            self.block = (RECORD * 10_000)[: 1 << 20].encode() + a_workout().encode()

        def read(self, size: int = -1) -> bytes:  # noqa: ARG002
            self.left -= 1
            return (
                HEAD.encode()
                if self.left == 63
                else self.block
                if self.left > 0
                else b"</HealthData>" * (self.left == 0)
            )

    tracemalloc.start()
    begun = time.process_time()
    count = sum(1 for _ in apple.read(Long(), Ask()))
    seconds, (_, most) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 62
    assert seconds < 4
    assert most < 16 << 20


@pytest.mark.parametrize(
    "piece", ["<Workout ", "<Workout a='", "<Workout>", "<Workout a='b'>", "</Workout>", "<Workout a='b'><c>"]
)
def test_many_that_do_not_end(piece):
    begun = time.process_time()
    read = Reading(HEAD + piece * (1_500_000 * 9 // len(piece)) + "</HealthData>")
    assert read.broken or read.findings
    assert time.process_time() - begun < 10


def test_routes_give_the_channels():
    inside = "".join(
        f'<WorkoutRoute sourceName="x"><FileReference path="/workout-routes/{name}.gpx"/></WorkoutRoute>'
        for name in ("second", "first", "gone")
    )
    workout = a_workout(
        inside,
        start="2026-05-01 08:00:00 +0200",
        more='duration="30" durationUnit="min" totalDistance="5" totalDistanceUnit="km"',
    )
    read = Reading(
        a_zip(
            {
                "apple_health_export/export_cda.xml": "<ClinicalDocument/>",
                "apple_health_export/electrocardiograms/ecg.csv": "a,b\n",
                f"{PLACES}/first.gpx": a_track(points=30),
                f"{PLACES}/second.gpx": a_track(minute=10, points=20),
                f"{PLACES}/of nothing.gpx": a_track(minute=20),
                "apple_health_export/Exportieren.xml": an_export(workout, a_workout(kind="Yoga")),
            }
        )
    )
    run, yoga = read.activities
    assert read.format == "apple-health"
    assert (run.sport, yoga.sport) == ("running", "training")
    assert run.part == "apple_health_export/Exportieren.xml"
    assert list(run.channels["time"]) == [*range(30), *range(600, 620)]
    assert {len(values) for values in run.channels.values()} == {50}
    assert run.channels["lat"][30] == pytest.approx(52.01)
    assert run.totals.distance_m == 5_000, "its distance is what Apple says, not the length of the route"
    assert yoga.channels == {}
    assert read.codes == {"no-route": 1, "not-read": 3}


def test_a_broken_route_costs_only_itself():
    inside = '<WorkoutRoute><FileReference path="/workout-routes/a.gpx"/></WorkoutRoute>'
    read = Reading(a_zip({"export.xml": an_export(a_workout(inside)), "workout-routes/a.gpx": b"\0\1"}))
    assert len(read.activities) == 1
    assert [each.part for each in read.findings] == ["workout-routes/a.gpx"]


def test_points_outside_the_workout_and_twice():
    inside = "".join(
        f'<WorkoutRoute><FileReference path="/workout-routes/{name}.gpx"/></WorkoutRoute>' for name in "ab"
    )
    workout = a_workout(inside, start="2026-05-01 08:00:10 +0200", end="2026-05-01 08:00:20 +0200", more="")
    tracks = {"workout-routes/a.gpx": a_track(points=16), "workout-routes/b.gpx": a_track(points=30)}
    [activity] = Reading(a_zip({"export.xml": an_export(workout), **tracks})).activities
    assert list(activity.channels["time"]) == list(range(11))


def test_an_export_among_other_files():
    read = Reading(a_zip({"in.zip": a_zip({"export.xml": an_export(a_workout())}), "a.gpx": a_track(day=2)}))
    assert [each.part for each in read.activities] == ["a.gpx", "in.zip/export.xml"]


def test_no_workout_in_it():
    assert Reading(an_export("")).broken
    assert Reading(a_zip({"export.xml": an_export("")})).broken


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3_000), st.binary(max_size=8)), max_size=5))
def test_any_damage(changes):
    text = bytearray(
        an_export(a_workout(an_event("Pause", "08:05:00") + an_entry("HKTimeZone", "../x")), a_workout()).encode()
    )
    for place, data in changes:
        text[place : place + len(data)] = data
    Reading(bytes(text))


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=40), st.text(max_size=20), st.sampled_from(["HKTimeZone", "HKElevationAscended", "HKAverageSpeed"])
)
def test_any_metadata(value, unit, key):
    value, unit = (
        "".join(letter for letter in text if letter.isprintable() and letter not in '<&"') for text in (value, unit)
    )
    read = Reading(an_export(a_workout(an_entry(key, value), more=f'duration="{value}" durationUnit="{unit}"')))
    assert len(read.activities) == 1 or read.findings or read.broken
