"""A synthetic Apple Health export: as many types, sources and kinds of element as a real one, of any size.

The same size gives the same bytes. Records stand as Apple writes them: grouped by type, then source, then time.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec

BYTES_A_DAY = 543_000
"""What a day of a person with phone, watch, scale and some apps takes; the real file may be some per cent off."""
LAST = datetime(2025, 6, 30, tzinfo=timezone(timedelta(hours=2)))

PHONE, WATCH, SCALE, FOOD, TYPED, RING = (
    "Ana’s iPhone",
    "Ana’s Apple\u00a0Watch",
    "Scale & Co",
    "FoodLog",
    "Health",
    "Ring",
)
APPLE = "&lt;&lt;HKDevice: 0x%x&gt;, name:{0}, manufacturer:Apple Inc., model:{0}, hardware:{1}, software:{2}&gt;"
DEVICE = {
    PHONE: APPLE.format("iPhone", "iPhone14,2", "18.5"),
    WATCH: APPLE.format("Apple Watch", "Watch6,9", "11.5, creation date:2022-11-02 08:00:00 +0000"),
}


class Kind(msgspec.Struct, frozen=True):
    """Records of one type and source."""

    name: str
    source: str
    unit: str | None
    a_day: float
    length_s: int
    low: float
    high: float
    digits: int = 0
    metadata: str = ""

    @property
    def type(self) -> str:
        return f"HKQuantityTypeIdentifier{self.name}"


MOTION = '\n  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n '
TYPED_IN = '\n  <MetadataEntry key="HKWasUserEntered" value="1"/>\n '
ZONED = '\n  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>\n '
BEATS = "".join(
    f'   <InstantaneousBeatsPerMinute bpm="{60 + n % 9}" time="03:12:{n:02},{n}5"/>\n' for n in range(0, 60, 2)
)
BEATS = f"\n  <HeartRateVariabilityMetadataList>\n{BEATS}  </HeartRateVariabilityMetadataList>\n "
FOODS = (
    *("DietaryEnergyConsumed kcal 900", "DietaryProtein g 40", "DietaryCarbohydrates g 110", "DietarySugar g 30"),
    *("DietaryFiber g 9", "DietaryFatTotal g 40", "DietaryFatSaturated g 12", "DietaryFatMonounsaturated g 9"),
    *("DietaryFatPolyunsaturated g 6", "DietaryCholesterol mg 90", "DietarySodium mg 800", "DietaryPotassium mg 700"),
    *("DietaryCalcium mg 300", "DietaryIron mg 6", "DietaryMagnesium mg 90", "DietaryZinc mg 4"),
    *("DietaryVitaminC mg 40", "DietaryVitaminA mcg 300", "DietaryVitaminD mcg 8", "DietaryVitaminB12 mcg 3"),
    *("DietaryCaffeine mg 90",),
)
KINDS = (
    Kind("BodyMass", SCALE, "kg", 1, 0, 60, 64, 2),
    Kind("BodyMassIndex", SCALE, "count", 1, 0, 20, 22, 2),
    Kind("BodyFatPercentage", SCALE, "%", 1, 0, 0.2, 0.24, 3),
    Kind("LeanBodyMass", SCALE, "kg", 1, 0, 45, 48, 2),
    Kind("Height", TYPED, "cm", 0.01, 0, 171, 171, 0, TYPED_IN),
    Kind("WaistCircumference", TYPED, "cm", 0.03, 0, 70, 75, 1, TYPED_IN),
    Kind("HeartRate", WATCH, "count/min", 160, 0, 48, 150, 0, MOTION),
    Kind("HeartRate", WATCH, "count/min", 90, 0, 48, 150, 4),
    Kind("HeartRate", RING, "count/min", 30, 0, 45, 70),
    Kind("RestingHeartRate", WATCH, "count/min", 1, 60_000, 48, 58),
    Kind("WalkingHeartRateAverage", WATCH, "count/min", 1, 60_000, 80, 110, 1),
    Kind("HeartRateRecoveryOneMinute", WATCH, "count/min", 0.2, 0, 15, 40, 2),
    Kind("HeartRateVariabilitySDNN", WATCH, "ms", 6, 60, 20, 120, 4, BEATS),
    Kind("OxygenSaturation", WATCH, "%", 22, 0, 0.92, 1, 2),
    Kind("RespiratoryRate", WATCH, "count/min", 24, 0, 11, 19, 1),
    Kind("BodyTemperature", TYPED, "degC", 0.05, 0, 36, 39, 1, TYPED_IN),
    Kind("AppleSleepingWristTemperature", WATCH, "degC", 0.9, 25_000, 34, 36, 3),
    Kind("BloodPressureSystolic", TYPED, "mmHg", 0.2, 0, 105, 135, 0, TYPED_IN),
    Kind("BloodPressureDiastolic", TYPED, "mmHg", 0.2, 0, 65, 90, 0, TYPED_IN),
    Kind("BloodGlucose", "Glukose+", "mmol&lt;180.1558800000541&gt;/L", 1, 0, 4, 8, 1, ZONED),
    Kind("StepCount", PHONE, "count", 55, 480, 5, 600),
    Kind("StepCount", WATCH, "count", 75, 420, 5, 500),
    Kind("DistanceWalkingRunning", PHONE, "km", 55, 480, 0.01, 0.6, 5),
    Kind("DistanceWalkingRunning", WATCH, "km", 75, 300, 0.005, 0.4, 6),
    Kind("DistanceCycling", WATCH, "km", 4, 60, 0.1, 0.5, 5),
    Kind("DistanceSwimming", WATCH, "m", 0.5, 60, 20, 50, 0),
    Kind("SwimmingStrokeCount", WATCH, "count", 0.5, 60, 10, 40, 0),
    Kind("FlightsClimbed", PHONE, "count", 8, 120, 1, 4),
    Kind("ActiveEnergyBurned", WATCH, "kcal", 190, 60, 0.05, 9, 3),
    Kind("BasalEnergyBurned", WATCH, "kcal", 120, 600, 2, 14, 3),
    Kind("AppleExerciseTime", WATCH, "min", 20, 60, 1, 1),
    Kind("AppleStandTime", WATCH, "min", 40, 300, 1, 5),
    Kind("TimeInDaylight", WATCH, "min", 6, 600, 1, 10),
    Kind("EnvironmentalAudioExposure", WATCH, "dBASPL", 30, 1800, 40, 85, 4),
    Kind("HeadphoneAudioExposure", PHONE, "dBASPL", 5, 900, 50, 90, 4),
    Kind("WalkingSpeed", PHONE, "km/hr", 12, 20, 2, 6, 3),
    Kind("WalkingStepLength", PHONE, "cm", 12, 20, 50, 80, 0),
    Kind("WalkingAsymmetryPercentage", PHONE, "%", 6, 60, 0, 0.2, 2),
    Kind("WalkingDoubleSupportPercentage", PHONE, "%", 10, 30, 0.25, 0.33, 3),
    Kind("AppleWalkingSteadiness", PHONE, "%", 0.15, 600_000, 0.9, 1, 4),
    Kind("StairAscentSpeed", WATCH, "m/s", 3, 10, 0.2, 0.6, 4),
    Kind("StairDescentSpeed", WATCH, "m/s", 3, 10, 0.2, 0.6, 4),
    Kind("SixMinuteWalkTestDistance", PHONE, "m", 0.15, 0, 480, 500),
    Kind("VO2Max", WATCH, "mL/min·kg", 0.3, 0, 35, 45, 2),
    Kind("RunningPower", WATCH, "W", 12, 3, 180, 320),
    Kind("RunningSpeed", WATCH, "km/hr", 12, 3, 8, 14, 4),
    Kind("RunningStrideLength", WATCH, "m", 6, 3, 0.8, 1.3, 2),
    Kind("PhysicalEffort", WATCH, "kcal/hr·kg", 60, 300, 1, 9, 1),
    Kind("DietaryWater", FOOD, "mL", 5, 0, 150, 400),
    *(Kind(name, FOOD, unit, 3, 0, 0, float(most), 1) for name, unit, most in map(str.split, FOODS)),
)
STAGES = ("AsleepCore", "AsleepDeep", "AsleepCore", "AsleepREM", "Awake", "AsleepCore", "AsleepREM", "AsleepCore")
TYPES = len({kind.name for kind in KINDS}) + 4
"""With sleep, mindful time, hours stood and audio events."""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 14 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|ClinicalRecord|Audiogram)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!-- Note: Any Records that appear as children of a correlation also appear as top-level records in this document. -->
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
]>
<HealthData locale="de_DE">
 <ExportDate value="2025-06-30 09:12:44 +0200"/>
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1987-03-09" HKCharacteristicTypeIdentifierBloodType=""/>
"""


def write(path: Path, size: int) -> int:
    """Write an export of about so many bytes; the number of its records outside correlations."""
    records = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for text, count in _parts(max(1, size // BYTES_A_DAY)):
            file.write(text)
            records += count
        file.write("</HealthData>\n")
    return records


def _parts(days: int) -> Iterator[tuple[str, int]]:
    dice = random.Random(days)
    first = LAST - timedelta(days=days)
    for kind in KINDS:
        yield from _records(kind, dice, first, days)
    yield from _categories(dice, first, days)
    for day in range(days):
        at = first + timedelta(days=day)
        yield _meal(at), 0
        if day % 2:
            yield _workout(at, day), 0
        yield f' <ActivitySummary dateComponents="{at:%Y-%m-%d}" activeEnergyBurned="{dice.randint(300, 900)}"/>\n', 0


def _records(kind: Kind, dice: random.Random, first: datetime, days: int) -> Iterator[tuple[str, int]]:
    """A day's records at a time, their instants spread evenly and moved a little."""
    step, at = 86_400 / kind.a_day, first.timestamp()
    end = at + days * 86_400
    head = f' <Record type="{kind.type}" sourceName="{_escaped(kind.source)}" sourceVersion="18.5"'
    tail = f">{kind.metadata}</Record>\n" if kind.metadata else "/>\n"
    device, lines = DEVICE.get(kind.source), []
    while at < end:
        start = int(at + dice.random() * step * 0.5)
        value = round(kind.low + dice.random() * (kind.high - kind.low), kind.digits)
        named = f' device="{device % dice.getrandbits(33)}"' if device else ""
        lines.append(
            f'{head}{named} unit="{kind.unit}" creationDate="{_text(start + kind.length_s + 30)}" '
            f'startDate="{_text(start)}" endDate="{_text(start + kind.length_s)}" '
            f'value="{value if kind.digits else int(value)}"{tail}'
        )
        at += step
        if len(lines) == 5_000:
            yield "".join(lines), len(lines)
            lines.clear()
    yield "".join(lines), len(lines)


def _categories(dice: random.Random, first: datetime, days: int) -> Iterator[tuple[str, int]]:
    """Nights in stages by the watch and as a whole by the phone, hours stood, mindful minutes, loud moments."""
    for day in range(days):
        bed = int((first + timedelta(days=day, hours=22)).timestamp()) + dice.randrange(3_600)
        lines = [_category("SleepAnalysis", PHONE, bed, 8 * 3_600, "SleepAnalysisInBed")]
        at = bed + 600
        for stage in STAGES * 3:
            length = dice.randrange(4, 30) * 60
            lines.append(_category("SleepAnalysis", WATCH, at, length, f"SleepAnalysis{stage}", ZONED))
            at += length
        stood = ("AppleStandHourStood", "AppleStandHourIdle")
        lines += [_category("AppleStandHour", WATCH, bed - n * 3_600, 3_600, stood[n % 2]) for n in range(16)]
        lines.append(_category("MindfulSession", "Calm", bed - 1_800, 600, None))
        lines.append(
            _category("AudioExposureEvent", WATCH, bed - 9_000, 180, "EnvironmentalAudioExposureEventMomentaryLimit")
        )
        yield "".join(lines), len(lines)


def _category(name: str, source: str, at: int, length_s: int, value: str | None, metadata: str = "") -> str:
    said = f' value="HKCategoryValue{value}"' if value else ""
    return (
        f' <Record type="HKCategoryTypeIdentifier{name}" sourceName="{_escaped(source)}" sourceVersion="18.5" '
        f'creationDate="{_text(at + length_s)}" startDate="{_text(at)}" endDate="{_text(at + length_s)}"{said}'
        + (f">{metadata}</Record>\n" if metadata else "/>\n")
    )


def _meal(at: datetime) -> str:
    """A correlation whose records stand at top level too."""
    when = _text(int(at.timestamp()) + 43_200)
    attributes = f'sourceName="{FOOD}" creationDate="{when}" startDate="{when}" endDate="{when}"'
    inside = "".join(
        f'  <Record type="HKQuantityTypeIdentifier{name}" sourceName="{FOOD}" unit="{unit}" creationDate="{when}" '
        f'startDate="{when}" endDate="{when}" value="{most}"/>\n'
        for name, unit, most in map(str.split, FOODS[:4])
    )
    return f' <Correlation type="HKCorrelationTypeIdentifierFood" {attributes}>\n{inside} </Correlation>\n'


def _workout(at: datetime, number: int) -> str:
    start = int(at.timestamp()) + 61_200
    begin, end = _text(start), _text(start + 2_400)
    named = (
        f'sourceName="{_escaped(WATCH)}" sourceVersion="11.5" creationDate="{end}" startDate="{begin}" endDate="{end}"'
    )
    energy = "HKQuantityTypeIdentifierActiveEnergyBurned"
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="40" durationUnit="min" {named}>\n'
        '  <MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>\n'
        f'  <WorkoutEvent type="HKWorkoutEventTypeSegment" date="{begin}" duration="5.5" durationUnit="min"/>\n'
        f'  <WorkoutStatistics type="{energy}" startDate="{begin}" endDate="{end}" sum="391.2" unit="kcal"/>\n'
        f"  <WorkoutRoute {named}>\n"
        f'   <FileReference path="/workout-routes/route_{number}.gpx"/>\n  </WorkoutRoute>\n </Workout>\n'
    )


_HOURS: dict[int, str] = {}


def _text(instant: int) -> str:
    """As Apple writes it: one offset all year."""
    hour, second = divmod(instant, 3_600)
    if (text := _HOURS.get(hour)) is None:
        text = _HOURS[hour] = f"{datetime.fromtimestamp(hour * 3_600, UTC).astimezone(LAST.tzinfo):%Y-%m-%d %H}"
    return f"{text}:{second // 60:02}:{second % 60:02} +0200"


def _escaped(name: str) -> str:
    return name.replace("&", "&amp;")
