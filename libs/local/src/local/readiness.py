"""Waiting until HTTP endpoints on this machine answer 200."""

import http.client
import time
from collections.abc import Iterable
from urllib.parse import urlsplit


def answers(url: str) -> bool:
    """Whether a GET is answered with 200 within two seconds; no proxy is asked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_all(endpoints: Iterable[tuple[str, str]], seconds: float) -> list[str]:
    """Ask (name, URL) pairs until each has answered; returns the names of those that have not in that time."""
    waiting = dict(endpoints)
    until = time.monotonic() + seconds
    while waiting and time.monotonic() < until:
        waiting = {name: url for name, url in waiting.items() if not answers(url)}
        if waiting:
            time.sleep(0.05)
    return list(waiting)
