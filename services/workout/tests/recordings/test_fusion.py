"""Which recordings are the same workout, and what each of them gives."""

from array import array
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid5

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workout.readers.model import Activity, Set, Totals
from workout.recordings.fusion import Recorded, fuse
from workout.recordings.prepare import File, Zones, fingerprint_of, prepare
from workout.recordings.sameness import Brief, conflict, group, pair, same
from workout.streams.model import Derived, Effort

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
NAMES = UUID(int=7)


def a_brief(key=b"a", *, late_s=0, **changes):
    told = {"key": key, "sport": "cycling", "started_at": START + timedelta(seconds=late_s), "duration_s": 3600.0}
    return Brief(**(told | changes))


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ({}, True),
        ({"late_s": 119}, True),
        ({"late_s": 121}, False),
        ({"sport": "running"}, False),
        ({"sport": "e_biking"}, True),
        ({"sport": "generic"}, True),
        ({"sport": "generic", "late_s": 60}, False),
        ({"duration_s": 4000.0}, True),
        ({"duration_s": 7200.0}, True),
        ({"sets": b"1"}, True),
        ({"dated": False}, False),
        ({"distance_m": 40_000.0}, True),
        ({"origin": "file"}, True),
    ],
)
def test_what_is_the_same(other, is_same):
    one, two = a_brief(), a_brief(b"b", **other)
    assert (same(one, two) is not None) is is_same
    assert same(one, two) == same(two, one)


def test_a_workout_has_no_more_recordings_than_an_answer_holds():
    briefs = [a_brief(bytes([number])) for number in range(150)]
    assert sorted(map(len, group(briefs))) == [50, 100]
    assert group(briefs) == group(briefs[::-1])


def test_two_in_a_row_are_two():
    assert same(a_brief(duration_s=60.0), a_brief(b"b", late_s=60, duration_s=60.0)) is None
    assert same(a_brief(duration_s=60.0), a_brief(b"b", late_s=20, duration_s=60.0)) is not None


def test_gym_logs_with_other_sets_are_two_but_a_watch_goes_with_either():
    log = a_brief(sport="strength_training", sets=b"ten")
    legacy = a_brief(b"b", sport="strength_training", sets=b"two")
    watch = a_brief(b"c", sport="training", sub_sport="strength_training")
    assert same(log, legacy) is None
    assert same(log, watch) is not None
    assert same(log, a_brief(b"d", sport="training", sub_sport="cardio_training")) is None
    assert len(group([log, legacy, watch])) == 2


def test_what_one_file_says_twice_is_two():
    assert same(a_brief(origin="f watch"), a_brief(b"b", origin="f watch")) is None
    assert same(a_brief(origin="f watch"), a_brief(b"b", origin="f phone")) is not None


def test_distance_adds_to_the_score_and_is_told():
    near, far = (a_brief(b"b", distance_m=metres) for metres in (40_100.0, 30_000.0))
    one = a_brief(distance_m=40_000.0)
    assert same(one, near).score > same(one, a_brief(b"c")).score > same(one, far).score
    assert any("distances" in reason for reason in same(one, near).reasons)


briefs = st.lists(
    st.builds(
        a_brief,
        late_s=st.integers(0, 500),
        duration_s=st.sampled_from([0.0, 60.0, 600.0, 3600.0, 3700.0]),
        sport=st.sampled_from(["cycling", "running", "generic", "strength_training", "training"]),
        sets=st.sampled_from([None, None, b"1", b"2"]),
        distance_m=st.sampled_from([None, 1000.0, 1010.0]),
        dated=st.sampled_from([True, True, True, False]),
        by_hand=st.sampled_from([False, False, False, True]),
    ),
    max_size=8,
).map(lambda found: [msgspec.structs.replace(each, key=bytes([place])) for place, each in enumerate(found)])


@given(briefs, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order(found, chance: Random):
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert group(found) == group(shuffled)


@given(briefs)
def test_nobody_is_lost_and_nothing_joined_that_cannot_be(found):
    by_key = {each.key: each for each in found}
    groups = group(found)
    assert sorted(key for members in groups for key in members) == sorted(by_key)
    for members in groups:
        assert not any(conflict(by_key[a], by_key[b]) for a in members for b in members if a < b)


@given(briefs, st.data())
def test_what_the_user_says_holds(found, data):
    keys = [each.key for each in found]
    pairs = [pair(a, b) for a in keys for b in keys if a < b]
    apart = set(data.draw(st.lists(st.sampled_from(pairs), max_size=3))) if pairs else set()
    asked = set(data.draw(st.lists(st.sampled_from(pairs), max_size=2))) - apart if pairs else set()
    home = {key: place for place, members in enumerate(group(found, apart=apart, asked=asked)) for key in members}
    assert all(home[a] == home[b] for a, b in asked)
    if not asked:
        assert all(home[a] != home[b] for a, b in apart)


def a_recording(name, **changes):
    told = {
        "recording_id": uuid5(NAMES, name),
        "fingerprint": name.encode(),
        "format": "fit",
        "source": name,
        "sport": "cycling",
        "started_at": START,
        "duration_s": 3600.0,
    }
    return Recorded(**(told | changes))


RIDE = ("time", "lat", "lon", "distance", "power")
COMPUTER = a_recording(
    "Garmin Edge 810",
    channels=(*RIDE, "heart_rate"),
    totals=Totals(distance_m=40_000, average_heart_rate=140, energy_kcal=900),
    derived=Derived(n=3600, distance_m=40_020, moving_s=3500, efforts=[Effort("distance", 400, 40, 0)]),
)
WATCH = a_recording(
    "Forerunner 945",
    channels=("time", "heart_rate", "lat", "lon"),
    totals=Totals(distance_m=39_500, average_heart_rate=151),
    derived=Derived(n=3600, hr_histogram={151: 3600.0}, distance_m=39_600),
)
PHONE = a_recording("Strava", format="gpx", channels=("time", "lat", "lon"), title="Morning", derived=Derived(n=3600))
LOG = a_recording("Hevy", format="hevy", sport="strength_training", sets=12, title="Push", rpe=8.0, notes="heavy")
COUNTED = a_recording(
    "Fenix 6", sport="training", channels=("time", "heart_rate"), sets=20, derived=Derived(n=60), duration_s=3500.0
)


def test_each_gives_what_it_knows_best():
    fused = fuse([PHONE, COMPUTER, WATCH])
    chosen = {what: fused.chosen[what] for what in ("track", "lat", "distance", "heart_rate", "power")}
    computer, watch = COMPUTER.recording_id, WATCH.recording_id
    assert chosen == {"track": computer, "lat": computer, "distance": computer, "heart_rate": watch, "power": computer}
    assert (fused.totals.distance_m, fused.totals.average_heart_rate, fused.totals.energy_kcal) == (40_000, 151, 900)
    assert fused.derived.hr_histogram == {151: 3600.0}
    assert fused.derived.moving_s == 3500
    assert fused.derived.efforts == COMPUTER.derived.efforts
    assert fused.title == "Morning"
    assert "watch" in fused.reasons["heart_rate"]
    assert fused.chosen["distance_m"] == computer


def test_sets_come_from_the_log_and_the_heart_from_the_watch():
    fused = fuse([COUNTED, LOG])
    assert fused.chosen["sets"] == LOG.recording_id
    assert fused.chosen["heart_rate"] == COUNTED.recording_id
    assert (fused.sport, fused.title, fused.rpe, fused.notes) == ("strength_training", "Push", 8.0, "heavy")
    assert fused.duration_s == 3500


@given(st.permutations([COMPUTER, WATCH, PHONE, LOG, COUNTED]))
def test_what_they_come_to_does_not_depend_on_the_order(order):
    assert fuse(order) == fuse([COMPUTER, WATCH, PHONE, LOG, COUNTED])


def test_one_alone_needs_no_reasons():
    assert fuse([WATCH]).reasons == {}
    assert fuse([WATCH]).totals.distance_m == 39_500


FILE = File(
    name="a.fit", sha256="0" * 64, zones=Zones([(datetime.min.replace(tzinfo=UTC), "Europe/Berlin")]), imported_at=START
)


def an_activity(**changes):
    told = {
        "format": "fit",
        "source": "Edge",
        "sport": "cycling",
        "started_at": START,
        "duration_s": 3.0,
        "channels": {"time": array("d", [0, 1, 2]), "heart_rate": array("d", [100, float("nan"), 102])},
    }
    return Activity(**(told | changes))


def test_the_content_is_the_fingerprint():
    one = fingerprint_of(an_activity())
    assert one == fingerprint_of(an_activity(part="x/y.fit.gz", title="other", source="Edge 2"))
    assert one != fingerprint_of(an_activity(started_at=START + timedelta(seconds=1)))
    assert one != fingerprint_of(an_activity(channels={"time": array("d", [0, 1, 2])}))
    at = datetime(2024, 11, 28, 17, 36, 8)  # noqa: DTZ001  a wall clock
    logs = [
        an_activity(format="strong", channels={}, local_start=at, started_at=None, sets=sets)
        for sets in ([Set(exercise="Squat", reps=5)], [Set(exercise="Squat", reps=6)])
    ]
    assert fingerprint_of(logs[0]) != fingerprint_of(logs[1])


def test_a_wall_clock_is_where_the_user_was():
    wall = datetime(2025, 7, 1, 12, 0)  # noqa: DTZ001  a wall clock
    made, _ = prepare(an_activity(started_at=None, local_start=wall), FILE, 0)
    assert (made.started_at, made.offset_min) == (datetime(2025, 7, 1, 10, tzinfo=UTC), 120)
    moved = Zones([(datetime.min.replace(tzinfo=UTC), "Asia/Tokyo"), (datetime(2025, 8, 1, tzinfo=UTC), "UTC")])
    assert moved.instant(wall).astimezone(UTC) == datetime(2025, 7, 1, 3, tzinfo=UTC)


def test_a_clock_that_never_was_set_stands_at_its_import():
    made, warnings = prepare(an_activity(started_at=None), FILE, 0)
    assert (made.started_at, made.dated) == (START, False)
    assert warnings
    assert fingerprint_of(an_activity(started_at=None)) == made.fingerprint


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e300, -1e300])
def test_numbers_that_are_none_are_left_out(wrong):
    made, _ = prepare(
        an_activity(
            duration_s=wrong,
            rpe=wrong,
            totals=Totals(distance_m=wrong, average_heart_rate=wrong),
            sets=[Set(exercise="a\x00b", weight_kg=wrong, reps=1 << 60, superset=1 << 40)],
            extra={"serial": "\x00", "huge": "x" * 100_000},
            sport="Böse \x00 Fahrt",
        ),
        FILE,
        1 << 20,
    )
    assert made.totals == Totals()
    assert made.rpe is None
    assert 0 <= made.duration_s <= 31 * 86_400
    assert (made.sets[0].weight_kg, made.sets[0].reps, made.sets[0].superset) == (None, None, None)
    assert "\x00" not in made.sets[0].exercise + made.sport
    assert bytes(made.extra) == b"{}"
