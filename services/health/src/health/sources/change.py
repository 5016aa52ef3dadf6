"""Changes to sources: checked against what is there, and the days they have a part in queued."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from chassis.problems import FieldError, InvalidValue
from health.catalogue.table import BY_CODE, BY_ID
from health.samples.queries import lock
from health.sources import queries
from health.sources.model import Priority, Setting
from health.sources.queries import Orders

OVERALL = 0


async def state(db: Connection, user_id: UUID, settings: Sequence[Setting]) -> None:
    """Replace what is said of these sources; InvalidValue where they do not fit together."""
    await lock(db, user_id)
    before = await queries.stated(db, user_id)
    after = before | {one.id: one for one in settings}
    if errors := [FieldError(text, f"/items/{place}{where}") for place, where, text in _wrong(settings, before, after)]:
        raise InvalidValue(errors=errors)
    changed = {source_id for source_id, one in after.items() if one != before[source_id]}
    if changed:
        await queries.state(db, user_id, [after[source_id] for source_id in changed])
        await queries.dirty_sources(db, user_id, _concerned(changed, before, after))


def _wrong(
    settings: Sequence[Setting], before: dict[int, Setting], after: dict[int, Setting]
) -> list[tuple[int, str, str]]:
    merged = {one.merged_into for one in after.values() if one.merged_into}
    found = list[tuple[int, str, str]]()
    seen = set[int]()
    for place, one in enumerate(settings):
        target = after.get(one.merged_into) if one.merged_into else None
        if one.id not in before:
            found.append((place, "/id", "no such source that can be changed"))
        if one.id in seen:
            found.append((place, "/id", "is listed twice"))
        if one.merged_into and (target is None or one.merged_into not in before):
            found.append((place, "/merged_into", "no such source"))
        elif target and target.merged_into:
            found.append((place, "/merged_into", "is itself merged into another"))
        if one.merged_into and one.id in merged:
            found.append((place, "/merged_into", "others are merged into this source"))
        seen.add(one.id)
    return found


def _concerned(changed: set[int], before: dict[int, Setting], after: dict[int, Setting]) -> set[int]:
    """The changed sources, those they count or counted as, and those that count as them."""
    both = (*before.values(), *after.values())
    into = {one.merged_into for one in both if one.id in changed and one.merged_into}
    return changed | into | {one.id for one in both if one.merged_into in changed | into}


async def prioritise(db: Connection, user_id: UUID, wanted: Priority) -> Orders:
    """Replace all orders; InvalidValue for sources and metrics that are not there."""
    await lock(db, user_id)
    if errors := _unknown(wanted, await queries.ids(db, user_id)):
        raise InvalidValue(errors=errors)
    before = await queries.priority(db, user_id)
    after = {OVERALL: wanted.overall} | {BY_CODE[code].metric_id: order for code, order in wanted.metrics.items()}
    after = {metric_id: order for metric_id, order in after.items() if order}
    changed = {metric_id for metric_id in before | after if before.get(metric_id) != after.get(metric_id)}
    if changed:
        await queries.set_priority(db, user_id, after)
        await queries.dirty_metrics(db, user_id, changed)
    return after


def _unknown(wanted: Priority, known: set[int]) -> list[FieldError]:
    found = [FieldError("no such metric", f"/metrics/{code}") for code in wanted.metrics if code not in BY_CODE]
    orders = {"/overall": wanted.overall} | {f"/metrics/{code}": order for code, order in wanted.metrics.items()}
    return found + [
        FieldError("no such source", f"{where}/{place}")
        for where, order in orders.items()
        for place, source_id in enumerate(order)
        if source_id not in known
    ]


def shown(orders: Orders) -> Priority:
    metrics = {BY_ID[metric_id].code: order for metric_id, order in orders.items() if metric_id != OVERALL}
    return Priority(overall=orders.get(OVERALL, []), metrics=metrics)
