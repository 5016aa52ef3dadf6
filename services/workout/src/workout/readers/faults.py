"""What no reader expects of a file costs no more than that file: it is told as one that is broken, and logged."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from imports import Broken
from imports.objects import AWAY
from imports.unpack import Bomb
from workout.readers.model import Finding

log = logging.getLogger("workout.readers")

FAILED = "It holds something that its reader fails over: that is a fault of Fitmesh, and its log says where."
TOO_LARGE = "Reading it needs more memory than an import may have."


class Failed(Broken):
    """A reader failed over a file."""


@contextmanager
def contained() -> Iterator[None]:
    """Whatever a reader raises is `Broken`; where the store is away, nobody's file is to blame.

    The log has the kind of the fault and its place, but not its message, which may quote what is in the file.
    """
    try:
        yield
    except (Broken, *AWAY):
        raise
    except Exception as error:  # noqa: BLE001  what it will be is not known
        place = "".join(traceback.format_tb(error.__traceback__))
        log.error("reader failed: %s\n%s", type(error).__name__, place)  # noqa: TRY400  without the message
        raise Failed(TOO_LARGE if isinstance(error, MemoryError) else FAILED) from None


@contextmanager
def passed_over(tell: Callable[[Broken], None] = lambda _: None) -> Iterator[None]:
    """Go on behind what is broken in an archive; only what is too much ends all of it."""
    try:
        with contained():
            yield
    except Bomb:
        raise
    except Broken as error:
        tell(error)


def finding(error: Broken, part: str | None = None) -> Finding:
    """Of a file that could not be read, or not to its end."""
    code = "reader-failed" if isinstance(error, Failed) else "broken"
    return Finding(kind="error", code=code, detail=f"{error}", part=part)
