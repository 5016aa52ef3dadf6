"""A bucket empties, says when to come back, and fills again."""

import pytest

from chassis import limits
from chassis.limits import Limit
from chassis.problems import TooManyRequests


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    return now


def test_a_burst_and_then_the_rate(clock):
    limit = Limit(rate=2, burst=3)
    for _ in range(3):
        limit.take("me")
    with pytest.raises(TooManyRequests) as caught:
        limit.take("me")
    assert caught.value.retry_after_s == 1
    limit.take("another")
    clock[0] += 0.5
    limit.take("me")
    with pytest.raises(TooManyRequests):
        limit.take("me")
    clock[0] += 1_000
    for _ in range(3):
        limit.take("me")
    with pytest.raises(TooManyRequests):
        limit.take("me")


def test_memory_is_bounded(clock, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BUCKETS", 10)
    limit = Limit(rate=1, burst=1)
    for key in range(100):
        limit.take(key)
    assert len(limit._buckets) == 10
