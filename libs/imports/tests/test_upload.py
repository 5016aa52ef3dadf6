"""Forms as they may come: good, cut off, huge, and meant to do harm."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from chassis.problems import BadRequest, InvalidValue, Problem, TooLarge, UnsupportedMediaType
from imports import upload
from imports.upload import receive

pytestmark = pytest.mark.anyio

FIELDS = frozenset({"mapping", "source"})


class Sent:
    """As much of a request as is read of it."""

    def __init__(self, body: bytes, boundary: str = "b", kind: str = "multipart/form-data", step: int = 7) -> None:
        self._body = body
        self._step = step
        self.content_type = (kind, {"boundary": boundary} if boundary else {})

    async def stream(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), self._step):
            yield self._body[start : start + self._step]
        yield b""


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    told = f'; filename="{filename}"' if filename is not None else ""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{told}\r\n\r\n'.encode() + content + b"\r\n"


END = b"--b--\r\n"


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def received(
    body: bytes, most: int = 1000, keep: Callable[[AsyncIterator[bytes]], Awaitable[bytes]] = whole, **more: object
) -> upload.Received[bytes]:
    return await receive(Sent(body, **more), keep, allowed=FIELDS, most=most)


@pytest.mark.parametrize("step", [1, 7, 64, 10_000])
async def test_a_form(step):
    content = b"a\r\n--\r\n\r\n-\r\n--c\r\n" * 20
    body = part("source", "Fahrrad ä".encode()) + part("file", content, "x.csv") + part("mapping", b"{}") + END
    form = await received(body, step=step)
    assert form.file == content
    assert form.name == "x.csv"
    assert form.fields == {"source": "Fahrrad ä".encode(), "mapping": b"{}"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\export.zip", "export.zip"),
        ("/", "unnamed"),
        ("", "unnamed"),
        ("a\tb\x1b[31m.csv", "a�b�[31m.csv"),
        ("gnp.\u202ecsv", "gnp.�csv"),
        ("x" * 1000, "x" * 200),
    ],
)
async def test_a_name_is_a_text_and_never_a_path(given, shown):
    assert (await received(part("file", b"1", given) + END)).name == shown


CUT_OFF = part("file", b"12345", "x")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (END, InvalidValue),
        (b"", BadRequest),
        (b"nothing of the kind", BadRequest),
        (CUT_OFF, BadRequest),
        (CUT_OFF[:-4], BadRequest),
        (CUT_OFF[:20], BadRequest),
        (CUT_OFF + part("file", b"2", "y") + END, InvalidValue),
        (part("other", b"1") + END, InvalidValue),
        (part("source", b"1") + part("source", b"2") + CUT_OFF + END, InvalidValue),
        (b"--b\r\n\r\nno head\r\n" + END, BadRequest),
        (b"--b\nContent-Disposition: form-data\n\n1\n--b--", BadRequest),
        (b'--b\r\nContent-Disposition: form-data; name="file"\r\nX: \xff\xfe\r\n\r\n1\r\n' + END, BadRequest),
        (b"--b\r\nX-Long: " + b"x" * 10_000, TooLarge),
        (b"--b\r\n" + b"A: b\r\n" * 100 + b"\r\n", TooLarge),
        (part("file", b"x" * 1001, "x") + END, TooLarge),
        (part("mapping", b"x" * 70_000) + END, TooLarge),
        (b"".join(part(f"f{n}", b"") for n in range(5_000)) + END, Problem),
        (b"x" * 100_000, BadRequest),
        (b"x" * 2_000_000 + b"\r\n" + CUT_OFF + END, BadRequest),
    ],
)
async def test_what_is_no_form(body, problem):
    with pytest.raises(problem) as raised:
        await received(body, step=64)
    assert 400 <= raised.value.status < 500


@pytest.mark.parametrize("boundary", ["", "x" * 300, "ü"])
async def test_a_boundary_is_needed(boundary):
    with pytest.raises(BadRequest):
        await received(CUT_OFF + END, boundary=boundary)


async def test_only_forms_are_taken():
    with pytest.raises(UnsupportedMediaType):
        await received(b"{}", kind="application/json")


async def test_a_cut_off_file_is_told_to_whoever_keeps_it():
    seen = []

    async def keep(pieces: AsyncIterator[bytes]) -> bytes:
        async for piece in pieces:
            seen.append(piece)  # noqa: PERF401  what came before the end counts
        return b""

    with pytest.raises(BadRequest):
        await received(CUT_OFF[:-2], keep=keep, step=1)
    assert b"".join(seen).startswith(b"123")


async def test_the_head_of_a_file():
    body = part("file", b"0123456789" * 50, "x") + END
    assert (await received(body, keep=upload.head(15))).file == b"012345678901234"
