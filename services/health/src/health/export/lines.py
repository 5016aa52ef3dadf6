"""The samples of a series, cut into lines."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from typing import NamedTuple, Self

from msgspec import UNSET

from health.catalogue.model import Metric
from health.export.model import LINE, Samples


class Columns(NamedTuple):
    """Samples side by side."""

    at_us: Sequence[int]
    duration_s: Sequence[int]
    value: Sequence[float]
    offset_min: Sequence[int | None]

    def cut(self, first: int, last: int | None = None) -> Self:
        """Those from one place to another."""
        return self._replace(
            at_us=self.at_us[first:last],
            duration_s=self.duration_s[first:last],
            value=self.value[first:last],
            offset_min=self.offset_min[first:last],
        )

    def where(self, chosen: Sequence[bool]) -> Self:
        """Those chosen."""
        return self._replace(
            at_us=list(compress(self.at_us, chosen)),
            duration_s=list(compress(self.duration_s, chosen)),
            value=list(compress(self.value, chosen)),
            offset_min=list(compress(self.offset_min, chosen)),
        )

    def then(self, more: Self) -> Self:
        """These and others after them."""
        return self._replace(
            at_us=[*self.at_us, *more.at_us],
            duration_s=[*self.duration_s, *more.duration_s],
            value=[*self.value, *more.value],
            offset_min=[*self.offset_min, *more.offset_min],
        )


class Lines:
    """Lines of a thousand samples, as pages of them come.

    Samples out of their metric's bounds are there because the user accepted them: they stand apart, and say so. Those
    that wait to be accepted say nothing.
    """

    def __init__(self, metric: Metric, source: int, *, aside: bool) -> None:
        self._metric = metric
        self._source = source
        self._aside = aside
        empty = Columns([], [], [], [])
        self._left = {False: empty, True: empty}

    def add(self, page: Columns) -> Iterator[Samples]:
        """Those that are full."""
        for accepted, some in self._apart(page):
            left = self._left[accepted].then(some)
            full = len(left.at_us) - len(left.at_us) % LINE
            for first in range(0, full, LINE):
                yield self._line(left.cut(first, first + LINE), accepted=accepted)
            self._left[accepted] = left.cut(full)

    def rest(self) -> Iterator[Samples]:
        """Those that never will be."""
        for accepted, left in self._left.items():
            if left.at_us:
                yield self._line(left, accepted=accepted)

    def _apart(self, page: Columns) -> Iterable[tuple[bool, Columns]]:
        low = float("-inf") if self._metric.min is None else self._metric.min
        high = float("inf") if self._metric.max is None else self._metric.max
        if self._aside or (min(page.value) >= low and max(page.value) <= high):
            return [(False, page)]
        inside = [low <= value <= high for value in page.value]
        return [(False, page.where(inside)), (True, page.where([not fits for fits in inside]))]

    def _line(self, columns: Columns, *, accepted: bool) -> Samples:
        return Samples(
            metric=self._metric.code,
            source=self._source,
            accepted=accepted,
            at_us=list(columns.at_us),
            duration_s=list(columns.duration_s) if any(columns.duration_s) else UNSET,
            value=list(columns.value),
            offset_min=UNSET if all(each is None for each in columns.offset_min) else list(columns.offset_min),
        )
