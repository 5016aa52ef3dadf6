"""What edits do: an algebra."""

import math
from array import array
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.workout.tests.streams.rides import START, a_ride, laps

from workout.edits import change, outliers
from workout.edits.model import Current
from workout.streams.measure import measure

RIDE = Current(
    started_at=START, duration_s=600, sport="cycling", channels=a_ride(600), laps=laps(200, 400, 600), energy_kcal=300
)
SPAN = st.tuples(st.integers(0, 600), st.integers(0, 600)).filter(lambda span: span[0] < span[1])


def lengths(now):
    return {len(values) for values in now.channels.values()}


def covered(now):
    return measure(now.channels, pauses=now.pauses).covered_m or 0


def like(one, other):
    return msgspec.json.encode({name: list(values) for name, values in one.channels.items()}) == msgspec.json.encode(
        {name: list(values) for name, values in other.channels.items()}
    )


@given(SPAN, SPAN)
def test_cuts_may_come_in_any_order(one, two):
    try:
        ab, ba = change.cut(change.cut(RIDE, *one), *two), change.cut(change.cut(RIDE, *two), *one)
    except change.Impossible:
        return
    assert list(ab.channels["time"]) == list(ba.channels["time"])
    assert ab.pauses == ba.pauses
    assert lengths(ab) == {len(ab.channels["time"])}
    assert covered(ab) == pytest.approx(covered(ba), abs=1e-6)
    assert ab.energy_kcal == pytest.approx(ba.energy_kcal, abs=1e-6)


@given(SPAN)
def test_a_crop_and_what_it_takes_away_are_the_whole(span):
    kept = change.crop(RIDE, *span)
    assert kept.started_at == START + timedelta(seconds=span[0])
    assert kept.duration_s == span[1] - span[0]
    assert kept.energy_kcal == pytest.approx(300 * kept.duration_s / 600)
    assert len(kept.channels["time"]) == span[1] - span[0] + 1
    assert covered(kept) == pytest.approx(
        RIDE.channels["distance"][span[1]] - RIDE.channels["distance"][span[0]], abs=0.01
    )
    assert all(lap.start_s >= 0 and lap.start_s + lap.duration_s <= kept.duration_s for lap in kept.laps)


@given(SPAN, SPAN)
def test_a_crop_within_a_crop_is_a_crop(outer, inner):
    first, last = max(outer[0], inner[0]), min(outer[1], inner[1])
    if first >= last:
        return
    twice = change.crop(change.crop(RIDE, *outer), first - outer[0], last - outer[0])
    once = change.crop(RIDE, first, last)
    assert twice.started_at == once.started_at
    assert list(twice.channels["time"]) == list(once.channels["time"])
    assert list(twice.channels["power"]) == list(once.channels["power"])


@given(st.integers(1, 600))
def test_parts_put_together_are_the_whole(at):
    first, second = change.crop(RIDE, 0, at, open_end=True), change.crop(RIDE, at, 600) if at < 600 else None
    if second is None:
        return
    both = change.merge(first, second)
    assert both.duration_s == 600
    assert both.energy_kcal == pytest.approx(300)
    assert list(both.channels["time"]) == list(RIDE.channels["time"])
    assert list(both.channels["heart_rate"]) == list(RIDE.channels["heart_rate"])
    assert like(both, change.merge(second, first))


def test_nothing_of_what_is_given_changes():
    before = msgspec.json.encode([list(values) for values in RIDE.channels.values()])
    change.cut(RIDE, 10, 20)
    change.crop(RIDE, 10, 20)
    change.merge(RIDE, msgspec.structs.replace(RIDE, started_at=START + timedelta(hours=1)))
    outliers.dropped(RIDE.channels, "position", None, 1.0, "running")
    outliers.dropped(RIDE.channels, "power", 0, 100, "cycling")
    assert msgspec.json.encode([list(values) for values in RIDE.channels.values()]) == before


def test_a_cut_is_a_pause_over_which_nothing_counts():
    cut = change.cut(RIDE, 100, 200)
    derived = measure(cut.channels, pauses=cut.pauses)
    assert derived.pauses == [(100, 200)]
    assert (derived.timer_s, derived.elapsed_s) == (500, 600)
    gone = RIDE.channels["distance"][200] - RIDE.channels["distance"][100]
    assert derived.covered_m == pytest.approx(RIDE.channels["distance"][600] - gone, abs=0.01)
    assert [bool(lap.totals.distance_m) for lap in cut.laps] == [False, True, True]


def test_one_without_a_distance_goes_on_along_its_positions():
    walk = {name: values for name, values in a_ride(600).items() if name != "distance"}
    later = msgspec.structs.replace(RIDE, channels=walk, started_at=START + timedelta(hours=1))
    both = change.merge(RIDE, later)
    assert covered(both) == pytest.approx(2 * covered(RIDE), rel=0.1)
    assert math.isnan(both.channels["distance"][0]) is False


@pytest.mark.parametrize("span", [(600, 600), (700, 800), (-50, 0), (10, 5)])
def test_outside_of_the_workout(span):
    with pytest.raises(change.Impossible):
        change.crop(RIDE, *span)
    with pytest.raises(change.Impossible):
        change.cut(RIDE, *span)


def test_nothing_may_be_left():
    with pytest.raises(change.Impossible):
        change.cut(RIDE, 0, 600)
    with pytest.raises(change.Impossible):
        change.crop(msgspec.structs.replace(RIDE, channels={"time": array("d", [0, 600])}), 100, 500)
    with pytest.raises(change.Impossible):
        change.merge(RIDE, msgspec.structs.replace(RIDE, started_at=START + timedelta(days=60)))
    with pytest.raises(change.Impossible):
        change.merge(RIDE, RIDE)


def test_what_stands_out_goes():
    channels = {name: array("d", values) for name, values in RIDE.channels.items()}
    channels["heart_rate"][50], channels["heart_rate"][60], channels["power"][70] = 220, 12, 2_500
    hearts = outliers.dropped(channels, "heart_rate", None, None, "cycling")["heart_rate"]
    assert [place for place, beats in enumerate(hearts) if math.isnan(beats)] == [50, 60]
    watts = outliers.dropped(channels, "power", None, None, "cycling")["power"]
    assert [place for place, value in enumerate(watts) if math.isnan(value)] == [70]
    assert outliers.dropped(channels, "temperature", None, None, "cycling") is None


def test_a_jump_goes_and_the_way_back_is_believed():
    channels = {name: array("d", values) for name, values in RIDE.channels.items()}
    channels["lat"][100] += 0.1
    kept = outliers.dropped(channels, "position", None, None, "cycling")
    assert [place for place, lat in enumerate(kept["lat"]) if math.isnan(lat)] == [100]
    assert measure(kept).distance_m == pytest.approx(measure(RIDE.channels).distance_m, rel=0.01)


def test_a_real_change_does_not_stand_out():
    steps = {"time": array("d", range(100)), "power": array("d", [100] * 50 + [600] * 50)}
    assert not any(map(math.isnan, outliers.dropped(steps, "power", None, None, "cycling")["power"]))
