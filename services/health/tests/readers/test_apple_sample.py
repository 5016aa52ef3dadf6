"""A real export of a year against what is known of it."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from services.health.tests.readers.apple_export import Read, halves, read, shuffled

from health.readers import apple
from health.readers.apple_streams import LENGTH_OF, METRIC_OF

FOLDER = os.environ.get("SAMPLES")
NAME = "apple-health/export-2017.xml"
pytestmark = pytest.mark.skipif(not FOLDER, reason="$SAMPLES, the folder of sample files, is not set")


@pytest.fixture(scope="module")
def content() -> bytes:
    return Path(FOLDER or "", NAME).read_bytes()


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found = msgspec.json.decode(Path(FOLDER or "", "expected.json").read_bytes())
    return found["files"][NAME]


@pytest.fixture(scope="module")
def found(content: bytes) -> Read:
    return read(content, zone="Asia/Jerusalem")


def test_every_record_is_counted_by_type_and_source(found, expected):
    types = {metric.code: kind for kind, metric in METRIC_OF.items()}
    types |= {metric.code: name.partition(":")[0] for name, metric in LENGTH_OF.items() if name.startswith("HKC")}
    counted: dict[str, Counter[str]] = {}
    for row in found.rows:
        counted.setdefault(types[row.stream.metric], Counter())[row.stream.origin.app] += 1
    assert len(found.rows) == expected["counts"]["records"] == 10_939
    assert counted == {kind: said["by_source"] for kind, said in expected["by_type"].items()}
    assert Counter(row.stream.origin.app for row in found.rows) == expected["by_source"]


def test_values_add_up(found, expected):
    for kind, said in expected["by_type"].items():
        if (metric := METRIC_OF.get(kind)) and said["unit"] in {metric.unit, "count", "count/min", "mcg"}:
            values = found.values(metric.code)
            assert sum(values) == pytest.approx(said["sum"], abs=0.01), kind
            assert (min(values), max(values)) == pytest.approx((said["min"], said["max"]), abs=0.001), kind
    assert sum(found.values("distance_on_foot")) == pytest.approx(1_020_295, abs=1)


def test_the_rest_is_told(found, expected):
    assert found.kept == {"workout": expected["counts"]["workouts"]}
    assert not found.unknown
    [future] = found.issues
    assert (future.kind, future.code, future.count) == ("warning", "future", expected["time"]["start_after_the_export"])
    assert not found.broken


def test_zones_that_differ_are_told(content, expected):
    [_, issue] = read(content, zone="Europe/Berlin").issues
    assert (issue.code, issue.count) == ("zone-differs", expected["time"]["HKTimeZone"]["Asia/Jerusalem"])


@pytest.mark.parametrize("size", [9_000, 50_000, 700_000])
def test_in_pieces_of_any_size(content, found, size):
    assert read(content, zone="Asia/Jerusalem", size=size).rows == found.rows


def test_without_the_parser(content, found, monkeypatch):
    monkeypatch.setattr(apple.xml, "parse", None)
    assert read(content, zone="Asia/Jerusalem").rows == found.rows


def test_with_its_attributes_shuffled(content, found):
    assert read(shuffled(content), zone="Asia/Jerusalem").rows == found.rows


def test_in_two_halves(content, found):
    first, second = (read(half, zone="Asia/Jerusalem") for half in halves(content))
    assert not first.broken
    assert not second.broken
    assert first.rows + second.rows == found.rows
    assert first.kept + second.kept == found.kept


def test_cut_off_anywhere_it_keeps_what_was_read(content, found):
    for cut in (1_000_003, 2_500_001, len(content) - 3):
        part = read(content[:cut], zone="Asia/Jerusalem")
        assert "cut off" in part.broken
        assert part.rows == found.rows[: len(part.rows)]
        assert len(part.rows) > cut / len(content) * 10_000
