"""Ports on the loopback interface: which are free, and blocks of them that no other test run takes."""

import errno
import fcntl
import functools
import itertools
import os
import random
import socket
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from local.failure import Failure

BLOCK = 200
"""Ports from the first service's to the last server's, so that a whole product fits."""

_BLOCKS = range(20_000, 32_000, BLOCK)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    return why_not_free(port, host) is None


def why_not_free(port: int, host: str) -> int | None:
    """The error number of listening there; a port in TIME_WAIT counts as free, as it does for servers."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno
    return None


def free_port() -> int:
    """A port that is free now, from a block of this process's own, where no client's connection can take it."""
    for port in itertools.islice(_own_ports(), BLOCK):
        if is_free(port):
            return port
    raise Failure(f"this process has all of its {BLOCK} ports in use: end some of its servers.")


@functools.cache
def _own_ports() -> Iterator[int]:
    first = free_block()
    return itertools.cycle(range(first, first + BLOCK))


def free_block() -> int:
    """First of ``BLOCK`` free ports below those the kernel hands out; no other test run gets them until this ends."""
    folder = Path(tempfile.gettempdir(), "fitmesh-ports")
    folder.mkdir(exist_ok=True)
    folder.chmod(0o1777)
    for first in random.sample(_BLOCKS, len(_BLOCKS)):
        lock = os.open(folder / str(first), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        if all(is_free(port) for port in range(first, first + BLOCK)):
            return first  # the lock stays open: it holds the block until this process ends
        os.close(lock)
    raise Failure("no block of free ports is left between 20000 and 32000: end the servers that hold them.")


def require_free(ports: Iterable[tuple[str, int, str, str]]) -> None:
    """Each is (whose, port, host, the variable that moves it); the first taken one is named."""
    for owner, port, host, variable in ports:
        match why_not_free(port, host):
            case None:
                continue
            case errno.EADDRINUSE:
                raise Failure(
                    f"port {port} ({owner}) is taken by another program: end it, or set {variable} to another number."
                )
            case other:
                reason = os.strerror(other) if other else "no such address"
                raise Failure(
                    f"cannot listen on {host}, port {port} ({owner}): {reason}; set FITMESH_BIND or {variable}."
                )
