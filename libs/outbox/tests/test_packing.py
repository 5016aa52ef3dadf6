"""Rows become messages of one name, at most 100 events and 64 KiB, and none is lost or doubled."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from outbox import relay

rows = st.lists(
    st.builds(
        lambda name, size, trace: {"name": name, "body": b'"' + b"x" * size + b'"', "trace": trace},
        st.sampled_from(["a.b.v1", "c.d.v1"]),
        st.one_of(st.integers(0, 50), st.integers(10_000, 70_000)),
        st.sampled_from([None, "00-1", "00-2"]),
    ),
    max_size=300,
).map(lambda given: [row | {"id": i} for i, row in enumerate(given)])


@given(rows)
def test_every_row_is_in_one_message_of_its_name(given):
    loads = list(relay.packed(given))

    assert sorted(i for load in loads for i in load.ids) == [row["id"] for row in given]
    for load in loads:
        assert {given[i]["name"] for i in load.ids} == {load.name}
        assert msgspec.json.decode(load.body) == [msgspec.json.decode(given[i]["body"]) for i in load.ids]
        assert len(load.ids) <= 100
        assert len(load.body) <= 64 * 1024 or len(load.ids) == 1
        assert load.trace is None or {given[i]["trace"] for i in load.ids} == {load.trace}


def test_a_hundred_small_events_are_one_message():
    given = [{"id": i, "name": "a.b.v1", "body": b"{}", "trace": None} for i in range(250)]

    assert [len(load.ids) for load in relay.packed(given)] == [100, 100, 50]
