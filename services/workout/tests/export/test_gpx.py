"""GPX as we write it: as the schema has it, and as we ourselves read it."""

from array import array
from math import nan

import pytest
from lxml import etree
from services.workout.tests.export.make import START, a_ride, read, same

from workout.export import gpx
from workout.readers import gpx as gpx_reader


@pytest.mark.parametrize("sport", ["cycling", "running", "hiking", "strength_training", "rowing"])
def test_gpx_comes_back(sport):
    ride = a_ride(sport)
    back = read(gpx_reader, b"".join(gpx.write(ride, "Round & <round>", "Rain\x0b at the end")))
    assert (back.sport, back.title, back.started_at) == (sport, "Round & <round>", START)
    assert back.notes == "Rain at the end"
    for channel in ("time", "lat", "lon", "altitude", "heart_rate", "cadence", "power", "speed"):
        assert same(ride, back, channel), channel
    assert back.duration_s == ride.duration_s
    assert [(round(a), round(b)) for a, b in back.pauses] == [(299, 600)]


def test_gpx_is_as_the_schema_has_it():
    tree = etree.fromstring(b"".join(gpx.write(a_ride(), "Ride", None)))
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    assert len(tree.findall(".//g:trkseg", space)) == 2
    assert len(tree.findall(".//g:trkpt", space)) == 600
    [first] = tree.findall(".//g:trkpt[1]", space)[:1]
    assert [etree.QName(child).localname for child in first] == ["ele", "time", "extensions"]


def test_records_without_a_position_are_not_in_gpx():
    ride = a_ride()
    for at in range(100):
        ride.channels["lat"][at] = nan
    back = read(gpx_reader, b"".join(gpx.write(ride, None, None)))
    assert len(back.channels["time"]) == 500


def test_a_whole_day_is_written_in_pieces():
    day = a_ride(n=86_400, pauses=())
    day.channels["time"][:] = array("d", map(float, range(86_400)))
    pieces = list(gpx.write(day, None, None))
    assert len(pieces) > 40
    assert max(map(len, pieces)) < 1_000_000
