"""Archives without trust: streams out of zip and gzip files, within bounds. Nothing is ever written by its name."""

import gzip
import io
import re
import stat
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from typing import BinaryIO, Protocol, Self

import msgspec

from imports.broken import Broken

CHUNK = 1 << 16
DIRECTORY_BYTES = 4 << 20
"""Of a zip's list of files, which is read at once: about 40,000 entries with usual names."""
MESSY = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Where an archive is no longer believed."""

    files: int = 10_000
    unpacked_bytes: int = 64 << 30
    ratio: int = 200
    """Bytes after and before unpacking …"""
    free_bytes: int = 16 << 20
    """… which is not asked up to so much: short tables of equal rows pack very well."""
    nested_bytes: int = 512 << 20
    """An archive inside an archive is unpacked into a temporary file without a name."""


class Budget:
    """Counts what comes out of one upload, also through nested archives."""

    def __init__(self, packed_bytes: int, bounds: Bounds) -> None:
        self.left = min(bounds.unpacked_bytes, max(bounds.free_bytes, packed_bytes * bounds.ratio))
        self.of = self.left

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Bomb(f"It unpacks to more than {self.of >> 20} MiB, far more than its size allows: not read on.")


class Bomb(Broken):
    """More comes out of it than its size allows."""


class Member(msgspec.Struct, frozen=True):
    """A file inside an archive that may be read."""

    name: str
    size: int
    """As the archive says it: not to be trusted."""
    index: int


class Refused(msgspec.Struct, frozen=True):
    """A file inside an archive that is not read, and why."""

    name: str
    reason: str


class Packed(Protocol):
    """A packed stream; it gives what it has before it says that there is no more."""

    def read1(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class Unpacked(io.RawIOBase):
    """What comes out of a packed stream, counted; a fault in it is `Broken`."""

    def __init__(self, inner: Packed, budget: Budget, what: str) -> None:
        self.inner = inner
        self.budget = budget
        self.what = what
        self.position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's private Buffer
        try:
            data = self.inner.read1(min(len(buffer), CHUNK))
        except EOFError as error:
            raise Broken(f"{self.what} is cut off after {self.position:,} bytes.") from error
        except (
            zlib.error,
            zipfile.BadZipFile,
            gzip.BadGzipFile,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise Broken(f"{self.what} is damaged after {self.position:,} bytes: {error}.") from error
        self.budget.spend(len(data))
        self.position += len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self.inner.close()
        super().close()


class _Guarded(io.BufferedIOBase):
    """Refuses the one unbounded read that `zipfile` does: that of a zip's directory."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0 or size > DIRECTORY_BYTES:
            size = DIRECTORY_BYTES + 1
        data = self.file.read(size)
        if len(data) > DIRECTORY_BYTES:
            raise Broken("The archive's list of files is too long.")
        return data


class Archive:
    """The files of a zip that may be read, in its order, and those refused."""

    def __init__(self, file: BinaryIO, bounds: Bounds | None = None, budget: Budget | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.budget = budget or Budget(size_of(file), self.bounds)
        self.nested = budget is not None
        try:
            self.zip = zipfile.ZipFile(_Guarded(file))
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            ValueError,
            EOFError,
            OverflowError,
            OSError,
        ) as error:
            raise Broken("The zip archive is cut off or damaged: it has no list of files at its end.") from error
        if len(self.zip.filelist) > self.bounds.files:
            raise Broken(f"The archive holds {len(self.zip.filelist):,} files; at most {self.bounds.files:,} are read.")
        self.members: list[Member] = []
        self.refused: list[Refused] = []
        seen: set[str] = set()
        for index, info in enumerate(self.zip.filelist):
            if info.is_dir():
                continue
            name = shown(info.filename)
            if reason := refusal(info, seen):
                self.refused.append(Refused(name, reason))
            else:
                self.members.append(Member(name, info.file_size, index))
            seen.add(info.filename)

    def open(self, member: Member) -> BinaryIO:
        """Its content as a stream; all that is read counts against the archive's budget."""
        what = f"“{member.name}” in the archive"
        try:
            inner = self.zip.open(self.zip.filelist[member.index])
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            ValueError,
            EOFError,
            OSError,
        ) as error:
            raise Broken(f"{what} cannot be read: {error}.") from error
        return io.BufferedReader(Unpacked(inner, self.budget, what), CHUNK)  # type: ignore[arg-type]  # IO[bytes]

    def open_nested(self, member: Member) -> "Archive":
        """An archive inside this one; there is no third level."""
        if self.nested:
            raise Broken(f"“{member.name}” is an archive in an archive in an archive: not read.")
        with ExitStack() as failing:
            copy = failing.enter_context(tempfile.SpooledTemporaryFile(max_size=8 << 20))
            with self.open(member) as content:
                while data := content.read(CHUNK):
                    copy.write(data)
                    if copy.tell() > self.bounds.nested_bytes:
                        raise Broken(f"The archive “{member.name}” inside the archive is too large to be read.")
            copy.seek(0)
            nested = Archive(copy, self.bounds, self.budget)  # type: ignore[arg-type]  # a BinaryIO in all but name
            nested.copy = copy
            failing.pop_all()
        return nested

    copy: tempfile.SpooledTemporaryFile[bytes] | None = None

    def close(self) -> None:
        self.zip.close()
        if self.copy:
            self.copy.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def gunzip(file: BinaryIO, bounds: Bounds | None = None) -> BinaryIO:
    """The content of a gzip file as a stream, within bounds."""
    budget = Budget(size_of(file), bounds or Bounds())
    inner = gzip.GzipFile(fileobj=file, mode="rb")
    return io.BufferedReader(Unpacked(inner, budget, "The gzip file"), CHUNK)


def size_of(file: BinaryIO) -> int:
    here = file.tell()
    size = file.seek(0, io.SEEK_END)
    file.seek(here)
    return size


def shown(name: str) -> str:
    """A name from an archive, as a text to show: without what moves a cursor or turns writing round."""
    return MESSY.sub("�", name)[:300]


def refusal(info: zipfile.ZipInfo, seen: set[str]) -> str | None:
    parts = info.filename.replace("\\", "/").split("/")
    if info.filename.startswith(("/", "\\")) or ":" in parts[0] or ".." in parts:
        return "its name points outside the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link"
    if info.filename in seen:
        return "its name occurs twice"
    if info.flag_bits & 0x1:
        return "it is encrypted"
    if info.compress_type not in READABLE:
        return "it is packed in a way that is not supported"
    return None
