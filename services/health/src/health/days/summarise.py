"""Work out what dirty days come to; the rules are those of ``arbitrate`` and of ``sleep.model``."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from asyncpg import Connection

from health.catalogue.model import ADDITIVE
from health.catalogue.table import BY_ID
from health.days import arbitrate, queries, reading
from health.days.model import SLEEP_ID, SLEEP_IDS, Day, Figures, Key
from health.days.reading import Dirty, Plan
from health.sleep import model as sleep
from health.sleep import queries as nights


async def summarise(db: Connection, dirty: Collection[Dirty]) -> list[Day]:
    """Make the summaries of these days anew from samples; returns those that came out differently."""
    await reading.keep_sources(db, dirty)
    plan = await reading.plan(db, keys(dirty))
    made: dict[Key, Figures] = {}
    asleep, swept, added, chosen = _sorted(plan)
    for number, figures in ((await reading.added(db, plan, added)) | (await reading.chosen(db, plan, chosen))).items():
        made[plan.keys[number]] = figures
    async for number, rows in reading.said(db, plan, swept | asleep):
        key, names = plan.keys[number], plan.names[number]
        if number in swept:
            tracks = reading.tracks(rows, names)
            made[key] = arbitrate.figures(arbitrate.additive(tracks), tracks, plan.length_s(number))
        else:
            date = sleep.of_date(nights.sleepers(rows, names), plan.spans[number])
            for metric_id in SLEEP_IDS:
                made[key._replace(metric_id=metric_id)] = sleep.figures(date, BY_ID[metric_id].code)
    return await queries.keep(db, {key: made.get(key, Figures()) for key in _whole(plan.keys)})


def keys(dirty: Collection[Dirty]) -> list[Key]:
    """Which summaries rest on these; a stage may move a night to the day before or after."""
    found = set[Key]()
    for user_id, metric_id, _, on_date in dirty:
        if metric_id in SLEEP_IDS:
            found |= {Key(user_id, SLEEP_ID, on_date + timedelta(days)) for days in (-1, 0, 1)}
        else:
            found.add(Key(user_id, metric_id, on_date))
    return sorted(found)


def _whole(wanted: Sequence[Key]) -> list[Key]:
    return [
        key._replace(metric_id=metric_id)
        for key in wanted
        for metric_id in (SLEEP_IDS if key.metric_id == SLEEP_ID else (key.metric_id,))
    ]


def _sorted(plan: Plan) -> tuple[set[int], set[int], set[int], set[int]]:
    """The places of the keys: nights, additive metrics of several sources and of one, and all others."""
    asleep, swept, added, chosen = set[int](), set[int](), set[int](), set[int]()
    for number in plan.names:
        metric_id = plan.keys[number].metric_id
        if metric_id == SLEEP_ID:
            asleep.add(number)
        elif BY_ID[metric_id].kind != ADDITIVE:
            chosen.add(number)
        elif plan.is_contested(number):
            swept.add(number)
        else:
            added.add(number)
    return asleep, swept, added, chosen
