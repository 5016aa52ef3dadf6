"""FIT files: the wheel's and the samples' figures, and by bytes made here what no sample shows."""

import io
import itertools
import math
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.fit_bytes import (
    CYCLING,
    HR,
    NOON,
    RECORD,
    SET,
    SWIMMING,
    TRANSITION,
    Fit,
    a_run,
)
from services.workout.tests.readers.reading import Reading
from services.workout.tests.samples import WHEEL, expected, sample

from imports import Broken
from workout.readers import fit
from workout.readers.fit_activity import EPOCH
from workout.readers.model import Activity, Ask

AT_NOON = EPOCH + timedelta(seconds=NOON)
WHEELS = sorted(path.name for path in WHEEL.glob("*.fit"))
SAMPLES = [
    *("Edge810-Vector-2013-08-16-15-35-10", "activity-settings-corruptheader", "activity-unexpected-eof"),
    *("antfs-dump.63", "compressed-speed-distance", "garmin-fenix-5-bike", "sample-activity-indoor-trainer"),
    "big_activity",
]


def only(content, ask=None) -> Activity:
    read = Reading(content.made() if isinstance(content, Fit) else content, *([ask] if ask else []))
    assert read.format == "fit"
    [activity] = read.activities
    return activity


def said(values):
    return [value for value in values if not math.isnan(value)]


def mean(values):
    return math.fsum(said(values)) / len(said(values))


def shown(value):
    """None and 0 as they are, all else as a device shows it."""
    return value if value is None else pytest.approx(value, abs=0.006)


# The wheel, everywhere


@pytest.mark.parametrize(
    ("name", "source", "sport", "start", "laps", "records", "distance_m", "timer_s", "elapsed_s", "hearts", "powers"),
    [
        (
            *("4078723797.fit", "Garmin Edge 1000", ("cycling", None), "2019-09-20T14:10:03+00:00"),
            *(1, 8_357, 57_567.24, 8_355.6, 8_355.6, (165, 190, 164.71), (219, 1_022, 219.07)),
        ),
        (
            *("4801048867.fit", "Garmin Forerunner 935", ("cycling", None), "2020-04-18T11:10:44+00:00"),
            *(8, 5_159, 36_322.85, 5_158.557, 5_158.557, (130, 160, 130.31), None),
        ),
        (
            *("2020-06-01-16-52-40.fit", "Garmin Edge 1000", ("cycling", None), "2020-06-01T14:52:40+00:00"),
            *(5, 96, 668.19, 93.7, 113.15, (150, 156, 150.03), (149, 434, 149.31)),
        ),
        (
            *("6449921903_ACTIVITY.fit", "Garmin Forerunner 935", ("cycling", "indoor_cycling")),
            *("2021-03-18T13:02:33+00:00", 2, 199, 0, 196.229, 324.513, (100, 121, 99.7), (130, 159, 124.17)),
        ),
        (
            *("6471559601_ACTIVITY.fit", "Garmin Forerunner 935", ("multisport", None), "2021-03-22T10:48:16+00:00"),
            *(3, 60, 0, 59.601, 59.245, (None, 63, 52.83), None),
        ),
    ],
)
def test_the_wheel(name, source, sport, start, laps, records, distance_m, timer_s, elapsed_s, hearts, powers):
    activity = only(sample(name).read_bytes())
    totals, channels = activity.totals, activity.channels
    assert (activity.source, activity.sport, activity.sub_sport) == (source, *sport)
    assert activity.started_at.isoformat() == start
    assert activity.offset_min == (60 if start.startswith("2021") else 120)
    assert (len(activity.laps), len(channels["time"])) == (laps, records)
    assert totals.distance_m == shown(distance_m)
    assert (totals.timer_s, totals.elapsed_s) == (shown(timer_s), shown(elapsed_s))
    assert activity.duration_s == shown(elapsed_s)
    average, highest, of_records = hearts
    assert totals.max_heart_rate == highest
    assert average is None or totals.average_heart_rate == average
    assert mean(channels["heart_rate"]) == shown(of_records)
    if powers:
        average, highest, of_records = powers
        assert (totals.average_power, totals.max_power) == (average, highest)
        assert mean(channels["power"]) == shown(of_records)
    else:
        assert "power" not in channels
    assert (activity.partial, activity.warnings) == (None, [])
    assert {len(values) for values in channels.values()} == {records}


def test_ascent_of_the_wheel_is_the_devices():
    names = ("4078723797.fit", "4801048867.fit", "2020-06-01-16-52-40.fit")
    assert [only(sample(name).read_bytes()).totals.ascent_m for name in names] == [1_254, 79, 1]


def test_three_sports_of_the_wheel_are_one_activity_with_legs():
    activity = only(sample("6471559601_ACTIVITY.fit").read_bytes())
    assert [leg.sport for leg in activity.legs] == ["running", "transition", "rowing"]
    assert [leg.totals.timer_s for leg in activity.legs] == [24.593, 11.763, 23.245]
    assert [leg.totals.average_heart_rate for leg in activity.legs] == [54, 48, 54]
    times = activity.channels["time"]
    begins = [leg.start_s for leg in activity.legs[1:]] + [math.inf]
    ends = itertools.pairwise([0, *begins])
    assert [sum(begin <= at < end for at in times) for begin, end in ends] == [24, 12, 24]


def test_pauses_of_the_wheel():
    paused = only(sample("2020-06-01-16-52-40.fit").read_bytes())
    assert paused.pauses == [(53, 85)]
    assert only(sample("4078723797.fit").read_bytes()).pauses == []
    assert paused.channels["time"][-1] == 126, "the last record comes after what the device calls the end"


# Every figure of expected.json


@pytest.mark.parametrize("name", [*WHEELS, *(f"fit/{name}.fit" for name in SAMPLES)])
def test_sessions(name):
    figures, path = expected(name), sample(name)
    activity = only(path.read_bytes())
    assert (activity.partial is not None) == (figures["outcome"] == "partial")
    assert iso(activity.started_at) == figures["start_utc"]
    assert activity.offset_min == figures["utc_offset_min"]
    sessions, parts = figures["sessions"], activity.legs
    if len(sessions) == 1:
        parts = [activity]
        assert activity.sport == sessions[0]["sport"]
        assert activity.sub_sport == {"generic": None}.get(word := sessions[0].get("sub_sport"), word)
        assert activity.legs == []
    assert len(parts) == len(sessions)
    for part, session in zip(parts, sessions, strict=True):
        totals = part.totals
        timer_s = session["timer_s"] if session["timer_s"] is not None else figures["derive"]["timer_s"]
        assert (totals.elapsed_s, totals.timer_s) == (shown(session["elapsed_s"]), shown(timer_s))
        assert totals.distance_m == shown(session["distance_m"])
        assert totals.energy_kcal == session["calories_kcal"]
        assert (totals.average_heart_rate, totals.max_heart_rate) == (session["hr_avg"], session["hr_max"])
        assert (totals.average_power, totals.max_power) == (session["power_avg"], session["power_max"])
        assert (totals.ascent_m, totals.descent_m) == (session["ascent_m"], session.get("descent_m"))
        assert totals.weighted_power == session.get("weighted_power")
        assert totals.load == shown(session.get("load"))
        assert totals.intensity == shown(session.get("intensity"))
        if session["start_utc"]:
            begun = activity.started_at + timedelta(seconds=getattr(part, "start_s", 0))
            assert iso(begun) == session["start_utc"]
            assert iso((begun + timedelta(seconds=part.duration_s)).replace(microsecond=0)) == session["end_utc"]
    assert activity.extra.get("threshold_power") == next((s["ftp"] for s in sessions if "ftp" in s), None)


@pytest.mark.parametrize("name", [*WHEELS, *(f"fit/{name}.fit" for name in SAMPLES)])
def test_laps_and_records(name):
    figures, path = expected(name), sample(name)
    activity = only(path.read_bytes())
    channels, counts, of_records = activity.channels, figures["counts"], figures["from_records"]
    laps = figures.get("laps", {"timer_s": [], "distance_m": []})
    assert [lap.totals.timer_s for lap in activity.laps] == [shown(timer_s) for timer_s in laps["timer_s"]]
    assert [lap.totals.distance_m for lap in activity.laps] == [shown(far) for far in laps["distance_m"]]
    times = channels["time"]
    assert len(times) == counts["records"]
    assert len(said(channels.get("lat", []))) == counts["gps_points"]
    assert times[-1] - times[0] == of_records["span_s"]
    assert max(b - a for a, b in itertools.pairwise(times)) == of_records["longest_gap_s"]
    if "first_utc" in of_records:
        assert iso(activity.started_at + timedelta(seconds=times[0])) == of_records["first_utc"]
        assert iso(activity.started_at + timedelta(seconds=times[-1])) == of_records["last_utc"]
    for figure, channel in [
        *(("hr_bpm", "heart_rate"), ("power_w", "power"), ("cadence_rpm", "cadence"), ("altitude_m", "altitude")),
    ]:
        wanted = of_records.get(figure)
        factor = 2 if channel == "cadence" and activity.sport == "running" else 1
        if wanted is None:
            assert channel not in channels
            continue
        values = [value / factor for value in said(channels[channel])]
        assert [len(values), min(values), max(values)] == [shown(wanted[key]) for key in ("n", "min", "max")]
        assert mean(values) == shown(wanted["mean"])
    if wanted := of_records.get("distance_m"):
        far = said(channels["distance"])
        found = [len(far), far[0], far[-1], max(far), sum(b < a for a, b in itertools.pairwise(far))]
        assert found == [shown(wanted[key]) for key in ("n", "first", "last", "max", "drops")]
    if wanted := of_records.get("gps"):
        lat, lon = said(channels["lat"]), said(channels["lon"])
        assert len(set(zip(lat, lon, strict=True))) == wanted["distinct"]
        box = [min(lat), min(lon), max(lat), max(lon)]
        assert [round(value, 2) for value in box] == wanted["bbox_deg_min_lat_lon_max_lat_lon"]


def iso(at: datetime | None) -> str | None:
    return at and at.isoformat().replace("+00:00", "Z")


def test_broken_samples_say_what_is_lost():
    broken = only(sample("fit/activity-settings-corruptheader.fit").read_bytes())
    assert broken.partial == "At byte 771 begins what is no FIT file: 83 bytes are lost."
    short = only(sample("fit/activity-unexpected-eof.fit").read_bytes())
    assert short.partial == "It ends at byte 768, 3 bytes too early."
    assert short.started_at == broken.started_at
    assert list(short.channels["distance"]) == list(broken.channels["distance"])


def test_a_step_counter_is_no_activity():
    read = Reading(sample("fit/MonitoringFile.fit").read_bytes())
    assert read.activities == []
    [finding] = read.findings
    assert (finding.kind, finding.code) == ("warning", "not-an-activity")
    assert "monitoring b" in finding.detail


def test_a_clock_that_was_never_set():
    for name in ("antfs-dump.63", "compressed-speed-distance"):
        read = Reading(sample(f"fit/{name}.fit").read_bytes())
        [activity] = read.activities
        assert (activity.started_at, activity.local_start, activity.offset_min) == (None, None, None)
        assert read.codes == {"clock-not-set": 1}
        assert any("never set" in warning for warning in activity.warnings)


# What no sample shows


def test_a_file_made_here():
    activity = only(a_run())
    assert (activity.sport, activity.started_at, activity.duration_s) == ("running", AT_NOON, 30)
    assert list(activity.channels["heart_rate"]) == [120 + second % 40 for second in range(30)]
    assert activity.source == activity.device == "Garmin Edge 1000"
    assert activity.extra == {"serial_number": 77}
    assert [(lap.start_s, lap.duration_s) for lap in activity.laps] == [(0, 30)]


def test_numbers_that_say_nothing_and_big_endian():
    fit_file = Fit(endian=">")
    for second, (lat, power) in enumerate([(1 << 29, 200), (0x7FFFFFFF, 0xFFFF), (1 << 29, 0)]):
        fields = {253: ("I", NOON + second), 0: ("i", lat), 1: ("i", 1 << 30), 2: ("H", 2_600), 7: ("H", power)}
        fit_file.add(RECORD, fields)
    activity = only(fit_file.session(NOON, 3, CYCLING))
    assert list(activity.channels["lat"]) == pytest.approx([45, math.nan, 45], nan_ok=True)
    assert list(activity.channels["lon"]) == pytest.approx([90, math.nan, 90], nan_ok=True)
    assert list(activity.channels["power"]) == pytest.approx([200, math.nan, 0], nan_ok=True)
    assert set(activity.channels["altitude"]) == {20}


def test_enhanced_fields_fill_the_holes_of_the_others():
    fit_file = Fit()
    for second, (altitude, enhanced) in enumerate([(0xFFFF, 3_000), (2_600, 0xFFFFFFFF)]):
        fit_file.add(RECORD, {253: ("I", NOON + second), 2: ("H", altitude), 78: ("I", enhanced)})
    assert list(only(fit_file).channels["altitude"]) == [100, 20]


def test_records_of_many_shapes():
    fit_file = Fit()
    for second in range(6):
        power = {7: ("H", 200 + second)} if second % 2 else {}
        fit_file.add(RECORD, {253: ("I", NOON + second), 3: ("B", 100)} | power, local=second % 3)
    channels = only(fit_file).channels
    assert list(channels["heart_rate"]) == [100] * 6
    assert list(channels["power"]) == pytest.approx([math.nan, 201, math.nan, 203, math.nan, 205], nan_ok=True)


def test_compressed_times_roll_over():
    fit_file = Fit().record(NOON, local=0)
    for second in range(7, 140, 7):
        fit_file.add(RECORD, {3: ("B", 140)}, local=1, late=NOON + second)
    assert list(only(fit_file).channels["time"]) == list(range(0, 140, 7))


def test_distances_of_twelve_bits_roll_over():
    """Speed 3 m/s; a distance in sixteenths of a metre starts over after 256 m."""
    fit_file = Fit()
    for second in range(0, 600, 60):
        packed = 300 | (second * 3 * 16 % 4_096) << 12
        fit_file.add(RECORD, {253: ("I", NOON + second), 8: ("", packed.to_bytes(3, "little"))})
    channels = only(fit_file).channels
    assert list(channels["distance"]) == [second * 3 for second in range(0, 600, 60)]
    assert set(channels["speed"]) == {3}


def test_cadence_with_its_fractions_is_of_both_legs_on_foot():
    fit_file = Fit()
    for second in range(3):
        fit_file.add(RECORD, {253: ("I", NOON + second), 4: ("B", 85), 53: ("B", 64)})
    run = only(fit_file.session(NOON, 3, _18=("B", 85), _19=("B", 90)))
    assert set(run.channels["cadence"]) == {171}
    assert "cadence_fraction" not in run.channels
    assert (run.totals.average_cadence, run.totals.max_cadence) == (170, 180)
    ride = only(bytes(fit_file.session(NOON, 3, CYCLING).made()))
    assert ride.sport == "multisport", "the run and the ride of one file"


def test_heart_rates_of_a_strap_are_merged_into_the_records():
    """Under water the watch hears nothing: the strap hands over what it kept, in ticks of 1/1024 s on its own clock."""
    fit_file = Fit()
    for second in range(10):
        fit_file.record(NOON + second, 0xFF)
    anchor = {253: ("I", NOON), 0: ("H", 16_384), 6: ("B", [100]), 9: ("I", [5_000])}
    fit_file.add(HR, anchor)
    ticks = [5_000 + 1_024 * beat for beat in range(1, 9)]
    packed = sum((tick & 0xFFF) << 12 * place for place, tick in enumerate(ticks)).to_bytes(12, "little")
    fit_file.add(HR, {6: ("B", list(range(101, 109))), 10: ("", packed)}, local=1)
    activity = only(fit_file.session(NOON, 10, SWIMMING))
    assert list(activity.channels["heart_rate"]) == [100, 101, 102, 103, 104, 105, 106, 107, 108, 108]


def test_heart_rates_of_a_strap_without_any_record():
    fit_file = Fit()
    fit_file.add(HR, {253: ("I", NOON), 0: ("H", 0), 6: ("B", [90, 91, 92]), 9: ("I", [0, 1_024, 2_048])})
    activity = only(fit_file.session(NOON, 3, SWIMMING))
    assert list(activity.channels["time"]) == [0, 1, 2]
    assert list(activity.channels["heart_rate"]) == [90, 91, 92]


def test_fields_of_developers_are_kept():
    fit_file = Fit().describe(0, "Form Power", "W", 0x84).describe(1, "Heart", "bpm", 0x02, native=3)
    for second in range(4):
        developer = {(0, 0): ("H", 60 + second), (0, 1): ("B", 150)}
        fit_file.add(RECORD, {253: ("I", NOON + second), 7: ("H", 250)}, developer=developer)
    activity = only(fit_file)
    told = activity.extra["developer_fields"]
    assert told["Form Power"] == {"units": "W", "n": 4, "min": 60, "max": 63, "mean": 61.5}
    assert set(activity.channels["heart_rate"]) == {150}, "where a developer's field stands for one of FIT's"
    assert set(activity.channels["power"]) == {250}


def test_what_developers_say_stays_small():
    fit_file = Fit()
    for number in range(80):
        fit_file.describe(number, f"{number}" + "x" * 200, "y" * 200, 0x02)
    fields = {(0, number): ("B", 1) for number in range(80)}
    for second in range(3):
        fit_file.add(RECORD, {253: ("I", NOON + second)}, developer=fields)
    assert len(msgspec.json.encode(only(fit_file).extra)) <= 16_384


def test_each_file_of_a_chain_is_an_activity():
    later = a_run(start=NOON + 86_400, seconds=5)
    read = Reading(a_run().made() + later.made() + bytes(7))
    assert [len(each.channels["time"]) for each in read.activities] == [30, 5]
    assert read.activities[1].started_at - read.activities[0].started_at == timedelta(days=1)
    assert [each.partial for each in read.activities] == [None, None]
    assert read.findings == []


def test_settings_in_a_chain_are_told_and_passed_over():
    read = Reading(Fit(kind=2).made() + a_run().made())
    assert len(read.activities) == 1
    assert [(finding.code, "settings" in finding.detail) for finding in read.findings] == [("not-an-activity", True)]


def test_nothing_that_was_recorded():
    read = Reading(Fit().made())
    assert (read.activities, read.codes) == ([], {"not-an-activity": 1})


def test_several_sessions_are_legs():
    fit_file = Fit()
    for second in range(60):
        fit_file.record(NOON + second, 120)
    for begin, length_s, sport in [(0, 30, SWIMMING), (30, 5, TRANSITION), (35, 25, CYCLING)]:
        fit_file.session(NOON + begin, length_s, sport, _9=("I", length_s * 200), _16=("B", 100 + begin))
    activity = only(fit_file)
    assert (activity.sport, activity.sub_sport, activity.duration_s) == ("multisport", None, 60)
    legs = [(leg.sport, leg.start_s, leg.duration_s, leg.totals.distance_m) for leg in activity.legs]
    assert legs == [("swimming", 0, 30, 60), ("transition", 30, 5, 10), ("cycling", 35, 25, 50)]
    assert (activity.totals.distance_m, activity.totals.timer_s, activity.totals.elapsed_s) == (120, 60, 60)
    assert activity.totals.average_heart_rate == pytest.approx((100 * 30 + 130 * 5 + 135 * 25) / 60)


def test_two_sessions_of_one_sport_are_that_sport():
    activity = only(a_run().session(NOON + 30, 10))
    assert (activity.sport, len(activity.legs)) == ("running", 2)


def test_pauses_are_from_each_stop_to_the_next_start():
    fit_file = Fit().timer(NOON, runs=True)
    for second in (0, 10, 40, 50):
        fit_file.record(NOON + second)
    for second, runs in [(10, False), (12, False), (40, True), (50, False)]:
        fit_file.timer(NOON + second, runs=runs)
    activity = only(fit_file.session(NOON, 50))
    assert activity.pauses == [(10, 40)]


def test_no_session_is_derived_and_said():
    activity = only(Fit().record(NOON).record(NOON + 20).lap(NOON, 20))
    assert (activity.sport, activity.duration_s) == ("generic", 20)
    assert any("no summary" in warning for warning in activity.warnings)
    assert only(Fit().record(NOON).record(NOON + 20)).duration_s == 20


def test_a_timer_longer_than_the_time_that_passed():
    activity = only(Fit().record(NOON).record(NOON + 30).session(NOON, 1, _8=("I", 90_000)))
    assert (activity.duration_s, activity.totals.elapsed_s, activity.totals.timer_s) == (90, 1, 90)
    assert any("more time than passed" in warning for warning in activity.warnings)


def test_a_session_without_a_start():
    activity = only(Fit().record(NOON).record(NOON + 9).add(18, {253: ("I", NOON + 10), 5: ("E", 1), 7: ("I", 10_000)}))
    assert activity.started_at == AT_NOON


@pytest.mark.parametrize(
    ("local", "minutes"),
    [(NOON + 7_200, 120), (NOON - 9_000, -150), (NOON + 20_700, 345), (NOON, 0), (NOON + 60_000, None), (77, None)],
)
def test_the_local_time_says_the_offset(local, minutes):
    fit_file = a_run().add(34, {253: ("I", NOON), 0: ("I", 30_000), 5: ("I", local)})
    assert only(fit_file).offset_min == minutes


def test_times_since_power_on_are_no_date():
    read = Reading(a_run(start=16_441_241).made())
    [activity] = read.activities
    assert activity.started_at is None
    assert list(activity.channels["time"]) == list(range(30))
    assert read.codes == {"clock-not-set": 1}


def test_sets_that_a_watch_counted():
    fit_file = Fit().record(NOON).session(NOON, 90, 10)
    bench = {0: ("I", 30_000), 3: ("H", 8), 4: ("H", 60 * 16), 5: ("E", 1), 7: ("H", [0]), 8: ("H", [1])}
    fit_file.add(SET, bench).add(SET, {0: ("I", 45_400), 5: ("E", 0)})
    fit_file.add(SET, {0: ("I", 20_000), 3: ("H", 0xFFFF), 5: ("E", 1)})
    first, second = only(fit_file).sets
    assert (first.exercise, first.reps, first.weight_kg, first.duration_s) == ("Barbell Bench Press", 8, 60, 30)
    assert first.rest_s == 45
    assert (second.exercise, second.reps, second.weight_kg) == ("Unknown", None, None)


# Damage


def test_a_wrong_checksum_is_a_warning():
    activity = only(a_run().made(crc=1))
    assert activity.partial is None
    assert any("checksum" in warning for warning in activity.warnings)
    assert only(a_run().made(crc=0)).warnings == [], "0 stands for none"


def test_switched_off_while_writing():
    content = a_run().made(size=0)[:-2]
    activity = only(content)
    assert activity.partial == "The device was switched off before it had finished the file."
    assert len(activity.channels["time"]) == 30


def test_garbage_behind_a_good_file():
    read = Reading(a_run().made() + b"\x0e\x10garbage" * 9)
    [activity] = read.activities
    assert "no FIT file" in activity.partial
    assert len(activity.channels["time"]) == 30


def test_garbage_behind_settings_is_found():
    read = Reading(Fit(kind=2).made() + b"\x0e\x10garbage" * 9)
    assert read.codes == {"not-an-activity": 1, "damaged": 1}


def test_more_records_than_are_believed():
    activity = only(a_run(seconds=50), Ask(records=20))
    assert len(activity.channels["time"]) == 20
    assert activity.partial == "Only its first 20 records are kept: more are not believed."


def test_more_files_than_are_believed():
    content = b"".join(a_run(start=NOON + day * 86_400, seconds=3).made() for day in range(9))
    read = Reading(content, Ask(activities=4))
    assert len(read.activities) == 4
    assert "not believed" in read.activities[-1].partial


def test_a_clock_that_jumps_by_years():
    fit_file = a_run()
    fit_file.record(NOON + 40 * 86_400).record(NOON + 31)
    activity = only(fit_file)
    assert activity.channels["time"][-1] == 31
    assert any("weeks away" in warning for warning in activity.warnings)


def everything() -> bytes:
    fit_file = Fit().timer(NOON, runs=True).describe(0, "Form Power", "W", 0x84)
    for second in range(40):
        fields = {
            253: ("I", NOON + second),
            0: ("i", 1 << 29),
            1: ("i", 1 << 28),
            3: ("B", 140),
            5: ("I", second * 300),
        }
        fit_file.add(RECORD, fields, developer={(0, 0): ("H", 60)})
    fit_file.add(HR, {253: ("I", NOON), 0: ("H", 0), 6: ("B", [90, 91]), 9: ("I", [0, 1_024])})
    fit_file.add(SET, {0: ("I", 30_000), 3: ("H", 8), 5: ("E", 1), 7: ("H", [0]), 8: ("H", [1])})
    fit_file.timer(NOON + 40, runs=False).lap(NOON, 40).session(NOON, 40)
    return fit_file.add(34, {253: ("I", NOON + 40), 0: ("I", 40_000), 5: ("I", NOON + 7_240)}).made()


@pytest.mark.parametrize("name", ["everything", "2020-06-01-16-52-40.fit", "6471559601_ACTIVITY.fit"])
def test_cut_off_anywhere(name):
    content = everything() if name == "everything" else sample(name).read_bytes()
    whole = only(content)
    records = 0
    for length in range(1, len(content), 64):
        read = Reading(content[:length])
        assert read.broken or read.activities or read.findings
        for activity in read.activities:
            assert "too early" in activity.partial
            assert len(activity.channels["time"]) >= records, "what came before is kept"
            records = len(activity.channels["time"])
            told = zip(activity.channels["time"], whole.channels["time"], strict=False)
            assert all(found == wanted for found, wanted in told)
    assert records == len(whole.channels["time"])


def items_of(content: bytes) -> list:
    try:
        return list(fit.read(io.BytesIO(content), Ask()))
    except Broken:
        return []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bytes_turned_anywhere(data):
    content = bytearray(everything())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for item in items_of(bytes(content)):
        if isinstance(item, Activity):
            msgspec.json.encode(item.extra)
            assert math.isfinite(item.duration_s)
            assert len({len(values) for values in item.channels.values()}) <= 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_behind_a_header(data):
    items_of(a_run(seconds=1).made()[:14] + data)
    items_of(data)


def test_a_definition_of_the_widest_fields_over_and_over():
    """Each message of 65 thousand bytes would come to gigabytes: a file is not more than it is."""
    wide = bytes((0x40, 0, 0, 20, 0, 255)) + bytes((3, 255, 2)) * 255
    content = a_run(seconds=1).made(size=len(wide) * 2_000)[:14] + wide * 2_000
    for item in items_of(content):
        assert not isinstance(item, Activity) or len(item.channels["time"]) == 0
