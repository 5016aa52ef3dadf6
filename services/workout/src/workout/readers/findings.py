"""What a reader tells beside activities: the first of each kind one by one, the rest counted."""

from collections import Counter
from collections.abc import Iterator

from imports import Broken
from workout.readers.faults import finding
from workout.readers.model import Finding

TOLD = 100
"""Of one code in one file or part."""


class Findings:
    """Waiting to be told."""

    def __init__(self, part: str | None = None) -> None:
        self.part = part
        self._told: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def bad(self, line: int, error: Exception) -> None:
        self._add(Finding(kind="error", code="bad-line", detail=f"{error}"[:200], part=self.part, line=line))

    def broken(self, error: Broken) -> None:
        self._add(finding(error, self.part))

    def warn(self, code: str, detail: str, line: int | None = None) -> None:
        self._add(Finding(kind="warning", code=code, detail=detail, part=self.part, line=line))

    def _add(self, finding: Finding) -> None:
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= TOLD:
            self._told.append(finding)

    def take(self) -> Iterator[Finding]:
        """All of them, at the end."""
        yield from self._told
        for code, count in self._counts.items():
            if count > TOLD:
                kind = next(told.kind for told in self._told if told.code == code)
                detail = "More of the same, not listed."
                yield Finding(kind=kind, code=code, detail=detail, part=self.part, count=count - TOLD)
