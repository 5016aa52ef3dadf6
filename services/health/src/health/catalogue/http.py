"""/metrics-catalogue"""

import hashlib
from collections.abc import Sequence
from typing import Annotated

import msgspec
from litestar import Response, Router, get
from litestar.params import HeaderParameter

from contracts.events import MetricKind
from health.catalogue import units
from health.catalogue.model import Aggregate, Metric
from health.catalogue.table import METRICS
from health.days.model import KINDS

CACHED = "public, max-age=3600"

IfNoneMatch = Annotated[str | None, HeaderParameter(name="if-none-match", max_length=200)]


class CatalogueItem(msgspec.Struct, frozen=True, kw_only=True):
    """What can be stored, and how."""

    id: int
    """Never changes."""
    code: str
    name: str
    unit: str
    """Canonical, in UCUM; everything is kept in it."""
    kind: MetricKind
    day_aggregate: Aggregate
    slot_s: int | None
    """Sampled metrics: the seconds within which one source wins."""
    loinc: str | None
    min: float | None
    max: float | None
    healthkit: tuple[str, ...]
    health_connect: tuple[str, ...]
    units: tuple[str, ...]
    """Accepted on input, the canonical one first."""


class Catalogue(msgspec.Struct, frozen=True):
    items: Sequence[CatalogueItem]


def _item(metric: Metric) -> CatalogueItem:
    return CatalogueItem(
        id=metric.metric_id,
        code=metric.code,
        name=metric.name,
        unit=metric.unit,
        kind=KINDS[metric.kind],
        day_aggregate=metric.day_aggregate,
        slot_s=metric.slot_s,
        loinc=metric.loinc,
        min=metric.min,
        max=metric.max,
        healthkit=metric.healthkit,
        health_connect=metric.health_connect,
        units=tuple(units.accepted(metric)),
    )


CATALOGUE = Catalogue([_item(metric) for metric in METRICS])
ETAG = f'"{hashlib.sha256(msgspec.json.encode(CATALOGUE)).hexdigest()[:16]}"'


@get("/")
async def read_catalogue(if_none_match: IfNoneMatch = None) -> Response[Catalogue | None]:
    """Every metric, its units and bounds, and what HealthKit and Health Connect call it."""
    headers = {"etag": ETAG, "cache-control": CACHED}
    if if_none_match and ETAG in if_none_match:
        return Response(None, status_code=304, headers=headers)
    return Response(CATALOGUE, headers=headers)


router = Router("/metrics-catalogue", route_handlers=[read_catalogue], tags=["Samples"])
