"""What a batch and its merge have to tell: counts and issues."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from health.catalogue.table import BY_CODE
from health.readers import batch as reading
from health.readers.batch import Batch, Stream
from health.samples.merge import Counts
from imports.model import Issue

UNREADABLE = "unreadable"
"""Files inside an archive that could not be read, and breaks in the middle of one."""


class Findings(msgspec.Struct, frozen=True):
    counts: Counter[str]
    issues: list[Issue]


def of(batch: Batch, merged: Mapping[int, Counts], streams: Mapping[int, Stream]) -> Findings:
    counts = Counter[str]()
    for each in merged.values():
        counts += Counter(
            read=each.read,
            inserted=each.inserted,
            updated=each.updated,
            unchanged=each.unchanged,
            quarantined=each.quarantined,
            refused=each.refused,
            future=each.future,
            unusual=each.unusual,
        )
    counts[UNREADABLE] += sum(is_loss(issue) for issue in batch.issues)
    issues = [_of_reader(issue, batch.part) for issue in batch.issues]
    for series_id, each in merged.items():
        issues += _of_merge(each, streams[series_id], batch.part)
    return Findings(+counts, issues)


def is_loss(issue: reading.Issue) -> bool:
    """An error that is not of a line took more than that line away."""
    return issue.kind == "error" and issue.line is None and issue.part is not None


def _of_reader(issue: reading.Issue, part: str | None) -> Issue:
    return Issue(
        kind=issue.kind,
        code=issue.code,
        detail=issue.detail,
        part=part if issue.part is None else issue.part,
        line=issue.line,
        count=issue.count,
    )


def _of_merge(found: Counts, stream: Stream, part: str | None) -> Iterator[Issue]:
    metric = BY_CODE[stream.metric]
    what = f"{metric.name} of {stream.origin.device or stream.origin.app}"
    if found.unusual:
        examples = zip(found.unusual_at, found.unusual_value, strict=True)
        for at, value in examples:
            when = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
            yield _warning("unusual", f"{what}: {value:g} {metric.unit} at {when} is far from what is usual.", part)
        if rest := found.unusual - len(found.unusual_at):
            yield _warning("unusual", f"{what}: more such values.", part, rest)
    if found.future:
        yield _warning("future", f"{what}: starts later than now.", part, found.future)
    if found.quarantined:
        detail = f"{what}: outside {_range(metric.min, metric.max)} {metric.unit}; kept aside until you accept it."
        yield _warning("quarantined", detail, part, found.quarantined)
    if found.refused:
        detail = f"{what}: no number, an end before the beginning, longer than a week, or before 1900."
        yield Issue(kind="error", code="impossible", detail=detail, part=part, line=None, count=found.refused)


def _range(least: float | None, most: float | None) -> str:
    return " to ".join("any" if edge is None else f"{edge:g}" for edge in (least, most))


def _warning(code: str, detail: str, part: str | None, count: int = 1) -> Issue:
    return Issue(kind="warning", code=code, detail=detail, part=part, line=None, count=count)
