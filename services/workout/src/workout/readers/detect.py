"""Which reader a file is for: by its content alone, whatever its name says."""

import re
from typing import BinaryIO

from imports import Broken
from imports.detect import HEAD, Content, detect, header_of
from workout.export import reader as ours
from workout.export.model import FORMAT
from workout.readers import apple, fit, fitnotes, gpx, hevy, strong, tcx
from workout.readers.model import Reader

Found = tuple[str, Reader]
"""A format and who reads it."""
ROOTS: dict[str, Found] = {
    "gpx": ("gpx", gpx.read),
    "TrainingCenterDatabase": ("tcx", tcx.read),
    apple.ROOT: ("apple-health", apple.read),
}
ROOT = re.compile(rf"<(?:[\w.-]+:)?({'|'.join(ROOTS)})[\s>]")
"""Also behind what should not stand before it."""
LOGS = (
    (hevy.COLUMNS, ("hevy", hevy.read)),
    (strong.COLUMNS, ("strong", strong.read)),
    (fitnotes.COLUMNS, ("fitnotes", fitnotes.read)),
)


def of_content(content: Content) -> Found | None:
    """The reader for what is no archive; None when nobody knows it."""
    if content.kind == "fit":
        return "fit", fit.read
    if content.kind == "json" and ours.is_one(content.text):
        return FORMAT, ours.read_one
    if content.kind not in {"xml", "text"}:
        return None
    if found := ROOTS.get(content.root or "") or _in_text(content.text):
        return found
    names = {name.lower().lstrip("\ufeff") for name in header_of(content.text)}
    return next((found for columns, found in LOGS if columns <= names), None)


def _in_text(text: str) -> Found | None:
    root = ROOT.search(text)
    return ROOTS[root[1]] if root else None


def recognise(file: BinaryIO, name: str) -> Found:  # noqa: ARG001  every door gives it
    """Format and reader of an upload; `Broken` when nobody can read it. Names tell nothing."""
    from workout.readers import archive  # noqa: PLC0415  it finds the readers of its parts here

    file.seek(0)
    content = detect(file.read(HEAD))
    file.seek(0)
    if content.kind == "empty":
        raise Broken("The file is empty.")
    if content.kind == "zip":
        return archive.recognise_zip(file)
    if content.kind == "gzip":
        return archive.recognise_gzip(file)
    if (found := of_content(content)) is None:
        what = f", with the root “{content.root[:40]}”" if content.root else ""
        raise Broken(f"This is {content.says}{what}; no reader here knows it.")
    return found
