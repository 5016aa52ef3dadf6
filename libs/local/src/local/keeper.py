"""Keeps one process running: starts it again when it ends by itself, ever more slowly."""

import threading
import time
from collections.abc import Callable
from typing import Literal, Protocol

from local.failure import Failure

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
STEADY_S = 60.0
"""Up for so long, a process is taken to be well again."""

State = Literal["stopped", "running", "waiting"]


class Program(Protocol):
    """A process, or a server made of one."""

    name: str

    @property
    def pid(self) -> int: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self, seconds: float | None = None) -> int | None: ...


class Keeper:
    """Watches one program in a thread of its own."""

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        self.name = program.name
        self.program = program
        self.restarts = 0
        self.state: State = "stopped"
        self._say = say
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def pid(self) -> int:
        return self.program.pid

    def start(self) -> None:
        """Start the program, here and now, and watch it from then on."""
        self._ending.clear()
        self.program.start()
        self.state = "running"
        self._thread = threading.Thread(target=self._watch, name=f"keeper-{self.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the program for good."""
        self._ending.set()
        self.program.stop()
        if self._thread is not None:
            self._thread.join(60)
        self.program.stop()
        self.state = "stopped"

    def kill(self) -> None:
        """SIGKILL; the watcher starts it again."""
        self.program.kill()

    def _watch(self) -> None:
        delay, started = FIRST_DELAY_S, time.monotonic()
        while True:
            code = self.program.wait()
            if self._ending.is_set():
                return
            delay = FIRST_DELAY_S if time.monotonic() - started > STEADY_S else delay
            self.state = "waiting"
            self._say(f"{self.name} {_describe(code)}; starting it again in {delay:g} s")
            if self._ending.wait(delay):
                return
            delay, started = min(2 * delay, LONGEST_DELAY_S), time.monotonic()
            self._start_again()
            if self._ending.is_set():
                return

    def _start_again(self) -> None:
        self.restarts += 1
        try:
            self.program.start()
        except (Failure, OSError) as error:
            self._say(f"{self.name} did not start: {error}")
        else:
            self.state = "running"


def _describe(code: int | None) -> str:
    return f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
