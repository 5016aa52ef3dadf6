"""Fewer points of the same shape: largest triangle, three buckets (Sveinn Steinarsson, 2013)."""

from collections.abc import Sequence


def chosen(x: Sequence[float], y: Sequence[float], points: int) -> list[int]:
    """Places of at most ``points`` points, the first and the last among them; ``x`` ascends, ``points`` >= 3."""
    size = len(x)
    if size <= points:
        return list(range(size))
    width = (size - 2) / (points - 2)
    edges = [int(number * width) + 1 for number in range(points - 1)]
    kept = [0]
    for number in range(points - 2):
        start, end = edges[number], edges[number + 1]
        beyond = edges[number + 2] if number + 2 < len(edges) else size
        next_x, next_y = sum(x[end:beyond]) / (beyond - end), sum(y[end:beyond]) / (beyond - end)
        last_x, last_y = x[kept[-1]], y[kept[-1]]
        run, rise = last_x - next_x, next_y - last_y
        areas = [abs(run * (y[place] - last_y) - (last_x - x[place]) * rise) for place in range(start, end)]
        kept.append(start + areas.index(max(areas)))
    kept.append(size - 1)
    return kept
