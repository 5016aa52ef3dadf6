"""Rows of a CSV file, one after the other, into what a parser makes of them."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from health.readers.batch import Batch
from health.readers.rows import Rows
from imports.table import Row, Table, good


def each(table: Table, file: BinaryIO, rows: Rows, put: Callable[[Row], None]) -> Iterator[Batch]:
    """Every row of a table into `put`; what it raises ValueError for is a bad line, and the next one's turn comes."""
    for line, row in table.rows():
        try:
            put(good(row))
        except (ValueError, OverflowError) as error:
            rows.bad(line, error)
        if rows.full:
            yield rows.take(file)
