"""Every statement of imports and recordings fits the schema that the migrations make."""

import pytest

from workout.imports import apply, queries, undo, work
from workout.recordings import queries as recordings

pytestmark = pytest.mark.anyio

STATEMENTS = {
    f"{module.__name__}.{name}": text
    for module in (apply, queries, undo, work, recordings)
    for name, text in vars(module).items()
    if name.isupper()
    and isinstance(text, str)
    and text.split(maxsplit=1)[0] in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}
}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_it_can_be_prepared(workout, name):
    async with workout.db.acquire() as db:
        await db.prepare(STATEMENTS[name])
