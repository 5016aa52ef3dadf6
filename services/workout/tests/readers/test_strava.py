"""Strava's bulk export, as it comes and as people pack it again."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import Kept, Reading, a_track, a_zip
from services.workout.tests.samples import WHEEL

from workout.readers.model import Ask

HEADER = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,"
    "Moving Time,Distance,Max Speed,Average Speed,Elevation Gain,Elevation Loss,Max Cadence,Average Cadence,"
    "Max Heart Rate,Average Heart Rate,Max Watts,Average Watts,Calories,Perceived Exertion,Weighted Average Power,"
    "Commute,Media\n"
)
PLAIN = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Relative Effort,"
    "Commute,Activity Gear,Filename\n"
)
FIT = (WHEEL / "4078723797.fit").read_bytes()


def a_row(
    number=1, at="May 1, 2026, 6:00:00 AM", name="Morning", kind="Run", notes="", file="", gear="", far="5.01"
) -> str:
    return (
        f'{number},"{at}",{name},{kind},"{notes}",1800,{far},171,,false,,{gear},{file},,9.5,1800.0,1750.0,5010.5,4.5,2.86,'
        "21,19.5,92,85.5,171,150.25,400,251,412.5,7,260,0.0,media/x.jpg\n"
    )


def an_export(rows: str, files: dict[str, bytes | str] | None = None, folder: str = "", header: str = HEADER) -> bytes:
    lists = {"profile.csv": "Athlete ID\n1\n", "activities.csv": header + rows, "media/x.jpg": b"\xff\xd8\xff"}
    return a_zip({folder + name: content for name, content in (lists | (files or {})).items()})


@pytest.mark.parametrize("folder", ["", "export_4711/"])
def test_files_with_what_the_list_says_of_them(folder):
    kept = Kept()
    rows = (
        a_row(
            1,
            name='"Hills, twice"',
            notes="first\nsecond",
            file="activities/1.gpx.gz",
            gear="Pegasus",
            kind="Trail Run",
        )
        + a_row(2, kind="Ride", name="Tour", file="activities/2.fit.gz", gear="Topstone").replace("false", "true")
        + a_row(3, kind="Padel", name="At home", file="activities/3.gpx")
    )
    files = {
        "activities/1.gpx.gz": gzip.compress(a_track(kind="9", name="by the device").encode()),
        "activities/2.fit.gz": gzip.compress(FIT),
        "activities/3.gpx": a_track(day=3),
        "activities/4.gpx": a_track(day=4, name="not in the list"),
        "bikes.csv": "Bike Name,Bike Brand,Bike Model\nTopstone,Cannondale,Topstone 2\n",
        "shoes.csv": "Shoe Name,Shoe Brand,Shoe Model\n,Nike,Pegasus\nPegasus,Nike,Pegasus 38\n",
    }
    read = Reading(an_export(rows, files, folder), Ask(keep=kept.keep))
    assert (read.format, read.broken) == ("strava", None)
    run, ride, padel, other = read.activities
    assert [each.part for each in read.activities] == sorted(kept.names)
    assert (run.title, run.notes, run.gear, run.rpe) == ("Hills, twice", "first\nsecond", ["Pegasus"], 7)
    assert (run.format, run.sport, run.sub_sport, run.totals.energy_kcal) == ("gpx", "running", "trail", 412.5)
    assert run.extra["gear"] == {"kind": "shoes", "name": "Pegasus", "brand": "Nike", "model": "Pegasus 38"}
    assert run.extra["strava_id"] == "1"
    assert (ride.format, ride.title, ride.sport, ride.gear) == ("fit", "Tour", "cycling", ["Topstone"])
    assert ride.extra["commute"] is True
    assert ride.extra["gear"]["kind"] == "bike"
    assert ride.totals.distance_m == pytest.approx(57_567.24)
    assert (padel.title, padel.sport) == ("At home", "running"), "a kind that is new to us says nothing"
    assert (other.title, other.gear) == ("not in the list", [])
    assert read.codes == {"not-read": 2}


def test_a_row_without_a_file_is_an_activity_with_totals_only():
    read = Reading(an_export(a_row(kind="Weight Training", name="Gym") + a_row(2, at="May 2, 2026, 11:30:00\u202fPM")))
    gym, run = read.activities
    assert (gym.format, gym.source, gym.sport, gym.title) == ("strava", "Strava", "strength_training", "Gym")
    assert gym.started_at == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert run.started_at == datetime(2026, 5, 2, 23, 30, tzinfo=UTC)
    assert gym.duration_s == gym.totals.elapsed_s == 1_800
    totals = run.totals
    assert (totals.moving_s, totals.distance_m, totals.ascent_m, totals.descent_m) == (1_750, 5_010.5, 21, 19.5)
    assert (totals.average_heart_rate, totals.max_heart_rate) == (150.25, 171)
    assert (totals.average_power, totals.max_power, totals.weighted_power) == (251, 400, 260)
    assert (totals.average_cadence, totals.max_cadence) == (171, 184), "Strava counts one leg"
    assert (totals.average_speed, totals.max_speed, totals.energy_kcal) == (2.86, 4.5, 412.5)
    assert gym.totals.average_cadence == 85.5


@pytest.mark.parametrize(
    ("unit", "metres", "codes"), [("km", 5_010, {}), ("mi", 8_062.81, {}), (None, 5_010, {"unit-assumed": 1})]
)
def test_the_plain_list(unit, metres, codes):
    row = '1,"May 1, 2026, 6:00:00 AM",Morning,Run,,1800,5.01,,false,,\n'
    read = Reading(an_export(row * 2, header=PLAIN), Ask(distance_unit=unit))
    assert read.activities[0].totals.distance_m == pytest.approx(metres, abs=0.01)
    assert {code: count for code, count in read.codes.items() if code != "not-read"} == codes


def test_a_file_that_is_missing_or_broken_leaves_what_the_list_says():
    rows = a_row(1, file="activities/1.fit.gz") + a_row(2, at="May 2, 2026, 6:00:00 AM", file="activities/2.gpx")
    read = Reading(an_export(rows, {"activities/2.gpx": b"\0\1\2"}))
    assert len(read.activities) == 2
    assert all(each.partial and each.part == "activities.csv" for each in read.activities)
    assert [(each.code, each.part) for each in read.findings if each.code != "not-read"] == [
        ("broken", "activities/2.gpx"),
        ("no-file", "activities/1.fit.gz"),
        ("no-file", "activities/2.gpx"),
    ]


def test_files_unpacked_by_whoever_packed_it_again():
    read = Reading(an_export(a_row(file="activities/1.gpx.gz", name="Mine"), {"activities/1.gpx": a_track()}))
    assert [each.title for each in read.activities] == ["Mine"]


def test_bad_rows_are_told_by_their_line_and_the_others_stay():
    rows = (
        a_row()
        + a_row(2, at="not a date")
        + a_row(3, at="May 1, 0000, 6:00:00 AM")
        + a_row(4).replace(",1800,", ",soon,", 1)
    )
    read = Reading(an_export(rows + a_row(5, far="1e308")))
    assert [each.extra["strava_id"] for each in read.activities] == ["1", "5"]
    assert [each.line for each in read.findings if each.code == "bad-line"] == [3, 4, 5]
    assert {each.part for each in read.findings if each.code == "bad-line"} == {"activities.csv"}


def test_the_order_is_always_the_same():
    files = {f"activities/{number}.gpx": a_track(day=number) for number in range(1, 9)}
    rows = "".join(a_row(number, file=f"activities/{number}.gpx") for number in range(8, 0, -1)) + a_row(9) + a_row(10)
    one = Reading(an_export(rows, files)).activities
    other = Reading(an_export(rows, dict(reversed(files.items())))).activities
    ids = [each.extra["strava_id"] for each in one]
    assert ids == [each.extra["strava_id"] for each in other] == [str(number) for number in range(1, 11)]


def test_more_than_are_believed():
    read = Reading(an_export("".join(a_row(number) for number in range(9))), Ask(activities=4))
    assert len(read.activities) == 4
    assert "broken" in read.codes or "stopped" in read.codes


def test_a_list_of_many_columns():
    rows = HEADER.strip() + ",x" * 100_000 + "\n" + a_row()
    read = Reading(a_zip({"activities.csv": rows, "a.gpx": a_track()}))
    assert read.findings or read.broken


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=10), max_size=34), max_size=4), st.binary(max_size=60))
def test_any_rows(rows, data):
    text = "".join(",".join(row) + "\n" for row in rows)
    Reading(an_export(text, {"activities/1.gpx": data, "bikes.csv": data, "shoes.csv": text}))
