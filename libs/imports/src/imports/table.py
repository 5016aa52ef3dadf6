"""CSV as streams of rows with their line numbers, in whatever encoding and with whatever delimiter."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from imports.broken import Broken
from imports.detect import HEAD, delimiter_of, encoding_of

Row = list[str]
LINE_LENGTH = 1 << 20
COLUMNS = 5_000
BLANK_LINES = 10_000
ENGLISH = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
QUANTITY = re.compile(r"([+-]?[\d.,]+)\s*([^\d\s].*)?$")
NOTHING = {"", "-", "--", "---", "null", "none", "nan", "n/a"}


class Table:
    """The rows of a CSV file below its header; a row with too few cells is filled up."""

    def __init__(
        self, file: BinaryIO, line_length: int = LINE_LENGTH, *, skip: int = 0, delimiter: str | None = None
    ) -> None:
        self._lines = lines(file, line_length)
        self._line = 0
        for _ in range(skip):
            next(self._lines, "")
            self._line += 1
        first = next((line for line in self._counted() if line.strip()), "")
        self.delimiter = delimiter or delimiter_of(first)
        self.header = self._header(first)
        if len(self.header) > COLUMNS:
            raise Broken(f"There are more than {COLUMNS:,} columns: this is no table.")
        self.names = [name.lower() for name in self.header]
        self.cells = 0
        """Of the row given last, as it stands in the file."""

    def _header(self, line: str) -> Row:
        _, cells = next(self._parsed(iter([line])), (0, []))
        return [cell.strip().lstrip("\ufeff") for cell in cells] if isinstance(cells, list) else []

    def column(self, *names: str) -> int | None:
        """Where the first of these names stands."""
        return next((self.names.index(name) for name in names if name in self.names), None)

    def needed(self, *names: str) -> int:
        found = self.column(*names)
        if found is None:
            raise Broken(f"The column “{names[0]}” is missing.")
        return found

    def rows(self) -> Iterator[tuple[int, Row | csv.Error]]:
        """Line number and cells; or what is wrong with the line."""
        width = len(self.header)
        for line, row in self._parsed(self._counted()):
            if isinstance(row, csv.Error):
                yield line, row
            elif row and any(row):
                self.cells = len(row)
                yield line, row if len(row) >= width else row + [""] * (width - len(row))

    def _counted(self) -> Iterator[str]:
        for line in self._lines:
            self._line += 1
            yield line

    def _parsed(self, source: Iterator[str]) -> Iterator[tuple[int, Row | csv.Error]]:
        parser = csv.reader(source, delimiter=self.delimiter, skipinitialspace=False)
        while True:
            try:
                row = next(parser)
            except StopIteration:
                return
            except csv.Error as error:
                yield self._line, error
            else:
                yield self._line, row


def good(row: Row | csv.Error) -> Row:
    if isinstance(row, csv.Error):
        raise ValueError(str(row))  # noqa: TRY004  the value is what is wrong
    return row


def lines(file: BinaryIO, line_length: int = LINE_LENGTH) -> Iterator[str]:
    """Lines of text, none longer than the limit."""
    peeked = io.BufferedReader(file, HEAD)  # type: ignore[type-var]  # any readable stream will do
    text = io.TextIOWrapper(peeked, encoding_of(peeked.peek(HEAD)[:HEAD]), errors="replace", newline="")
    number = blank = 0
    try:
        while line := text.readline(line_length):
            number += 1
            blank = 0 if line.strip() else blank + 1
            if blank > BLANK_LINES:
                raise Broken(f"There is nothing but blank lines before line {number:,}: this is no table.")
            if len(line) >= line_length:
                raise Broken(f"Line {number:,} is longer than {line_length:,} characters: this is no table.")
            yield line.replace("\x00", "")
    finally:
        if not file.closed:  # whoever reads on needs it
            text.detach()
            peeked.detach()


def number(text: str, decimal: str = ".") -> float | None:
    """None for an empty cell or a dash; ValueError for what is no number."""
    text = text.strip().replace("\u202f", "").replace("\xa0", "").replace("−", "-").lstrip("'")
    if text.lower() in NOTHING:
        return None
    if decimal == ",":
        text = text.replace(".", "").replace(",", ".")
    elif ENGLISH.match(text):
        text = text.replace(",", "")
    if "_" in text or not text.isascii():
        raise ValueError(f"not a number: {text[:40]}")
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"not a number: {text[:40]}") from None


def quantity(text: str, decimal: str = ".") -> tuple[float, str] | None:
    """`80.0 kg` -> (80.0, "kg"); `18 %` -> (18.0, "%"); None for an empty cell or a dash."""
    if text.strip().lower() in NOTHING:
        return None
    found = QUANTITY.match(text.strip().lstrip("'").replace("\xa0", " "))
    value = number(found[1], decimal) if found else None
    if found is None or value is None:
        raise ValueError(f"not a quantity: {text.strip()[:40]}")
    return value, (found[2] or "").strip()
