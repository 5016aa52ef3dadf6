"""Files of recordings, read into columns: beside fitdecode's bare decoding, and beside gpxpy.

The readers do all they do in an import: channels, laps, pauses, what is mended; the others only parse. FIT must reach
0.6 of fitdecode, GPX and TCX five times gpxpy. Nobody reads TCX into points: its limit is gpxpy over the GPX of the
same ride, point by point. Rides are those of the wheel, and those below ``$SAMPLES`` where it is set. Times are of the
processor. gpxpy comes by ``.venv/bin/python -m pip install --require-hashes -r requirements/rivals.txt``.
"""

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fitdecode  # type: ignore[import-untyped]  # it ships no types
from services.workout.tests.readers.fit_bytes import NOON, Fit
from services.workout.tests.samples import FOLDER, WHEEL

from benchmarks import harness
from benchmarks.harness import Round, Variant
from workout.readers import fit, gpx, tcx
from workout.readers.model import Activity, Ask, Reader

FITDECODE, GPXPY = "fitdecode, bare", "gpxpy"
RIVAL = find_spec("gpxpy") is not None
"""Measured where it is installed."""
RIDE = "activity_4078723797"
FITS = (
    "4078723797.fit",
    "4801048867.fit",
    "Edge810-Vector-2013-08-16-15-35-10.fit",
    "sample-activity-indoor-trainer.fit",
)
RECORDS = 100_000
ROUND_S = 0.5
READS = """
import sys
from workout.readers import fit
from workout.readers.model import Ask
kept = [list(fit.read(open(name, "rb"), Ask())) for name in sys.argv[1:]]
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def main() -> str:
    tables = list(fits())
    tables += trees() if RIVAL else ["gpxpy is not installed: GPX and TCX are not compared."]
    return "\n\n".join([*tables, memory()])


def fits() -> Iterator[str]:
    for name in FITS:
        path = WHEEL / name if (WHEEL / name).exists() else Path(FOLDER or "", "fit", name)
        if path.exists():
            content = path.read_bytes()
            n = points_of(fit.read, content)
            variants = {FITDECODE: timed(bare, content, n), "fit.read": timed(whole(fit.read), content, n)}
            yield harness.table(f"{name}: records a second", harness.compare(variants), limit=FITDECODE)


def trees() -> Iterator[str]:
    import gpxpy  # noqa: PLC0415  see RIVAL

    files = {name: (WHEEL / name).read_bytes() for name in (f"{RIDE}.gpx", "4078723797_strava.gpx", f"{RIDE}.tcx")}
    for name, content in files.items():
        read = tcx.read if name.endswith("tcx") else gpx.read
        theirs = files[f"{RIDE}.gpx"] if name.endswith("tcx") else content
        variants = {
            GPXPY: timed(gpxpy.parse, theirs, points_of(gpx.read, theirs)),
            f"{name[-3:]}.read": timed(whole(read), content, points_of(read, content)),
        }
        yield harness.table(f"{name}: points a second", harness.compare(variants), limit=GPXPY)


def bare(content: bytes) -> None:
    """As quick as it can: no checksum, no values made nicer."""
    with fitdecode.FitReader(io.BytesIO(content), processor=None, check_crc=fitdecode.CrcCheck.DISABLED) as frames:
        for _ in frames:
            pass


def whole(read: Reader) -> Callable[[bytes], Any]:
    return lambda content: list(read(io.BytesIO(content), Ask()))


def points_of(read: Reader, content: bytes) -> int:
    return sum(len(item.channels["time"]) for item in whole(read)(content) if isinstance(item, Activity))


def timed(do: Callable[[bytes], Any], content: bytes, points: int) -> Variant:
    """As often as half a second holds."""

    def measured() -> Round:
        taken: list[float] = []
        while sum(taken) < ROUND_S:
            begun = time.process_time()
            do(content)
            taken.append(time.process_time() - begun)
        return Round(points / statistics.median(taken), statistics.median(taken) * 1e3, max(taken) * 1e3)

    return measured


def memory() -> str:
    """Of a process that reads a file of 100,000 records and keeps what comes of it."""
    big = Path(FOLDER or "", "fit", "big_activity.fit")
    with tempfile.TemporaryDirectory(prefix="fitmesh-readers-") as folder:
        if not (FOLDER and big.exists()):
            big = Path(folder, f"{RECORDS:,} records made here.fit")
            big.write_bytes(made())
        rows = [f"| {what} | {peak_mib(*files):,.0f} |" for what, files in (("nothing", ()), (big.name, (str(big),)))]
    return "\n".join(["### Memory of a process that reads", "", "| file | MiB at most |", "|---|---|", *rows])


def made() -> bytes:
    file = Fit()
    for second in range(RECORDS):
        place = {0: ("i", (1 << 29) + second * 300), 1: ("i", 1 << 28), 2: ("H", 2_600 + second % 500)}
        watch = {
            3: ("B", 120 + second % 50),
            4: ("B", 85),
            5: ("I", second * 300),
            6: ("H", 3_000),
            7: ("H", second % 400),
        }
        file.add(20, {253: ("I", NOON + second)} | place | watch)
    return file.session(NOON, RECORDS).made()


def peak_mib(*files: str) -> float:
    """As the system counts it from the start of the program: what `wait4` says holds the parent's peak too."""
    run = subprocess.run([sys.executable, "-c", READS, *files], check=True, capture_output=True, text=True)
    return int(run.stdout) / 1024


if __name__ == "__main__":
    print(main())
