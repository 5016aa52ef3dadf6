"""``python -m local up | down | logs | status``."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator

from local import lock, logview, plan, records, status
from local.failure import Failure
from local.plan import Plan
from local.supervisor import Supervisor

STOP_S = 60


def main() -> int:
    commands = {"up": up, "down": down, "logs": logs, "status": show_status}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__)
        return 2
    try:
        return commands[sys.argv[1]](plan.from_environment())
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def up(chosen: Plan) -> int:
    """Run the product until somebody ends it."""
    with _ending_signals() as ending, lock.hold(chosen.runs):
        begun = time.monotonic()
        supervisor = Supervisor(chosen, _say)
        try:
            supervisor.start()
            _greet(chosen, time.monotonic() - begun)
            ending.wait()
            _say("stopping ...")
        except KeyboardInterrupt:
            _say("stopping ...")
        finally:
            supervisor.stop()
    _say("stopped")
    return 0


def down(chosen: Plan) -> int:
    """End what ``up`` started, whether its supervisor still lives or not."""
    supervisor = lock.find_supervisor(chosen.runs)
    if supervisor is not None:
        supervisor.terminate()
        records.wait_gone([supervisor], STOP_S)
        if records.is_alive(supervisor):
            supervisor.kill()
    orphans = records.end_orphans(chosen.runs)
    if orphans:
        _say(f"ended what was left: {', '.join(orphans)}")
    _say("stopped" if supervisor or orphans else "nothing runs")
    return 0


def logs(chosen: Plan) -> int:
    """Print what all processes log, as it comes."""
    if not any(chosen.logs.glob("*.log")):
        raise Failure("there are no logs yet: run `make up` first.")
    for line in logview.follow(chosen.logs):
        print(line, flush=True)
    return 0


def show_status(chosen: Plan) -> int:
    """Print the table of processes; 1 when the product does not run."""
    runs = lock.find_supervisor(chosen.runs) is not None
    rows = status.read(chosen.runs)
    if not runs:
        _say("Fitmesh does not run: `make up` starts it.")
    if rows:
        _say("\n".join(status.render(rows)))
    return 0 if runs else 1


def _greet(chosen: Plan, seconds: float) -> None:
    names = ", ".join(service.name for service in chosen.services) or "no services yet"
    _say(f"Fitmesh is up after {seconds:.1f} s ({names})")
    _say(f"  web page     {chosen.public_url}/")
    if chosen.quickstart:
        _say("  quickstart   ON: writes without a token and common passwords pass; FITMESH_QUICKSTART=0 ends that")
    else:
        _say("  quickstart   off: every request needs a token")
    _say("  logs         make logs        (Ctrl-C here stops everything)")
    _say("Try this in another terminal:")
    _say(
        f'  curl -X POST "{chosen.public_url}/auth/register" -H "Content-Type: application/json" '
        """-d '{"username": "alice", "password": "password123"}'"""
    )


@contextlib.contextmanager
def _ending_signals() -> Iterator[threading.Event]:
    """An event set by Ctrl-C, SIGTERM or a closed terminal; while things still start, it interrupts the start."""
    ending = threading.Event()

    def end(_number: int, _frame: object) -> None:
        if not ending.is_set():
            ending.set()
            raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
