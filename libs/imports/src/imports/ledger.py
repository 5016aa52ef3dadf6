"""What a reader has found so far: counted over the whole file, told piece by piece."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from imports.model import Issue, Part

MOST_ISSUES = 2_000
"""Told one by one; the others are counted."""
TEXT = 500
"""Longest detail."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What one batch adds."""

    batch: int
    """Its number, from 1."""
    bytes_done: int
    bytes_total: int
    records: int
    seconds: float
    issues: list[tuple[int, Issue]]
    """With their places in the list of all."""
    parts: Sequence[Part]


class Ledger:
    """Taken up again where an earlier process left it."""

    def __init__(
        self, *, counts: Mapping[str, int], kept: Mapping[str, int], unknown: Mapping[str, int], issues: int
    ) -> None:
        self.counts = Counter(counts)
        self.kept = Counter(kept)
        self.unknown = Counter(unknown)
        self._issues = issues

    def add(
        self,
        *,
        counts: Mapping[str, int],
        kept: Mapping[str, int],
        unknown: Mapping[str, int],
        issues: Iterable[Issue],
    ) -> list[tuple[int, Issue]]:
        """Count what a batch holds; returns the issues to be told, each with its place."""
        self.counts.update(counts)
        self.kept.update(kept)
        self.unknown.update({name[:TEXT]: n for name, n in unknown.items()})
        told = list[tuple[int, Issue]]()
        for issue in issues:
            self.counts[f"{issue.kind}s"] += issue.count
            if self._issues < MOST_ISSUES:
                self._issues += 1
                told.append((self._issues, msgspec.structs.replace(issue, detail=_storable(issue.detail))))
        return told


def parts(part: str | None, records: int, kept: Mapping[str, int], issues: Iterable[Issue]) -> list[Part]:
    """What a batch says of the files of its archive."""
    of_part = Counter[tuple[str, str]]()
    for issue in issues:
        if issue.part is not None:
            of_part[issue.part, issue.kind] += issue.count
    names = {name for name, _ in of_part} | ({part} if part is not None else set())
    return [
        Part(
            name=name,
            records=records if name == part else 0,
            errors=of_part[name, "error"],
            warnings=of_part[name, "warning"],
            kept=dict(kept) if name == part else {},
        )
        for name in sorted(names)
    ]


def _storable(text: str) -> str:
    return text.replace("\x00", "�").encode(errors="replace").decode()[:TEXT]
