"""XML of recordings, without trust and without a tree that grows: elements come as soon as they end, and then go.

The parser mends what is not well-formed, fetches nothing and expands nothing; libxml2's own bounds hold (depth 256,
10 MB of text), and ours on what stays in the tree.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple, cast

from lxml import etree

from imports import Broken

Element = etree._Element  # noqa: SLF001  the only name it has
BLOCK = 1 << 18
HEAD = 1 << 15
"""Where prefixes are looked for that are not declared."""
MOST_NODES = 100_000
"""That stay in the tree from one block to the next: a part of a point, and what describes tracks and laps."""
MOST_NAMES = 1_000
"""Of elements, with their prefixes."""
NO_ROOT_BYTES = 1 << 20
MOST_PREFIXES = 40
USUAL_PREFIXES = {*(b"gpxtpx", b"gpxtrkx", b"gpxx", b"gpxpx", b"gpxdata", b"ext"), *(b"ns%d" % n for n in range(1, 8))}
"""Where a file does not declare them, they may yet come behind its head."""
ENTITY = b"<!ENTITY"
TAIL = 1 << 10
DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]{1,40})""")
READABLE = re.compile(rb"utf-?8|(us-)?ascii|iso-?8859-?\d+|latin-?\d|(windows-|cp)125\d", re.IGNORECASE)
PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
NAMESPACE = re.compile(rb"""\sxmlns\s*=\s*("[^"]*"|'[^']*')""")
KNOWN_PREFIX = re.compile(rb"xmlns:([\w.-]+)\s*=")


class Names(dict[str, str]):
    """Names of elements without namespace or prefix."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2].rpartition(":")[2]
        if len(self) < MOST_NAMES:
            self[tag] = name
        return name


class Part(NamedTuple):
    """An element of the tags that were asked for."""

    name: str
    element: etree._Element
    n: int
    """Its children that have ended."""


class Fields:
    """What is read of points: texts of elements inside them, by their tags; the point's own tag gives nothing."""

    def __init__(self, point: str, known: Mapping[str, str], *, places: bool = False) -> None:
        """``places``: whether a point says by its attributes where it is."""
        self._tags = tuple(f"{{*}}{name}" for name in (point, *known))
        self._known = known
        self._places = places
        self._of: dict[str, str] = {}

    def rows(self, part: Part) -> list[dict[str, str]]:
        """One walk through a container, as that is quicker than one through each point; the first of two counts."""
        beyond = part.element[part.n] if part.n < len(part.element) else None
        places, of = self._places, self._of
        rows: list[dict[str, str]] = []
        row: dict[str, str] = {}
        for node in part.element.iter(*self._tags):
            tag = node.tag
            if field := of[tag] if tag in of else self._learn(tag):
                if field not in row and (text := node.text):
                    row[field] = text
            elif node is beyond:
                break
            else:
                row = {"lat": node.get("lat", ""), "lon": node.get("lon", "")} if places else {}
                rows.append(row)
        return rows

    def _learn(self, tag: str) -> str:
        field = self._known.get(tag.rpartition("}")[2], "")
        if len(self._of) < MOST_NAMES:
            self._of[tag] = field
        return field


class Document:
    """A file of points in containers, below one root."""

    def __init__(self, file: BinaryIO, root: str, *, point: str, container: str, others: tuple[str, ...]) -> None:
        self.file = file
        self.root = root
        self.container = container
        self._behind_point = re.compile(rb"</(?:[\w.-]+:)?%b\s*>\s*(?:<[^>]*)?\Z" % point.encode())
        self.tags = tuple(f"{{*}}{name}" for name in (root, container, *others))
        self.names = Names()
        self.read = 0
        """Bytes."""
        self.whole = False
        """Whether the root has ended."""
        self._tree: etree._Element | None = None
        self._open: etree._Element | None = None

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
            if self._tree is None and ENTITY in tail + block:
                raise Broken("Its document type declares entities, which are not expanded here.")
            parser.feed(block)
            tail = (tail + block[-TAIL:])[-TAIL:]
            yield from self._ended(parser, cut=False)
            if self._open is not None and len(self._open) > 1:
                yield Part(self.container, self._open, len(self._open) - 1)
                del self._open[:-1]
            self._check()
            block = next(blocks, b"")
        lost = self._lost(parser, tail)
        last, n = self._open, 0 if self._open is None else len(self._open)
        if n and not self._behind_point.search(tail):
            n -= 1
        try:
            parser.close()
        except etree.XMLSyntaxError:
            lost = lost or "It is empty."
        for part in self._ended(parser, cut=True):
            yield part._replace(n=n) if part.element is last else part
        if lost:
            raise Broken(lost)

    def begun(self, name: str) -> etree._Element | None:
        """The last element of a name, whether it has ended or not."""
        if self._tree is None:
            return None
        return next(iter(deque(self._tree.iter(f"{{*}}{name}"), maxlen=1)), None)

    def _ended(self, parser: etree.XMLPullParser, *, cut: bool) -> Iterator[Part]:
        """``cut``: what begins here is no element but the rest of a tag, as `<trk` of `<trkpt`."""
        rests: set[etree._Element] = set()
        for event, each in parser.read_events():
            element = cast(Element, each)
            name = self.names[element.tag]
            if event == "start":
                if cut:
                    rests.add(element)
                elif self._tree is None:
                    self._tree = element.getroottree().getroot()
                if name == self.container:
                    self._open = element
            elif element not in rests:
                if name == self.container:
                    self._open = None
                self.whole = self.whole or element is self._tree
                yield Part(name, element, len(element))
                if element.getparent() is not None:
                    del element[:]

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
            return f"In line {stopped.line:,} something is nested too deep or too long: the rest is lost."
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
