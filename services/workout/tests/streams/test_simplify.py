"""Lines with fewer points, and what others do not see of them."""

import math
import random
import time
from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.workout.tests.streams.rides import a_ride

from workout.streams import show, simplify
from workout.streams.simplify import METRES_PER_DEGREE
from workout.streams.track import MOST, Circle, LineString, MultiLineString, track

LINE = st.lists(st.tuples(st.floats(45, 45.02), st.floats(7, 7.02)), min_size=2, max_size=120)


def off(place, start, end, lat, lon):
    """Metres from a point to the stretch between two others."""
    narrow = METRES_PER_DEGREE * math.cos(math.radians((min(lat) + max(lat)) / 2))
    x, y = (lon[place] - lon[start]) * narrow, (lat[place] - lat[start]) * METRES_PER_DEGREE
    run, rise = (lon[end] - lon[start]) * narrow, (lat[end] - lat[start]) * METRES_PER_DEGREE
    length = run * run + rise * rise
    share = min(max((x * run + y * rise) / length, 0), 1) if length else 0
    return math.hypot(x - share * run, y - share * rise)


@given(LINE, st.floats(0.1, 2_000))
def test_ends_stay_and_nothing_is_farther_off(line, metres):
    lat, lon = [point[0] for point in line], [point[1] for point in line]
    kept = simplify.kept(lat, lon, metres)
    assert (kept[0], kept[-1]) == (0, len(line) - 1)
    assert kept == sorted(set(kept))
    for start, end in pairwise(kept):
        assert all(off(place, start, end, lat, lon) <= metres * 1.000001 for place in range(start, end))


def test_a_straight_line_is_two_points():
    lat, lon = [45.0] * 1_000, [7 + place / 1e5 for place in range(1_000)]
    assert simplify.kept(lat, lon, 1) == [0, 999]
    assert simplify.kept(lat[:1], lon[:1], 1) == [0]
    assert simplify.kept([], [], 1) == []


def test_a_line_that_bends_everywhere_ends_soon():
    lat = [50 + (place % 2) * 1e-3 * (1 + place / 30_000) for place in range(30_000)]
    lon = [5 + place * 1e-6 for place in range(30_000)]
    start = time.process_time()
    assert len(simplify.kept(lat, lon, 1)) > 15_000
    assert time.process_time() - start < 5


def test_zooms():
    assert simplify.tolerance(0, 0) > 70_000
    assert simplify.tolerance(18, 50) < 0.2
    ride = a_ride(3_600)
    points = [track(ride, (), zoom=zoom).properties["points"] for zoom in (2, 8, 12, 16, 20)]
    assert points == sorted(points)
    assert points[0] == 2
    assert points[-1] <= 3_601


def test_a_pause_is_a_break():
    ride = a_ride(600)
    whole, paused = track(ride, (), zoom=None), track(ride, [(100, 200)], zoom=None)
    assert isinstance(whole.geometry, LineString)
    assert whole.geometry.coordinates[0] == (ride["lon"][0], ride["lat"][0], ride["altitude"][0])
    assert isinstance(paused.geometry, MultiLineString)
    assert [len(line) for line in paused.geometry.coordinates] == [101, 401]
    assert track({}, (), zoom=5).geometry is None
    assert track({"time": array("d", [0, 1])}, (), zoom=5).geometry is None


def a_wandering_line(size):
    """As a bad receiver has it: every point bends."""
    dice = random.Random(1)
    lat = array("d", [50 + place * 3e-5 + dice.gauss(0, 2e-5) for place in range(size)])
    lon = array("d", [5 + dice.gauss(0, 2e-5) for _ in range(size)])
    return {"time": array("d", range(size)), "lat": lat, "lon": lon}


@pytest.mark.parametrize("zoom", [None, 20, 12])
def test_a_long_line_has_no_more_positions_than_a_page_may_have(zoom):
    channels = a_wandering_line(30_000)
    found = track(channels, [(1_000, 1_100)], zoom=zoom)
    lines = found.geometry.coordinates
    places = [position for line in lines for position in line]
    assert found.properties == {"points": len(places), "of": 29_901}
    assert len(places) < MOST if zoom == 12 else len(places) == MOST
    assert [lines[0][0], lines[-1][-1]] == [
        (channels["lon"][0], channels["lat"][0]),
        (channels["lon"][-1], channels["lat"][-1]),
    ]
    there = {lat for _, lat in places}
    assert [lat for _, lat in places] == [lat for lat in channels["lat"] if lat in there]


def test_what_is_left_out_of_a_long_line_matters_least():
    channels = a_wandering_line(12_000)
    channels["lat"][6_000] += 0.01
    found = track(channels, (), zoom=None)
    assert 9_000 < found.properties["points"] <= MOST
    assert (channels["lon"][6_000], channels["lat"][6_000]) in found.geometry.coordinates


def test_a_line_of_thousands_of_pieces_is_cut_too():
    channels = a_wandering_line(30_000)
    pauses = [(second, second + 1) for second in range(2, 29_000, 3)]
    found = track(channels, pauses, zoom=None)
    assert found.properties["points"] <= MOST
    assert all(len(line) > 1 for line in found.geometry.coordinates)


def test_circles_are_cut_out():
    ride = a_ride(600)
    middle = Circle(ride["lat"][300], ride["lon"][300], 200)
    cut = track(ride, (), zoom=None, hidden=[middle])
    assert isinstance(cut.geometry, MultiLineString)
    for line in cut.geometry.coordinates:
        for position in line:
            narrow = math.cos(math.radians(middle.lat))
            east, north = (position[0] - middle.lon) * narrow, position[1] - middle.lat
            assert math.hypot(east, north) * METRES_PER_DEGREE > 200
    everywhere = Circle(ride["lat"][0], ride["lon"][0], 5_000_000)
    assert track(ride, (), zoom=None, hidden=[everywhere]).geometry is None


def test_a_line_through_a_circle_is_cut_though_no_point_lies_in_it():
    channels = {"time": array("d", [0, 1, 2, 3]), "lat": array("d", [50, 50, 50, 50])}
    channels["lon"] = array("d", [5.0, 5.01, 5.03, 5.04])
    cut = track(channels, (), zoom=None, hidden=[Circle(50, 5.02, 100)])
    assert [len(line) for line in cut.geometry.coordinates] == [2, 2]


@given(st.integers(0, 3_000), st.integers(3, 500))
def test_columns_have_no_more_rows_than_asked(seconds, points):
    ride = a_ride(seconds)
    columns = show.columns(ride, points)
    sizes = {len(values) for values in columns.values()}
    assert sizes == {len(columns["time"])}
    assert len(columns["time"]) <= points
    assert (columns["time"][0], columns["time"][-1]) == (0, seconds)


def test_columns_keep_peaks():
    ride = a_ride(3_000)
    ride["heart_rate"][1_234] = 230
    ride["power"][2_345] = math.nan
    columns = show.columns(ride, 200)
    assert 230 in columns["heart_rate"]
    assert show.columns({name: ride[name] for name in ("time", "power")}, 10_000)["power"][2_345] is None
    assert show.columns({}, 10) == {}
    assert pytest.approx(3_000) == columns["time"][-1]
