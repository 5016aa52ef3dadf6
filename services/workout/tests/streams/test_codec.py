"""Channels as bytes."""

import math
import random
import time
from array import array
from contextlib import suppress
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.workout.tests.streams.rides import a_ride

from workout.streams import codec
from workout.streams.measure import measure

CHANNELS = st.sampled_from([*codec.DECIMALS, "grade", "stance_time"])
ANY = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60)
USUAL = st.lists(st.one_of(st.just(math.nan), st.floats(-1e6, 1e6)), max_size=200)


def alike(before, after, decimals):
    half = 0.5 * 10.0**-decimals
    return all(
        (math.isnan(b) if not math.isfinite(a) else abs(a - b) <= half * 1.0001 + abs(a) * 1e-15)
        for a, b in zip(before, after, strict=True)
    )


@given(USUAL, CHANNELS)
def test_values_come_back_to_their_decimals(values, channel):
    before = array("d", values)
    after = codec.decode(codec.encode(before, channel), len(before), channel)
    assert alike(before, after, codec.DECIMALS.get(channel, codec.USUAL_DECIMALS))


@given(ANY, CHANNELS)
def test_whatever_it_is_comes_back(values, channel):
    before = array("d", values)
    after = codec.decode(codec.encode(before, channel), len(before), channel)
    assert alike(before, after, codec.DECIMALS.get(channel, codec.USUAL_DECIMALS))


@given(USUAL, CHANNELS)
def test_what_came_back_stays_as_it_is(values, channel):
    once = codec.decode(codec.encode(array("d", values), channel), len(values), channel)
    again = codec.encode(once, channel)
    assert codec.decode(again, len(once), channel).tobytes() == once.tobytes()


@given(st.integers(0, 2**32), st.integers(0, 3_000), st.floats(1e-7, 1e4))
def test_a_random_walk(seed, size, step):
    dice = random.Random(seed)
    before = array("d", accumulate(dice.gauss(0, step) for _ in range(size)))
    assert alike(before, codec.decode(codec.encode(before, "lat"), size, "lat"), 7)


@pytest.mark.parametrize(
    "values", [[], [0.0], [1.0], [math.nan], [math.nan] * 5, [-0.0, 1e300], [math.inf, 1, -math.inf]]
)
def test_few_values_and_strange_ones(values):
    before = array("d", values)
    assert alike(before, codec.decode(codec.encode(before, "speed"), len(values), "speed"), 3)


@given(st.binary(max_size=200), st.integers(0, 1_000))
def test_other_bytes_are_refused(data, n):
    with suppress(codec.Unreadable):
        assert len(codec.decode(data, n, "power")) == n


def test_no_more_is_inflated_than_there_can_be():
    bomb = codec.encode(array("d", bytes(8 * 1_000_000)), "power")
    with pytest.raises(codec.Unreadable):
        codec.decode(bomb, 10, "power")
    whole = codec.encode(array("d", range(100)), "power")
    for end in range(len(whole)):
        with pytest.raises(codec.Unreadable):
            codec.decode(whole[:end], 100, "power")


def test_packed_channels_know_their_bounds():
    channels = {
        "time": array("d", [0, 1, 2]),
        "power": array("d", [100, math.nan, 300]),
        "grade": array("d", [math.nan] * 3),
    }
    packed = {one.channel: one for one in codec.pack(channels)}
    assert set(packed) == {"time", "power"}
    assert (packed["power"].n, packed["power"].min, packed["power"].max, packed["power"].avg) == (3, 100, 300, 200)
    assert codec.unpack(packed.values())["power"][2] == 300


def test_a_long_ride_is_small_and_quick():
    channels = a_ride(100_000)
    start = time.process_time()
    packed = codec.pack(channels)
    measure(channels, sport="cycling")
    assert time.process_time() - start < 8
    assert sum(len(one.data) for one in packed) < 100_000 * 9 * 2
