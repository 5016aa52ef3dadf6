"""The elements of a large JSON array one by one: the file is never in memory as a whole."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from imports import Broken
from imports.detect import encoding_of

CHUNK = 1 << 16
ITEM_CHARS = 8 << 20
"""One element: a night with its stages, a day's points."""
SPACE = re.compile(r"[ \t\r\n]*")
DECODER = json.JSONDecoder()


class Scanner:
    """A window over the text of a JSON file that only moves forward."""

    def __init__(self, file: BinaryIO) -> None:
        head = file.read(CHUNK)
        self.text = io.TextIOWrapper(_Rest(head, file), encoding_of(head), errors="replace")  # type: ignore[type-var]
        self.window = self.text.read(CHUNK).removeprefix("\ufeff")
        self.at = 0
        self.passed = 0
        self.ended = False

    def more(self) -> bool:
        """Doubles what can be seen from here on, so that a long element is not scanned over and over."""
        seen = len(self.window) - self.at
        if seen > ITEM_CHARS:
            raise Broken(
                f"An element of the JSON is longer than {ITEM_CHARS >> 20} Mi characters (after {self.place})."
            )
        data = self.text.read(max(CHUNK, seen))
        self.passed += self.at
        self.window = self.window[self.at :] + data
        self.at = 0
        self.ended = not data
        return bool(data)

    @property
    def place(self) -> str:
        return f"{self.passed + self.at:,} characters"

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            self.at = SPACE.match(self.window, self.at).end()  # type: ignore[union-attr]  # it matches everywhere
            if self.at < len(self.window):
                return self.window[self.at]
            if not self.more():
                return ""

    def take(self, char: str) -> bool:
        if self.peek() == char:
            self.at += 1
            return True
        return False

    def expect(self, char: str) -> None:
        if not self.take(char):
            self.broken()

    def broken(self) -> None:
        if self.peek():
            raise Broken(f"The JSON is damaged after {self.place}.")
        raise Broken(f"The JSON is cut off after {self.place}.")

    def value(self) -> Any:
        if not self.peek():
            self.broken()
        while True:
            try:
                found, end = DECODER.raw_decode(self.window, self.at)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError):
                    raise Broken(f"The JSON is nested too deeply (after {self.place}).") from error
                if not self.more():
                    self.broken()
            else:
                if end < len(self.window) or isinstance(found, dict | list | str) or not self.more():
                    self.at = (
                        end if end < len(self.window) or isinstance(found, dict | list | str) else len(self.window)
                    )
                    return found


def items(file: BinaryIO, key: str | None = None) -> Iterator[Any]:
    """Elements of the array that the file is, or of the one that its object holds under this key; else the object."""
    scanner = Scanner(file)
    if scanner.peek() == "[":
        yield from _array(scanner)
    elif scanner.take("{"):
        yield from _object(scanner, key)
    else:
        scanner.broken()


def _array(scanner: Scanner) -> Iterator[Any]:
    scanner.expect("[")
    if scanner.take("]"):
        return
    while True:
        yield scanner.value()
        if scanner.take("]"):
            return
        scanner.expect(",")


def _object(scanner: Scanner, key: str | None) -> Iterator[Any]:
    """Its small values as one dictionary each, {name: value}; the elements under `key` as they are."""
    if scanner.take("}"):
        return
    while True:
        name = scanner.value()
        if not isinstance(name, str):
            scanner.broken()
        scanner.expect(":")
        if name == key and scanner.peek() == "[":
            yield from _array(scanner)
        else:
            yield Member(name, scanner.value())
        if scanner.take("}"):
            return
        scanner.expect(",")


class Member(NamedTuple):
    """A name of an object and its value."""

    name: str
    value: Any


class _Rest(io.RawIOBase):
    """A stream whose first bytes were looked at already."""

    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self.head = head
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's private Buffer
        data = self.head[: len(buffer)] or self.file.read(min(len(buffer), CHUNK))
        self.head = self.head[len(data) :] if self.head else b""
        buffer[: len(data)] = data
        return len(data)
