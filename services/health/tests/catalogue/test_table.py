"""The catalogue: ids for ever, one table in code and database, units that convert both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.catalogue import table, units
from health.catalogue.table import BY_CODE, METRICS
from health.records import model as records

IDS = tuple(
    """
    steps distance_on_foot distance_cycling distance_swimming distance_wheelchair wheelchair_pushes
    swim_strokes floors elevation_gain active_energy basal_energy exercise_time stand_time daylight_time
    heart_rate resting_heart_rate walking_heart_rate hr_recovery_1min hrv_sdnn hrv_rmssd spo2 perfusion_index
    respiratory_rate body_temperature basal_body_temperature skin_temperature_delta bp_systolic bp_diastolic
    blood_glucose blood_alcohol fvc fev1 peak_flow insulin inhaler_use weight height bmi body_fat lean_mass
    bone_mass body_water waist hip vo2max sleep_duration sleep_deep sleep_rem sleep_light sleep_awake
    sleep_in_bed breathing_disturbances hydration energy_intake protein carbohydrates sugar fibre fat
    fat_saturated fat_monounsaturated fat_polyunsaturated cholesterol sodium potassium calcium iron magnesium
    phosphorus zinc copper manganese thiamin riboflavin niacin vitamin_b6 vitamin_c vitamin_e caffeine folate
    selenium vitamin_a vitamin_b12 vitamin_d vitamin_k mindful_time environmental_sound headphone_sound
    walking_speed step_length walking_asymmetry double_support six_minute_walk power cadence speed
    stride_length ftp mood stress soreness menstruation_flow nike_fuel
    """.split()  # noqa: SIM905 - a list of a hundred lines says no more
)
"""In the order of their ids, which never change: samples are kept by them. New ones are added at the end."""

ROWS = "SELECT metric_id, code, unit, kind, day_aggregate, slot_s FROM metric ORDER BY metric_id"


def test_ids_never_change():
    assert tuple(metric.code for metric in METRICS[: len(IDS)]) == IDS
    assert [metric.metric_id for metric in METRICS] == list(range(1, len(METRICS) + 1))
    assert len(BY_CODE) == len(METRICS)


@pytest.mark.anyio
async def test_the_database_holds_the_same(health):
    assert [tuple(row) for row in await health.db.fetch(ROWS)] == list(table.rows())


def test_what_the_form_takes_can_be_stored():
    bounds = {
        "steps": (0, 120_000),
        "sleep_duration": (0, 24),
        "weight": (2, 500),
        "heart_rate": (25, 250),
        "resting_heart_rate": (25, 250),
        "bp_systolic": (20, 300),
        "bp_diastolic": (10, 200),
        "blood_glucose": (10, 1_000),
        "body_temperature": (30, 45),
    }
    assert set(bounds) == {code for code, _ in records.METRICS}
    for code, unit in records.METRICS:
        metric = BY_CODE[code]
        assert metric.unit == unit
        assert (metric.min, metric.max) != (None, None)
        assert metric.min <= bounds[code][0]
        assert metric.max >= bounds[code][1]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.code)
def test_a_row_makes_sense(metric):
    assert metric.name
    assert (metric.slot_s is not None) == (metric.kind == 0)
    assert (metric.day_aggregate == "sum") == (metric.kind in {1, 3})
    low, high = metric.min, metric.max
    assert low is not None
    assert high is not None
    assert low < high
    assert low <= (metric.usual_min if metric.usual_min is not None else low)
    assert high >= (metric.usual_max if metric.usual_max is not None else high)
    names = list(units.accepted(metric))
    assert names[0] == metric.unit
    assert units.conversion(metric, None) == units.conversion(metric, metric.unit) == units.SAME
    assert units.conversion(metric, "furlong") is None


@given(st.sampled_from(METRICS), st.data())
def test_units_convert_back(metric, data):
    conversion = units.accepted(metric)[data.draw(st.sampled_from(sorted(units.accepted(metric))))]
    value = data.draw(st.floats(metric.min, metric.max))
    assert conversion.apply(conversion.undo(value)) == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric.loinc], ids=lambda metric: metric.code)
def test_loinc_codes_have_their_check_digit(metric):
    digits, _, check = metric.loinc.partition("-")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    assert (10 - total % 10) % 10 == int(check)


@pytest.mark.anyio
async def test_the_page_may_be_cached(health):
    answer = await health.http.get("/metrics-catalogue")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=3600"
    items = {item["code"]: item for item in answer.json()["items"]}
    assert len(items) == len(METRICS) >= 60
    assert items["blood_glucose"] | {"units": None} == {
        "id": 29,
        "code": "blood_glucose",
        "name": "Blood glucose",
        "unit": "mg/dL",
        "kind": "sampled",
        "day_aggregate": "avg",
        "slot_s": 900,
        "loinc": "41653-7",
        "min": 10,
        "max": 1000,
        "units": None,
        "healthkit": ["BloodGlucose"],
        "health_connect": ["BloodGlucose"],
    }
    assert {"mg/dL", "mmol/L"} <= set(items["blood_glucose"]["units"])
    again = await health.http.get("/metrics-catalogue", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
