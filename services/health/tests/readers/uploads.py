"""An upload as the door takes it: recognised by its content, then read to the end; and what came of it."""

import io
import json
import zipfile
from collections import Counter
from datetime import datetime
from typing import NamedTuple

from health.catalogue.table import BY_CODE
from health.readers.batch import Batch, Issue, Limits, Reading, Stream
from health.readers.detect import recognise
from imports import Broken

BERLIN = "Europe/Berlin"


class Row(NamedTuple):
    """A sample; its value in the canonical unit."""

    metric: str
    at: str
    value: float
    seconds: float = 0
    offset_min: int | None = None
    device: str | None = None


class Upload:
    """What one came to."""

    def __init__(
        self,
        content: bytes | str,
        name: str = "",
        *,
        zone: str = BERLIN,
        mapping: object = None,
        source: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        data = content.encode() if isinstance(content, str) else content
        file = io.BytesIO(data)
        self.broken: str | None = None
        self.batches: list[Batch] = []
        self.format: str | None = None
        try:
            self.format, read = recognise(file, name)
            file.seek(0)
            reading = Reading(zone=zone, name=name, mapping=mapping, source=source, limits=limits or Limits())
            self.batches.extend(read(file, reading))
        except Broken as broken:
            self.broken = str(broken)
        self.streams: list[Stream] = [stream for batch in self.batches for stream in batch.streams]
        self.rows = [self._row(line) for batch in self.batches for line in batch.rows.decode().splitlines()]
        assert sum(batch.n for batch in self.batches) == len(self.rows)

    def _row(self, line: str) -> Row:
        number, at, until, value, offset = line.split("\t")
        stream = self.streams[int(number)]
        assert stream.metric in BY_CODE
        start = datetime.fromisoformat(at)
        seconds = (datetime.fromisoformat(until) - start).total_seconds() if until != r"\N" else 0
        amount = seconds if stream.of_length else float(value)
        shown = start.isoformat().replace("+00:00", "Z")
        minutes = None if offset == r"\N" else int(offset)
        canonical = round(amount * stream.factor + stream.shift, 6)
        return Row(stream.metric, shown, canonical, seconds, minutes, stream.origin.device)

    @property
    def issues(self) -> list[Issue]:
        return [issue for batch in self.batches for issue in batch.issues]

    @property
    def codes(self) -> Counter[str]:
        return sum((Counter({issue.code: issue.count}) for issue in self.issues), Counter())

    @property
    def kept(self) -> Counter[str]:
        return sum((Counter(batch.kept) for batch in self.batches), Counter())

    @property
    def unknown(self) -> Counter[str]:
        return sum((Counter(batch.unknown) for batch in self.batches), Counter())

    def of(self, metric: str) -> list[Row]:
        return [row for row in self.rows if row.metric == metric]

    def total(self, metric: str) -> float:
        return round(sum(row.value for row in self.of(metric)), 6)


def a_zip(files: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def as_json(value: object) -> str:
    return json.dumps(value)
