"""XML without trust: fed in blocks to lxml's target parser; no tree grows, nothing is fetched or expanded."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec
from lxml import etree

from imports.broken import Broken

BLOCK = 1 << 16
"""A good size of the blocks to feed."""
ENTITY = b"<!ENTITY"
AMPERSAND = "&#38;"
"""What libxml2 makes of an ampersand in an attribute when it is told to leave entities alone."""
DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)""")
READABLE = re.compile(r"utf-?8|(us-)?ascii|iso-?8859-?\d+|latin-?\d|(windows-|cp)125\d", re.IGNORECASE)
"""Encodings that contain ASCII as it is, so that a search for bytes sees what the parser sees."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Where a document is no longer believed."""

    depth: int = 64
    elements: int = 2_000_000
    names: int = 5_000
    """Different names of elements and attributes; the parser keeps each for ever."""
    gap_bytes: int = 1 << 20
    """From one tag to the next: a text, a comment, or a tag with all its attributes."""


class Target(Protocol):
    """What is told of each element; it may raise, and `Broken` is what it should raise."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...


class _Guard:
    """Counts on the way to the target."""

    def __init__(self, target: Target, bounds: Bounds) -> None:
        self.bounds = bounds
        self.depth = self.elements = 0
        self.names: set[str] = set()
        self._start, self._end = target.start, target.end
        if data := getattr(target, "data", None):
            self.data = data

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > self.bounds.depth:
            raise Broken(f"Elements are nested more than {self.bounds.depth} deep.")
        if self.elements > self.bounds.elements:
            raise Broken(f"There are more than {self.bounds.elements:,} elements.")
        if tag not in self.names or not self.names.issuperset(attributes):
            self._learn(tag, attributes)
        if AMPERSAND in "".join(attributes.values()):
            attributes = {name: text.replace(AMPERSAND, "&") for name, text in attributes.items()}
        self._start(tag, attributes)

    def _learn(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.names.update((tag, *attributes))
        if len(self.names) > self.bounds.names:
            raise Broken(f"There are more than {self.bounds.names:,} different names of elements and attributes.")

    def end(self, tag: str) -> None:
        self.depth -= 1
        self._end(tag)

    def close(self) -> None:
        """Lxml asks for it."""


def parse(
    blocks: Iterable[bytes], target: Target, bounds: Bounds | None = None, *, recover: bool = False, first_line: int = 1
) -> Iterator[int]:
    """Feed blocks of bytes to the target's ``start``, ``end`` and, if it has one, ``data``; yield the size of each.

    Entities are not declared, document types not loaded, nothing is fetched. Whatever is wrong is `Broken`, with the
    line; what the target was told before stays told. ``recover`` goes on over what is not well-formed.
    """
    guard = _Guard(target, bounds or Bounds())
    # Without huge_tree libxml2 has bounds of its own behind ours: depth 256, 10 MB of text.
    parser = etree.XMLParser(
        target=guard,  # type: ignore[arg-type]  # lxml-stubs want a comment(), which it does not need
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=recover,
    )
    tail, gap, told, line, over = b"", 0, 0, first_line, False
    try:
        for block in blocks:
            if not guard.elements:
                _check_prolog(tail + block, beginning=not tail)
                tail = block[1 - len(ENTITY) :]
            parser.feed(block)
            gap = 0 if told != (told := guard.elements - guard.depth + guard.elements) else gap + len(block)
            if gap > guard.bounds.gap_bytes:
                raise Broken(f"Something in line {line:,} is longer than {guard.bounds.gap_bytes >> 20} MiB.")
            line += block.count(b"\n")
            yield len(block)
        over = True
        parser.close()
    except etree.XMLSyntaxError as error:
        at = f"line {max(error.lineno or 1, 1) + first_line - 1:,}"
        if over:
            raise Broken(f"It is cut off in {at}.") from error
        raise Broken(
            f"It is not well-formed XML in {at}: {(error.msg or 'unreadable').split(', line ')[0]}."
        ) from error


def _check_prolog(text: bytes, *, beginning: bool) -> None:
    """What a document type may do harm with is refused before the parser sees it."""
    if ENTITY in text:
        raise Broken("Its document type declares entities, which are not expanded here.")
    if not beginning:
        return
    text = text.removeprefix(codecs.BOM_UTF8)
    if b"\0" in text[:4] or text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Broken("It is not in UTF-8: only encodings that contain ASCII are read.")
    if (declared := DECLARED.match(text)) and not READABLE.fullmatch(declared[1].decode()):
        raise Broken(f"It declares the encoding {declared[1].decode()[:40]}, which is not read.")
