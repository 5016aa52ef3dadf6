"""Grafana dashboards, drawn from the names of telemetry that every service has; the data source is a variable."""

# ruff: noqa: INP001 - a script's module

import re
from collections.abc import Iterator
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
PICKED = 'service=~"$service"'

REQUESTS = [
    ("Requests a second", f"sum by (service) (rate(http_request_duration_seconds_count{{{PICKED}}}[5m]))", "reqps"),
    (
        "Share of failed requests",
        (
            f'sum by (service) (rate(http_request_duration_seconds_count{{{PICKED}, status=~"5.."}}[5m]))'
            f" / sum by (service) (rate(http_request_duration_seconds_count{{{PICKED}}}[5m]))"
        ),
        "percentunit",
    ),
    (
        "99 of 100 are answered within",
        f"histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket{{{PICKED}}}[5m])))",
        "s",
    ),
    (
        "99 of 100 calls between services are answered within",
        f"histogram_quantile(0.99, sum by (service, le) (rate(grpc_server_duration_seconds_bucket{{{PICKED}}}[5m])))",
        "s",
    ),
]
EVENTS = [
    ("Events that wait to be sent", f"max by (service) (outbox_depth{{{PICKED}}})", "short"),
    ("The oldest of them", f"max by (service) (outbox_age_seconds{{{PICKED}}})", "s"),
    ("Messages nobody could handle", f"sum by (service) (max by (service, queue) (dead_letters{{{PICKED}}}))", "short"),
]
READERS = ("health", "workout")
"""Services that read files; each has the same metrics under its own name."""


def _of_readers(query: str) -> str:
    """The query for each of them; SERVICE stands for the name."""
    return " or ".join(query.replace("SERVICE", name) for name in READERS)


IMPORTS = [
    (
        "Files that were read, by what came of them",
        _of_readers(f"sum by (service, state) (increase(SERVICE_import_seconds_count{{{PICKED}}}[1h]))"),
        "short",
    ),
    (
        "Records and recordings read a second",
        (
            f"sum by (service, format) (rate(health_import_records_total{{{PICKED}}}[5m]))"
            f" or sum by (service, format) (rate(workout_import_recordings_total{{{PICKED}}}[5m]))"
        ),
        "short",
    ),
    (
        "99 of 100 files are read within",
        _of_readers(
            f"histogram_quantile(0.99, sum by (service, le) (rate(SERVICE_import_seconds_bucket{{{PICKED}}}[1h])))"
        ),
        "s",
    ),
    (
        "Bytes read a second",
        _of_readers(f"sum by (service, format) (rate(SERVICE_import_bytes_total{{{PICKED}}}[5m]))"),
        "Bps",
    ),
    ("Files that wait to be read", _of_readers(f"max by (service) (SERVICE_imports_waiting{{{PICKED}}})"), "short"),
    (
        "The longest of them has waited",
        _of_readers(f"max by (service) (SERVICE_import_waiting_seconds{{{PICKED}}})"),
        "s",
    ),
]
WORKOUTS = [
    (
        "Workouts that were logged, changed and deleted an hour",
        f'sum by (event) (increase(outbox_published_total{{{PICKED}, event=~"workout.*"}}[1h]))',
        "short",
    ),
    (
        "Records that were set an hour",
        'sum by (event) (increase(outbox_published_total{event="record.set.v1"}[1h]))',
        "short",
    ),
    ("Workouts that wait to be made anew", f"max by (service) (workout_dirty{{{PICKED}}})", "short"),
    ("Workouts made anew a second", f"sum by (service) (rate(workout_remade_total{{{PICKED}}}[5m]))", "short"),
    (
        "99 of 100 batches are made anew within",
        f"histogram_quantile(0.99, sum by (service, le) (rate(workout_remake_seconds_bucket{{{PICKED}}}[5m])))",
        "s",
    ),
]
PROCESSES = [
    ("Memory", f"process_resident_memory_bytes{{{PICKED}}}", "bytes"),
    ("Processor", f"rate(process_cpu_seconds_total{{{PICKED}}}[5m])", "percentunit"),
]


def all_of() -> Iterator[tuple[str, dict[str, Any]]]:
    """File name and content of each."""
    yield "requests", _board("Fitmesh: requests", REQUESTS)
    yield "events", _board("Fitmesh: events", EVENTS)
    yield "imports", _board("Fitmesh: imports", IMPORTS)
    yield "workouts", _board("Fitmesh: workouts", WORKOUTS)
    yield "processes", _board("Fitmesh: processes", PROCESSES)


def _board(title: str, panels: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "uid": title.lower().replace(": ", "-"),
        "title": title,
        "schemaVersion": 39,
        "tags": ["fitmesh"],
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": [_source(), _services()]},
        "panels": [_panel(place, *panel) for place, panel in enumerate(panels)],
    }


def _source() -> dict[str, Any]:
    return {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"}


def _services() -> dict[str, Any]:
    return {
        "name": "service",
        "type": "query",
        "label": "Service",
        "datasource": SOURCE,
        "query": "label_values(http_request_duration_seconds_count, service)",
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
    }


def _legend(query: str) -> str:
    """What tells the lines of a panel apart."""
    grouped = re.search(r"\bby \(([a-z, ]+)\)", query)
    labels = [label for label in grouped[1].split(", ") if label != "le"] if grouped else ["service"]
    return " ".join(f"{{{{{label}}}}}" for label in labels)


def _panel(place: int, title: str, query: str, unit: str) -> dict[str, Any]:
    return {
        "id": place + 1,
        "type": "timeseries",
        "title": title,
        "datasource": SOURCE,
        "gridPos": {"x": 12 * (place % 2), "y": 8 * (place // 2), "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": query, "legendFormat": _legend(query)}],
    }
