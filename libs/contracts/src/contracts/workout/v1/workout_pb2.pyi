import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class WorkoutItem(_message.Message):
    __slots__ = ("workout_id", "version", "sport", "title", "started_at", "on_date", "duration_s", "moving_s", "distance_m", "ascent_m", "energy_kcal", "average_heart_rate", "max_heart_rate", "average_power", "weighted_power", "rpe", "load", "load_method", "sets", "reps", "volume_load_kg")
    WORKOUT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SPORT_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    ON_DATE_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    MOVING_S_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    ASCENT_M_FIELD_NUMBER: _ClassVar[int]
    ENERGY_KCAL_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_HEART_RATE_FIELD_NUMBER: _ClassVar[int]
    MAX_HEART_RATE_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_POWER_FIELD_NUMBER: _ClassVar[int]
    WEIGHTED_POWER_FIELD_NUMBER: _ClassVar[int]
    RPE_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    LOAD_METHOD_FIELD_NUMBER: _ClassVar[int]
    SETS_FIELD_NUMBER: _ClassVar[int]
    REPS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_LOAD_KG_FIELD_NUMBER: _ClassVar[int]
    workout_id: str
    version: int
    sport: str
    title: str
    started_at: _timestamp_pb2.Timestamp
    on_date: str
    duration_s: float
    moving_s: float
    distance_m: float
    ascent_m: float
    energy_kcal: float
    average_heart_rate: float
    max_heart_rate: float
    average_power: float
    weighted_power: float
    rpe: float
    load: float
    load_method: str
    sets: int
    reps: int
    volume_load_kg: float
    def __init__(self, workout_id: _Optional[str] = ..., version: _Optional[int] = ..., sport: _Optional[str] = ..., title: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., on_date: _Optional[str] = ..., duration_s: _Optional[float] = ..., moving_s: _Optional[float] = ..., distance_m: _Optional[float] = ..., ascent_m: _Optional[float] = ..., energy_kcal: _Optional[float] = ..., average_heart_rate: _Optional[float] = ..., max_heart_rate: _Optional[float] = ..., average_power: _Optional[float] = ..., weighted_power: _Optional[float] = ..., rpe: _Optional[float] = ..., load: _Optional[float] = ..., load_method: _Optional[str] = ..., sets: _Optional[int] = ..., reps: _Optional[int] = ..., volume_load_kg: _Optional[float] = ...) -> None: ...

class ListWorkoutsRequest(_message.Message):
    __slots__ = ("user_id", "to", "sport", "limit")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    SPORT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    to: str
    sport: str
    limit: int
    def __init__(self, user_id: _Optional[str] = ..., to: _Optional[str] = ..., sport: _Optional[str] = ..., limit: _Optional[int] = ..., **kwargs) -> None: ...

class ListWorkoutsResponse(_message.Message):
    __slots__ = ("workouts",)
    WORKOUTS_FIELD_NUMBER: _ClassVar[int]
    workouts: _containers.RepeatedCompositeFieldContainer[WorkoutItem]
    def __init__(self, workouts: _Optional[_Iterable[_Union[WorkoutItem, _Mapping]]] = ...) -> None: ...

class GetWorkoutRequest(_message.Message):
    __slots__ = ("user_id", "workout_id")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    WORKOUT_ID_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    workout_id: str
    def __init__(self, user_id: _Optional[str] = ..., workout_id: _Optional[str] = ...) -> None: ...

class GetWorkoutResponse(_message.Message):
    __slots__ = ("workout",)
    WORKOUT_FIELD_NUMBER: _ClassVar[int]
    workout: WorkoutItem
    def __init__(self, workout: _Optional[_Union[WorkoutItem, _Mapping]] = ...) -> None: ...

class GetStatsRequest(_message.Message):
    __slots__ = ("user_id", "to", "group")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    to: str
    group: str
    def __init__(self, user_id: _Optional[str] = ..., to: _Optional[str] = ..., group: _Optional[str] = ..., **kwargs) -> None: ...

class GetStatsResponse(_message.Message):
    __slots__ = ("stats",)
    STATS_FIELD_NUMBER: _ClassVar[int]
    stats: _containers.RepeatedCompositeFieldContainer[Stats]
    def __init__(self, stats: _Optional[_Iterable[_Union[Stats, _Mapping]]] = ...) -> None: ...

class Stats(_message.Message):
    __slots__ = ("key", "workouts", "duration_s", "distance_m", "ascent_m", "volume_load_kg", "sets", "load")
    KEY_FIELD_NUMBER: _ClassVar[int]
    WORKOUTS_FIELD_NUMBER: _ClassVar[int]
    DURATION_S_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_M_FIELD_NUMBER: _ClassVar[int]
    ASCENT_M_FIELD_NUMBER: _ClassVar[int]
    VOLUME_LOAD_KG_FIELD_NUMBER: _ClassVar[int]
    SETS_FIELD_NUMBER: _ClassVar[int]
    LOAD_FIELD_NUMBER: _ClassVar[int]
    key: str
    workouts: int
    duration_s: float
    distance_m: float
    ascent_m: float
    volume_load_kg: float
    sets: float
    load: float
    def __init__(self, key: _Optional[str] = ..., workouts: _Optional[int] = ..., duration_s: _Optional[float] = ..., distance_m: _Optional[float] = ..., ascent_m: _Optional[float] = ..., volume_load_kg: _Optional[float] = ..., sets: _Optional[float] = ..., load: _Optional[float] = ...) -> None: ...

class GetStreamsRequest(_message.Message):
    __slots__ = ("user_id", "workout_id", "channels")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    WORKOUT_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    workout_id: str
    channels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, user_id: _Optional[str] = ..., workout_id: _Optional[str] = ..., channels: _Optional[_Iterable[str]] = ...) -> None: ...

class GetStreamsResponse(_message.Message):
    __slots__ = ("channel", "values")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    channel: str
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, channel: _Optional[str] = ..., values: _Optional[_Iterable[float]] = ...) -> None: ...
