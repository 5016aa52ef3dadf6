"""The one way of samples into the database, for requests and imports alike.

Everything happens in the caller's transaction, under the user's ``lock``: streams are bound to series, rows staged, and
``merge`` writes what is not stored yet. The same samples again, in whatever order and pieces, write nothing.
"""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from health.catalogue.table import BY_CODE
from health.readers.batch import Stream
from health.samples import queries
from health.samples.queries import Bound, Counts, lock, merge, stage

__all__ = ("Bound", "Counts", "bind", "lock", "merge", "stage")


async def bind(
    db: Connection, user_id: UUID, streams: Sequence[Stream], *, import_id: int | None, first: int = 0
) -> list[Bound]:
    """Find or make the source and series of each stream; the first one's number is ``first``.

    Streams of metrics outside the catalogue are a bug of the reader: KeyError.
    """
    metrics = [BY_CODE[stream.metric] for stream in streams]
    found = await queries.find_or_make_series(db, user_id, [s.origin for s in streams], metrics, import_id=import_id)
    return [
        Bound(
            number=first + place,
            series_id=where.series_id,
            metric_id=metric.metric_id,
            kind=metric.kind,
            factor=stream.factor,
            shift=stream.shift,
            of_length=stream.of_length,
            min=None if stream.accepted else metric.min,
            max=None if stream.accepted else metric.max,
            usual_min=metric.usual_min,
            usual_max=metric.usual_max,
        )
        for place, (stream, metric, where) in enumerate(zip(streams, metrics, found, strict=True))
    ]
