"""A ride with everything in it."""

import io
from array import array
from datetime import UTC, datetime
from math import isnan, nan, pi, sin

from workout.edits.model import Current
from workout.readers.model import Activity, Ask, Totals

START = datetime(2026, 3, 1, 7, 30, 0, 250_000, tzinfo=UTC)
TOTALS = Totals(distance_m=3_000.0, energy_kcal=210.0, average_heart_rate=140.0, max_heart_rate=160.0)


def a_ride(sport: str = "cycling", n: int = 600, **changes) -> Current:
    """Ten minutes with a value in each channel, a hole in the heart rate and a pause of five minutes."""
    time = array("d", [float(at + (300 if at >= n // 2 else 0)) for at in range(n)])
    wave = [sin(2 * pi * at / n) for at in range(n)]
    channels = {
        "time": time,
        "lat": array("d", [round(52.5 + 0.01 * w, 7) for w in wave]),
        "lon": array("d", [round(13.4 + 0.00004 * at, 7) for at in range(n)]),
        "altitude": array("d", [round(40 + 5 * w, 2) for w in wave]),
        "distance": array("d", [5.0 * at for at in range(n)]),
        "speed": array("d", [5.0] * n),
        "heart_rate": array("d", [nan if 10 <= at < 20 else 130.0 + at % 30 for at in range(n)]),
        "cadence": array("d", [84.0 + at % 4 * 2 for at in range(n)]),
        "power": array("d", [200.0 + at % 50 for at in range(n)]),
    }
    given = {"started_at": START, "duration_s": time[-1], "sport": sport, "channels": channels}
    return Current(**given | {"pauses": [(n // 2 - 1.0, n // 2 + 300.0)]} | changes)


def read(reader, content: bytes) -> Activity:
    [made] = [item for item in reader.read(io.BytesIO(content), Ask()) if isinstance(item, Activity)]
    return made


def same(one, other, channel: str, exact: float = 1e-6) -> bool:
    pairs = zip(one.channels[channel], other.channels[channel], strict=True)
    return all((isnan(a) and isnan(b)) or abs(a - b) <= exact for a, b in pairs)
