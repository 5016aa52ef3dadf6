"""A user of one's own for each test."""

from uuid import UUID, uuid4

import pytest

from testkit.running import Running


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
def headers(workout: Running, user_id: UUID) -> dict[str, str]:
    return workout.signer.headers(user_id)
