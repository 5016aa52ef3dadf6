"""Channels as bytes: numbers of fixed decimals, told by their differences, deflated.

A packed channel is a head (kind, width of a difference) and a deflated body: a byte a value that says whether there
is one (only where some are missing), then the differences, all their lowest bytes first, then all their next ones …
"""

import math
import zlib
from array import array
from collections.abc import Iterable, Mapping
from itertools import accumulate
from operator import sub
from typing import Final, Literal

from workout.streams.model import Channels, Packed

DECIMALS: Final[Mapping[str, int]] = {
    "time": 3,
    "lat": 7,
    "lon": 7,
    "altitude": 2,
    "distance": 2,
    "speed": 3,
    "heart_rate": 1,
    "cadence": 1,
    "power": 1,
    "temperature": 2,
}
"""A ten-millionth of a degree is a centimetre; what is not named has three."""
USUAL_DECIMALS = 3

MAGIC = 6_755_399_441_055_744.0
"""1.5 x 2^52: added to a float, it leaves the nearest integer in the lowest bits."""
MAGIC_BITS: Final[int] = array("q", array("d", [MAGIC]).tobytes())[0]
LARGEST = 2.0**50
LEVEL = 4
NAN = float("nan")
Width = Literal["b", "h", "i", "q"]
WIDTHS: Final[tuple[Width, ...]] = ("b", "h", "i", "q")
WHOLE, HOLED, EXACT = b"0", b"1", b"2"
"""Every value is there; some are missing; floats as they are, for values beyond what fixed decimals can say."""


class Unreadable(ValueError):  # noqa: N818 - it says what the bytes are
    """These bytes are no packed channel of that length."""


def encode(values: "array[float]", channel: str) -> bytes:
    """Pack values; what is not finite counts as missing and comes back as NaN."""
    total = sum(map(abs, values))
    present = values if math.isfinite(total) else array("d", filter(math.isfinite, values))
    scale = 10.0 ** DECIMALS.get(channel, USUAL_DECIMALS)
    if present and max(map(abs, present)) * scale >= LARGEST:
        exact = values if len(present) == len(values) else array("d", [v if math.isfinite(v) else NAN for v in values])
        return EXACT + b"d" + zlib.compress(_planes(exact.tobytes(), 8), LEVEL)
    mask = b"" if len(present) == len(values) else bytes(map(math.isfinite, values))
    width, planes = _differences(present, scale)
    return (HOLED if mask else WHOLE) + width.encode() + zlib.compress(mask + planes, LEVEL)


def decode(data: bytes, n: int, channel: str) -> "array[float]":
    """Unpack the ``n`` values that `encode` was given, rounded to the channel's decimals."""
    kind, width, body = data[:1], data[1:2].decode("latin-1"), _inflated(data[2:], n)
    if kind == EXACT:
        return _exact(body, n)
    if kind not in {WHOLE, HOLED} or width not in WIDTHS:
        raise Unreadable("no such kind of packing")
    mask, planes = (body[:n], body[n:]) if kind == HOLED else (b"", body)
    differences = array(width)
    size = differences.itemsize
    if len(planes) != size * (sum(mask) if mask else n):
        raise Unreadable("more or fewer values than said")
    differences.frombytes(_lines(planes, size))
    scale = 10.0 ** DECIMALS.get(channel, USUAL_DECIMALS)
    present = array("d", [number / scale for number in accumulate(differences)])
    if not mask:
        return present
    found = iter(present)
    return array("d", [next(found) if there else NAN for there in mask])


def pack(channels: Channels) -> list[Packed]:
    """Pack every channel that has any value."""
    return [packed for channel, values in channels.items() if (packed := _packed(channel, values)) is not None]


def unpack(packed: Iterable[Packed]) -> "dict[str, array[float]]":
    """The channels again, rounded to their decimals."""
    return {one.channel: decode(one.data, one.n, one.channel) for one in packed}


def _packed(channel: str, values: "array[float]") -> Packed | None:
    present = values if math.isfinite(sum(map(abs, values))) else array("d", filter(math.isfinite, values))
    if not present:
        return None
    low, high = min(present), max(present)
    mean = min(max(math.fsum(value / len(present) for value in present), low), high)
    return Packed(channel, len(values), encode(values, channel), low, high, mean)


def _differences(present: "array[float]", scale: float) -> tuple[Width, bytes]:
    shifted = array("d", [value * scale + MAGIC for value in present])
    bits = array("q", shifted.tobytes())
    for width in WIDTHS:
        try:
            differences = array(width, bits[:1] and [bits[0] - MAGIC_BITS])
            differences.extend(array(width, list(map(sub, bits[1:], bits))))
        except OverflowError:
            continue
        return width, _planes(differences.tobytes(), differences.itemsize)
    raise AssertionError("the widest holds every difference of numbers below 2^50")


def _planes(lines: bytes, size: int) -> bytes:
    return b"".join(lines[place::size] for place in range(size))


def _lines(planes: bytes, size: int) -> bytes:
    lines, n = bytearray(len(planes)), len(planes) // size
    for place in range(size):
        lines[place::size] = planes[place * n : (place + 1) * n]
    return bytes(lines)


def _exact(body: bytes, n: int) -> "array[float]":
    if len(body) != 8 * n:
        raise Unreadable("more or fewer values than said")
    values = array("d")
    values.frombytes(_lines(body, 8))
    return values


def _inflated(data: bytes, n: int) -> bytes:
    reader = zlib.decompressobj()
    try:
        body = reader.decompress(data, 9 * n + 1)
    except zlib.error as error:
        raise Unreadable(str(error)) from None
    if not reader.eof:
        raise Unreadable("more or fewer values than said")
    return body
