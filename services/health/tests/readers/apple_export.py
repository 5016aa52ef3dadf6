"""Builders of exports, and what a reader made of them."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from health.readers import apple
from health.readers.batch import Batch, Issue, Reading, Stream
from imports import Broken

DTD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  startDate     CDATA #REQUIRED
>
<!-- Note: Any Records that appear as children of a correlation also appear as top-level records in this document. -->
]>
"""
STEPS = "HKQuantityTypeIdentifierStepCount"


def an_export(*elements: str, head: str = DTD) -> bytes:
    lines = "".join(f" {element}\n" for element in elements)
    begun = f'{head}<HealthData locale="en_US">\n <ExportDate value="2025-01-01 10:00:00 +0100"/>\n'
    return f"{begun}{lines}</HealthData>\n".encode()


def a_record(
    kind: str = STEPS,
    source: str = "Ana’s iPhone",
    *,
    at: str = "2025-01-01 08:00:00 +0100",
    until: str = "2025-01-01 08:10:00 +0100",
    inside: str = "",
    **attributes: str | None,
) -> str:
    """As Apple writes it; ``unit`` and ``value`` are left out by None."""
    said = {"sourceVersion": None, "device": None, "unit": "count", "creationDate": at}
    said |= {"startDate": at, "endDate": until, "value": "12"} | attributes
    ordered = "".join(f' {name}="{text}"' for name, text in said.items() if text is not None)
    return f'<Record type="{kind}" sourceName="{source}"{ordered}' + (f">\n{inside}</Record>" if inside else "/>")


def metadata(key: str, value: str) -> str:
    return f'  <MetadataEntry key="{key}" value="{value}"/>\n '


class Row(NamedTuple):
    """A line of COPY text with its stream; the value as it stands in the file."""

    stream: Stream
    at: str
    until: str
    value: str
    offset_min: int | None


class Read:
    """All batches of a file together."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self.batches: list[Batch] = []
        self.broken = ""
        try:
            self.batches.extend(batches)
        except Broken as error:
            self.broken = str(error)
        self.streams = [stream for batch in self.batches for stream in batch.streams]
        self.issues: list[Issue] = [issue for batch in self.batches for issue in batch.issues]
        self.unknown = sum((Counter(batch.unknown) for batch in self.batches), Counter[str]())
        self.kept = sum((Counter(batch.kept) for batch in self.batches), Counter[str]())
        self.rows = list(self._rows())
        assert len(self.rows) == sum(batch.n for batch in self.batches)

    def _rows(self) -> Iterator[Row]:
        for batch in self.batches:
            for line in batch.rows.decode("ascii").splitlines():
                number, at, until, value, offset = line.split("\t")
                yield Row(self.streams[int(number)], at, until, value, None if offset == r"\N" else int(offset))

    def values(self, metric: str) -> list[float]:
        """In the canonical unit; those of lengths are left out."""
        return [
            round(float(row.value) * row.stream.factor + row.stream.shift, 6)
            for row in self.rows
            if row.stream.metric == metric
        ]


def read(content: bytes | BinaryIO, *, zone: str = "Europe/Berlin", size: int = apple.PIECE, **reading: object) -> Read:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return Read(apple.read(file, Reading(zone=zone, **reading), size=size))


TAG = re.compile(r"<(\w+)((?: \w+=\"[^\"]*\")+)(/?)>")


def shuffled(content: bytes) -> bytes:
    """The same with the attributes of every element the other way round."""
    head, root, body = content.decode().partition("<HealthData")

    def turned(tag: re.Match[str]) -> str:
        attributes = re.findall(r' \w+="[^"]*"', tag[2])
        return f"<{tag[1]}{''.join(reversed(attributes))}{tag[3]}>"

    return (head + TAG.sub(turned, root + body)).encode()


def halves(content: bytes) -> tuple[bytes, bytes]:
    """Two exports with one half of the top-level elements each."""
    head, _, body = content.decode().partition("<HealthData")
    lines = body.partition(">\n")[2].removesuffix("</HealthData>\n")
    elements = re.split(r"(?m)^ (?=<)", lines)[1:]
    middle = len(elements) // 2
    first, second = ("".join(f" {element}" for element in part) for part in (elements[:middle], elements[middle:]))
    first_half, second_half = (f"{head}<HealthData>\n{part}</HealthData>\n".encode() for part in (first, second))
    return first_half, second_half
