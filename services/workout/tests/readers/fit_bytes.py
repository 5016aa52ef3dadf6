"""FIT files as a device writes them, message by message, for what no sample shows."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from fitdecode.utils import compute_crc as crc_of  # type: ignore[import-untyped]  # it ships no types

NOON = 1_000_000_000
"""2021-09-08T01:46:40Z in FIT's seconds."""
FILE_ID, SESSION, LAP, RECORD, EVENT, ACTIVITY, HR = 0, 18, 19, 20, 21, 34, 132
DESCRIPTION, DEVELOPER, SET = 206, 207, 225
RUNNING, CYCLING, TRANSITION, SWIMMING = 1, 2, 3, 5
TYPES = {"E": 0x00, "b": 0x01, "B": 0x02, "h": 0x83, "H": 0x84, "i": 0x85, "I": 0x86, "f": 0x88, "d": 0x89, "z": 0x8C}
"""By the letters of `struct`, and E for an enum, z for a number whose zero says nothing."""
LETTERS = {"E": "B", "z": "I"}

Fields = Mapping[int, tuple[str, Any]]
"""By number: letter and value, or values; a text or bytes have no letter."""


class Fit:
    """One file, and others behind it."""

    def __init__(self, kind: int = 4, *, endian: str = "<") -> None:
        self.endian = endian
        self.body = bytearray()
        self._layouts: dict[int, bytes] = {}
        self._named = False
        """Whether the developer is."""
        self.add(FILE_ID, {0: ("E", kind), 1: ("H", 1), 2: ("H", 1836), 3: ("z", 77)})

    def add(
        self,
        message: int,
        fields: Fields,
        *,
        developer: Mapping[tuple[int, int], tuple[str, Any]] | None = None,
        local: int = 0,
        late: int | None = None,
    ) -> "Fit":
        """A message, behind its definition where that has changed; ``late``: the five bits of a compressed time."""
        packed = {number: self._packed(*field) for number, field in fields.items()}
        of_developer = {key: self._packed(*field) for key, field in (developer or {}).items()}
        layout = struct.pack(f"{self.endian}BBHB", 0, self.endian == ">", message, len(packed))
        layout += b"".join(bytes((number, len(data), kind)) for number, (kind, data) in packed.items())
        if of_developer:
            layout += bytes((len(of_developer),))
            layout += b"".join(bytes((number, len(data), at)) for (at, number), (_, data) in of_developer.items())
        if self._layouts.get(local) != layout:
            self.body += bytes((0x40 | (0x20 if of_developer else 0) | local,)) + layout
            self._layouts[local] = layout
        self.body += bytes((local if late is None else 0x80 | local << 5 | late % 32,))
        self.body += b"".join(data for _, data in (*packed.values(), *of_developer.values()))
        return self

    def _packed(self, letter: str, value: Any) -> tuple[int, bytes]:
        if isinstance(value, str):
            return 0x07, value.encode() + b"\0"
        if isinstance(value, bytes):
            return 0x0D, value
        values = value if isinstance(value, Sequence) else (value,)
        return TYPES[letter], struct.pack(f"{self.endian}{len(values)}{LETTERS.get(letter, letter)}", *values)

    def record(self, at: int, heart_rate: int = 140, **more: Any) -> "Fit":
        return self.add(RECORD, {253: ("I", at), 3: ("B", heart_rate)}, **more)

    def session(self, start: int, length_s: float, sport: int = RUNNING, **more: tuple[str, Any]) -> "Fit":
        """More fields by their numbers, as ``_9=("I", 500)``."""
        return self.add(SESSION, _part(start, length_s, more) | {5: ("E", sport), 6: ("E", 0)})

    def lap(self, start: int, length_s: float, **more: tuple[str, Any]) -> "Fit":
        return self.add(LAP, _part(start, length_s, more))

    def timer(self, at: int, *, runs: bool) -> "Fit":
        return self.add(EVENT, {253: ("I", at), 0: ("E", 0), 1: ("E", 0 if runs else 4)})

    def describe(self, number: int, name: str, units: str, kind: int, native: int | None = None) -> "Fit":
        """A field of a developer's."""
        said = {0: ("B", 0), 1: ("B", number), 2: ("B", kind), 3: ("", name), 8: ("", units)}
        if native is not None:
            said |= {14: ("H", RECORD), 15: ("B", native)}
        if not self._named:
            self.add(DEVELOPER, {3: ("B", 0), 1: ("", bytes(16))})
            self._named = True
        return self.add(DESCRIPTION, said)

    def made(self, *, size: int | None = None, crc: int | None = None) -> bytes:
        """With a header, in which the size may be a lie, and the checksum."""
        head = struct.pack("<BBHI4s", 14, 0x20, 2_132, len(self.body) if size is None else size, b".FIT")
        file = head + struct.pack("<H", crc_of(head)) + self.body
        return file + struct.pack("<H", crc_of(file) if crc is None else crc)


def _part(start: int, length_s: float, more: Mapping[str, tuple[str, Any]]) -> dict[int, tuple[str, Any]]:
    ms = round(length_s * 1_000)
    said = {253: ("I", start + int(length_s)), 2: ("I", start), 7: ("I", ms), 8: ("I", ms)}
    return said | {int(name[1:]): field for name, field in more.items()}


def a_run(*, start: int = NOON, seconds: int = 30, kind: int = 4) -> Fit:
    fit = Fit(kind)
    for second in range(seconds):
        fit.record(start + second, 120 + second % 40)
    return fit.lap(start, seconds).session(start, seconds)
