"""Every metric. Ids and canonical units never change, since samples are kept by them: new metrics are added at the end.

LOINC codes where StanfordBDHG/HealthKitOnFHIR, HL7's physical activity guide or LOINC itself give one. This material
contains content from LOINC (http://loinc.org), copyright Regenstrief Institute, Inc., available at no cost under the
licence at http://loinc.org/license.
"""

from collections.abc import Iterator

from health.catalogue.model import ADDITIVE, POINT, SAMPLED, SLEEP, Aggregate, Metric

HEART_RATE_SLOT_S = 300
SLOT_S = 900

Names = tuple[str, ...]
Range = tuple[float | None, float | None]
OPEN: Range = (None, None)
FROM_0: Range = (0, None)


def _additive(
    metric_id: int,
    code: str,
    name: str,
    unit: str,
    healthkit: Names = (),
    health_connect: Names = (),
    *,
    loinc: str | None = None,
    hard: Range = FROM_0,
    usual: float | None = None,
    day_max: float | None = None,
) -> Metric:
    return Metric(
        metric_id=metric_id,
        code=code,
        name=name,
        unit=unit,
        kind=ADDITIVE,
        day_aggregate="sum",
        loinc=loinc,
        min=hard[0],
        max=hard[1],
        usual_max=usual,
        day_max=day_max,
        healthkit=healthkit,
        health_connect=health_connect,
    )


def _measured(
    metric_id: int,
    code: str,
    name: str,
    unit: str,
    kind: int,
    day_aggregate: Aggregate,
    healthkit: Names = (),
    health_connect: Names = (),
    *,
    loinc: str | None = None,
    hard: Range = FROM_0,
    usual: Range = OPEN,
    slot_s: int = SLOT_S,
) -> Metric:
    return Metric(
        metric_id=metric_id,
        code=code,
        name=name,
        unit=unit,
        kind=kind,
        day_aggregate=day_aggregate,
        slot_s=slot_s if kind == SAMPLED else None,
        loinc=loinc,
        min=hard[0],
        max=hard[1],
        usual_min=usual[0],
        usual_max=usual[1],
        healthkit=healthkit,
        health_connect=health_connect,
    )


def _sleep(
    metric_id: int, code: str, name: str, healthkit: Names, health_connect: Names, loinc: str | None = None
) -> Metric:
    return Metric(
        metric_id=metric_id,
        code=code,
        name=name,
        unit="h",
        kind=SLEEP,
        day_aggregate="sum",
        loinc=loinc,
        min=0,
        max=48,
        usual_max=16,
        day_max=24,
        healthkit=healthkit,
        health_connect=health_connect,
    )


def _food(metric_id: int, code: str, name: str, unit: str, healthkit: str, most: float) -> Metric:
    return _additive(metric_id, code, name, unit, (f"Dietary{healthkit}",), (f"Nutrition.{code}",), hard=(0, most))


METRICS: tuple[Metric, ...] = (
    _additive(
        *(1, "steps", "Steps", "{steps}", ("StepCount",), ("Steps",)),
        loinc="55423-8",
        hard=(0, 1_000_000),
        usual=20_000,
        day_max=120_000,
    ),
    _additive(
        *(2, "distance_on_foot", "Walking and running distance", "m", ("DistanceWalkingRunning",), ("Distance",)),
        hard=(0, 1_000_000),
        usual=30_000,
        day_max=400_000,
    ),
    _additive(3, "distance_cycling", "Cycling distance", "m", ("DistanceCycling",), hard=(0, 2_000_000)),
    _additive(
        *(4, "distance_swimming", "Swimming distance", "m", ("DistanceSwimming",)),
        loinc="93816-7",
        hard=(0, 200_000),
    ),
    _additive(5, "distance_wheelchair", "Wheelchair distance", "m", ("DistanceWheelchair",), hard=(0, 1_000_000)),
    _additive(
        *(6, "wheelchair_pushes", "Wheelchair pushes", "{count}", ("PushCount",), ("WheelchairPushes",)),
        loinc="96502-0",
        hard=(0, 1_000_000),
    ),
    _additive(7, "swim_strokes", "Swimming strokes", "{count}", ("SwimmingStrokeCount",), hard=(0, 1_000_000)),
    _additive(
        *(8, "floors", "Floors climbed", "{floors}", ("FlightsClimbed",), ("FloorsClimbed",)),
        loinc="100304-5",
        hard=(0, 1_000),
        usual=50,
    ),
    _additive(9, "elevation_gain", "Elevation gained", "m", (), ("ElevationGained",), hard=(0, 20_000)),
    _additive(
        *(10, "active_energy", "Active energy", "kcal", ("ActiveEnergyBurned",), ("ActiveCaloriesBurned",)),
        loinc="41981-2",
        hard=(0, 1_000_000),
        usual=10_000,
        day_max=15_000,
    ),
    _additive(
        *(11, "basal_energy", "Basal energy", "kcal", ("BasalEnergyBurned",), ("BasalMetabolicRate",)),
        hard=(0, 5_000),
    ),
    _additive(
        *(12, "exercise_time", "Exercise time", "min", ("AppleExerciseTime",), ("ActivityIntensity",)),
        loinc="55411-3",
        hard=(0, 1_440),
        day_max=1_440,
    ),
    _additive(13, "stand_time", "Standing time", "min", ("AppleStandTime",), hard=(0, 1_440), day_max=1_440),
    _additive(14, "daylight_time", "Time in daylight", "min", ("TimeInDaylight",), hard=(0, 1_440), day_max=1_440),
    _measured(
        *(15, "heart_rate", "Heart rate", "/min", SAMPLED, "avg", ("HeartRate",), ("HeartRate",)),
        loinc="8867-4",
        hard=(25, 250),
        slot_s=HEART_RATE_SLOT_S,
    ),
    _measured(
        *(16, "resting_heart_rate", "Resting heart rate", "/min", POINT, "last"),
        *(("RestingHeartRate",), ("RestingHeartRate",)),
        loinc="40443-4",
        hard=(25, 250),
        usual=(25, 150),
    ),
    _measured(
        *(17, "walking_heart_rate", "Walking heart rate", "/min", POINT, "avg", ("WalkingHeartRateAverage",)),
        hard=(25, 150),
    ),
    _measured(
        *(18, "hr_recovery_1min", "Heart rate recovery in one minute", "/min", POINT, "max"),
        ("HeartRateRecoveryOneMinute",),
        hard=(0, 120),
    ),
    _measured(
        *(19, "hrv_sdnn", "Heart rate variability, SDNN", "ms", SAMPLED, "avg", ("HeartRateVariabilitySDNN",)),
        loinc="80404-7",
        hard=(1, 500),
    ),
    _measured(
        *(20, "hrv_rmssd", "Heart rate variability, RMSSD", "ms", SAMPLED, "avg", (), ("HeartRateVariabilityRmssd",)),
        hard=(1, 300),
    ),
    _measured(
        *(21, "spo2", "Oxygen saturation", "%", SAMPLED, "avg", ("OxygenSaturation",), ("OxygenSaturation",)),
        loinc="59408-5",
        hard=(50, 100),
        usual=(85, 100),
    ),
    _measured(
        *(22, "perfusion_index", "Perfusion index", "%", SAMPLED, "avg", ("PeripheralPerfusionIndex",)),
        loinc="61006-3",
        hard=(0, 100),
    ),
    _measured(
        *(23, "respiratory_rate", "Respiratory rate", "/min", SAMPLED, "avg"),
        *(("RespiratoryRate",), ("RespiratoryRate",)),
        loinc="9279-1",
        hard=(3, 70),
    ),
    _measured(
        *(24, "body_temperature", "Body temperature", "Cel", POINT, "avg", ("BodyTemperature",), ("BodyTemperature",)),
        loinc="8310-5",
        hard=(30, 45),
    ),
    _measured(
        *(25, "basal_body_temperature", "Basal body temperature", "Cel", POINT, "last"),
        *(("BasalBodyTemperature",), ("BasalBodyTemperature",)),
        hard=(30, 45),
    ),
    _measured(
        *(26, "skin_temperature_delta", "Skin temperature, change", "Cel", SAMPLED, "avg", (), ("SkinTemperature",)),
        hard=(-10, 10),
    ),
    _measured(
        *(27, "bp_systolic", "Systolic blood pressure", "mm[Hg]", POINT, "avg"),
        *(("BloodPressureSystolic",), ("BloodPressure.systolic",)),
        loinc="8480-6",
        hard=(20, 300),
        usual=(20, 200),
    ),
    _measured(
        *(28, "bp_diastolic", "Diastolic blood pressure", "mm[Hg]", POINT, "avg"),
        *(("BloodPressureDiastolic",), ("BloodPressure.diastolic",)),
        loinc="8462-4",
        hard=(10, 200),
        usual=(10, 180),
    ),
    _measured(
        *(29, "blood_glucose", "Blood glucose", "mg/dL", SAMPLED, "avg", ("BloodGlucose",), ("BloodGlucose",)),
        loinc="41653-7",
        hard=(10, 1_000),
        usual=(40, 400),
    ),
    _measured(
        *(30, "blood_alcohol", "Blood alcohol", "%", POINT, "max", ("BloodAlcoholContent",)),
        loinc="74859-0",
        hard=(0, 2),
        usual=(None, 0.5),
    ),
    _measured(
        *(31, "fvc", "Forced vital capacity", "L", POINT, "last", ("ForcedVitalCapacity",)),
        loinc="19870-5",
        hard=(0, 15),
    ),
    _measured(
        *(32, "fev1", "Forced expiratory volume in 1 s", "L", POINT, "last", ("ForcedExpiratoryVolume1",)),
        loinc="20150-9",
        hard=(0, 15),
    ),
    _measured(
        *(33, "peak_flow", "Peak expiratory flow", "L/min", POINT, "last", ("PeakExpiratoryFlowRate",)),
        loinc="19935-6",
        hard=(0, 1_500),
    ),
    _additive(34, "insulin", "Insulin delivered", "[iU]", ("InsulinDelivery",), hard=(0, 1_000), usual=100),
    _additive(35, "inhaler_use", "Inhaler use", "{uses}", ("InhalerUsage",), hard=(0, 1_000)),
    _measured(
        *(36, "weight", "Weight", "kg", POINT, "last", ("BodyMass",), ("Weight",)),
        loinc="29463-7",
        hard=(2, 500),
        usual=(30, 150),
    ),
    _measured(
        *(37, "height", "Height", "cm", POINT, "last", ("Height",), ("Height",)),
        loinc="8302-2",
        hard=(30, 272),
    ),
    _measured(
        *(38, "bmi", "Body mass index", "kg/m2", POINT, "last", ("BodyMassIndex",)),
        loinc="39156-5",
        hard=(5, 120),
    ),
    _measured(
        *(39, "body_fat", "Body fat", "%", POINT, "last", ("BodyFatPercentage",), ("BodyFat",)),
        loinc="41982-0",
        hard=(2, 75),
    ),
    _measured(
        *(40, "lean_mass", "Lean mass", "kg", POINT, "last", ("LeanBodyMass",), ("LeanBodyMass",)),
        loinc="91557-9",
        hard=(0, 1_000),
    ),
    _measured(41, "bone_mass", "Bone mass", "kg", POINT, "last", (), ("BoneMass",), hard=(0, 1_000)),
    _measured(42, "body_water", "Body water", "kg", POINT, "last", (), ("BodyWaterMass",), hard=(0, 1_000)),
    _measured(
        *(43, "waist", "Waist", "cm", POINT, "last", ("WaistCircumference",)),
        loinc="8280-0",
        hard=(30, 300),
    ),
    _measured(44, "hip", "Hip", "cm", POINT, "last", hard=(30, 300)),
    _measured(45, "vo2max", "VO2max", "mL/kg/min", POINT, "last", ("VO2Max",), ("Vo2Max",), hard=(5, 100)),
    _sleep(
        *(46, "sleep_duration", "Sleep"),
        ("SleepAnalysis:Asleep", "SleepAnalysis:AsleepUnspecified"),
        ("SleepSession:2",),
    ),
    _sleep(47, "sleep_deep", "Deep sleep", ("SleepAnalysis:AsleepDeep",), ("SleepSession:5",), "93831-6"),
    _sleep(48, "sleep_rem", "REM sleep", ("SleepAnalysis:AsleepREM",), ("SleepSession:6",)),
    _sleep(49, "sleep_light", "Light sleep", ("SleepAnalysis:AsleepCore",), ("SleepSession:4",)),
    _sleep(50, "sleep_awake", "Awake in bed", ("SleepAnalysis:Awake",), ("SleepSession:1", "SleepSession:7")),
    _sleep(51, "sleep_in_bed", "In bed", ("SleepAnalysis:InBed",), ("SleepSession",)),
    _measured(
        *(52, "breathing_disturbances", "Breathing disturbances", "{events}/h", POINT, "avg"),
        ("AppleSleepingBreathingDisturbances",),
        hard=(0, 120),
    ),
    _additive(53, "hydration", "Water drunk", "mL", ("DietaryWater",), ("Hydration",), hard=(0, 20_000)),
    _additive(
        *(54, "energy_intake", "Energy eaten", "kcal", ("DietaryEnergyConsumed",), ("Nutrition.energy",)),
        loinc="9052-2",
        hard=(0, 20_000),
    ),
    _food(55, "protein", "Protein", "g", "Protein", 10_000),
    _food(56, "carbohydrates", "Carbohydrates", "g", "Carbohydrates", 10_000),
    _food(57, "sugar", "Sugar", "g", "Sugar", 10_000),
    _food(58, "fibre", "Fibre", "g", "Fiber", 10_000),
    _food(59, "fat", "Fat", "g", "FatTotal", 10_000),
    _food(60, "fat_saturated", "Saturated fat", "g", "FatSaturated", 10_000),
    _food(61, "fat_monounsaturated", "Monounsaturated fat", "g", "FatMonounsaturated", 10_000),
    _food(62, "fat_polyunsaturated", "Polyunsaturated fat", "g", "FatPolyunsaturated", 10_000),
    _food(63, "cholesterol", "Cholesterol", "mg", "Cholesterol", 100_000),
    _food(64, "sodium", "Sodium", "mg", "Sodium", 1_000_000),
    _food(65, "potassium", "Potassium", "mg", "Potassium", 1_000_000),
    _food(66, "calcium", "Calcium", "mg", "Calcium", 1_000_000),
    _food(67, "iron", "Iron", "mg", "Iron", 100_000),
    _food(68, "magnesium", "Magnesium", "mg", "Magnesium", 1_000_000),
    _food(69, "phosphorus", "Phosphorus", "mg", "Phosphorus", 1_000_000),
    _food(70, "zinc", "Zinc", "mg", "Zinc", 100_000),
    _food(71, "copper", "Copper", "mg", "Copper", 100_000),
    _food(72, "manganese", "Manganese", "mg", "Manganese", 100_000),
    _food(73, "thiamin", "Thiamin (vitamin B1)", "mg", "Thiamin", 100_000),
    _food(74, "riboflavin", "Riboflavin (vitamin B2)", "mg", "Riboflavin", 100_000),
    _food(75, "niacin", "Niacin (vitamin B3)", "mg", "Niacin", 100_000),
    _food(76, "vitamin_b6", "Vitamin B6", "mg", "VitaminB6", 100_000),
    _food(77, "vitamin_c", "Vitamin C", "mg", "VitaminC", 1_000_000),
    _food(78, "vitamin_e", "Vitamin E", "mg", "VitaminE", 100_000),
    _food(79, "caffeine", "Caffeine", "mg", "Caffeine", 3_000),
    _food(80, "folate", "Folate", "ug", "Folate", 10_000_000),
    _food(81, "selenium", "Selenium", "ug", "Selenium", 10_000_000),
    _food(82, "vitamin_a", "Vitamin A", "ug", "VitaminA", 10_000_000),
    _food(83, "vitamin_b12", "Vitamin B12", "ug", "VitaminB12", 10_000_000),
    _food(84, "vitamin_d", "Vitamin D", "ug", "VitaminD", 10_000_000),
    _food(85, "vitamin_k", "Vitamin K", "ug", "VitaminK", 10_000_000),
    _additive(
        *(86, "mindful_time", "Mindful time", "min", ("MindfulSession",), ("MindfulnessSession",)),
        hard=(0, 1_440),
        day_max=1_440,
    ),
    _measured(
        *(87, "environmental_sound", "Sound around", "dB[SPL]", SAMPLED, "avg", ("EnvironmentalAudioExposure",)),
        hard=(0, 200),
    ),
    _measured(
        *(88, "headphone_sound", "Sound in headphones", "dB[SPL]", SAMPLED, "avg", ("HeadphoneAudioExposure",)),
        hard=(0, 200),
    ),
    _measured(89, "walking_speed", "Walking speed", "m/s", SAMPLED, "avg", ("WalkingSpeed",), hard=(0, 10)),
    _measured(90, "step_length", "Step length", "m", SAMPLED, "avg", ("WalkingStepLength",), hard=(0, 3)),
    _measured(
        *(91, "walking_asymmetry", "Walking asymmetry", "%", SAMPLED, "avg", ("WalkingAsymmetryPercentage",)),
        hard=(0, 100),
    ),
    _measured(
        *(92, "double_support", "Double support time", "%", SAMPLED, "avg", ("WalkingDoubleSupportPercentage",)),
        hard=(0, 100),
    ),
    _measured(
        *(93, "six_minute_walk", "Six-minute walk", "m", POINT, "last", ("SixMinuteWalkTestDistance",)),
        hard=(0, 2_000),
    ),
    _measured(
        *(94, "power", "Power", "W", SAMPLED, "avg", ("CyclingPower", "RunningPower"), ("Power",)),
        hard=(0, 3_000),
    ),
    _measured(
        *(95, "cadence", "Cadence", "/min", SAMPLED, "avg", ("CyclingCadence",)),
        ("CyclingPedalingCadence", "StepsCadence"),
        hard=(0, 1_000),
    ),
    _measured(
        *(96, "speed", "Speed", "m/s", SAMPLED, "avg", ("CyclingSpeed", "RunningSpeed"), ("Speed",)),
        hard=(0, 100),
    ),
    _measured(97, "stride_length", "Stride length", "m", SAMPLED, "avg", ("RunningStrideLength",), hard=(0, 6)),
    _measured(
        *(98, "ftp", "Functional threshold power", "W", POINT, "last", ("CyclingFunctionalThresholdPower",)),
        hard=(50, 600),
    ),
    _measured(99, "mood", "Mood", "{score}", POINT, "avg", ("StateOfMind",), hard=(-100, 100)),
    _measured(100, "stress", "Stress", "{score}", POINT, "avg", hard=(0, 100)),
    _measured(101, "soreness", "Soreness", "{score}", POINT, "avg", hard=(0, 100)),
    _measured(
        *(102, "menstruation_flow", "Menstruation flow", "{0-3}", POINT, "max"),
        *(("MenstrualFlow",), ("MenstruationFlow",)),
        hard=(0, 3),
    ),
    _additive(103, "nike_fuel", "NikeFuel", "{points}", ("NikeFuel",), hard=(0, 1_000_000)),
)

BY_CODE = {metric.code: metric for metric in METRICS}
BY_ID = {metric.metric_id: metric for metric in METRICS}


def rows() -> Iterator[tuple[int, str, str, int, str, int | None]]:
    """The catalogue as its table holds it."""
    for metric in METRICS:
        yield metric.metric_id, metric.code, metric.unit, metric.kind, metric.day_aggregate, metric.slot_s
