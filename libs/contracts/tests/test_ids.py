"""UUIDv7, made before the statement that stores it."""

import time

from contracts import ids


def test_bits_are_those_of_rfc_9562():
    made = [ids.new() for _ in range(1_000)]

    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}
    assert len(set(made)) == 1_000
    now = time.time_ns() // 1_000_000
    assert all(now - 10_000 < one.int >> 80 <= now for one in made)


def test_all_74_random_bits_vary():
    ones, zeros = 0, (1 << 128) - 1
    for _ in range(200):
        made = ids.new().int
        ones, zeros = ones | made, zeros & made
    varying = ones & ~zeros & ((1 << 80) - 1)
    assert varying == ((1 << 12) - 1) << 64 | (1 << 62) - 1


def test_later_milliseconds_sort_later():
    made = []
    for _ in range(5):
        made.append(ids.new())
        time.sleep(0.002)

    assert made == sorted(made)
