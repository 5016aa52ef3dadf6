"""openScale: kilograms and percents, local times."""

from services.health.tests.readers.uploads import Row, Upload

OLD = (
    '"biceps","bone","caliper1","calories","chest","comment","dateTime","fat","hip","lbm","muscle","neck","thigh",'
    '"visceralFat","waist","water","weight"\n'
    '"0.0","3.1","0.0","0.0","0.0","after, lunch","2024-03-31 02:30","21.5","0.0","60.0","40.0","0.0","0.0",'
    '"7.0","88.0","55.0","80.0"\n'
    '"0.0","0.0","0.0","0.0","0.0","","31.03.2024","0.0","0.0","0.0","0.0","0.0","0.0","0.0","0.0","0.0","79.9"\n'
)


def test_a_measurement_in_an_hour_that_was_skipped():
    read = Upload(OLD, "openscale.csv")
    assert read.format == "openscale"
    assert {row.metric: row.value for row in read.rows} == {
        "bone_mass": 3.1,
        "body_fat": 21.5,
        "lean_mass": 60,
        "waist": 88,
        "weight": 80,
        "body_water": 44,
    }
    assert {row.at for row in read.rows} == {"2024-03-31T01:30:00Z"}, "03:30 summer time"
    assert [(issue.code, issue.line) for issue in read.issues] == [("bad-line", 3)]
    assert read.streams[0].origin.device_kind == "scale"


def test_date_and_time_apart_and_a_name_for_the_source():
    read = Upload("date,time,weight,fat,water\n2024-10-27,02:30:00,80,20,50\n", source="My scale")
    assert read.of("weight") == [Row("weight", "2024-10-27T00:30:00Z", 80)]
    assert read.streams[0].origin.app == "My scale"
    assert read.codes == {"double-hour": 1}
