"""Real recordings for tests: those of the `sweat` wheel, which is always installed, and those below ``$SAMPLES``."""

import importlib.util
import json
import os
from pathlib import Path
from typing import Any

import pytest

PACKAGE = importlib.util.find_spec("sweat")
assert PACKAGE, "Install requirements/samples.txt: tests read the recordings inside the wheel sweat."
WHEEL = Path(next(iter(PACKAGE.submodule_search_locations or ())), "examples/data")
"""Installed without its dependencies: found, never imported."""
FOLDER = os.environ.get("SAMPLES")


def sample(name: str) -> Path:
    """A file below ``$SAMPLES``, or of the wheel by its name there."""
    if (inside := WHEEL / name).exists():
        return inside
    return _below(name)


def expected(name: str) -> dict[str, Any]:
    """What a file must give, as $SAMPLES/expected.json says."""
    known = json.loads(_below("expected.json").read_bytes())
    figures: dict[str, Any] = known["files"].get(name) or known["sweat-wheel"]["files"][f"sweat/examples/data/{name}"]
    return figures


def _below(name: str) -> Path:
    if not FOLDER:
        pytest.skip("$SAMPLES, the folder with real recordings, is not set")
    path = Path(FOLDER, name)
    if not path.exists():
        pytest.skip(f"$SAMPLES holds no {name}")
    return path
