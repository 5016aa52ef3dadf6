"""What a request's samples look like on their way into COPY."""

import struct
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from health.catalogue.table import BY_CODE
from health.samples import packing
from health.samples.model import EARLIEST, LATEST, LONGEST_S, Head, Source
from health.samples.upload import Block

HEAD = Head(source=Source(app="Strider"), metric="steps")
EPOCH = datetime(2000, 1, 1, tzinfo=UTC).timestamp()

samples = st.lists(
    st.tuples(
        st.floats(EARLIEST, LATEST - 1).map(lambda at: round(at, 6)),
        st.integers(0, LONGEST_S),
        st.none() | st.integers(-24 * 60, 24 * 60),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    min_size=1,
    max_size=20,
)


def block(rows):
    at, duration_s, offset_min, value = (list(column) for column in zip(*rows, strict=True))
    return Block(HEAD, range(len(rows)), at, offset_min, duration_s, value)


def unpacked(packed):
    """The rows of a binary COPY, as PostgreSQL's documentation describes it."""
    assert packed.startswith(b"PGCOPY\n\xff\r\n\0" + bytes(8))
    place, found = 19, []
    while (columns := struct.unpack_from("!h", packed, place)[0]) != -1:
        place += 2
        row = []
        for kind in "iqhihd":
            (length,) = struct.unpack_from("!i", packed, place)
            place += 4
            row.append(None if length == -1 else struct.unpack_from("!" + kind, packed, place)[0])
            place += max(length, 0)
        assert columns == len(row)
        found.append(tuple(row))
    assert place + 2 == len(packed)
    return found


@given(samples)
def test_every_column_arrives(rows):
    wanted = [(7, round((at - EPOCH) * 1e6), 0, length, offset, value) for at, length, offset, value in rows]
    found = unpacked(packing.rows([(7, block(rows))]))
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    assert len({row[1] for row in found}) == len({at for at, *_ in rows})


@given(samples, st.sampled_from(["heart_rate", "steps", "sleep_deep"]))
def test_every_sample_lies_in_a_piece(rows, metric):
    pieces = packing.pieces(BY_CODE[metric], block(rows))
    for at, duration_s, _, _ in rows:
        after = 86_400 if metric == "sleep_deep" else 0
        assert any(first <= at < first + 900 and last <= at + duration_s + after < last + 900 for first, last in pieces)


@given(samples)
def test_what_a_block_comes_to(rows):
    told = packing.touched(7, block(rows))
    assert (told.inserted, told.updated) == (len(rows), 0)
    assert (told.min, told.max) == (min(row[3] for row in rows), max(row[3] for row in rows))
    assert told.first_at <= told.last_at
