"""Every statement fits the schema that the migrations make."""

import pytest

import workout as package
from testkit.statements import statements
from workout.workouts import listing

pytestmark = pytest.mark.anyio

STATEMENTS = dict(statements(package)) | {f"listing {name}": text for name, text in listing.STATEMENTS.items()}


@pytest.mark.parametrize("name", STATEMENTS)
async def test_it_can_be_prepared(workout, name):
    async with workout.db.acquire() as db:
        await db.prepare(STATEMENTS[name])
