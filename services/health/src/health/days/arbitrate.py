"""Who counts when several sources say something of the same time: the rules alone, without a database.

Of an additive metric each moment belongs to the source believed most among those that cover it. An interval that is
partly covered counts in proportion; a source's own intervals count even where they overlap, since it knows its own
records; and an entry without length counts unless a source believed more says the same of that instant.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import fsum
from typing import NamedTuple

import msgspec

from health.days.model import Figures, rounded

SECOND = 1_000_000
"""Instants are whole microseconds since 1970, so that shares of intervals are exact."""

Span = tuple[int, int, int]
"""From, until, and the source that covers it."""


class Track(msgspec.Struct, frozen=True):
    """What one source says around a day, oldest first."""

    source: str
    at: Sequence[int]
    duration_s: Sequence[int]
    value: Sequence[float]
    mine: Sequence[bool]
    """Whether the sample belongs to the day: the others only cover time."""


class Piece(NamedTuple):
    """A stretch of a sample and what it is worth; ``by`` is the source that covers it, None where it counts."""

    at: int
    until: int
    value: float
    by: int | None


class Judged(NamedTuple):
    """A sample of the day and what became of it."""

    source: int
    at: int
    until: int
    value: float
    pieces: list[Piece]


def additive(tracks: Sequence[Track]) -> Iterator[Judged]:
    """Judge every sample of a day; the tracks come in the order in which they are believed."""
    covered: list[Span] = []
    said: dict[tuple[int, float], int] = {}
    asked = any(0 in track.duration_s for track in tracks[1:])
    for source, track in enumerate(tracks):
        yield from _judged(source, track, covered, said)
        if source + 1 < len(tracks):
            covered = _and_covered(source, track, covered)
            if asked:
                for key in zip(track.at, track.value, strict=True):
                    said.setdefault(key, source)


def figures(judged: Iterable[Judged], tracks: Sequence[Track], day_s: float) -> Figures:
    """What an additive metric comes to on a day of that length."""
    counted: list[float] = []
    spans: list[tuple[int, int]] = []
    sources: set[int] = set()
    for source, _, _, _, pieces in judged:
        chosen = [piece for piece in pieces if piece.by is None]
        if chosen:
            sources.add(source)
            counted.append(chosen[0].value if len(chosen) == 1 else fsum(piece.value for piece in chosen))
            spans += [piece[:2] for piece in chosen]
    if not counted:
        return Figures()
    return Figures(
        value=rounded(fsum(counted)),
        min=min(counted),
        max=max(counted),
        n=len(counted),
        coverage=share(length(spans) / SECOND, day_s),
        sources=tuple(tracks[source].source for source in sorted(sources)),
    )


def length(spans: Iterable[tuple[int, int]]) -> int:
    """Microseconds that any of these covers."""
    total, reach = 0, -(1 << 63)
    for at, until in sorted(spans):
        if until > reach:
            total += until - max(at, reach)
            reach = until
    return total


def share(covered_s: float, day_s: float) -> float:
    """Of a day, as it is stored."""
    return round(min(1.0, covered_s / day_s), 4)


def _judged(source: int, track: Track, covered: Sequence[Span], said: dict[tuple[int, float], int]) -> Iterator[Judged]:
    first = 0
    for at, duration_s, value, mine in zip(track.at, track.duration_s, track.value, track.mine, strict=True):
        if not mine:
            continue
        until = at + duration_s * SECOND
        if not duration_s:
            yield Judged(source, at, at, value, [Piece(at, at, value, said.get((at, value)))])
            continue
        while first < len(covered) and covered[first][1] <= at:
            first += 1
        if first == len(covered):
            yield Judged(source, at, until, value, [Piece(at, until, value, None)])
            continue
        cuts = _cut(at, until, covered, first)
        if len(cuts) == 1:
            pieces = [Piece(at, until, value, cuts[0][2])]
        else:
            pieces = [Piece(lower, upper, value * (upper - lower) / (until - at), by) for lower, upper, by in cuts]
        yield Judged(source, at, until, value, pieces)


def _cut(at: int, until: int, covered: Sequence[Span], first: int) -> list[tuple[int, int, int | None]]:
    """The interval in pieces, each free or covered by one source; ``first`` is the first span that ends after it."""
    cuts: list[tuple[int, int, int | None]] = []
    for index in range(first, len(covered)):
        lower, upper, by = covered[index]
        if lower >= until:
            break
        if lower > at:
            cuts.append((at, lower, None))
            at = lower
        upper = min(upper, until)
        cuts.append((at, upper, by))
        at = upper
    if at < until:
        cuts.append((at, until, None))
    return cuts


def _and_covered(source: int, track: Track, covered: Sequence[Span]) -> list[Span]:
    """All that is covered once this source is heard too."""
    own: list[tuple[int, int]] = []
    for at, duration_s in zip(track.at, track.duration_s, strict=True):
        if not duration_s:
            continue
        until = at + duration_s * SECOND
        if own and at <= own[-1][1]:
            own[-1] = (own[-1][0], max(own[-1][1], until))
        else:
            own.append((at, until))
    together = list(covered)
    first = 0
    for at, until in own:
        while first < len(covered) and covered[first][1] <= at:
            first += 1
        together += ((lower, upper, source) for lower, upper, by in _cut(at, until, covered, first) if by is None)
    return sorted(together)
