"""Who counts when: never twice, never less than the one believed most, and exactly as worked out for a real export."""

import json
import os
from datetime import UTC, datetime
from itertools import pairwise
from math import fsum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.days.arbitrate import SECOND, Track, additive, figures, length

QUARTER = 900
DAY = 86_400
ORDER = ("Health", "Jonathan’s iPhone", "Connect")


def a_track(source, *samples, mine=True):
    """Of (second, duration, value)."""
    at, duration_s, value = zip(*sorted(samples), strict=True) if samples else ((), (), ())
    return Track(source, [second * SECOND for second in at], duration_s, value, [mine] * len(at))


def phone():
    """50 steps in each quarter of an hour, all day."""
    return a_track("phone", *((start, QUARTER, 50.0) for start in range(0, DAY, QUARTER)))


def watch():
    """1,236 steps from 10 to 16 h, a minute at a time."""
    steps = [3.0] * 204 + [4.0] * 156
    return a_track("watch", *((36_000 + 60 * minute, 60, value) for minute, value in enumerate(steps)))


def day_of(*tracks):
    return figures(additive(tracks), tracks, DAY)


def test_phone_all_day_and_watch_from_10_to_16():
    assert sum(watch().value) == 1236
    made = day_of(watch(), phone())
    assert (made.value, made.coverage, made.sources) == (4836, 1, ("watch", "phone"))
    assert day_of(phone(), watch()).value == 4800
    assert day_of(phone()).value == 4800


def test_what_is_partly_covered_counts_in_proportion():
    made = day_of(a_track("watch", (300, 300, 90.0)), a_track("phone", (0, 900, 100.0)))
    assert made.value == pytest.approx(90 + 100 * 600 / 900, abs=1e-6)
    assert (made.n, made.min, made.max) == (2, pytest.approx(66.666667), 90)


def test_a_sources_own_intervals_count_where_they_overlap():
    assert day_of(a_track("phone", (0, 600, 10.0), (300, 600, 20.0))).value == 30
    below = day_of(a_track("watch", (0, 600, 10.0), (300, 600, 20.0)), a_track("phone", (0, 900, 99.0), (900, 60, 1.0)))
    assert (below.value, below.coverage) == (31, round(960 / DAY, 4))


def test_what_has_no_length_counts_unless_someone_believed_more_says_the_same():
    typed = a_track("manual", (600, 0, 500.0))
    assert day_of(typed, a_track("phone", (0, 900, 100.0))).value == 600
    assert day_of(a_track("phone", (0, 900, 100.0)), typed).value == 600
    assert day_of(typed, a_track("app", (600, 0, 500.0), (600, 0, 501.0))).value == 1001
    assert day_of(typed).coverage == 0


def test_yesterdays_intervals_cover_but_do_not_count():
    watch = Track("watch", [-300 * SECOND, 600 * SECOND], [600, 60], [70.0, 7.0], [False, True])
    made = day_of(watch, a_track("phone", (0, 600, 100.0)))
    assert (made.value, made.n, made.sources) == (57, 2, ("watch", "phone"))


def test_nothing_comes_to_nothing():
    assert day_of().value is None
    assert day_of(a_track("phone", (0, 60, 5.0), mine=False)) == day_of()


samples = st.lists(
    st.tuples(
        st.integers(0, 95).map(lambda quarter: quarter * QUARTER),
        st.sampled_from((0, 60, 900, 1800, 5000)),
        st.integers(0, 400).map(float),
    ),
    max_size=25,
)


def within(tracks, spans):
    """What counts inside these spans, pro rata."""
    total = 0.0
    for sample in additive(tracks):
        for piece in sample.pieces:
            if piece.by is None and piece.until > piece.at:
                for at, until in spans:
                    inside = max(0, min(until, piece.until) - max(at, piece.at))
                    total += piece.value * inside / (piece.until - piece.at)
    return total


def covered(tracks):
    """The spans that any of them covers, disjoint."""
    edges = sorted(
        {edge for t in tracks for a, d in zip(t.at, t.duration_s, strict=True) for edge in (a, a + d * SECOND)}
    )
    inside = [
        (a, b)
        for a, b in pairwise(edges)
        if any(at <= a and b <= at + d * SECOND for t in tracks for at, d in zip(t.at, t.duration_s, strict=True))
    ]
    assert sum(b - a for a, b in inside) == length(inside)
    return inside


@given(st.lists(samples, min_size=1, max_size=3), samples)
def test_a_source_believed_less_never_lowers_a_day_nor_changes_covered_hours(believed, added):
    before = [a_track(f"s{place}", *said) for place, said in enumerate(believed)]
    after = [*before, a_track("new", *added)]
    assert (day_of(*after).value or 0) >= (day_of(*before).value or 0)
    spans = covered(before)
    assert within(after, spans) == pytest.approx(within(before, spans))
    kept = [sample for sample in additive(after) if sample.source < len(before)]
    assert kept == list(additive(before))


@given(st.lists(samples, min_size=1, max_size=4))
def test_every_sample_is_told_whole(said):
    tracks = [a_track(f"s{place}", *one) for place, one in enumerate(said)]
    judged = list(additive(tracks))
    assert len(judged) == sum(map(len, said))
    for sample in judged:
        assert fsum(piece.value for piece in sample.pieces) == pytest.approx(sample.value)
        assert sum(piece.until - piece.at for piece in sample.pieces) == sample.until - sample.at
        assert all(a.until == b.at for a, b in pairwise(sample.pieces))
        assert all(piece.by is None or piece.by < sample.source for piece in sample.pieces)
    value = fsum(piece.value for sample in judged for piece in sample.pieces if piece.by is None)
    assert (day_of(*tracks).value or 0) == round(value, 6)


@pytest.fixture(scope="module")
def export():
    """Steps of the real export: by source, (microseconds, seconds, value), oldest first; and what must come out."""
    if "SAMPLES" not in os.environ:
        pytest.skip("$SAMPLES does not say where the sample files are")
    from lxml import etree  # noqa: PLC0415 - needed here alone

    folder = Path(os.environ["SAMPLES"])
    path = "apple-health/export-2017.xml"
    said = {source: [] for source in ORDER}
    for _, record in etree.iterparse(str(folder / path), tag="Record"):
        if record.get("type") == "HKQuantityTypeIdentifierStepCount":
            start, end = (
                datetime.strptime(record.get(name), "%Y-%m-%d %H:%M:%S %z") for name in ("startDate", "endDate")
            )
            row = (int(start.timestamp()) * SECOND, int((end - start).total_seconds()), float(record.get("value")))
            said[record.get("sourceName")].append(row)
    wanted = json.loads((folder / "expected.json").read_text())["files"][path]["steps"]
    return {source: sorted(rows) for source, rows in said.items()}, wanted


def by_day(said, order):
    """Each local date on its own, as the worker does it."""
    zone = ZoneInfo("Asia/Jerusalem")
    dates = {
        s: [datetime.fromtimestamp(at / SECOND, UTC).astimezone(zone).date() for at, _, _ in said[s]] for s in order
    }
    made = {}
    for on_date in sorted({date for of_source in dates.values() for date in of_source}):
        tracks = [Track(s, *zip(*said[s], strict=True), [date == on_date for date in dates[s]]) for s in order]
        made[on_date] = figures(additive(tracks), tracks, DAY)
    return made


def test_the_real_export_comes_out_as_worked_out(export):
    said, wanted = export
    days = by_day(said, ORDER)
    assert len(days) == wanted["days"]["Asia/Jerusalem"]
    assert {str(on_date): round(day.value, 2) for on_date, day in days.items()} == {
        row[0]: pytest.approx(row[-1], abs=0.006) for row in wanted["by_day"]
    }
    assert fsum(day.value for day in days.values()) == pytest.approx(wanted["merged"]["total"], abs=0.005)


def test_the_real_export_in_reverse_order(export):
    said, _ = export
    assert fsum(day.value for day in by_day(said, ORDER[::-1]).values()) == pytest.approx(343_607.91, abs=0.005)
