"""TCX: the wheel's figures, and what devices and sites make of the format."""

import itertools
import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import Reading
from services.workout.tests.samples import WHEEL, expected, sample

from workout.readers.model import Ask

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">'
)
SPEED = '<Extensions><TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">{}</TPX></Extensions>'


def at(second):
    return f"2026-05-01T06:{second // 60:02}:{second % 60:02}Z"


def a_point(second, more="<HeartRateBpm><Value>140</Value></HeartRateBpm>"):
    return f"<Trackpoint><Time>{at(second)}</Time>{more}</Trackpoint>"


def far(second, metres):
    return a_point(second, f"<DistanceMeters>{metres}</DistanceMeters>")


def a_lap(*tracks, start=0, length=10, more="<DistanceMeters>20</DistanceMeters>"):
    inside = "".join(f"<Track>{track}</Track>" for track in tracks)
    return f'<Lap StartTime="{at(start)}"><TotalTimeSeconds>{length}</TotalTimeSeconds>{more}{inside}</Lap>'


def an_activity(*laps, sport="Running", more=""):
    return f'<Activity Sport="{sport}"><Id>{at(0)}</Id>{"".join(laps)}{more}</Activity>'


def a_tcx(*activities, head=HEAD):
    return f"{head}<Activities>{''.join(activities)}</Activities></TrainingCenterDatabase>"


def points(*seconds):
    return "".join(map(a_point, seconds))


def only(content, *ask):
    read = Reading(content, *ask)
    assert (read.format, read.broken) == ("tcx", None)
    [activity] = read.activities
    return activity


# The wheel


@pytest.mark.parametrize(
    ("name", "source", "start", "laps", "points", "far_m", "timer_s", "length_s", "heart", "power"),
    [
        (
            *("activity_4078723797.tcx", "Garmin Edge 1000", "2019-09-20T14:10:03+00:00", 1, 8_357),
            *(57_567.24, 8_356, 8_356, 164.71, 219.07),
        ),
        (
            *("activity_4801048867.tcx", "Forerunner 935", "2020-04-18T11:10:44+00:00", 8, 5_159),
            *(36_322.85, 5_158, 5_158, 130.31, None),
        ),
        (
            *("activity_5039744860.tcx", "Garmin Edge 1000", "2020-06-01T14:52:40+00:00", 5, 96),
            *(668.19, 126, 126, 150.03, 149.31),
        ),
        (
            *("3173437224.tcx", "Polar M400", "2019-01-29T10:25:13+00:00", 2, 3_507),
            *(4_508.5, 3_510, 3_903.719, 130.81, None),
        ),
    ],
)
def test_the_wheel(name, source, start, laps, points, far_m, timer_s, length_s, heart, power):
    activity = only(sample(name).read_bytes())
    channels, totals = activity.channels, activity.totals
    assert (activity.source, activity.device) == (source, source)
    assert activity.sport == ("running" if "Polar" in source else "cycling")
    assert activity.started_at.isoformat() == start
    assert len(activity.laps) == laps
    assert {len(values) for values in channels.values()} == {points}, "without those repeated at a lap's border"
    assert (totals.distance_m, totals.timer_s) == (pytest.approx(far_m, abs=0.006), timer_s)
    assert activity.duration_s == totals.elapsed_s == pytest.approx(length_s)
    assert max(channels["distance"]) == pytest.approx(far_m, abs=0.006)
    assert mean(channels["heart_rate"]) == pytest.approx(heart, abs=0.006)
    assert power is None or mean(channels["power"]) == pytest.approx(power, abs=0.006)
    assert (power is None) == ("power" not in channels)
    assert (activity.partial, activity.warnings) == (None, [])


def mean(values):
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known)


@pytest.mark.parametrize("name", sorted(path.name for path in WHEEL.glob("*.tcx")))
def test_every_figure_of_the_samples(name):
    figures, activity = expected(name), only(sample(name).read_bytes())
    channels, laps, of_points = activity.channels, figures["laps"], figures["from_points"]
    times = channels["time"]
    assert activity.started_at.isoformat().replace("+00:00", "Z") == figures["start_utc"]
    last = activity.started_at + timedelta(seconds=round(times[-1], 3))
    assert last.isoformat().replace("+00:00", "Z").replace("719000Z", "719Z") == figures["end_utc"]
    assert len(activity.laps) == figures["counts"]["laps"]
    assert len(times) == figures["counts"]["trackpoints"] - of_points["repeated_times"]
    assert activity.totals.timer_s == laps["time_s_sum"]
    assert activity.totals.distance_m == pytest.approx(laps["distance_m_sum"], abs=0.006)
    assert activity.totals.energy_kcal == laps["calories_kcal_sum"]
    assert [lap.totals.average_heart_rate for lap in activity.laps] == laps["hr_avg"]
    assert [lap.totals.max_heart_rate for lap in activity.laps] == laps["hr_max"]
    assert max(b - a for a, b in itertools.pairwise(times)) == pytest.approx(of_points["longest_gap_s"])
    assert channels["distance"][-1] == pytest.approx(of_points["distance_last_m"], abs=0.006)
    legs = 2 if activity.sport == "running" else 1
    if not of_points["repeated_times"]:
        for figure, channel, factor in [
            *(("hr_bpm", "heart_rate", 1), ("power_w", "power", 1), ("altitude_m", "altitude", 1)),
            ("cadence_rpm", "cadence", legs),
        ]:
            if wanted := of_points.get(figure):
                assert mean(channels[channel]) / factor == pytest.approx(wanted["mean"], abs=0.006)
                assert max(channels[channel]) / factor == pytest.approx(wanted["max"], abs=0.006)


def test_pauses_of_the_wheel():
    assert only(sample("activity_5039744860.tcx").read_bytes()).pauses == [(53, 85)]
    [(begin, end)] = only(sample("3173437224.tcx").read_bytes()).pauses
    assert end - begin == pytest.approx(398.719)


# Shapes of files


@pytest.mark.parametrize("before", ["\ufeff", "\n\n\t", "Content-Type: text/xml\n\n", "   \ufeff\n"])
def test_what_stands_before_the_declaration(before):
    assert len(only(before + a_tcx(an_activity(a_lap(points(0, 1))))).channels["time"]) == 2


def test_several_activities_in_one_file():
    later = an_activity(a_lap(points(600, 601), start=600), sport="Biking").replace(f"<Id>{at(0)}", f"<Id>{at(600)}")
    read = Reading(a_tcx(an_activity(a_lap(points(0, 1, 2))), later))
    assert [(each.sport, len(each.channels["time"])) for each in read.activities] == [("running", 3), ("cycling", 2)]
    assert read.activities[1].started_at - read.activities[0].started_at == timedelta(seconds=600)


def test_floats_where_the_schema_says_integers():
    more = "<HeartRateBpm><Value>140.5</Value></HeartRateBpm><Cadence>85.0</Cadence>" + SPEED.format(
        "<Watts>201.5</Watts>"
    )
    lap = "<Calories>12.5</Calories><AverageHeartRateBpm><Value>140.5</Value></AverageHeartRateBpm>"
    activity = only(a_tcx(an_activity(a_lap(a_point(0, more) * 2, length="10.25", more=lap), sport="Biking")))
    values = [activity.channels[name][0] for name in ("heart_rate", "cadence", "power")]
    assert values == [140.5, 85, 201.5]
    totals = activity.totals
    assert (totals.timer_s, totals.energy_kcal, totals.average_heart_rate) == (10.25, 12.5, 140.5)


def test_points_without_positions():
    activity = only(a_tcx(an_activity(a_lap(points(0, 1, 2)), sport="Other")))
    assert set(activity.channels) == {"time", "heart_rate"}
    assert list(activity.channels["heart_rate"]) == [140] * 3


def test_laps_without_points():
    activity = only(a_tcx(an_activity(a_lap(start=0, length=60), a_lap(start=60, length=30))))
    assert (activity.duration_s, activity.totals.distance_m, activity.channels) == (90, 40, {})
    assert [(lap.start_s, lap.duration_s) for lap in activity.laps] == [(0, 60), (60, 30)]


def test_laps_that_do_not_say_when_they_began():
    lap = a_lap(length=60).replace(f' StartTime="{at(0)}"', "")
    activity = only(a_tcx(an_activity(lap, lap.replace("<Lap", '<Lap StartTime="soon"'))))
    assert [lap.start_s for lap in activity.laps] == [0, 60]
    assert activity.started_at.isoformat() == "2026-05-01T06:00:00+00:00"


def test_points_repeated_at_the_borders_of_laps():
    activity = only(a_tcx(an_activity(a_lap(points(0, 1, 2)), a_lap(points(2, 3), start=2))))
    assert list(activity.channels["time"]) == [0, 1, 2, 3]


def test_a_distance_that_restarts_in_every_lap():
    laps = [a_lap(far(0, 0) + far(5, 50), start=0), a_lap(far(6, 5) + far(10, 40), start=6)]
    assert list(only(a_tcx(an_activity(*laps))).channels["distance"]) == [0, 50, 55, 90]
    laps = [a_lap(far(0, 0) + far(5, 50), start=0), a_lap(far(6, 55) + far(10, 90), start=6)]
    assert list(only(a_tcx(an_activity(*laps))).channels["distance"]) == [0, 50, 55, 90]


def test_pauses_between_tracks_and_where_nothing_was_recorded():
    lap = a_lap(points(*range(5)), points(*range(10, 15)), length=15)
    assert only(a_tcx(an_activity(lap))).pauses == [(4, 10)]
    lap = a_lap(points(*range(5), *range(50, 55)), length=15)
    assert only(a_tcx(an_activity(lap))).pauses == [(4, 50)]
    assert only(a_tcx(an_activity(a_lap(points(0, 7, 13, 24, 30))))).pauses == [], "smart recording"


def test_steps_of_one_leg_are_made_those_of_both():
    foot = SPEED.format("<RunCadence>85</RunCadence>")
    lap = "<Extensions><LX><AvgRunCadence>85</AvgRunCadence><MaxRunCadence>95</MaxRunCadence></LX></Extensions>"
    run = only(a_tcx(an_activity(a_lap(a_point(0, foot) + a_point(1, foot), more=lap))))
    assert set(run.channels["cadence"]) == {170}
    assert (run.totals.average_cadence, run.totals.max_cadence) == (170, 190)
    ride = only(a_tcx(an_activity(a_lap(a_point(0, foot) + a_point(1, foot), more=lap), sport="Biking")))
    assert set(ride.channels["cadence"]) == {85}
    assert ride.totals.average_cadence == 85


def test_courses_and_plans_are_no_activity():
    course = f"<Courses><Course><Name>x</Name><Lap/><Track>{points(0, 1)}</Track></Course></Courses>"
    workout = "<Workouts><Workout><Name>x</Name></Workout></Workouts>"
    for inside in (course, workout):
        read = Reading(f"{HEAD}{inside}</TrainingCenterDatabase>")
        assert (read.activities, read.codes) == ([], {"not-an-activity": 1})
        assert "courses or plans" in read.findings[0].detail
    both = a_tcx(an_activity(a_lap(points(0, 1)))).replace("</Activities>", f"</Activities>{course}")
    assert len(only(both).channels["time"]) == 2


def test_notes_creator_and_trigger():
    more = "<Notes> hot </Notes><Creator><Name>Edge 530 </Name><UnitId>1</UnitId></Creator>"
    lap = a_lap(points(0, 1), more="<TriggerMethod>Manual</TriggerMethod>")
    activity = only(a_tcx(an_activity(lap, more=more)))
    assert (activity.notes, activity.source, activity.laps[0].trigger) == ("hot", "Edge 530", "manual")


def test_nobody_says_when():
    read = Reading(a_tcx(an_activity(a_lap(a_point(0).replace("2026", "1901"))).replace("2026", "1901")))
    assert (read.activities, read.codes) == ([], {"no-time": 1})


def test_numbers_that_are_none():
    """Nor does one of them stand for a whole."""
    lap = "<DistanceMeters>{0}</DistanceMeters><Calories>{0}</Calories><MaximumSpeed>{0}</MaximumSpeed>"
    for bad in ("1e999", "nan", "inf", "-3", "9" * 400, "abc", "0x1", ""):
        more = f"<AltitudeMeters>{bad}</AltitudeMeters><DistanceMeters>{bad}</DistanceMeters><Cadence>{bad}</Cadence>"
        content = a_lap(a_point(0, more) + a_point(1), more=lap.format(bad), length=bad)
        activity = only(a_tcx(an_activity(content)))
        assert math.isfinite(activity.duration_s)
        assert all(value is None for value in (activity.totals.distance_m, activity.totals.timer_s))
        for name, values in activity.channels.items():
            assert all(math.isnan(value) or (math.isfinite(value) and value >= -3) for value in values), name


def test_more_than_is_believed():
    activity = only(a_tcx(an_activity(a_lap(points(*range(50))))), Ask(records=20))
    assert len(activity.channels["time"]) == 20
    assert "30 are left out" in activity.partial
    many = a_tcx(*(an_activity(a_lap(points(second, second + 1))) for second in range(9)))
    assert len(Reading(many, Ask(activities=4)).activities) == 4
    laps = only(a_tcx(an_activity(*(a_lap() for _ in range(10_050))))).laps
    assert len(laps) == 10_000


# Damage


def test_cut_off_anywhere():
    laps = [a_lap(points(*range(20))), a_lap(points(*range(20, 40)), start=20)]
    text = a_tcx(an_activity(*laps, more="<Creator><Name>Edge</Name></Creator>"))
    for length in range(0, len(text), 64):
        read = Reading(text[:length])
        there = text[:length].count("</Trackpoint>")
        if there:
            [activity] = read.activities
            assert len(activity.channels["time"]) == there
            assert activity.partial == f"It ends at byte {length:,}, too early."
            assert activity.sport == "running"
        else:
            assert read.broken or read.activities


@pytest.mark.parametrize("declared", ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">'])
def test_entities_are_not_expanded(declared):
    head = HEAD.replace("\n", f"\n<!DOCTYPE TrainingCenterDatabase [{declared}]>")
    read = Reading(a_tcx(an_activity(a_lap(points(0, 1)), more="<Notes>&a;</Notes>"), head=head))
    assert (bool(read.broken), read.activities) == (True, [])


def test_depth_and_number_have_an_end():
    good = a_lap(points(*range(10)))
    for bad in ("<a>" * 100_000, "<a/>" * 2_000_000, "<b>" + "x" * 12_000_000):
        read = Reading(f'{HEAD}<Activities><Activity Sport="Running">{good}<Extensions>{bad}')
        [activity] = read.activities
        assert (len(activity.channels["time"]), activity.sport) == (10, "running")
        assert activity.partial


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_bytes_turned_anywhere(data):
    content = bytearray(a_tcx(an_activity(a_lap(points(*range(3))), a_lap(far(3, 4) + far(4, 8), start=3))).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for activity in Reading(bytes(content)).activities:
        assert math.isfinite(activity.duration_s)
        assert len({len(values) for values in activity.channels.values()}) <= 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data):
    Reading(HEAD.encode() + data)


# Several sports


def a_session(*sports, more=""):
    """The first sport, then each with what is said of the way to it."""
    parts = "".join(
        f"<{name}>{way}{sport}</{name}>"
        for name, (way, sport) in zip(["FirstSport", *["NextSport"] * (len(sports) - 1)], sports, strict=True)
    )
    return f"<MultiSportSession><Id>{at(0)}</Id>{parts}{more}</MultiSportSession>"


def a_way(*tracks, start, length):
    return a_lap(*tracks, start=start, length=length, more="").replace("Lap", "Transition")


def steps(*seconds):
    return "".join(a_point(second, "<Cadence>85</Cadence>") for second in seconds)


SWIM = an_activity(a_lap(start=0, length=60, more="<DistanceMeters>100</DistanceMeters>"), sport="Other")
RIDE = an_activity(
    a_lap(steps(70, 80, 90), start=70, length=20), a_lap(steps(100, 110), start=90, length=20), sport="Biking"
)
RUN = an_activity(
    a_lap(steps(120, 130, 140), start=120, length=20, more="<Cadence>85</Cadence>"),
    sport="Running",
    more="<Creator><Name>Edge</Name></Creator>",
)


def test_a_session_of_several_sports_is_one_activity_with_legs():
    activity = only(
        a_tcx(a_session(("", SWIM), (a_way(start=60, length=10), RIDE), ("", RUN), more="<Notes>Race</Notes>"))
    )
    assert (activity.sport, activity.sub_sport, activity.notes) == ("multisport", None, "Race")
    assert (activity.source, activity.started_at.isoformat()) == ("Edge", "2026-05-01T06:00:00+00:00")
    assert [(leg.sport, leg.start_s, leg.duration_s) for leg in activity.legs] == [
        ("generic", 0, 60),
        ("transition", 60, 10),
        ("cycling", 70, 40),
        ("running", 120, 20),
    ]
    assert [(lap.sport, lap.start_s) for lap in activity.laps] == [
        *(("generic", 0), ("transition", 60), ("cycling", 70), ("cycling", 90), ("running", 120)),
    ]
    assert list(activity.channels["time"]) == [70, 80, 90, 100, 110, 120, 130, 140]
    assert list(activity.channels["cadence"]) == [85] * 5 + [170] * 3, "steps of both legs, where it is on foot"
    assert activity.legs[-1].totals.average_cadence == 170
    assert (activity.duration_s, activity.totals.timer_s, activity.totals.distance_m) == (140, 130, 140)


def test_sessions_and_activities_in_one_file():
    later = an_activity(a_lap(points(200, 210), start=200), sport="Running")
    read = Reading(a_tcx(a_session(("", RIDE), ("", RUN)), later, a_session(("", SWIM))))
    assert [(activity.sport, len(activity.legs)) for activity in read.activities] == [
        *(("multisport", 2), ("running", 0), ("generic", 0)),
    ]


def test_a_session_in_one_sport_is_of_that_sport():
    again = RIDE.replace("T06:01", "T06:11")
    activity = only(a_tcx(a_session(("", RIDE), (a_way(start=110, length=10), again))))
    assert (activity.sport, [leg.sport for leg in activity.legs]) == ("cycling", ["cycling", "transition", "cycling"])


@pytest.mark.parametrize(
    ("before", "sports"),
    [
        ("<Time>2026-05-01T06:02:20Z", ["cycling", "transition", "running"]),
        ("<Time>2026-05-01T06:01:54Z", ["cycling", "transition"]),
        ("<Time>2026-05-01T06:01:50Z", []),
    ],
)
def test_a_session_that_breaks_off(before, sports):
    way = a_way(points(112, 114, 116), start=112, length=8)
    whole = a_tcx(a_session(("", RIDE), (way, RUN)))
    activity = only(whole[: whole.index(before)])
    assert activity.partial
    assert [leg.sport for leg in activity.legs] == sports
    assert activity.sport == ("multisport" if "running" in sports else "cycling")
