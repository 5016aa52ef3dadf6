"""Any table, with a mapping; and the guess at one."""

import msgspec
import pytest
from services.health.tests.readers.uploads import Row, Upload

from health.readers import csv_mapping
from health.readers.csv_preview import preview

GERMAN = (
    "Protokoll von Ana\nDatum;Uhrzeit;Gewicht (lb);Puls\n"
    "31.12.2024;07:30;176,4;61\n01.01.2025;25:00;1;1\n02.01.2025;08:00;-;\n"
)
MAPPING = {
    "delimiter": ";",
    "decimal": ",",
    "skip_lines": 1,
    "at": "Datum",
    "time": "Uhrzeit",
    "date_format": "%d.%m.%Y %H:%M",
    "zone": "America/New_York",
    "columns": [
        {"column": "Gewicht (lb)", "metric": "weight", "unit": "lb"},
        {"column": "Puls", "metric": "heart_rate"},
    ],
    "source": "Notebook",
    "device_kind": "scale",
}


def test_a_table_with_its_mapping():
    read = Upload(GERMAN.encode("cp1252"), "log.csv", mapping=MAPPING)
    assert read.format == "csv"
    assert read.rows == [
        Row("weight", "2024-12-31T12:30:00Z", 80.013694),
        Row("heart_rate", "2024-12-31T12:30:00Z", 61),
    ]
    assert [(issue.code, issue.line) for issue in read.issues] == [("bad-line", 4)]
    assert read.streams[0].origin.app == "Notebook"


def test_without_a_mapping_it_is_refused():
    assert "mapping" in Upload("when,what\n2024-01-01,5\n").broken


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        ({"date_format": "epoch-s"}, "1704096000,5", Row("steps", "2024-01-01T08:00:00Z", 5)),
        ({"date_format": "epoch-ms"}, "1704096000500,5", Row("steps", "2024-01-01T08:00:00.500000Z", 5)),
        ({}, "2024-01-01 09:00,5", Row("steps", "2024-01-01T08:00:00Z", 5)),
        ({}, "2024-01-01T09:00:00-05:00,5", Row("steps", "2024-01-01T14:00:00Z", 5, 0, -300)),
        ({"date_format": "%m/%d/%Y"}, "01/02/2024,5", Row("steps", "2024-01-01T23:00:00Z", 5)),
    ],
)
def test_times(columns, row, expected):
    mapping = {"at": "at", "columns": [{"column": "n", "metric": "steps"}]} | columns
    assert Upload(f"at,n\n{row}\n", mapping=mapping).rows == [expected]


def test_lengths_and_units_behind_numbers():
    mapping = {"at": "at", "until": "end", "columns": [{"column": "km", "metric": "distance_on_foot", "unit": "km"}]}
    read = Upload(
        "at,end,km\n2024-01-01 09:00,2024-01-01 09:30,2.5\n2024-01-01 10:00,2024-01-01 09:30,1\n", mapping=mapping
    )
    assert read.rows == [Row("distance_on_foot", "2024-01-01T08:00:00Z", 2500, 1800)]
    assert read.codes == {"bad-line": 1}
    mapping = {"at": "at", "duration": "min", "duration_unit": "min", "columns": [{"column": "w", "metric": "weight"}]}
    read = Upload(
        "at,min,w\n2024-01-01 09:00,0,176.4 lb\n2024-01-01 09:10,5,80 kg\n2024-01-01 09:10,5,80 km\n", mapping=mapping
    )
    assert [(row.value, row.seconds) for row in read.rows] == [(80.013694, 0), (80, 300)]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"at": ""}, "at"),
        ({"columns": []}, "columns"),
        ({"columns": [{"column": "n", "metric": "luck"}]}, "no metric “luck”"),
        ({"columns": [{"column": "n", "metric": "weight", "unit": "km"}]}, "no unit of weight"),
        ({"zone": "Mars/Base"}, "no zone"),
        ({"zone": "../../etc/passwd"}, "no zone"),
        ({"delimiter": "x"}, "delimiter"),
        ({"surprise": 1}, "surprise"),
        ({"skip_lines": 10**9}, "skip_lines"),
    ],
)
def test_bad_mappings(change, says):
    with pytest.raises(msgspec.ValidationError, match=says):
        csv_mapping.convert({"at": "at", "columns": [{"column": "n", "metric": "steps"}]} | change)


def test_a_column_that_is_not_there():
    mapping = {"at": "at", "columns": [{"column": "n", "metric": "steps"}]}
    assert "“n” is missing" in Upload("at,m\n2024-01-01,5\n", mapping=mapping).broken


def test_a_mapping_wins_over_a_known_table():
    table = "date,time,weight,fat,water\n2024-10-27,12:30:00,80,20,50\n"
    mapping = {"at": "date", "columns": [{"column": "fat", "metric": "body_fat"}]}
    assert [row.metric for row in Upload(table, mapping=mapping).rows] == ["body_fat"]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("Date,Weight (lb),Steps\n2024-01-01,176.4,5000\n", ("Date", "iso", ".", [("weight", "lb"), ("steps", None)])),
        ("Datum;Gewicht [kg]\n31.12.2024;80,5\n01.01.2025;80,1\n", ("Datum", "%d.%m.%Y", ",", [("weight", "kg")])),
        ("timestamp,bpm\n1704096000,61\n", ("timestamp", "epoch-s", ".", [("heart_rate", None)])),
        (
            "date,time,sys,dia\n01/13/2024,7:30 AM,120,80\n",
            ("date", "%m/%d/%Y %I:%M %p", ".", [("bp_systolic", None), ("bp_diastolic", None)]),
        ),
    ],
)
def test_guesses(table, expected):
    seen = preview(table.encode())
    found = seen.mapping
    assert (found.at, found.date_format, found.decimal, [(c.metric, c.unit) for c in found.columns]) == expected
    read = Upload(table, mapping=msgspec.to_builtins(found))
    assert not read.issues
    assert len(read.rows) == len(expected[3]) * len(seen.rows), "what was guessed can be read"


def test_a_preview_shows_20_rows():
    seen = preview(b"a,b\n" + b"1,2\n" * 50_000)
    assert (seen.header, len(seen.rows), seen.mapping) == (["a", "b"], 20, None)
    assert preview(b"").rows == []
    assert preview(b"PK\x03\x04").format == "unknown"
    assert preview(b"date,time,weight,fat,water\n2024-10-28,07:30:00,80,20,50\n").format == "openscale"
