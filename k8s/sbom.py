#!/usr/bin/env python3
"""What a service's image holds, as CycloneDX 1.6, from its lock: every package, version and hash.

`python3 k8s/sbom.py identity` prints it, `make sbom` writes all; the same lock gives the same bytes.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCKS = Path(__file__).parents[1] / "requirements"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)


def main() -> None:
    if len(sys.argv) != 2 or not (LOCKS / f"{sys.argv[1]}.txt").exists():
        sys.exit("say which service: " + ", ".join(sorted(services())))
    print(json.dumps(bill(sys.argv[1]), indent=1))  # noqa: T201 - what it is for


def services() -> Iterator[str]:
    """Those with a lock of their own."""
    return (path.stem for path in LOCKS.glob("*.txt") if (LOCKS.parent / "services" / path.stem).is_dir())


def bill(service: str) -> dict[str, Any]:
    """The whole document."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "container", "name": f"fitmesh/{service}", "bom-ref": f"fitmesh/{service}"}},
        "components": [
            {"type": "container", "name": "python", "version": "3.13-slim", "bom-ref": "python:3.13-slim"},
            *packages((LOCKS / f"{service}.txt").read_text()),
        ],
    }


def packages(lock: str) -> Iterator[dict[str, Any]]:
    """A component for each pinned package, with the hashes of its files."""
    found = [*PINNED.finditer(lock)]
    for match, following in zip(found, [*found[1:], None], strict=True):
        text = lock[match.start() : following.start() if following else None]
        purl = f"pkg:pypi/{match['name'].lower()}@{match['version']}"
        hashes = [{"alg": "SHA-256", "content": each} for each in re.findall(r"sha256:([0-9a-f]{64})", text)]
        yield {
            "type": "library",
            "name": match["name"],
            "version": match["version"],
            "purl": purl,
            "bom-ref": purl,
            "externalReferences": [{"type": "distribution", "url": purl, "hashes": hashes}],
        }


if __name__ == "__main__":
    main()
