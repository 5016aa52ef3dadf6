"""XML of recordings, without trust and without a tree that grows: elements come as soon as they end, and then go.

The parser mends what is not well-formed, fetches nothing and expands nothing; libxml2's own bounds hold (depth 256,
10 MB of text), and ours on what stays in the tree.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from lxml import etree

from imports import Broken
from workout.readers.fields import Fields, Names
from workout.readers.plain import Columns, Plain

Element = etree._Element  # noqa: SLF001  the only name it has
BLOCK = 1 << 18
HEAD = 1 << 15
"""Where prefixes are looked for that are not declared."""
MOST_NODES = 100_000
"""That stay in the tree from one block to the next: a part of a point, and what describes tracks and laps."""
NO_ROOT_BYTES = 1 << 20
MOST_PREFIXES = 40
USUAL_PREFIXES = {*(b"gpxtpx", b"gpxtrkx", b"gpxx", b"gpxpx", b"gpxdata", b"ext"), *(b"ns%d" % n for n in range(1, 8))}
"""Where a file does not declare them, they may yet come behind its head."""
ENTITY = b"<!ENTITY"
TYPE = b"<!DOCTYPE"
TAIL = 1 << 10
DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]{1,40})""")
READABLE = re.compile(rb"utf-?8|(us-)?ascii|iso-?8859-?\d+|latin-?\d|(windows-|cp)125\d", re.IGNORECASE)
PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
NAMESPACE = re.compile(rb"""\sxmlns\s*=\s*("[^"]*"|'[^']*')""")
KNOWN_PREFIX = re.compile(rb"xmlns:([\w.-]+)\s*=")


class Part(NamedTuple):
    """An element of the tags that were asked for."""

    name: str
    element: etree._Element
    points: Columns
    """Those of a container that have come; empty where there are none."""


class Document:
    """A file of points in containers, below one root."""

    def __init__(self, file: BinaryIO, root: str, fields: Fields, *, container: str, others: tuple[str, ...]) -> None:
        self.file = file
        self.root = root
        self.fields = fields
        self.container = container
        self._behind_point = re.compile(rb"</(?:[\w.-]+:)?%b\s*>\s*(?:<[^>]*)?\Z" % fields.point.encode())
        self.tags = tuple(f"{{*}}{name}" for name in (root, container, *others))
        self._plain = Plain(
            fields.point, container, fields.known, places=fields.places, others={root, container, *others}
        )
        self.names = Names()
        self.read = 0
        """Bytes."""
        self.whole = False
        """Whether the root has ended."""
        self._tree: etree._Element | None = None
        self._open: etree._Element | None = None
        self._entered = False
        """Whether a container has begun at the very last."""
        self._unseen = 0
        """Lines of which the parser knows nothing."""

    def parts(self) -> Iterator[Part]:
        """Containers, as far as they have come, and all of our elements when they have ended.

        What has been read is gone when the next part is asked for. Then `Broken`, where the document does not end as
        it should.
        """
        blocks = self._blocks()
        block, encoding = _head(next(blocks, b""), self.root.encode())
        parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=self.tags,
            recover=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_blank_text=True,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
            encoding=encoding,
        )
        tail = b""
        while block:
            if self._tree is None:
                self._check_type(tail + block)
            yield from self._fed(parser, block)
            tail = (tail + block[-TAIL:])[-TAIL:]
            if self._open is not None and len(self._open) > 1:
                yield self._come(self._open, len(self._open) - 1)
                del self._open[:-1]
            self._check()
            block = next(blocks, b"")
        yield from self._fed(parser, b"")
        lost = self._lost(parser, tail)
        last, n = self._open, 0 if self._open is None else len(self._open)
        if n and not self._behind_point.search(tail):
            n -= 1
        try:
            parser.close()
        except etree.XMLSyntaxError:
            lost = lost or "It is empty."
        yield from self._ended(parser, cut=(last, n))
        if lost:
            raise Broken(lost)

    def begun(self, name: str) -> etree._Element | None:
        """The last element of a name, whether it has ended or not."""
        if self._tree is None:
            return None
        return next(iter(deque(self._tree.iter(f"{{*}}{name}"), maxlen=1)), None)

    def _fed(self, parser: etree.XMLPullParser, block: bytes) -> Iterator[Part]:
        """What comes of a block; of an empty one, what was held back before."""
        for piece in self._plain.pieces(block):
            if piece.points and self._open is not None and not parser.feed_error_log:
                if len(self._open):
                    yield self._come(self._open, len(self._open))
                    del self._open[:]
                yield Part(self.container, self._open, piece.points)
                self._unseen += piece.text.count(b"\n")
            else:
                self._entered = False
                parser.feed(piece.text)
                yield from self._ended(parser)
                if piece.points or piece.enters > self._entered:
                    self._plain.off = True

    def _come(self, container: etree._Element, n: int) -> Part:
        return Part(self.container, container, self.fields.columns(container, n))

    def _ended(
        self, parser: etree.XMLPullParser, cut: tuple[etree._Element | None, int] | None = None
    ) -> Iterator[Part]:
        """``cut``: at the end of the file the container that is still open, and how many of its points are whole.

        What begins there is no element but the rest of a tag, as `<trk` of `<trkpt`.
        """
        rests: set[etree._Element] = set()
        for event, each in parser.read_events():
            element = cast(Element, each)
            name = self.names[element.tag]
            if event == "start":
                if cut:
                    rests.add(element)
                elif self._tree is None:
                    self._tree = element.getroottree().getroot()
                self._entered = name == self.container
                if self._entered:
                    self._open = element
            elif element not in rests:
                self._entered = False
                self.whole = self.whole or element is self._tree
                if name == self.container:
                    self._open = None
                    yield self._come(element, cut[1] if cut and element is cut[0] else len(element))
                else:
                    yield Part(name, element, {})
                if element.getparent() is not None:
                    del element[:]

    def _check_type(self, beginning: bytes) -> None:
        if ENTITY in beginning:
            raise Broken("Its document type declares entities, which are not expanded here.")
        if TYPE in beginning:
            self._plain.off = True

    def _check(self) -> None:
        """What stays in the tree is no more than what describes tracks and laps, and a part of a point."""
        if self._tree is None:
            if self.read > NO_ROOT_BYTES:
                raise Broken(f"It has no <{self.root}>.")
        elif sum(1 for _ in self._tree.iter()) > MOST_NODES:
            raise Broken(
                f"More than {MOST_NODES:,} elements belong to no point, up to byte {self.read:,}: not read on."
            )

    def _blocks(self) -> Iterator[bytes]:
        """In UTF-16 too, which is written anew."""
        decoder: codecs.IncrementalDecoder | None = None
        while block := self.file.read(BLOCK):
            if not self.read and (block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in block[:4]):
                name = "utf-16" if b"\0" not in block[:2] else "utf-16-be" if not block[0] else "utf-16-le"
                decoder = codecs.getincrementaldecoder(name)(errors="replace")
            self.read += len(block)
            if block := decoder.decode(block).encode(errors="replace") if decoder else block:
                yield block

    def _lost(self, parser: etree.XMLPullParser, tail: bytes) -> str:
        """What is missing at the end; empty when nothing is."""
        faults = [entry for entry in parser.feed_error_log if entry.level == etree.ErrorLevels.FATAL]
        stopped = next((entry for entry in faults if entry.type_name == "ERR_RESOURCE_LIMIT"), None)
        if stopped:
            return (
                f"In line {stopped.line + self._unseen:,} something is nested too deep or too long: the rest is lost."
            )
        if self.whole or f"{self.root}>".encode() in tail.rpartition(b"</")[2]:
            return ""
        return f"It ends at byte {self.read:,}, too early."


def _head(block: bytes, root: bytes) -> tuple[bytes, str | None]:
    """The first block as it should be, and the encoding, where what is declared is not to be believed.

    What should not stand before the declaration goes, and prefixes are declared that it forgot. The namespace of names
    without a prefix goes too: nobody asks for it, and short names are quicker.
    """
    start = block.find(b"<?xml")
    block = block[start if start >= 0 else max(0, block.find(b"<")) :]
    declared = DECLARED.match(block)
    encoding = "utf-8" if declared and not READABLE.fullmatch(declared[1]) else None
    head = block[:HEAD]
    used = USUAL_PREFIXES.union(a or b for a, b in PREFIX.findall(head))
    used -= {b"xml", b"xmlns", *KNOWN_PREFIX.findall(head)}
    if begin := re.search(rb"<(?:[\w.-]+:)?" + root + rb"(?=[\s/>])", block):
        missing = b"".join(b' xmlns:%b="urn:undeclared:%b"' % (name, name) for name in sorted(used)[:MOST_PREFIXES])
        end = max(block.find(b">", begin.end()), begin.end())
        block = block[: begin.end()] + missing + NAMESPACE.sub(b"", block[begin.end() : end]) + block[end:]
    return block, encoding
