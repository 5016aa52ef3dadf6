"""A listening HTTP port: uvicorn, with limits on what may come before a request is one."""

import asyncio
import contextlib
import socket
import time
from asyncio import TimerHandle, Transport
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from socket import AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY
from typing import Any

import msgspec
import uvicorn
from litestar.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from chassis import problems
from chassis.problems import BadRequest, HeadTooLarge, Problem

DRAIN_S = 15
SILENT_S = 120
"""How long a connection may say nothing. Longer than a gateway keeps one for later (Traefik: 90 s), so that the gateway
closes first; else a request that it sends at that moment is lost, and answered 502 unless it may be sent again."""
HEAD_S = 10
"""Longest time that the head of a request may take from its first byte."""
REMAINDER_S = 5
"""How long the rest of a body may still come after the answer was given."""
LARGEST_HEAD = 256 * 1024


class Protocol(HttpToolsProtocol):
    """Uvicorn's HTTP/1.1, with time and size limits on heads, and problems for what is not HTTP."""

    _timer: TimerHandle | None = None
    _head_size = 0
    _in_head = True
    _complete = True

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._arm(SILENT_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_size += len(data)
        super().data_received(data)
        if self._in_head and self._head_size > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse(HeadTooLarge())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._complete = True, False
        self._arm(HEAD_S)

    def on_headers_complete(self) -> None:
        self._disarm()
        self._in_head, self._head_size = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._disarm()
        self._complete = True
        super().on_message_complete()
        self._in_head = True

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._complete:
            self._arm(REMAINDER_S)

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest(msg))

    def _refuse(self, problem: Problem) -> None:
        body = msgspec.json.encode(problems.details(problem))
        phrase = HTTPStatus(problem.status).phrase
        head = (
            f"HTTP/1.1 {problem.status} {phrase}\r\ncontent-type: {problems.MEDIA_TYPE}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(
    app: ASGIApp, host: str, port: int, closing: Callable[[], None] = lambda: None, linger_s: float = 0
) -> AsyncIterator[None]:
    """Serve the app; at the end call ``closing``, take what still comes, and let what runs finish within 15 s.

    It takes requests until none has come for a second, for at most ``linger_s``.
    """
    taken = socket.create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=2048)
    taken.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)  # connections inherit it; without, each answer waits 40 ms for an ACK
    server = _Server(_config(app))
    serving = asyncio.create_task(server.serve([taken]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        closing()
        await _linger(server, linger_s)
        server.should_exit = True
        await serving


async def _linger(server: uvicorn.Server, most_s: float) -> None:
    state, close = server.server_state, (b"connection", b"close")
    state.default_headers = [*state.default_headers, close]
    server.config.encoded_headers.append(close)  # of which uvicorn makes the default anew each second
    seen, deadline = -1, time.monotonic() + most_s
    while state.total_requests != seen and time.monotonic() < deadline:
        seen = state.total_requests
        await asyncio.sleep(1)


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=SILENT_S,
        timeout_graceful_shutdown=DRAIN_S,
        reset_contextvars=True,
    )
