"""Zones and load: the vectors of the formulas."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workout.readers.model import Totals
from workout.streams import zones
from workout.streams.model import Derived
from workout.thresholds.change import first_difference
from workout.thresholds.model import Thresholds

TODAY = date(2026, 3, 1)
HELD = Thresholds(since=date(2026, 1, 1), max_heart_rate=190, resting_heart_rate=60, ftp_w=200)


def load(derived=None, totals=None, **changes):
    given = {"thresholds": None, "birth_date": None, "sex": None, "on_date": TODAY, "rpe": None, "duration_s": 3_600}
    return zones.load(derived or Derived(), totals or Totals(), **(given | changes))


def test_maximum_by_age():
    assert zones.tanaka(30) == 187
    assert zones.max_heart_rate(None, date(1996, 3, 1), TODAY, None) == pytest.approx(187, abs=0.01)
    assert zones.max_heart_rate(None, date(1996, 3, 1), TODAY, 201) == 201
    assert zones.max_heart_rate(HELD, date(1996, 3, 1), TODAY, 201) == 190
    assert zones.max_heart_rate(None, None, TODAY, 201) is None
    assert zones.max_heart_rate(None, date(2027, 1, 1), TODAY, 201) is None


def test_karvonen():
    assert zones.bounds("reserve", maximum=190, resting=60)[1] == pytest.approx(138)
    assert zones.bounds("max", maximum=200) == [100, 120, 140, 160, 180]
    assert zones.bounds("threshold", maximum=0, threshold=170)[-1] == 170


@pytest.mark.parametrize(
    ("minutes", "beats", "resting", "maximum", "sex", "expected"),
    [
        (45, 150, 60, 190, "male", 75.33),
        (30, 130, 40, 200, None, 31.80),
        (30, 130, 40, 200, "female", 27.63),
    ],
)
def test_trimp(minutes, beats, resting, maximum, sex, expected):
    found = zones.trimp({beats: minutes * 60.0}, resting=resting, maximum=maximum, sex=sex)
    assert found == pytest.approx(expected, abs=0.01)


def test_trimp_is_of_records_not_of_their_mean():
    halves = zones.trimp({120: 1_800, 180: 1_800}, resting=60, maximum=190, sex="male")
    assert halves > zones.trimp({150: 3_600}, resting=60, maximum=190, sex="male") * 1.05


def test_edwards():
    spent = zones.spent({110: 600, 130: 1_200, 150: 900, 170: 300, 190: 120}, zones.bounds("max", maximum=200))
    assert [zone.seconds for zone in spent] == [0, 600, 1_200, 900, 300, 120]
    assert zones.edwards(spent) == 125


def test_power_load():
    assert zones.power_load(3_600, 200, 200) == 100
    assert zones.intensity(267, 200) == 1.335


@pytest.mark.parametrize(
    ("seconds", "device_weighted", "ftp_w", "device"),
    [(4_700.05, 301, 315, 118.7), (2_261.85, 228, 250, 50.8), (8_355.6, 267, 200, 413.7)],
)
def test_load_of_devices(seconds, device_weighted, ftp_w, device):
    assert zones.power_load(seconds, device_weighted, ftp_w) == pytest.approx(device, rel=0.03)


def test_session_rpe():
    assert zones.session_rpe(6, 3_600) == 360


def test_the_best_that_is_known_gives_the_load():
    derived = Derived(timer_s=3_600, weighted_power=200, hr_histogram={150: 2_700})
    assert load(derived, thresholds=HELD, rpe=5) == (100, "power")
    value, method = load(derived, thresholds=Thresholds(since=TODAY, max_heart_rate=190), rpe=5)
    assert (method, value) == ("heart_rate", pytest.approx(75.33, abs=0.01))
    assert load(derived, rpe=5) == (300, "rpe")
    assert load(derived) is None
    assert load(Derived(), Totals(weighted_power=200, timer_s=1_800), thresholds=HELD) == (50, "power")


def test_from_when_something_else_holds():
    later = Thresholds(since=date(2026, 2, 1), ftp_w=210)
    assert first_difference([HELD], [HELD]) is None
    assert first_difference([HELD], [HELD, later]) == later.since
    assert first_difference([HELD, later], [later]) == HELD.since
    assert first_difference([], []) is None


HISTOGRAM = st.dictionaries(st.integers(0, 260), st.floats(0, 10_000), max_size=80)


@given(HISTOGRAM, st.floats(100, 240), st.floats(30, 90), st.sampled_from(["max", "reserve", "threshold"]))
def test_zones_add_up(histogram, maximum, resting, by):
    spent = zones.spent(histogram, zones.bounds(by, maximum=maximum, resting=resting, threshold=maximum * 0.9))
    assert sum(zone.seconds for zone in spent) == pytest.approx(sum(histogram.values()), abs=0.01)
    assert [zone.number for zone in spent] == [0, 1, 2, 3, 4, 5]
    power = zones.spent(histogram, zones.power_bounds(maximum))
    assert sum(zone.seconds for zone in power) == pytest.approx(sum(histogram.values()), abs=0.01)
    assert [zone.number for zone in power] == [1, 2, 3, 4, 5, 6, 7]
