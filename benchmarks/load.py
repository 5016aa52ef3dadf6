"""A load generator that costs little: raw HTTP/1.1 over kept-alive connections."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import repeat

from benchmarks.harness import Round, percentile


async def post(host: str, port: int, requests: Sequence[bytes], *, seconds: float) -> Round:
    """Send each request over and over on a connection of its own; AssertionError unless every answer is 2xx."""
    return await send(host, port, [repeat(request) for request in requests], seconds=seconds)


async def send(host: str, port: int, requests: Sequence[Iterator[bytes]], *, seconds: float) -> Round:
    """Send what each iterator gives on a connection of its own; AssertionError unless every answer is 2xx."""
    until = time.perf_counter() + seconds
    taken: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_client(host, port, request, until, taken) for request in requests))
    elapsed = time.perf_counter() - started
    taken.sort()
    return Round(len(taken) / elapsed, percentile(taken, 0.5) * 1e3, percentile(taken, 0.99) * 1e3)


async def _client(host: str, port: int, requests: Iterator[bytes], until: float, taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while (sent := time.perf_counter()) < until:
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head[9:10] == b"2", head[:200]
            start = head.lower().index(b"content-length: ") + 16
            await reader.readexactly(int(head[start : head.index(b"\r", start)]))
            taken.append(time.perf_counter() - sent)
    finally:
        writer.close()


def request(path: str, body: bytes, token: str, *, method: str = "POST") -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body
