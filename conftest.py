"""How all suites run: one event loop a process, and a folder's tests together in one process."""

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """One loop for all tests of a process, so that they can share running services."""
    return "asyncio", {"use_uvloop": True}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one service or library share what it starts; those of `tests/` say themselves what they share."""
    for item in items:
        parts = item.path.relative_to(ROOT).parts
        if parts[0] != "tests" and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("/".join(parts[:2])))
