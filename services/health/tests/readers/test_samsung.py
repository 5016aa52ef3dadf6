"""Samsung Health: a line before the header, prefixes, a comma too many, devices by number."""

from services.health.tests.readers.uploads import Row, Upload, a_zip

APP = "com.sec.android.app.shealth"
P = "com.samsung.health.step_count."
STEPS = (
    "\ufeffcom.samsung.shealth.tracker.pedometer_step_count,6310,8\r\n"
    f"duration,run_step,{P}start_time,{P}count,{P}distance,{P}time_offset,{P}deviceuuid,{P}pkg_name,"
    f"{P}end_time,{P}datauuid\r\n"
    f"60000,0,2024-07-01 04:30:00.000,42,31.5,UTC+0530,phone-1,{APP},2024-07-01 04:31:00.000,a,\r\n"
    f"60000,0,2024-07-01 04:30:00.000,40,30.5,UTC+0530,watch-1,{APP},2024-07-01 04:31:00.000,b,\r\n"
)
STAGES = (
    "com.samsung.health.sleep_stage,7006011,7\n"
    "create_sh_ver,start_time,sleep_id,custom,stage,time_offset,deviceuuid,pkg_name,end_time,datauuid\n"
    ",2023-08-22 07:12:56.992,8bbb,,40002,UTC-0300,watch-1,com.sec.android.app.shealth,2023-08-22 07:42:56.992,c,\n"
    ",2023-08-22 07:42:56.992,8bbb,,40001,UTC-0300,watch-1,com.urbandroid.sleep,2023-08-22 07:43:56.992,d,\n"
    ",2023-08-22 07:43:56.992,8bbb,,99999,UTC-0300,watch-1,com.urbandroid.sleep,2023-08-22 07:44:56.992,e,\n"
)
DEVICES = (
    "com.samsung.health.device_profile,6310,3\n"
    "deviceuuid,name,device_type,model\n"
    "phone-1,Galaxy S23,360001,SM-S911\n"
    "watch-1,Galaxy Watch6,360003,SM-R930\n"
)
WEIGHT = (
    "com.samsung.health.weight,6310,3\n"
    "start_time,weight,body_fat,height,time_offset,deviceuuid,pkg_name,fat_free_mass,total_body_water\n"
    "1719810000000,80.5,20.1,180,UTC+0200,,,64.3,\n"
    "2024-07-02 05:00:00.000,abc,,,UTC+0200,,,,\n"
)


def test_times_are_utc_and_devices_are_told_apart():
    read = Upload(STEPS, "com.samsung.shealth.tracker.pedometer_step_count.20240701.csv")
    assert read.format == "samsung"
    assert not read.issues
    assert read.of("steps") == [
        Row("steps", "2024-07-01T04:30:00Z", 42, 60, 330, "phone-1"),
        Row("steps", "2024-07-01T04:30:00Z", 40, 60, 330, "watch-1"),
    ]
    assert read.total("distance_on_foot") == 62


def test_a_name_for_the_source_does_not_make_two_devices_one():
    read = Upload(STEPS, source="My phone")
    assert {stream.origin.device for stream in read.streams} == {"phone-1", "watch-1"}
    assert Upload(WEIGHT, source="My scale").streams[0].origin.app == "My scale"


def test_nights():
    read = Upload(STAGES)
    assert [(row.metric, row.value) for row in read.rows] == [("sleep_light", 0.5), ("sleep_awake", 0.016667)]
    assert [stream.origin.app for stream in read.streams] == ["Samsung Health", "com.urbandroid.sleep"]
    assert read.unknown == {"Samsung sleep stage 99999": 1}
    assert read.rows[0].offset_min == -180


def test_a_scale_and_a_bad_line():
    read = Upload(WEIGHT)
    assert {row.metric: row.value for row in read.rows} == {"weight": 80.5, "body_fat": 20.1, "lean_mass": 64.3}
    assert read.rows[0].at == "2024-07-01T05:00:00Z"
    assert [(issue.code, issue.line) for issue in read.issues] == [("bad-line", 4)]


def test_a_zip_names_its_devices():
    folder = "samsunghealth_ana_20240701"
    bins = "0a1b2c3d-0000-1111-2222-333344445555.binning_data.json"
    trend = "com.samsung.shealth.step_daily_trend"
    exercise = "com.samsung.shealth.exercise"
    read = Upload(
        a_zip(
            {
                f"{folder}/com.samsung.shealth.tracker.pedometer_step_count.20240701.csv": STEPS,
                f"{folder}/com.samsung.health.device_profile.20240701.csv": DEVICES,
                f"{folder}/{exercise}.20240701.csv": f"{exercise},1,1\nstart_time\n2024-01-01\n",
                f"{folder}/{trend}.20240701.csv": f"{trend},1,1\ncount\n9\n",
                f"{folder}/jsons/com.samsung.health.hrv/0/{bins}": "[]",
            }
        )
    )
    assert {(stream.origin.device, stream.origin.device_kind) for stream in read.streams} == {
        ("Galaxy S23", "phone"),
        ("Galaxy Watch6", "watch"),
    }
    assert read.kept == {"workout": 1}
    assert set(read.unknown) == {"Samsung device_profile", "Samsung step_daily_trend", bins}
    assert not read.issues
