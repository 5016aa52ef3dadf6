"""Nights: on the date of waking, asleep as a union, one source a night."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.days.arbitrate import SECOND
from health.sleep.model import HOUR, Sleeper, Stage, figures, of_date

ZONE = ZoneInfo("Europe/Berlin")
SUNDAY = date(2026, 3, 1)


def us(text, zone=ZONE):
    """A local time like ``28T23:00`` of February or ``01T07:00`` of March 2026; or one with its month."""
    month = "" if text.count("-") else ("2026-02-" if text.startswith("2") else "2026-03-")
    return int(datetime.fromisoformat(month + text).replace(tzinfo=zone).timestamp()) * SECOND


def span(on_date, zone=ZONE):
    """A local date as the worker knows it."""
    midnight = datetime.combine(on_date, datetime.min.time(), zone)
    after = datetime.combine(on_date + timedelta(1), datetime.min.time(), zone)
    return [(int(midnight.timestamp()) * SECOND, int(after.timestamp()) * SECOND)]


def stage(kind, at, until, zone=ZONE):
    start, end = us(at, zone), us(until, zone)
    return Stage(start, end, kind, (end - start) / HOUR)


def night(*stages, source="watch"):
    return Sleeper(source, stages)


def value(found, code):
    return figures(found, code).value


FULL = (
    stage("in_bed", "28T22:30", "01T07:10"),
    stage("light", "28T23:00", "01T01:00"),
    stage("deep", "01T01:00", "01T02:30"),
    stage("awake", "01T02:30", "01T02:45"),
    stage("rem", "01T02:45", "01T04:00"),
    stage("light", "01T04:00", "01T07:00"),
)


def test_a_night_belongs_to_the_date_of_waking():
    found = of_date([night(*FULL)], span(SUNDAY))
    wanted = {
        "sleep_duration": 7.75,
        "sleep_deep": 1.5,
        "sleep_rem": 1.25,
        "sleep_light": 5,
        "sleep_awake": 0.25,
        "sleep_in_bed": pytest.approx(8 + 2 / 3),
    }
    assert {code: value(found, code) for code in wanted} == wanted
    assert found.night.efficiency == pytest.approx(7.75 / (8 + 2 / 3))
    assert (found.night.in_bed_at, found.night.asleep_at, found.night.woke_at) == (
        *(us("28T22:30"), us("28T23:00"), us("01T07:00")),
    )
    assert of_date([night(*FULL)], span(SUNDAY - timedelta(1))).nights == []


def test_overlapping_intervals_are_slept_once():
    twice = night(stage("asleep", "28T23:00", "01T06:00"), stage("asleep", "01T05:00", "01T07:00"))
    found = of_date([twice], span(SUNDAY))
    assert figures(found, "sleep_duration").n == 2
    assert (value(found, "sleep_duration"), value(found, "sleep_deep")) == (8, None)


def test_two_hours_apart_is_one_night_longer_are_two():
    evening = stage("asleep", "28T21:00", "28T23:30")
    assert (
        value(of_date([night(evening, stage("asleep", "01T01:30", "01T07:00"))], span(SUNDAY)), "sleep_duration") == 8
    )
    apart = night(evening, stage("asleep", "01T01:31", "01T07:31"))
    assert value(of_date([apart], span(SUNDAY)), "sleep_duration") == 6
    assert value(of_date([apart], span(SUNDAY - timedelta(1))), "sleep_duration") == 2.5


def test_a_nap_adds_to_the_date_but_is_not_the_night():
    found = of_date([night(*FULL, stage("asleep", "01T13:00", "01T14:00"))], span(SUNDAY))
    assert value(found, "sleep_duration") == 8.75
    assert found.night.woke_at == us("01T07:00")


@pytest.mark.parametrize(("on_date", "hours"), [("2026-03-29", 7), ("2026-10-25", 9)])
def test_nights_on_which_the_clocks_change(on_date, hours):
    waking = date.fromisoformat(on_date)
    slept = night(stage("asleep", f"{waking - timedelta(1)}T23:00", f"{waking}T07:00"))
    assert value(of_date([slept], span(waking)), "sleep_duration") == hours


def test_one_source_a_night_the_one_believed_most_that_knows_of_sleep():
    ring = night(stage("asleep", "28T23:30", "01T06:30"), source="ring")
    found = of_date([night(*FULL), ring], span(SUNDAY))
    assert [(n.source, n.asleep_h) for n in found.nights] == [("watch", 7.75), ("ring", 7)]
    bed = night(stage("in_bed", "28T22:00", "01T08:00"), source="phone")
    found = of_date([bed, ring], span(SUNDAY))
    assert figures(found, "sleep_in_bed").sources == figures(found, "sleep_duration").sources == ("ring",)
    alone = of_date([bed], span(SUNDAY))
    assert (value(alone, "sleep_in_bed"), value(alone, "sleep_duration")) == (10, None)


def test_a_total_counts_where_no_stages_are():
    noon = us("01T12:00")
    manual = Sleeper("manual", [Stage(noon, noon, "asleep", 6.5)])
    assert figures(of_date([manual], span(SUNDAY)), "sleep_duration").sources == ("manual",)
    assert value(of_date([manual, night(*FULL)], span(SUNDAY)), "sleep_duration") == 7.75
    bed = night(stage("in_bed", "28T22:00", "01T08:00"), source="phone")
    both = of_date([manual, bed], span(SUNDAY))
    assert (value(both, "sleep_duration"), value(both, "sleep_in_bed")) == (6.5, 10)
    later = Sleeper("app", [Stage(noon, noon, "asleep", 1.0), Stage(noon + 1, noon + 1, "asleep", 2.0)])
    assert value(of_date([later, manual], span(SUNDAY)), "sleep_duration") == 2


minutes = st.integers(0, 4 * 288).map(lambda piece: piece * 5)
kinds = st.sampled_from(("asleep", "deep", "rem", "light", "awake", "in_bed"))
stages = st.lists(st.tuples(minutes, st.integers(1, 60).map(lambda piece: piece * 5), kinds), max_size=20)


@given(stages)
def test_hours_are_counted_minute_by_minute(given_):
    start = span(SUNDAY - timedelta(1))[0][0]
    minute = 60 * SECOND
    said = [Stage(start + at * minute, start + (at + long) * minute, kind, 0.0) for at, long, kind in given_]
    total = asleep = 0.0
    for days in range(-2, 6):
        found = of_date([Sleeper("watch", said)], span(SUNDAY + timedelta(days)))
        total += value(found, "sleep_in_bed") or 0
        asleep += value(found, "sleep_duration") or 0
    assert total == pytest.approx(len({m for at, long, _ in given_ for m in range(at, at + long)}) / 60, abs=1e-4)
    sleeping = {m for at, long, kind in given_ for m in range(at, at + long) if kind not in {"awake", "in_bed"}}
    assert asleep == pytest.approx(len(sleeping) / 60, abs=1e-4)
