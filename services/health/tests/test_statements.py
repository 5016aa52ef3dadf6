"""Every statement fits the schema that the migrations make."""

import pytest

from health import users
from health.days import queries as days
from health.days import reading
from health.imports import elsewhere
from health.records import derive
from health.records import queries as records
from health.samples import streaming
from health.sources import queries as sources
from health.workouts import queries as workouts

pytestmark = pytest.mark.anyio

STATEMENTS = {
    f"{module.__name__}.{name}": text
    for module in (days, reading, records, derive, elsewhere, sources, streaming, users, workouts)
    for name, text in vars(module).items()
    if name.isupper()
    and isinstance(text, str)
    and text.split(maxsplit=1)[0] in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_it_can_be_prepared(health, name):
    async with health.db.acquire() as db:
        await db.prepare(STATEMENTS[name])
