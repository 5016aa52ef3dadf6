"""One workout out of several recordings: which of them says what, and why."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from workout.readers.model import Lap, Totals
from workout.streams.model import Derived

Role = Literal["gym log", "watch", "bike computer", "app"]

FORMATS = ("fit", "tcx", "gpx")
"""Those that hold more come first; all others after them."""
BIKE_COMPUTERS = (
    *("edge", "elemnt", "bolt", "roam", "karoo", "bryton", "rider", "igpsport", "sigma", "lezyne", "coospo", "o_synce"),
    *("cyclo", "wahoo", "hammerhead", "stages", "magene", "pioneer"),
)
WATCHES = (
    *("watch", "forerunner", "fenix", "fēnix", "vivoactive", "vívoactive", "vivosmart", "venu", "instinct", "epix"),
    *("enduro", "descent", "marq", "tactix", "polar", "suunto", "coros", "vantage", "grit", "pacer", "fitbit"),
)
UNSAID = frozenset({"generic", "other", "all", "workout", ""})
"""Sports of files that say none."""
TRACK = ("lat", "lon", "altitude", "distance", "speed", "grade")
"""Channels that belong together: those of one recording."""
ASKED_OF: dict[str, tuple[str, ...]] = {
    "heart_rate": ("average_heart_rate", "max_heart_rate"),
    "power": ("average_power", "max_power", "weighted_power", "load", "intensity"),
    "cadence": ("average_cadence", "max_cadence"),
    "track": ("distance_m", "ascent_m", "descent_m", "moving_s", "average_speed", "max_speed"),
}
"""Figures that are asked of the recording first which gives the channel."""
CHANNEL_OF = {figure: channel for channel, figures in ASKED_OF.items() for figure in figures}
TIMES = ("elapsed_s", "timer_s")
FIGURES = tuple(name for name in Totals.__struct_fields__ if name not in TIMES)
PREFERRED: dict[str, tuple[Role, ...]] = {
    "heart_rate": ("watch",),
    "track": ("bike computer", "watch"),
    "power": ("bike computer",),
    "cadence": ("bike computer",),
}


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """A recording as far as fusion looks at it."""

    recording_id: UUID
    fingerprint: bytes
    format: str
    source: str
    device: str | None = None
    sport: str
    sub_sport: str | None = None
    title: str | None = None
    notes: str | None = None
    rpe: float | None = None
    started_at: datetime
    offset_min: int | None = None
    duration_s: float
    partial: str | None = None
    totals: Totals = Totals()
    derived: Derived = Derived()
    legs: Sequence[Lap] = ()
    laps: Sequence[Lap] = ()
    channels: Sequence[str] = ()
    sets: int = 0


class Fused(msgspec.Struct, frozen=True, kw_only=True):
    """What they come to; no part of it depends on the order in which they came."""

    main: UUID
    """The recording that says when it was, and its laps."""
    sport: str
    sub_sport: str | None
    title: str | None
    notes: str | None
    rpe: float | None
    started_at: datetime
    offset_min: int | None
    duration_s: float
    totals: Totals
    """What devices say, but for what is better reckoned from the recording that gives a channel: that is None here."""
    derived: Derived
    """What our formulas make of the channels chosen."""
    chosen: dict[str, UUID]
    """Figure, channel, `sets`, `laps` or `track` -> the recording it is taken from."""
    reasons: dict[str, str]
    """The same -> why from that one; empty where there is but one recording."""
    laps: Sequence[Lap]
    legs: Sequence[Lap]


def role(each: Recorded) -> Role:
    """What made it, as far as its format and the name of its device tell."""
    name = f"{each.device or ''} {each.source}".lower()
    if each.sets and not each.channels:
        return "gym log"
    if any(word in name for word in BIKE_COMPUTERS):
        return "bike computer"
    if any(word in name for word in WATCHES):
        return "watch"
    return "app"


def ranked(recordings: Sequence[Recorded]) -> list[Recorded]:
    """Best first: those with streams, whole ones, by format; of equals the longer, then by their content."""
    return sorted(
        recordings,
        key=lambda each: rank(
            each.fingerprint,
            streams=bool(each.channels),
            partial=each.partial is not None,
            format_=each.format,
            duration_s=each.duration_s,
        ),
    )


def rank(fingerprint: bytes, *, streams: bool, partial: bool, format_: str, duration_s: float) -> tuple[object, ...]:
    """Smaller is better."""
    place = FORMATS.index(format_) if format_ in FORMATS else len(FORMATS)
    return not streams, partial, place, -duration_s, fingerprint


def fuse(recordings: Sequence[Recorded]) -> Fused:
    """Choose for each figure and channel the recording that knows it best; at least one recording is needed."""
    order = ranked(recordings)
    main, choices = order[0], _Choices(order)
    sets = choices.take("sets", lambda each: bool(each.sets), by=lambda each: (bool(each.channels), -each.sets))
    track = choices.take("track", lambda each: "lat" in each.channels) or choices.take(
        "track", lambda each: "distance" in each.channels
    )
    for channel in sorted({channel for each in order for channel in each.channels}):
        if channel in TRACK and track and channel in track.channels:
            choices.note(channel, track, f"it goes with the track of {track.source}")
        else:
            choices.take(channel, lambda each, channel=channel: channel in each.channels)  # type: ignore[misc]  # mypy knows no default of a lambda
    if main.laps:
        choices.note("laps", main, "it is the main recording")
    words = [*([sets] if sets else []), *order]
    said = _first(words, lambda each: each.sport not in UNSAID) or main
    totals, derived = choices.figures()
    return Fused(
        main=main.recording_id,
        sport=said.sport,
        sub_sport=said.sub_sport,
        title=next((each.title for each in words if each.title), None),
        notes=next((each.notes for each in words if each.notes), None),
        rpe=next((each.rpe for each in words if each.rpe is not None), None),
        started_at=main.started_at,
        offset_min=next((each.offset_min for each in order if each.offset_min is not None), None),
        duration_s=main.duration_s,
        totals=totals,
        derived=derived,
        chosen=choices.chosen,
        reasons=choices.reasons if len(order) > 1 else {},
        laps=main.laps,
        legs=main.legs or next((each.legs for each in order if each.legs), ()),
    )


class _Choices:
    """What has been chosen so far, and why."""

    def __init__(self, order: Sequence[Recorded]) -> None:
        self._order = order
        self._by_id = {each.recording_id: each for each in order}
        self.chosen: dict[str, UUID] = {}
        self.reasons: dict[str, str] = {}

    def of(self, what: str) -> Recorded | None:
        return self._by_id.get(self.chosen[what]) if what in self.chosen else None

    def note(self, what: str, given: Recorded, why: str) -> None:
        self.chosen[what], self.reasons[what] = given.recording_id, why

    def take(
        self, what: str, has: Callable[[Recorded], bool], by: Callable[[Recorded], object] = lambda _: 0
    ) -> Recorded | None:
        """The best of those that have it."""
        wanted = PREFERRED.get(what, ())

        def place(each: Recorded) -> int:
            return wanted.index(role(each)) if role(each) in wanted else len(wanted)

        found = sorted((each for each in self._order if has(each)), key=lambda each: (by(each), place(each)))
        if not found:
            return None
        best = found[0]
        self.note(what, best, _why(best, len(found), placed=place(best) < len(wanted)))
        return best

    def figures(self) -> tuple[Totals, Derived]:
        """Each figure of the recording that gives its channel, of the others else; a device's own before ours."""
        told, reckoned, formulas = dict[str, float](), dict[str, float](), dict[str, str]()
        for figure in FIGURES:
            first = self.of(CHANNEL_OF.get(figure, ""))
            groups = [[first], [each for each in self._order if each is not first]] if first else [self._order]
            found = [
                (each, own) for group in groups for own in (True, False) for each in group if _has(each, own, figure)
            ]
            ours = next((each for each, own in found if not own), None)
            if ours:
                reckoned[figure] = getattr(ours.derived, figure)
                formulas |= {figure: ours.derived.formulas[figure]} if figure in ours.derived.formulas else {}
            if found:
                best, own = found[0]
                self.note(figure, best, "the device says so" if own else "reckoned from what it recorded")
                told |= {figure: getattr(best.totals, figure)} if own else {}
        told |= {name: value for name in TIMES if (value := getattr(self._order[0].totals, name)) is not None}
        return Totals(**told), self._derived(reckoned, formulas)

    def _derived(self, figures: dict[str, float], formulas: dict[str, str]) -> Derived:
        main, track = self._order[0].derived, self.of("track")
        rate, power, nothing = self.of("heart_rate"), self.of("power"), Derived()
        way = track.derived if track else nothing
        watts = power.derived if power else nothing
        efforts = [each for each in way.efforts if each.kind == "distance"]
        efforts += [each for each in watts.efforts if each.kind == "power"]
        own = {key: text for key, text in (way.formulas | watts.formulas | main.formulas).items() if key not in FIGURES}
        return replace(
            main,
            **{figure: figures.get(figure) for figure in FIGURES if figure in Derived.__struct_fields__},
            covered_m=way.covered_m,
            start_lat=way.start_lat,
            start_lon=way.start_lon,
            bbox=way.bbox,
            efforts=efforts,
            hr_histogram=rate.derived.hr_histogram if rate else {},
            power_histogram=watts.power_histogram,
            formulas=own | formulas,
        )


def _has(each: Recorded, own: bool, figure: str) -> bool:  # noqa: FBT001 - which of its two accounts
    return getattr(each.totals if own else each.derived, figure, None) is not None


def _why(best: Recorded, of: int, *, placed: bool) -> str:
    if of == 1:
        return f"only {best.source} has it"
    what = role(best)
    if placed or what == "gym log":
        return f"{best.source} is a {what}"
    return f"{best.source} ({best.format.upper()}) says most"


def _first(recordings: Sequence[Recorded], fits: Callable[[Recorded], bool]) -> Recorded | None:
    return next((each for each in recordings if fits(each)), None)
