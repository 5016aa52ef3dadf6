"""What a file is, by its first bytes: never by its name, which is only a text somebody typed."""

import codecs
import csv
import re
from typing import Literal

import msgspec

HEAD = 1 << 16
"""Bytes of a file's beginning that `detect` wants to see."""

Kind = Literal["empty", "zip", "gzip", "fit", "xml", "json", "text", "other"]

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
KNOWN_BINARIES = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
DELIMITERS = ",;\t|"


class Content(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    text: str = ""
    """The beginning, decoded, when it is text."""
    encoding: str = "utf-8"
    root: str | None = None
    """Name of an XML document's first element, without its prefix."""
    says: str = "a file of no known kind"
    """What to call it to the person who sent it."""


def detect(head: bytes) -> Content:
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}:
        return Content(kind="zip", says="a zip archive")
    if head[:2] == b"\x1f\x8b":
        return Content(kind="gzip", says="a gzip file")
    if head[8:12] == b".FIT":
        return Content(kind="fit", says="a FIT file")
    says = "a tar archive" if head[257:262] == b"ustar" else None
    says = next((says for magic, says in KNOWN_BINARIES if head.startswith(magic)), says)
    return Content(kind="other", says=says) if says else of_text(head)


def of_text(head: bytes) -> Content:
    encoding = encoding_of(head)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head).lstrip("\ufeff")
    begun = text.lstrip()
    if CONTROL.search(text):
        return Content(kind="other")
    if not begun:
        return Content(kind="empty", says="a file without content")
    if begun[0] == "<":
        return Content(kind="xml", text=text, encoding=encoding, root=root_of(begun), says="an XML file")
    if begun[0] in "[{":
        return Content(kind="json", text=text, encoding=encoding, says="a JSON file")
    return Content(kind="text", text=text, encoding=encoding, says="a text file")


def encoding_of(head: bytes) -> str:
    """By its byte order mark; else UTF-8 where it is valid, else the one of Western Windows."""
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def root_of(text: str) -> str | None:
    """Name of the first element; without a parser, so that nothing in a document type can do harm."""
    at = 0
    while (found := BEFORE_ROOT.match(text, at)) and found.end() > at:
        at = found.end()
    root = ROOT.match(text, at)
    return root[1] if root else None


def delimiter_of(header: str) -> str:
    """The likeliest delimiter of a CSV header; a comma where there is none."""
    unquoted = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=unquoted.count)


def header_of(text: str, delimiter: str | None = None) -> list[str]:
    """The cells of the first line that has any."""
    for line in text.splitlines()[:20]:
        if line.strip():
            try:
                return [
                    cell.strip() for cell in next(csv.reader([line], delimiter=delimiter or delimiter_of(line)), [])
                ]
            except csv.Error:
                return []
    return []
