"""TCX as we write it, read again."""

import pytest
from lxml import etree
from services.workout.tests.export.make import START, TOTALS, a_ride, read, same

from workout.edits.model import Current
from workout.export import tcx
from workout.readers import tcx as tcx_reader
from workout.readers.model import Lap, Totals


@pytest.mark.parametrize("sport", ["cycling", "running"])
def test_tcx_comes_back_with_its_laps(sport):
    laps = [
        Lap(start_s=0.0, duration_s=200.0, totals=Totals(distance_m=1_000.0, energy_kcal=70.0, max_speed=6.0)),
        Lap(
            start_s=200.0, duration_s=699.0, totals=Totals(distance_m=2_000.0, timer_s=399.0, average_heart_rate=144.0)
        ),
    ]
    ride = a_ride(sport, laps=laps)
    back = read(tcx_reader, b"".join(tcx.write(ride, "Title", "Notes", TOTALS)))
    assert (back.sport, back.started_at) == (sport, START)
    assert [lap.start_s for lap in back.laps] == [0.0, 200.0]
    assert [lap.totals.distance_m for lap in back.laps] == [1_000.0, 2_000.0]
    for channel in ("time", "lat", "lon", "altitude", "heart_rate", "cadence", "power", "distance"):
        assert same(ride, back, channel), channel


def test_tcx_of_what_has_no_position_has_the_rest():
    ride = a_ride()
    del ride.channels["lat"], ride.channels["lon"]
    back = read(tcx_reader, b"".join(tcx.write(ride, None, None, TOTALS)))
    assert same(ride, back, "power")
    assert "lat" not in back.channels


def test_tcx_of_nothing_recorded_has_its_totals():
    empty = Current(started_at=START, duration_s=1_800.0, sport="running", channels={})
    tree = etree.fromstring(b"".join(tcx.write(empty, None, None, TOTALS)))
    assert tree.findtext(".//{*}TotalTimeSeconds") == "1800"
    assert tree.findtext(".//{*}Calories") == "210"
