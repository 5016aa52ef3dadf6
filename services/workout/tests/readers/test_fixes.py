"""What recordings get wrong, and what is made of it."""

import math
from array import array
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workout.readers import fixes
from workout.readers.points import Points, number, numbers, since_1970

NAN = math.nan
NUMBER = st.floats(allow_nan=True, allow_infinity=True)


def columns(**channels):
    return {name: array("d", values) for name, values in channels.items()}


def a_line(n, *, metres_a_second=3.0):
    """Northwards, a point a second."""
    step = metres_a_second / fixes.DEGREE_M
    return columns(time=range(n), lat=(50 + second * step for second in range(n)), lon=[5.0] * n)


def test_haversine():
    assert fixes.metres(36.12, -86.67, 33.94, -118.40) == pytest.approx(2_887_260 / 6_372.8 * 6_371.0088, rel=1e-5)
    assert fixes.metres(10, 179.99, 10, -179.99) < 2_200
    assert fixes.metres(0, 0, 0, 180) == pytest.approx(math.pi * fixes.EARTH_M)


@pytest.mark.parametrize(("sport", "jump", "out"), [("running", 26, 1), ("running", 24, 0), ("cycling", 44, 0)])
def test_nobody_is_so_fast(sport, jump, out):
    channels = a_line(20)
    channels["lon"][9] += jump / (fixes.DEGREE_M * math.cos(math.radians(50)))
    warnings = fixes.clean(channels, sport, [])
    assert sum(math.isnan(lat) for lat in channels["lat"]) == out
    assert len(warnings) == out
    assert len(channels["time"]) == 20, "the point stays for its other channels"


def test_a_plane_may_be_as_fast_as_it_is():
    channels = a_line(20, metres_a_second=250)
    assert fixes.clean(channels, "flying", []) == []


def test_a_jump_that_stays_is_believed():
    channels = a_line(30)
    for i in range(15, 30):
        channels["lat"][i] += 1
    assert fixes.clean(channels, "running", []) == []
    assert not any(map(math.isnan, channels["lat"]))


def test_points_that_jump_about_are_not():
    channels = a_line(30)
    for i in (10, 11, 12):
        channels["lat"][i] += i
    channels["lat"][29] = -80
    assert fixes.clean(channels, "running", []) == ["4 positions left out: nobody is faster than 25 m/s on foot."]


def test_one_goes_far_in_a_pause():
    channels = a_line(20)
    for i in range(10, 20):
        channels["time"][i] += 60
        channels["lat"][i] += 0.5
    assert len(fixes.clean({name: array("d", values) for name, values in channels.items()}, "running", [])) == 0
    assert fixes.clean(channels, "running", [(9, 70)]) == []
    assert not any(map(math.isnan, channels["lat"]))


def test_a_spike_at_the_first_point():
    channels = a_line(20)
    channels["lat"][0] = 10
    fixes.clean(channels, "running", [])
    assert list(channels["lat"][6:]) == list(a_line(20)["lat"][6:]), "the others are believed again, soon"


def test_heart_rates_of_nobody():
    channels = columns(time=range(6), heart_rate=[0, 24, 25, 250, 251, NAN])
    assert fixes.clean(channels, "running", []) == ["2 heart rates left out: outside 25 to 250."]
    assert [value for value in channels["heart_rate"] if value > 0] == [25, 250], "0 says that there was none"


def test_channels_with_nothing_in_them_go():
    channels = columns(time=[0, 1], power=[NAN, NAN], cadence=[9_000, -1], lat=[1, 2])
    fixes.clean(channels, "running", [])
    assert set(channels) == {"time"}


def test_half_a_position_is_none():
    channels = columns(time=range(4), lat=[1, 0, 5, 5], lon=[NAN, 0, 5, 0])
    fixes.clean(channels, "generic", [])
    assert [math.isnan(lat) for lat in channels["lat"]] == [True, True, False, False]


def test_points_out_of_order_and_weeks_away():
    channels = columns(time=[2, 0, 1, 1], heart_rate=[102, 100, 101, 103])
    assert fixes.clean(channels, "running", []) == ["Its points were not in the order of time."]
    assert list(channels["heart_rate"]) == [100, 101, 103, 102], "those of one instant stay as they came"
    channels = columns(time=[0, 1, 2, 90 * 86_400], heart_rate=[100] * 4)
    assert "weeks away" in fixes.clean(channels, "running", [])[0]
    assert len(channels["heart_rate"]) == 3


@pytest.mark.parametrize(
    ("times", "borders", "found"),
    [
        ([], [], []),
        ([5], [], []),
        ([0, 1, 2, 22, 23], [], []),
        ([0, 1, 2, 23, 24], [], [(2, 23)]),
        ([0, 1, 2, 6, 7], [3], [(2, 6)]),
        ([0, 1, 2, 6, 7], [], []),
        ([0, 1, 2, 4, 5], [3], []),
        ([0, 10, 20, 65, 75], [], []),
        ([0, 10, 20, 85, 95], [], [(20, 85)]),
    ],
)
def test_pauses(times, borders, found):
    assert fixes.pauses(times, borders) == found


@pytest.mark.parametrize(
    ("sport", "cadence", "made"), [("walking", 60, 120), ("running", 170, 170), ("cycling", 80, 80)]
)
def test_both_legs(sport, cadence, made):
    channels = columns(time=range(3), cadence=[cadence, 0, NAN])
    assert fixes.both_legs(channels, sport) == (made != cadence)
    assert list(channels["cadence"])[:2] == [made, 0]


@given(
    st.integers(0, 30).flatmap(
        lambda n: st.fixed_dictionaries(
            {name: st.lists(NUMBER, min_size=n, max_size=n) for name in ("lat", "lon", "heart_rate", "power")}
            | {"time": st.lists(st.floats(0, 1e10), min_size=n, max_size=n)}
        )
    ),
    st.sampled_from(["running", "cycling", "flying"]),
)
def test_whatever_was_recorded(made, sport):
    channels = columns(**made)
    fixes.clean(channels, sport, fixes.pauses(sorted(channels["time"])))
    assert len({len(values) for values in channels.values()}) == 1
    assert list(channels["time"]) == sorted(channels["time"])
    for name, values in channels.items():
        low, high = fixes.BELIEVED.get(name, (0, math.inf))
        assert all(low <= value <= high or math.isnan(value) for value in values)


def test_points_repeated():
    points = Points(100)
    points.add(
        {"time": [f"2026-05-01T06:00:0{second}Z" for second in (0, 1, 1, 2)], "lat": ["1"] * 4, "lon": ["1"] * 4}
    )
    points.begin()
    points.add({"time": [f"2026-05-01T06:00:0{second}Z" for second in (2, 3)], "lat": ["2"] * 2, "lon": ["2"] * 2})
    assert points.drop_repeated() == 2
    assert [at - points.times[0] for at in points.times] == [0, 1, 2, 3]
    assert (points.borders, points.n) == ([3], 4)


@given(
    st.datetimes(datetime(1980, 1, 2), datetime(2100, 12, 30)),  # noqa: DTZ001  a zone is drawn beside
    st.sampled_from(["Z", "+02:00", "-09:30", "+00:00", ""]),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
)
def test_times_looked_up_are_those_read(at, zone, precision):
    text = at.isoformat(timespec=precision) + zone
    points = Points(10)
    points.add({"time": [text] * 2})
    assert list(points.times) == pytest.approx([since_1970(text)] * 2, abs=1e-6)
    assert points.offset_min == {"+02:00": 120, "-09:30": -570}.get(zone)


@given(
    st.lists(st.one_of(st.floats().map(repr), st.integers().map(str), st.text('0123456789.,-+eE null[]"', max_size=8)))
)
def test_numbers_read_at_once_are_those_read_one_by_one(texts):
    one_by_one = [NAN if (value := number(text)) is None else value for text in texts]
    assert list(numbers(texts)) == pytest.approx(one_by_one, rel=0, abs=0, nan_ok=True)


@given(st.text(max_size=30))
def test_texts_that_are_no_times(text):
    points = Points(10)
    points.add({"time": [text, "2026-05-01T06:00:00Z", "2026-05-01T06:00:" + text]})
    assert all(math.isfinite(at) for at in points.times)
    assert points.n + points.without_time == 3
    value = number(text)
    assert value is None or math.isfinite(value)


def test_of_two_points_that_lie_years_apart_one_is_believed():
    channels = columns(time=[0, 1e8], heart_rate=[120, 130])
    assert fixes.clean(channels, "running", []) == ["1 points left out: they lie weeks away from the others."]
    assert (list(channels["time"]), list(channels["heart_rate"])) == ([0], [120])
