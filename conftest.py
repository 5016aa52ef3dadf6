"""How all suites run: one event loop a process, and a folder's tests together in one process."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """One loop for all tests of a process, so that they can share running services."""
    return "asyncio", {"use_uvloop": False}


@pytest.fixture(scope="session", autouse=True)
async def one_loop(anyio_backend: object) -> AsyncIterator[None]:  # noqa: ARG001 - it makes this fixture asynchronous
    """Keep the loop from the first test to the last: gRPC crashes in a process that closes one and opens another."""
    yield  # noqa: PT022 - without it the loop would end here


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no test by bytes that were packed a moment ago: workers must agree what their tests are called."""
    return argname if isinstance(val, bytes) and (len(val) > 40 or val[:2] in {b"\x1f\x8b", b"PK"}) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one folder share what its service starts; those of `tests/` say themselves what they share.

    The faults take longest, so they begin.
    """
    for item in items:
        folder = item.path.parent.relative_to(ROOT)
        if folder.parts[0] != "tests" and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(folder)))
        if item.path.name == "test_speed.py":
            item.add_marker(pytest.mark.alone)
    items.sort(key=lambda item: item.path.name != "test_faults.py" or item.path.parent != ROOT / "tests")
