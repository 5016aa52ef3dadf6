"""Points that look like the one before them, taken by a pattern: the parser sees only what stands between them.

It is much quicker, and changes nothing: a point is taken only behind one that is well-formed, in a container that the
parser has seen begin. What is not as plain is the parser's, and whoever asks the parser may switch this off.
"""

import re
from collections.abc import Container, Iterator, Mapping
from typing import NamedTuple

Columns = Mapping[str, "list[str] | tuple[str, ...]"]
"""Texts of points by channel, all of one length; those of the time are always there."""
NOTHING = "null"
"""A text that is not there, as JSON."""
BLANK = r"[ \t\r\n]*+"
VALUE = r"[!-%'-;=?-~][ -%'-;=?-~]*+"
QUOTED = r"[ !#-%'-;=?-~]*+"
ATTRIBUTE = rf'[ \t\r\n]++([\w.:-]++)="({QUOTED})"'
TAG = re.compile(rf"<(/?)([\w.:-]++)((?:{ATTRIBUTE})*+){BLANK}(/?)>", re.ASCII)
TEXT = re.compile(rf"(?:({VALUE})|{BLANK})(?=<|\Z)")
ATTRIBUTES = re.compile(ATTRIBUTE, re.ASCII)
BLANKS = re.compile(BLANK)
MOST_SHAPES = 32
"""Of one file; where there are more, none is usual."""
WINDOW = 1 << 15
"""Characters that are matched at once; a longer point is the parser's."""


class Shape(NamedTuple):
    """What points have in common: everything but their texts."""

    pattern: re.Pattern[str]
    """Its last group is what follows and has another shape."""
    channels: tuple[str, ...]
    """Of the other groups."""

    def run(self, text: str, at: int) -> tuple[Columns, int]:
        """The points of this shape from here on, and where they end."""
        rows: list[tuple[str, ...]] = []
        while found := self.pattern.findall(text, at, at + WINDOW):
            begun, other = at, found[-1][-1]
            at = min(at + WINDOW, len(text)) - len(other)
            rows += found[:-1] if other else found
            if at == begun:
                break
        columns: dict[str, tuple[str, ...]] = dict(zip(self.channels, zip(*rows, strict=True), strict=False))
        columns.setdefault("time", (NOTHING,) * len(rows))
        return columns, at


class Piece(NamedTuple):
    """Of a file."""

    text: bytes
    points: Columns | None = None
    """What the text says, where it is nothing but points."""
    enters: bool = False
    """Whether it ends with what begins a container."""


class Plain:
    """Follows a file from block to block."""

    def __init__(
        self, point: str, container: str, known: Mapping[str, str], *, places: bool, others: Container[str]
    ) -> None:
        """``others``: elements that are no part of a point."""
        self.off = False
        self._point, self._known, self._places, self._others = point, known, places, others
        self._enter, self._begin, self._end = f"<{container}>", f"<{point}", f"</{point}>"
        self._inside = False
        """Whether what comes is a child of a container."""
        self._shape: Shape | None = None
        """Of the point before."""
        self._shapes: dict[str, Shape] = {}
        self._held = b""
        """A point that ends in the next block."""

    def pieces(self, block: bytes) -> Iterator[Piece]:
        """Of the next block, in its order; an empty one ends the file."""
        readable = bool(block) and block.isascii()
        block, self._held = self._held + block, b""
        text = block.decode("ascii") if readable else ""
        self._inside = self._inside and readable
        fed = at = 0
        while not self.off:
            if not self._inside:
                if (at := text.find(self._enter, at) + len(self._enter)) < len(self._enter):
                    break
                self._inside, self._shape = True, None
                yield Piece(block[fed:at], enters=True)
                fed = at
            else:
                at = _blank(text, at)
                points, end = self._shape.run(text, at) if self._shape else ({}, at)
                if end > at:
                    if fed < at:
                        yield Piece(block[fed:at])
                    yield Piece(block[at:end], points)
                    fed = at = end
                elif (end := self._passed(text, at)) > at:
                    at = end
                elif self._inside:
                    block, self._held = block[:at], block[at:]
                    break
        if fed < len(block):
            yield Piece(block[fed:])

    def _passed(self, text: str, at: int) -> int:
        """Where the point ends that the parser is to see, once it is known how the next one may look.

        We stay inside when there is one, or when its end is still to come.
        """
        if not text.startswith(self._begin, at):
            self._inside = self._begin.startswith(text[at:])
        elif (end := text.find(self._end, at)) < 0:
            self._inside = len(text) - at < WINDOW
        else:
            end += len(self._end)
            self._shape = self._shape_of(text[at:end])
            self._inside = self._shape is not None
            return end
        return at

    def _shape_of(self, point: str) -> Shape | None:
        found = self._outline(point)
        if found is None:
            return None
        pattern, channels = found
        if pattern not in self._shapes:
            if len(self._shapes) >= MOST_SHAPES:
                self.off = True
                return None
            self._shapes[pattern] = Shape(re.compile(rf"{pattern}|([\s\S]++)"), channels)
        return self._shapes[pattern]

    def _outline(self, point: str) -> tuple[str, tuple[str, ...]] | None:
        """A pattern for points with the same tags, and what it takes; None of what is not well-formed or of no use."""
        pattern, channels, above, at = "", list[str](), list[str](), 0
        while (tag := TAG.match(point, at)) and (text := TEXT.match(point, tag.end())):
            closing, name, attributes, empty = tag[1], tag[2], ATTRIBUTES.findall(tag[3]), tag[6]
            local = name.rpartition(":")[2]
            if closing and (attributes or empty or not above or above.pop() != name):
                return None
            if not closing and ((name == self._point) == bool(at) or local in self._others):
                return None
            if len(dict(attributes)) < len(attributes) or (text[1] and (closing or empty)):
                return None
            if not closing and not empty:
                above.append(name)
            pattern += re.escape(tag[0]) if at or not self._places else _with_places(tag[0], channels)
            channel = self._known.get(local)
            if text[1] and channel and channel not in channels:
                channels.append(channel)
                pattern += f"({VALUE})"
            else:
                pattern += VALUE if text[1] else BLANK
            at = text.end()
            if not above:
                break
        return (pattern + BLANK, tuple(channels)) if at == len(point) and channels and not above else None


def _with_places(tag: str, channels: list[str]) -> str:
    """The pattern of a point's own tag."""
    pattern, at = "", 0
    for found in ATTRIBUTES.finditer(tag):
        if found[1] in {"lat", "lon"}:
            channels.append(found[1])
            pattern += f"{re.escape(tag[at : found.start(2)])}({QUOTED})"
            at = found.end(2)
    return pattern + re.escape(tag[at:])


def _blank(text: str, at: int) -> int:
    """Where the blanks end that begin here."""
    return found.end() if (found := BLANKS.match(text, at)) else at
