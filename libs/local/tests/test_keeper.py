"""A program that keeps ending is started ever more slowly."""

import threading
import time

from local.keeper import Keeper


class Sickly:
    """Ends at once, a few times, then stays."""

    name = "sickly"
    pid = 1

    def __init__(self, crashes: int) -> None:
        self._crashes = crashes
        self._over = threading.Event()
        self.started_at: list[float] = []

    def start(self) -> None:
        self.started_at.append(time.monotonic())

    def wait(self, seconds: float | None = None) -> int | None:
        if len(self.started_at) > self._crashes:
            self._over.wait(seconds)
        return 3

    def stop(self) -> None:
        self._over.set()

    kill = stop


def test_pauses_double(monkeypatch) -> None:
    monkeypatch.setattr("local.keeper.FIRST_DELAY_S", 0.1)
    said: list[str] = []
    program = Sickly(crashes=3)
    keeper = Keeper(program, said.append)
    keeper.start()
    until = time.monotonic() + 5
    while len(program.started_at) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    keeper.stop()
    assert said == [f"sickly ended with code 3; starting it again in {delay} s" for delay in (0.1, 0.2, 0.4)]
    pauses = [later - earlier for earlier, later in zip(program.started_at, program.started_at[1:], strict=False)]
    assert all(pause >= delay for pause, delay in zip(pauses, (0.1, 0.2, 0.4), strict=True))
    assert (keeper.restarts, keeper.state) == (3, "stopped")
