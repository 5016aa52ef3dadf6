"""FIT's checksum (CRC-16/ARC), two bytes at a time: there is none in the standard library."""

import sys
from array import array
from functools import cache
from typing import BinaryIO

BLOCK = 1 << 16
REFLECTED = 0xA001


@cache
def _table(bits: int) -> "array[int]":
    """What so many bits leave behind in the register."""
    if bits > 8:
        half = _table(8)
        return array("H", [rest >> 8 ^ half[rest & 0xFF] for rest in (n >> 8 ^ half[n & 0xFF] for n in range(1 << 16))])
    table = array("H", range(1 << 8))
    for _ in range(bits):
        table = array("H", [rest >> 1 ^ (REFLECTED if rest & 1 else 0) for rest in table])
    return table


def checksum(file: BinaryIO, start: int, end: int) -> int:
    """Of the bytes from start to before end; the file stays where it was read to."""
    here = file.tell()
    file.seek(start)
    crc, table, short = 0, _table(16), _table(8)
    while data := file.read(min(BLOCK, end - file.tell())):
        words = array("H", data[: len(data) & ~1])
        if sys.byteorder == "big":
            words.byteswap()
        for word in words:
            crc = table[crc ^ word]
        for byte in data[len(data) & ~1 :]:
            crc = crc >> 8 ^ short[(crc ^ byte) & 0xFF]
    file.seek(here)
    return crc
