"""Heart rates of a strap that keeps them by itself, under water say, and hands them over afterwards."""

import struct
from bisect import bisect_right

from workout.readers.fit_records import Layout
from workout.readers.model import NAN

FRACTION, BPM, EVENT, EVENT_12 = 0, 6, 9, 10
TIME = 253
MOST = 2_000_000
LONGEST_S = 5.0
"""A heart rate is not carried on for longer."""


class Heartbeats:
    """The `hr` messages of a file: the first ties the strap's clock to the device's, all others count on from it."""

    def __init__(self) -> None:
        self.at: list[float] = []
        """FIT seconds of each beat."""
        self.bpm: list[int] = []
        self._anchor: float | None = None
        """FIT seconds when the strap's clock was zero."""
        self._ticks = 0

    def take(self, layout: Layout, payload: bytes) -> None:
        def raw(number: int) -> bytes:
            start, size, _ = layout.fields.get(number, (0, 0, None))
            return payload[start : start + size]

        endian, ticks = layout.endian, []
        if (event := raw(EVENT)) and len(event) % 4 == 0:
            ticks = [tick for tick in struct.unpack(f"{endian}{len(event) // 4}I", event) if tick != 0xFFFFFFFF]
            if ticks and len(time := raw(TIME)) == 4:
                (at,) = struct.unpack(f"{endian}I", time)
                part = struct.unpack(f"{endian}H", raw(FRACTION))[0] if len(raw(FRACTION)) == 2 else 0xFFFF
                if at != 0xFFFFFFFF:
                    self._anchor = at + (part / 32768 if part < 32768 else 0) - ticks[0] / 1024
            self._ticks = ticks[-1] if ticks else self._ticks
        if not ticks and (packed := raw(EVENT_12)).strip(b"\xff"):
            ticks = [self._rolled(low) for low in twelve_bits(packed)]
        if self._anchor is None or len(self.at) > MOST:
            return
        for tick, bpm in zip(ticks, raw(BPM), strict=False):
            if bpm not in {0, 0xFF}:
                self.at.append(self._anchor + tick / 1024)
                self.bpm.append(bpm)

    def _rolled(self, low: int) -> int:
        """The next tick that ends in these twelve bits."""
        self._ticks += (low - self._ticks) % (1 << 12)
        return self._ticks

    def __bool__(self) -> bool:
        return bool(self.at)

    def sort(self) -> None:
        order = sorted(range(len(self.at)), key=self.at.__getitem__)
        self.at = [self.at[i] for i in order]
        self.bpm = [self.bpm[i] for i in order]

    def until(self, at: float) -> float:
        """The heart rate at an instant: that of the last beat, when it is not long ago."""
        i = bisect_right(self.at, at + 0.5) - 1
        return self.bpm[i] if i >= 0 and at - self.at[i] <= LONGEST_S else NAN


def twelve_bits(packed: bytes) -> list[int]:
    """Numbers of twelve bits, the low bits first; 12 bytes hold eight."""
    number = int.from_bytes(packed, "little")
    return [number >> 12 * i & 0xFFF for i in range(len(packed) * 8 // 12)]
