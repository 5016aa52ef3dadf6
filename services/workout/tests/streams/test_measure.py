"""What channels come to: the vectors of the formulas, real rides, and what must hold of any."""

import io
import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from services.workout.tests.samples import WHEEL, sample
from services.workout.tests.streams.rides import a_ride

from workout.readers.model import Activity, Ask
from workout.streams import climb, way
from workout.streams.clock import joined, read
from workout.streams.measure import measure
from workout.streams.model import Derived


def column(*values):
    return array("d", values)


def powers(*spans):
    """A power channel of (seconds, watts)."""
    watts = [value for seconds, value in spans for _ in range(seconds)]
    return {"time": array("d", range(len(watts))), "power": array("d", watts)}


def fit(name):
    from workout.readers import fit as reader  # noqa: PLC0415 - only where a file is read

    data = (WHEEL / name).read_bytes() if (WHEEL / name).exists() else sample(name).read_bytes()
    (found,) = (item for item in reader.read(io.BytesIO(data), Ask()) if isinstance(item, Activity))
    return measure(found.channels, sport=found.sport, pauses=found.pauses)


def efforts(derived, kind):
    return {each.size: each for each in derived.efforts if each.kind == kind}


def test_haversine():
    lat, lon = column(36.12, 33.94), column(-86.67, -118.40)
    assert way.metres(lat, lon, radius_m=6_372_800)[0] == pytest.approx(2_887_260, abs=5)


@pytest.mark.parametrize(
    ("spans", "mean", "weighted"),
    [
        ([(3_600, 250)], 250, 250),
        ([(60, 100), (60, 300)] * 15, 200, 239.235),
        ([(600, 145), (1_200, 265), (1_800, 175)], 200, 216.331),
    ],
)
def test_weighted_power(spans, mean, weighted):
    derived = measure(powers(*spans))
    assert derived.weighted_power == pytest.approx(weighted, abs=0.001)
    assert derived.average_power == pytest.approx(mean, rel=0.001)


@pytest.mark.parametrize(
    ("name", "ours", "device", "tolerance"),
    [
        ("4078723797.fit", 267.43, 267, 0.005),
        ("2020-06-01-16-52-40.fit", 147.55, 150, 0.035),
        ("6449921903_ACTIVITY.fit", 127.05, 131, 0.035),
        ("fit/Edge810-Vector-2013-08-16-15-35-10.fit", 301.05, 301, 0.005),
        ("fit/sample-activity-indoor-trainer.fit", 227.33, 228, 0.005),
    ],
)
def test_weighted_power_of_real_rides(name, ours, device, tolerance):
    weighted = fit(name).weighted_power
    assert weighted == pytest.approx(ours, rel=0.0005)
    assert weighted == pytest.approx(device, rel=tolerance)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("4078723797.fit", 1264),
        ("4801048867.fit", 70),
        ("fit/Edge810-Vector-2013-08-16-15-35-10.fit", 502),
    ],
)
def test_ascent_of_real_rides(name, ours):
    assert round(fit(name).ascent_m or 0) == ours


def test_a_real_ride():
    derived = fit("4078723797.fit")
    assert derived.distance_m == pytest.approx(57_568.6, abs=0.5)
    assert derived.covered_m == pytest.approx(57_567.24, abs=0.05)
    assert derived.average_heart_rate == pytest.approx(164.71, abs=0.02)
    assert derived.average_power == pytest.approx(219.07, abs=0.05)
    assert (derived.max_heart_rate, derived.max_power, derived.n) == (190, 1022, 8_357)
    assert sum(derived.hr_histogram.values()) == derived.timer_s == 8_356
    assert set(efforts(derived, "distance")) == {400, 1_000, 1_609, 5_000, 10_000, 21_097, 42_195}
    named = {name for name in Derived.__struct_fields__ if name in derived.formulas}
    assert {"distance_m", "moving_s", "ascent_m", "weighted_power", "average_speed", "max_speed"} <= named


def test_a_pause_is_not_bridged():
    derived = fit("2020-06-01-16-52-40.fit")
    assert derived.pauses == [(53, 85)]
    assert derived.distance_m == pytest.approx(653.25, abs=0.1)
    assert derived.timer_s == 94


def test_ascent_needs_two_metres():
    assert climb.ascended(array("d", [100, 101, 100, 101] * 50)) == (0, 0)
    assert climb.ascended(array("d", range(100, 200))) == (pytest.approx(99, abs=2), 0)
    assert climb.ascended(array("d", [100, 100, 100, 900, 100, 100, 100])) == (0, 0)
    assert climb.ascended(array("d", [])) == (0, 0)


def test_best_efforts():
    time = array("d", range(1_001))
    steps = [0] + [4 if 300 < second <= 400 else 2 for second in range(1, 1_001)]
    distance = array("d", [sum(steps[: place + 1]) for place in range(1_001)])
    found = efforts(measure({"time": time, "distance": distance}), "distance")
    assert (found[400].value, found[400].at_s) == (100, 300)
    assert found[1_000].value == 400
    assert 5_000 not in found


def test_an_effort_begins_between_records():
    time, distance = array("d", range(0, 500, 5)), array("d", [15.0 * place for place in range(100)])
    found = efforts(measure({"time": time, "distance": distance}), "distance")
    assert found[400].value == pytest.approx(400 / 3)


def test_best_power_is_not_over_a_pause():
    channels = powers((60, 200), (60, 300))
    channels["time"] = array("d", [at if at < 90 else at + 600 for at in channels["time"]])
    found = efforts(measure(channels), "power")
    assert (found[30].value, found[30].at_s) == (300, 60)
    assert found[60].value < 300
    assert 120 not in found


def test_moving_time():
    channels = {"time": array("d", range(301)), "speed": array("d", [5.0] * 100 + [0.1] * 100 + [5.0] * 101)}
    assert measure(channels).moving_s == 200
    assert measure({"time": array("d", range(301))}).moving_s == 300
    assert measure({**channels, "speed": array("d", [0.25] * 301)}, sport="swimming").moving_s == 300


def test_cadence_counts_while_turning():
    channels = {"time": array("d", range(100)), "cadence": array("d", [0, 90] * 50)}
    assert measure(channels).average_cadence == 90


def test_gaps_are_pauses_unless_records_are_rare():
    assert read(column(0, 1, 2, 40, 41), ()).pauses == [(2, 40)]
    assert read(array("d", range(0, 600, 60)), ()).pauses == []
    assert joined([(5, 9), (1, 3), (2, 4), (7, 7)]) == [(1, 4), (5, 9)]


@pytest.mark.parametrize(
    "channels",
    [
        {},
        {"time": column()},
        {"time": column(0), "power": column(100), "lat": column(1), "lon": column(2), "altitude": column(3)},
        {"time": column(5, 1, 3), "heart_rate": column(100, 120, 110)},
        {"time": column(0, math.nan, 2), "heart_rate": column(100, 120, 110)},
        {"time": column(0, 0, 0, 0), "distance": column(0, 5, 10, 20), "speed": column(0, 0, 0, 0)},
        {"time": column(0, 1e12), "power": column(100, 100)},
        {"time": array("d", [at * 3_600 for at in range(2_000)]), "power": array("d", [100] * 2_000)},
        {"time": column(0, 1, 2), "lat": column(math.nan, math.nan, math.nan), "lon": column(1, 2, 3)},
        {"time": column(0, 1), "lat": column(90, -90), "lon": column(180, -180)},
        {"time": column(-5, 0, 5), "power": column(-1e9, 1e9, 0), "cadence": column(-1, -1, -1)},
    ],
)
def test_strange_channels_are_measured(channels):
    derived = measure(channels, pauses=[(-5, -1), (3, 1), (0, 0)])
    assert derived.timer_s >= 0
    assert derived.distance_m is None or derived.distance_m > 0


SECONDS = st.lists(st.integers(1, 20), min_size=1, max_size=60)
BEATS = st.lists(st.integers(60, 190), min_size=61, max_size=61)


def a_track(steps, places):
    time = array("d", [0.0])
    for step in steps:
        time.append(time[-1] + step)
    positions = places[: len(time)]
    return {"time": time, "lat": array("d", [p[0] for p in positions]), "lon": array("d", [p[1] for p in positions])}


PLACES = st.lists(st.tuples(st.floats(50, 50.01), st.floats(5, 5.01)), min_size=61, max_size=61)


@given(SECONDS, PLACES)
def test_the_way_back_is_as_long(steps, places):
    there = a_track(steps, places)
    last = there["time"][-1]
    back = {name: array("d", reversed(values)) for name, values in there.items()}
    back["time"] = array("d", [last - at for at in back["time"]])
    assert (measure(there).distance_m or 0) == pytest.approx(measure(back).distance_m or 0, abs=1e-6)


@given(SECONDS, PLACES, st.floats(0, 500), st.floats(0, 500))
def test_a_pause_adds_nothing(steps, places, one, two):
    channels = a_track(steps, places)
    whole, paused = measure(channels), measure(channels, pauses=[(min(one, two), max(one, two))])
    assert (paused.distance_m or 0) <= (whole.distance_m or 0) + 1e-6
    assert paused.timer_s <= whole.timer_s
    assert (paused.moving_s or 0) <= (whole.moving_s or 0)


@given(st.lists(st.integers(0, 1_000), min_size=60, max_size=200))
def test_weighted_power_is_no_less_than_the_mean_of_its_windows(watts):
    weighted = measure({"time": array("d", range(len(watts))), "power": array("d", watts)}).weighted_power
    means = [sum(watts[start : start + 30]) / 30 for start in range(len(watts) - 29)]
    assert weighted is not None
    assert sum(means) / len(means) <= weighted * 1.000001 + 1e-9
    assert weighted <= max(means) * 1.000001 + 1e-9


@given(SECONDS, BEATS)
def test_histograms_are_the_timers_time(steps, beats):
    channels = a_track(steps, [(0.0, 0.0)] * 61)
    derived = measure({"time": channels["time"], "heart_rate": array("d", beats[: len(channels["time"])])})
    assert sum(derived.hr_histogram.values()) == pytest.approx(derived.timer_s)
    assert derived.average_heart_rate is not None
    assert min(beats) <= derived.average_heart_rate <= max(beats)


@given(st.lists(st.floats(0, 30), min_size=20, max_size=120))
def test_efforts_take_no_less_than_the_fastest_allows(steps):
    distance = array("d", [0.0])
    for step in steps:
        distance.append(distance[-1] + step)
    assume(distance[-1] >= 400)
    time = array("d", range(len(distance)))
    found = efforts(measure({"time": time, "distance": distance}), "distance")[400]
    brute = min(
        later - earlier
        for earlier in range(len(distance))
        for later in range(earlier, len(distance))
        if distance[later] - distance[earlier] >= 400 - 1e-9
    )
    assert brute - 1 < found.value <= brute + 1e-6


def test_efforts_fall_with_their_span():
    derived = measure(a_ride(4_000))
    watts = [each.value for each in derived.efforts if each.kind == "power"]
    assert len(watts) == 10
    assert all(shorter >= longer for shorter, longer in pairwise(watts))
