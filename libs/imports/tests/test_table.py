"""Tables as people and programs write them."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import Broken
from imports.table import Table, number, quantity


def rows(content: bytes | str, **how) -> list:
    table = Table(io.BytesIO(content.encode() if isinstance(content, str) else content), **how)
    return [row for _, row in table.rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_delimiters_and_line_ends(encoding, end, delimiter):
    text = f'{end}"a é"{delimiter}b{end}1{delimiter}"x{end}y{delimiter}z"{end}{end}2'
    table = Table(io.BytesIO(text.encode(encoding)))
    assert (table.header, table.delimiter) == (["a é", "b"], delimiter)
    assert [row for _, row in table.rows()] == [["1", f"x{end}y{delimiter}z"], ["2", ""]]


def test_lines_are_those_where_a_row_ends():
    table = Table(io.BytesIO(b'a,b\n1,"x\ny"\n2,3\n'))
    assert [(line, table.cells) for line, _ in table.rows()] == [(3, 2), (4, 2)]


def test_a_cell_that_is_too_long_costs_only_itself():
    found = rows("a,b\n1," + "x" * 200_000 + "\n2,3\n")
    assert isinstance(found[0], csv.Error)
    assert found[1:] == [["2", "3"]]


@pytest.mark.parametrize(
    "content", ["a,b\n" + "x" * (1 << 20), "a" * (1 << 20), "a,b\n" + "\n" * 20_000, "c," * 100_000]
)
def test_what_is_no_table(content):
    with pytest.raises(Broken):
        rows(content)


def test_a_file_that_is_closed_before_its_end():
    table = Table(file := io.BytesIO(b"a,b\n1,2\n3,4\n"))
    next(table.rows())
    file.close()
    del table


def test_a_column_that_is_needed():
    table = Table(io.BytesIO(b"When,What\n"))
    assert (table.needed("what"), table.column("why", "when"), table.column("why")) == (1, 0, None)
    with pytest.raises(Broken, match="why"):
        table.needed("why")


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        (" 1,234.5", ".", 1_234.5),
        ("1.234,5", ",", 1_234.5),
        ("−3", ".", -3),
        ("'7", ".", 7),
        ("--", ".", None),
        ("", ",", None),
    ],
)
def test_numbers(text, decimal, value):
    assert number(text, decimal) == value


@pytest.mark.parametrize("text", ["1_000", "٣", "one", "1,2,3"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="not a number"):
        number(text)


def test_quantities():
    assert quantity("80.0 kg") == (80, "kg")
    assert quantity("18\xa0%") == (18, "%")
    assert quantity("-") is None
    with pytest.raises(ValueError, match="not a quantity"):
        quantity("kg")


@given(st.binary(max_size=300))
def test_any_bytes(data):
    with suppress(Broken):
        rows(data)
    with suppress(Broken):
        rows(b"a,b\n" + data)
