"""Records of a FIT file into columns: a definition says how all its records lie, so whole runs are unpacked at once."""

import math
import struct
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from workout.readers.model import NAN

TIME = 253
FLUSH_BYTES = 1 << 18
"""Of records that wait to be unpacked."""
MOST_DEVELOPER_FIELDS = 64
DEGREES = 180 / (1 << 31)


class Field(NamedTuple):
    """Where a number of a record goes: divided by scale, less offset."""

    channel: str
    scale: float = 1.0
    offset: float = 0.0


FIELDS: dict[int, Field] = {
    0: Field("lat", 1 / DEGREES),
    1: Field("lon", 1 / DEGREES),
    78: Field("altitude", 5, 500),
    2: Field("altitude", 5, 500),
    3: Field("heart_rate"),
    4: Field("cadence"),
    52: Field("cadence", 256),
    53: Field("cadence_fraction", 128),
    5: Field("distance", 100),
    73: Field("speed", 1000),
    6: Field("speed", 1000),
    7: Field("power"),
    8: Field("speed_and_distance"),
    9: Field("grade", 100),
    13: Field("temperature"),
    30: Field("left_right_balance"),
    39: Field("vertical_oscillation", 10),
    41: Field("stance_time", 10),
    85: Field("step_length", 10),
    99: Field("respiration"),
    108: Field("respiration", 100),
}
"""By number, in FIT's units; where two say the same, the first in the message counts and the other fills its holes."""
INVALID: dict[str, int] = {
    "b": 0x7F,
    "B": 0xFF,
    "h": 0x7FFF,
    "H": 0xFFFF,
    "i": 0x7FFFFFFF,
    "I": 0xFFFFFFFF,
    "q": 0x7FFFFFFFFFFFFFFF,
    "Q": 0xFFFFFFFFFFFFFFFF,
}
ZERO_IS_INVALID = {0x0A, 0x8B, 0x8C, 0x90}
"""The types uint8z … uint64z."""


class Column(NamedTuple):
    """One number that is taken out of each record of a definition."""

    field: Field
    code: str
    invalid: int | None
    developer: Any = None

    def values(self, raw: Sequence[float]) -> "array[float]":
        _, scale, offset = self.field
        if self.invalid is None:
            return array("d", [value / scale - offset if math.isfinite(value) else NAN for value in raw])
        invalid = self.invalid
        if offset:
            return array("d", [NAN if value == invalid else value / scale - offset for value in raw])
        if scale != 1:
            return array("d", [NAN if value == invalid else value / scale for value in raw])
        if invalid in raw:
            return array("d", [NAN if value == invalid else value for value in raw])
        return array("d", raw)


class Layout:
    """How the messages of one definition lie in their bytes."""

    def __init__(self, definition: Any) -> None:
        self.message = int(definition.global_mesg_num)
        self.endian = str(definition.endian)
        self.fields: dict[int, tuple[int, int, Any]] = {}
        """By number: first byte, length, fitdecode's base type."""
        self.time: struct.Struct | None = None
        self.time_at = self.size = 0
        codes = [self.endian]
        self.columns: list[Column] = []
        for field in definition.all_field_defs:
            if not field.is_dev:
                self.fields[field.def_num] = (self.size, field.size, field.base_type)
                if field.def_num == TIME and field.size == 4:
                    self.time, self.time_at = struct.Struct(f"{self.endian}I"), self.size
            column = self._column(field) if self.message == 20 else None
            if column:
                self.columns.append(column)
                used = struct.calcsize(codes[0] + column.code)
                codes.append(f"{column.code}{field.size - used}x")
            else:
                codes.append(f"{field.size}x")
            self.size += field.size
        self.columns.sort(key=lambda column: column.developer is not None)
        self.unpacker = struct.Struct("".join(codes))

    @staticmethod
    def _column(field: Any) -> Column | None:
        base = field.base_type
        if field.is_dev:
            native = field.field.native_field_num
            to = FIELDS.get(native) if isinstance(native, int) else None
            target = Field(to.channel) if to else Field("")
        elif not (target := FIELDS.get(field.def_num, Field(""))).channel:
            return None
        if target.channel == "speed_and_distance":
            return Column(target, "3s", None) if field.size == 3 and not field.is_dev else None
        if base.fmt not in "bBhHiIqQfd" or field.size < base.size or field.size % base.size:
            return None
        invalid = 0 if base.identifier in ZERO_IS_INVALID else INVALID.get(base.fmt)
        return Column(target, base.fmt, invalid, field.field if field.is_dev else None)


class Told(msgspec.Struct):
    """What a developer's field said over a whole activity."""

    name: str
    units: str
    n: int = 0
    total: float = 0.0
    min: float = math.inf
    max: float = -math.inf

    def add(self, values: Iterable[float]) -> None:
        if said := [value for value in values if value == value]:
            self.n += len(said)
            self.total += math.fsum(said)
            self.min, self.max = min(self.min, *said), max(self.max, *said)


class Records:
    """The columns of an activity while it is read."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.n = 0
        self.times: list[int] = []
        self.channels: dict[str, array[float]] = {}
        self.developer: dict[tuple[int, int], Told] = {}
        self.without_time = 0
        self._layout: Layout | None = None
        self._waiting = bytearray()
        self._far = 0

    @property
    def full(self) -> bool:
        return len(self.times) >= self.most

    def take(self, layout: Layout, payload: bytes, at: int) -> None:
        if at == 0xFFFFFFFF:
            self.without_time += 1
            return
        if layout is not self._layout or len(self._waiting) > FLUSH_BYTES:
            self.flush()
            self._layout = layout
        self._waiting += payload
        self.times.append(at)

    def flush(self) -> None:
        """Unpack what waits: after it every channel is as long as `times`."""
        n, layout = len(self.times) - self.n, self._layout
        if not n or layout is None:
            return
        found: dict[str, array[float]] = {}
        if layout.columns:
            for column, raw in zip(
                layout.columns, zip(*layout.unpacker.iter_unpack(self._waiting), strict=True), strict=True
            ):
                self._put(found, column, raw)
        for channel, values in found.items():
            if channel not in self.channels:
                self.channels[channel] = array("d", [NAN]) * self.n
            self.channels[channel] += values
        self._waiting.clear()
        self.n += n
        for values in self.channels.values():
            values.extend([NAN] * (self.n - len(values)))

    def _put(self, found: "dict[str, array[float]]", column: Column, raw: tuple[Any, ...]) -> None:
        if column.field.channel == "speed_and_distance":
            found["speed"], found["distance"] = self._compressed(raw)
            return
        values = column.values(raw)
        if column.developer is not None:
            self._tell(column.developer, values)
        channel = column.field.channel
        if not channel:
            return
        if have := found.get(channel):
            values = array("d", [a if a == a else b for a, b in zip(have, values, strict=True)])
        found[channel] = values

    def _compressed(self, raw: Iterable[bytes]) -> "tuple[array[float], array[float]]":
        """Twelve bits of speed in cm/s, and twelve of a distance in sixteenths of a metre that starts over at 256 m."""
        speed, distance = array("d"), array("d")
        for low, middle, high in raw:
            if low == middle == high == 0xFF:
                speed.append(NAN)
                distance.append(NAN)
                continue
            self._far += ((middle >> 4 | high << 4) - self._far) % (1 << 12)
            speed.append((low | (middle & 0x0F) << 8) / 100)
            distance.append(self._far / 16)
        return speed, distance

    def _tell(self, field: Any, values: "array[float]") -> None:
        key = (field.dev_data_index or 0, field.def_num)
        if key not in self.developer:
            if len(self.developer) >= MOST_DEVELOPER_FIELDS:
                return
            name = str(field.name or f"{key[0]}:{key[1]}")[:64]
            self.developer[key] = Told(name, str(field.units or "")[:16])
        self.developer[key].add(values)
