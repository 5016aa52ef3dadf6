"""GPX: the wheel's figures, and what else calls itself GPX."""

import itertools
import math
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import Reading
from services.workout.tests.samples import WHEEL, expected, sample

from workout.readers.fixes import metres
from workout.readers.model import Ask

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
OPEN = '<gpx version="1.1" creator="Test" xmlns="http://www.topografix.com/GPX/1/1">'


def a_point(second=0, *, lat=52.0, lon=13.0, more="", day="2026-05-01"):
    time = f"<time>{day}T06:{second // 60:02}:{second % 60:02}Z</time>"
    return f'<trkpt lat="{lat + second * 1e-5:.6f}" lon="{lon}">{time}{more}</trkpt>'


def a_gpx(*segments, head=HEAD + OPEN, kind="running"):
    """One track of segments."""
    inside = "".join(f"<trkseg>{segment}</trkseg>" for segment in segments)
    return f"{head}<trk><type>{kind}</type>{inside}</trk></gpx>"


def points(*seconds, more=""):
    return "".join(a_point(second, more=more) for second in seconds)


def only(content, *ask):
    read = Reading(content, *ask)
    assert (read.format, read.broken) == ("gpx", None)
    [activity] = read.activities
    return activity


def length_m(activity):
    """Along the positions, not across pauses."""
    times, lat, lon = (activity.channels[name] for name in ("time", "lat", "lon"))
    ends = {end for _, end in activity.pauses}
    steps = itertools.pairwise(zip(times, lat, lon, strict=True))
    return math.fsum(metres(a, b, c, d) for (_, a, b), (at, c, d) in steps if at not in ends)


# The wheel


@pytest.mark.parametrize(
    ("name", "source", "start", "points", "elapsed_s", "far_m", "heart", "power"),
    [
        (
            *("activity_4078723797.gpx", "Garmin Connect", "2019-09-20T14:10:03+00:00"),
            *(8_357, 8_356, 57_568.6, 164.71, None),
        ),
        ("4078723797_strava.gpx", "Strava", "2019-09-20T14:10:03+00:00", 8_357, 8_356, 57_570.5, 164.71, 219.07),
        (
            *("activity_4801048867.gpx", "Garmin Connect", "2020-04-18T11:10:44+00:00"),
            *(5_159, 5_158, 36_270.4, 130.31, None),
        ),
        ("4801048867_strava.gpx", "Strava", "2020-04-18T11:10:44+00:00", 5_159, 5_158, 36_271.5, 130.31, None),
    ],
)
def test_the_wheel(name, source, start, points, elapsed_s, far_m, heart, power):
    activity = only(sample(name).read_bytes())
    channels = activity.channels
    assert (activity.source, activity.sport, activity.sub_sport) == (source, "cycling", None)
    assert (activity.started_at.isoformat(), activity.duration_s) == (start, elapsed_s)
    assert {len(values) for values in channels.values()} == {points}
    assert length_m(activity) == pytest.approx(far_m, abs=0.06)
    assert math.fsum(channels["heart_rate"]) / points == pytest.approx(heart, abs=0.006)
    assert (power is None) == ("power" not in channels)
    assert power is None or math.fsum(channels["power"]) / points == pytest.approx(power, abs=0.006)
    assert (activity.partial, activity.warnings, activity.pauses, activity.laps) == (None, [], [], [])


def test_a_pause_of_the_wheel_is_not_bridged():
    activity = only(sample("activity_5039744860.gpx").read_bytes())
    assert (activity.pauses, activity.duration_s, len(activity.channels["time"])) == ([(53, 85)], 126, 96)
    assert 640 < length_m(activity) < 670, "the device says 668; 246 m of 899 lie in the pause"


@pytest.mark.parametrize("name", sorted(path.name for path in WHEEL.glob("*.gpx")))
def test_every_figure_of_the_samples(name):
    figures, activity = expected(name), only(sample(name).read_bytes())
    channels, of_points = activity.channels, figures["from_points"]
    assert activity.started_at.isoformat().replace("+00:00", "Z") == figures["start_utc"]
    assert activity.duration_s == figures["elapsed_s"]
    assert len(channels["time"]) == figures["counts"]["points"]
    for figure, channel in [
        *(("hr_bpm", "heart_rate"), ("power_w", "power"), ("cadence_rpm", "cadence")),
        *(("temperature_c", "temperature"), ("elevation_m", "altitude")),
    ]:
        if (wanted := of_points.get(figure)) is None:
            assert channel not in channels
            continue
        values = [value for value in channels[channel] if not math.isnan(value)]
        found = [len(values), math.fsum(values) / len(values), min(values), max(values)]
        assert found == [pytest.approx(wanted[key], abs=0.006) for key in ("n", "mean", "min", "max")]
    assert max(b - a for a, b in itertools.pairwise(channels["time"])) == of_points["longest_gap_s"]
    lat, lon = channels["lat"], channels["lon"]
    box = [min(lat), min(lon), max(lat), max(lon)]
    assert [round(value, 2) for value in box] == of_points["bbox_deg_min_lat_lon_max_lat_lon"]


# Shapes of files


@pytest.mark.parametrize(
    "head",
    [
        '<gpx version="1.0" creator="x" xmlns="http://www.topografix.com/GPX/1/0">',
        OPEN,
        "<gpx>",
        "\ufeff" + HEAD + OPEN,
        "\n\n  " + HEAD + OPEN,
        "exported by hand\n" + HEAD + OPEN,
        HEAD.replace("UTF-8", "utf-42") + OPEN,
        HEAD + '<!DOCTYPE gpx SYSTEM "http://localhost:1/gpx.dtd">' + OPEN,
    ],
)
def test_heads(head):
    activity = only(a_gpx(points(0, 1, 2), head=head))
    assert len(activity.channels["lat"]) == 3
    assert activity.sport == "running"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding):
    text = a_gpx(points(0, 1), head=HEAD.replace("UTF-8", encoding) + OPEN).replace(
        "<type>", "<name>Täglich</name><type>"
    )
    assert only(text.encode(encoding)).title == "Täglich"


def test_names_notes_and_numbers_as_sport():
    head = HEAD + OPEN.replace("Test", "StravaGPX")
    text = a_gpx(points(0, 1), head=head, kind="9").replace("<type>", "<name> Run </name><desc>wet</desc><type>")
    activity = only(text)
    assert (activity.title, activity.notes, activity.sport, activity.source) == ("Run", "wet", "running", "Strava")
    assert only(a_gpx(points(0, 1), kind="Trail Running")).sub_sport == "trail"
    assert only(a_gpx(points(0, 1), kind="sitting")).sport == "generic"


def test_extensions_of_all_makers():
    makers = [
        "<gpxtpx:hr>150</gpxtpx:hr><gpxtpx:cad>80</gpxtpx:cad><gpxtpx:atemp>21</gpxtpx:atemp>",
        "<heartrate>150</heartrate><cadence>80</cadence><temp>21</temp>",
        "<gpxdata:hr>150</gpxdata:hr><gpxdata:cadence>80</gpxdata:cadence><gpxdata:temp>21</gpxdata:temp>",
    ]
    for said in makers:
        more = f"<extensions>{said}</extensions>"
        channels = only(a_gpx(points(0, 1, more=more), kind="cycling")).channels
        assert [set(channels[name]) for name in ("heart_rate", "cadence", "temperature")] == [{150}, {80}, {21}]


@pytest.mark.parametrize("behind", [0, 400_000])
def test_prefixes_that_nobody_declared(behind):
    """Also where the first comes far behind the head of the file."""
    more = "<extensions><ns3:TrackPointExtension><ns3:hr>150</ns3:hr></ns3:TrackPointExtension></extensions>"
    activity = only(a_gpx(f"<!--{' ' * behind}-->" + points(0, 1, more=more)))
    assert list(activity.channels["heart_rate"]) == [150, 150]


def test_a_heart_rate_twice_in_a_point():
    assert list(only(a_gpx(points(0, 1, more="<x><hr>150</hr></x><hr>90</hr>"))).channels["heart_rate"]) == [150, 150]


def test_steps_of_one_leg_are_made_those_of_both():
    assert set(only(a_gpx(points(0, 1, more="<cad>85</cad>"))).channels["cadence"]) == {170}
    assert set(only(a_gpx(points(0, 1, more="<cad>85</cad>"), kind="biking")).channels["cadence"]) == {85}


def test_segments_are_one_activity_with_pauses():
    activity = only(a_gpx(points(0, 1, 2), "", points(10, 11, 12), "<!-- nothing -->", points(13, 14)))
    assert list(activity.channels["time"]) == [0, 1, 2, 10, 11, 12, 13, 14]
    assert activity.pauses == [(2, 10)]


def test_tracks_are_activities_unless_they_adjoin():
    def track(kind, *seconds):
        return f"<trk><name>{kind}</name><type>{kind}</type><trkseg>{points(*seconds)}</trkseg></trk>"

    tracks = track("run", 0, 1) + track("run", 30, 31) + track("ride", 40, 41) + track("ride", 900, 901)
    read = Reading(HEAD + OPEN + "<trk/>" + tracks + "</gpx>")
    assert [(each.title, each.duration_s) for each in read.activities] == [("run", 31), ("ride", 1), ("ride", 1)]
    assert read.activities[1].started_at - read.activities[0].started_at == timedelta(seconds=40)
    assert read.activities[0].pauses == [(1, 30)]


def test_points_written_twice_at_a_border():
    activity = only(a_gpx(points(0, 1, 2), points(2, 3)))
    assert list(activity.channels["time"]) == [0, 1, 2, 3]
    assert activity.pauses == []


def test_years_that_are_none():
    """A clock that was never set says nothing; without any time a track is a route."""
    old = a_point(5, day="1901-01-01")
    activity = only(a_gpx(points(0, 1) + old))
    assert list(activity.channels["time"]) == [0, 1]
    assert activity.warnings == ["1 points without a time left out."]
    for content in (old * 3, '<trkpt lat="1" lon="1"/>' * 3):
        read = Reading(a_gpx(content))
        assert (read.activities, read.codes) == ([], {"not-an-activity": 1})


def test_times_with_offsets_and_fractions():
    times = [
        *("2026-05-01T06:00:00.250+02:00", "2026-05-01T06:00:01+02:00", "2026-05-01T04:00:02Z"),
        *("2026-05-01 04:00:03", "20260501T040004Z", "2026-05-01T04:00:05z", " 2026-05-01T04:00:06Z\n"),
    ]
    activity = only(a_gpx("".join(f'<trkpt lat="1" lon="1"><time>{time}</time></trkpt>' for time in times)))
    assert list(activity.channels["time"]) == pytest.approx([0, 0.75, 1.75, 2.75, 3.75, 4.75, 5.75])
    assert activity.offset_min == 120


def test_routes_and_waypoints_only():
    read = Reading(HEAD + OPEN + '<wpt lat="1" lon="1"/><rte><rtept lat="1" lon="1"/></rte></gpx>')
    assert (read.activities, read.codes) == ([], {"not-an-activity": 1})
    assert "routes" in read.findings[0].detail
    assert "nothing" in Reading(HEAD + OPEN + "</gpx>").findings[0].detail


def test_numbers_that_are_none():
    more = "<ele>{}</ele><extensions><hr>{}</hr></extensions>"
    values = [("1e999", "1e308"), ("nan", "-5"), ("inf", "abc"), ("9" * 400, "0x10"), ("12,5", "140"), ("", "1_4")]
    made = "".join(a_point(second, more=more.format(*both)) for second, both in enumerate(values))
    channels = only(a_gpx(made)).channels
    assert [value for value in channels["altitude"] if not math.isnan(value)] == [12.5]
    assert [value for value in channels["heart_rate"] if not math.isnan(value)] == [140]
    places = [("", ""), ("91", "0"), ("x", "1"), ("1e400", "1"), ("0", "0"), ("5", "5")]
    times = (f"<time>2026-05-01T06:00:0{second}Z</time>" for second in range(6))
    made = "".join(f'<trkpt lat="{a}" lon="{b}">{time}</trkpt>' for (a, b), time in zip(places, times, strict=True))
    channels = only(a_gpx(made)).channels
    assert [value for value in channels["lat"] if not math.isnan(value)] == [5]


def test_more_points_and_tracks_than_are_believed():
    activity = only(a_gpx(points(*range(50))), Ask(records=20))
    assert len(activity.channels["time"]) == 20
    assert "30 are left out" in activity.partial
    tracks = "".join(f"<trk><trkseg>{points(day * 600, day * 600 + 1)}</trkseg></trk>" for day in range(6))
    assert len(Reading(HEAD + OPEN + tracks + "</gpx>", Ask(activities=4)).activities) == 4


# Damage


def test_cut_off_anywhere():
    more = "<ele>5</ele><extensions><x:hr xmlns:x='y'>150</x:hr></extensions>"
    text = a_gpx(points(*range(20), more=more), points(*range(30, 60), more=more))
    whole = only(text)
    for length in range(0, len(text), 64):
        read = Reading(text[:length])
        there = text[:length].count("</trkpt>")
        assert [len(each.channels["time"]) for each in read.activities] == ([there] if there else [])
        for activity in read.activities:
            assert activity.partial == f"It ends at byte {length:,}, too early."
            assert list(activity.channels["lat"]) == list(whole.channels["lat"])[:there]
            assert list(activity.channels["heart_rate"]) == [150] * there


def test_what_is_not_well_formed_is_mended():
    text = a_gpx(points(0, 1) + "<trkpt lat=1 lon='2'><time>&x; < </trkpt>" + points(2, 3))
    assert set(only(text).channels["time"]) >= {0, 1}


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE gpx [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE gpx [<!ENTITY % p SYSTEM "http://localhost:1/x">%p;<!ENTITY c "x">]>',
    ],
)
def test_entities_are_not_expanded(declared):
    for text in (HEAD + declared + OPEN, (HEAD + declared + OPEN).replace("<!ENTITY", " " * 70_000 + "<!ENTITY", 1)):
        content = a_gpx(points(0, 1), head=text).replace("<type>", "<name>&c;</name><type>")
        read = Reading(content)
        assert read.activities == []
        assert read.broken
    utf_16 = a_gpx(points(0, 1), head=HEAD.replace("UTF-8", "UTF-16") + declared + OPEN).encode("utf-16")
    assert Reading(utf_16).broken


def test_no_more_than_a_part_of_a_file_is_in_memory():
    """Depth, elements outside of points, text: each has an end, and what came before is kept."""
    good = points(*range(10))
    for bad in ("<a>" * 100_000, "<a/>" * 2_000_000, "<b>" + "x" * 12_000_000, '<c d="' + "x" * 12_000_000):
        read = Reading(HEAD + OPEN + "<trk><trkseg>" + good + "</trkseg></trk><extensions>" + bad)
        [activity] = read.activities
        assert activity.partial
        assert len(activity.channels["time"]) == 10
        read = Reading(HEAD + OPEN + "<metadata>" + bad)
        assert read.broken or not read.activities
    names = "".join(f"<n{number}/>" for number in range(50_000))
    assert len(only(a_gpx(points(0) + a_point(1, more=names) + points(2))).channels["time"]) == 3


def test_points_where_none_should_be():
    for text in (
        HEAD + OPEN + points(0, 1) + "</gpx>",
        HEAD + OPEN + "<trk>" + points(0, 1) + "</trk></gpx>",
        HEAD + OPEN + "<trkseg>" + points(0, 1) + "</trkseg></gpx>",
        a_gpx("<trkseg>" + points(0, 1) + "</trkseg>" + points(2)),
        a_gpx('<trkpt lat="1" lon="1">' + points(0, 1) + "</trkpt>"),
        "<trkpt/>",
    ):
        Reading(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_bytes_turned_anywhere(data):
    content = bytearray(a_gpx(points(*range(4), more="<ele>5</ele>"), points(9)).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    for activity in Reading(bytes(content)).activities:
        assert math.isfinite(activity.duration_s)
        assert len({len(values) for values in activity.channels.values()}) == 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data):
    Reading((HEAD + OPEN).encode() + data)
    Reading(a_gpx(points(0)).encode().replace(b"<ele>", data))
