"""Folders that the servers' account can enter, and one product of fake services a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from local import account


@pytest.fixture
def folder() -> Iterator[Path]:
    with account.scratch_folder() as path:
        yield path
