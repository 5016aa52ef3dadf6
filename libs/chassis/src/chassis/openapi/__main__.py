"""``python -m chassis.openapi write|check``: publish what all installed services answer, or see whether it drifted."""

import argparse
import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import msgspec

from chassis.openapi import document
from chassis.openapi.compatibility import broken
from chassis.service import Service
from contracts.openapi import FOLDER, committed
from contracts.services import SERVICES


def main() -> int:
    """Return 1 when a document is not what is committed, or would break what is published."""
    parser = argparse.ArgumentParser("python -m chassis.openapi", description=__doc__)
    parser.add_argument("action", choices=("write", "check"))
    parser.add_argument("--breaking", action="store_true", help="publish although clients will have to change")
    arguments = parser.parse_args()
    wrong = []
    for service in installed():
        made, old = document(service), committed(service.name)
        if arguments.action == "check":
            wrong += [] if made == old else [f"{service.name}: publish it with `python -m chassis.openapi write`"]
            continue
        breaks = [f"{service.name}: {what}" for what in broken(old, made)] if old else []
        wrong += breaks
        if arguments.breaking or not breaks:
            text = msgspec.json.format(msgspec.json.encode(made, order="deterministic"), indent=2)
            (FOLDER / f"{service.name}.json").write_bytes(text + b"\n")
    for line in wrong:
        print(line)  # noqa: T201 - this is the command's answer
    return 1 if wrong and not arguments.breaking else 0


def installed() -> Iterator[Service]:
    """Every service whose package is here."""
    for service in SERVICES:
        if find_spec(service.name) and find_spec(f"{service.name}.app"):
            found: Service = importlib.import_module(f"{service.name}.app").SERVICE
            yield found


if __name__ == "__main__":
    sys.exit(main())
