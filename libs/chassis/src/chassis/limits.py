"""Token buckets: how many requests one user may make of one process."""

import time
from collections import OrderedDict
from collections.abc import Hashable

from chassis.problems import TooManyRequests

MOST_BUCKETS = 100_000


class Limit:
    """``rate`` a second on average, ``burst`` at once, per key."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> None:
        """Count one request; TooManyRequests, with when to come back, if there is nothing left."""
        now = time.monotonic()
        left, since = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            self._buckets[key] = (left, now)
            raise TooManyRequests(retry_after_s=max(1, round((1 - left) / self._rate)))
        self._buckets[key] = (left - 1, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
